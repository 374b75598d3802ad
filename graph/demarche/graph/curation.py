"""What curators do to records: draft, publish, retract, undo; every step is an entry of the ledger before it is seen.

A record is a dossier: a document with all that it supports, and one named graph. Drafts stand in the ledger and nowhere
else, so no query can see one. The graph is what the seed data say, with the published records in place of theirs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import identifiers as ids
from .errors import BadParameter, Conflict, LedgerError, NotFound, Outdated, SourceError, StoreError
from .held import Held, Tell, hold
from .ledger import Entry, Ledger, canonical
from .store import OxigraphStore, Store

if TYPE_CHECKING:
    from .errors import Violation
    from .pipeline import Source
    from .records import Dossier

SEED = 0
"""The number that stands for the seed data where that of an entry is expected."""


_CHECKS_BESIDE = 2
"""How often a draft is checked while others may write, before they have to wait."""


@dataclass(frozen=True)
class State:
    """Which entries hold the draft of a record and its public form, if it has them."""

    draft: int | None = None
    public: int | None = None


@dataclass(frozen=True)
class Change:
    """What an entry did to the state of a record."""

    entry: int
    record: str
    before: State
    after: State

    @property
    def is_public(self) -> bool:
        return self.before.public != self.after.public


@dataclass(frozen=True)
class Version:
    """A record as it stands: its revision is the number of the entry that touched it last."""

    record: str
    revision: int
    state: State
    shown: int
    json: str

    @property
    def is_latest(self) -> bool:
        """Whether no draft is behind what is shown."""
        return self.shown == (self.state.public if self.state.draft is None else self.state.draft)


@dataclass
class States:
    """Where the entries have led, one after the other; it is read while the next entry comes."""

    seed: frozenset[str]
    _changes: dict[int, Change] = field(default_factory=dict)
    _last: dict[str, Change] = field(default_factory=dict)
    _noting: threading.Lock = field(default_factory=threading.Lock)

    def change(self, number: int) -> Change | None:
        """What an entry did; None for one that there is not."""
        return self._changes.get(number)

    def so_far(self) -> list[Change]:
        """What each entry did, in their order."""
        with self._noting:
            return list(self._changes.values())

    def of(self, record: str) -> State:
        return self.last(record).after

    def last(self, record: str) -> Change:
        """State and revision in one, so that nobody reads the one before and the other after a write."""
        first = State(None, SEED) if record in self.seed else State()
        return self._last.get(record) or Change(SEED, record, first, first)

    def touched(self) -> list[str]:
        with self._noting:
            return sorted(self._last)

    def known(self) -> list[str]:
        return sorted(self.seed.union(self.touched()))

    def follow(self, entry: Entry) -> Change:
        before = self.of(entry.record)
        change = Change(entry.number, entry.record, before, self._after(entry, before))
        self._note(change)
        return change

    def until(self, number: int) -> States:
        """Where the entries up to that one had led."""
        found = States(self.seed)
        for change in self.so_far()[:number]:
            found._note(change)
        return found

    def _note(self, change: Change) -> None:
        with self._noting:
            self._changes[change.entry] = change
            self._last[change.record] = change

    def _after(self, entry: Entry, before: State) -> State:
        if entry.op == "put":
            return replace(before, draft=entry.number)
        if entry.op == "publish":
            return State(None, before.draft)
        if entry.op == "retract":
            return State()
        if entry.op == "undo":
            return self._changes[entry.content["entry"]].before
        raise LedgerError(f"entry {entry.number} does {entry.op!r}, which this version does not know")


class Curation:
    """The records of a store with their ledger; without one, the seed data's records can be read."""

    def __init__(
        self,
        store: Store,
        seed_data: Path,
        ledger: Ledger | None,
        snapshot: Callable[[], bytes],
        tell: Tell | None = None,
    ) -> None:
        self.seed_data = seed_data
        self._store, self._ledger, self._snapshot = store, ledger, snapshot
        self._writing = threading.Lock()
        self._held = self._kept(tell) if tell else None
        if ledger and not self._held:
            self._bring(store, self._states, self._states.touched())

    @property
    def writes(self) -> bool:
        return self._ledger is not None and self._ledger.write

    @property
    def ledger(self) -> Ledger:
        if self._ledger is None:
            raise NotFound("there is no ledger: DEMARCHE_LEDGER names none")
        return self._ledger

    def put(self, record: Dossier, who: str, revision: int | None = None) -> Version:
        """Make it the draft of the record: of a new one without a revision, else of that which has the revision."""
        name = record.document.id
        with self._writing:
            if revision is None:
                self._require_new(name)
            else:
                self._require(name, revision)
            self._append(who, "put", name, {"record": _plain(record)})
            return self._version(name)

    def publish(self, record: str, who: str, revision: int) -> tuple[Version, tuple[Violation, ...]]:
        """Make the draft public if it breaks no shape, else ValidationError; the warnings come back.

        A long record takes seconds to check: others write meanwhile, and it is checked again where what it refers to
        may have changed; the last time nobody else writes.
        """
        for _ in range(_CHECKS_BESIDE):
            state = self._store.state()
            warnings = self._checked(record, revision)
            with self._writing:
                if self._store.state() == state:
                    return self._published(record, who, revision), warnings
        with self._writing:
            warnings = self._checked(record, revision)
            return self._published(record, who, revision), warnings

    def violations(self, record: str) -> tuple[Violation, ...]:
        """Every shape that the draft breaks, or the public form where there is no draft; warnings as well."""
        from .validate import violations

        source = self._source(record, self._version(record).shown)
        return violations(source.graph, self._store, record)

    def _checked(self, record: str, revision: int) -> tuple[Violation, ...]:
        from .pipeline import put
        from .validate import check

        source = self._source(record, self._draft(record, revision))
        warnings = check(source.graph, self._store, record)
        put(source.graph, OxigraphStore(), source.about)  # what no engine takes must not be committed
        return warnings

    def _published(self, record: str, who: str, revision: int) -> Version:
        self._append(who, "publish", record, {"draft": self._draft(record, revision)})
        return self._version(record)

    def _draft(self, record: str, revision: int) -> int:
        draft = self._require(record, revision).draft
        if draft is None:
            raise Conflict(f"{record} has no draft to publish")
        return draft

    def retract(self, record: str, who: str, revision: int) -> int:
        """Take the record back, its draft as well; the number of the entry that says so."""
        with self._writing:
            if self._require(record, revision) == State():
                raise NotFound(f"{record} was retracted already")
            return self._append(who, "retract", record, {}).number

    def undo(self, number: int, who: str) -> Change:
        """Bring a record back to where it was before an entry, which must have left it as it is now."""
        with self._writing:
            change = self._states.change(number)
            if change is None:
                raise NotFound(f"the ledger has no entry {number}")
            if self._states.of(change.record) != change.after:
                raise Conflict(
                    f"{change.record} has changed since entry {number}; undo what came later first"
                )
            self._append(who, "undo", change.record, {"entry": number})
            return self._states.last(change.record)

    def version(self, record: str, *, drafts: bool = False, as_of: int | datetime | None = None) -> Version:
        """The record as the public sees it, or its draft where there is one; now, after an entry, or at a time."""
        states = self._states if as_of is None else self._states.until(self.number_at(as_of))
        return self._version(record, states, drafts=drafts)

    def listed(self, *, drafts: bool = False) -> list[Change]:
        """The last change of every record that is to be seen."""
        found = [self._states.last(one) for one in self._states.known()]
        return [
            one for one in found if one.after.public is not None or (drafts and one.after.draft is not None)
        ]

    def changes(
        self,
        after: int,
        before: int | None,
        most: int,
        *,
        drafts: bool = False,
        newest_first: bool = False,
    ) -> list[tuple[Entry, Change]]:
        """The entries between two numbers, those about drafts only for who may see them."""
        made = self._states.so_far()
        chosen = [
            one
            for one in (reversed(made) if newest_first else made)
            if after < one.entry < (before or one.entry + 1) and (drafts or one.is_public)
        ][:most]
        return [(self._entry(one.entry), one) for one in chosen]

    def store_as_of(self, point: int | datetime) -> OxigraphStore:
        """Seed data and ledger up to an entry, or up to a time, as a store of its own."""
        return self._built(self._states.until(self.number_at(point)))

    def number_at(self, point: int | datetime) -> int:
        """The last entry at a time; BadParameter for an entry that there is not."""
        last = self.ledger.last.number if self.ledger.last else 0
        if isinstance(point, int):
            if not 0 <= point <= last:
                raise BadParameter(f"the ledger has no entry {point}: its last is {last}")
            return point
        if point.tzinfo is None:
            raise BadParameter(f"{point.isoformat()} has no zone: say 2026-11-22T12:00:00Z")
        try:
            return self.ledger.number_at(point)
        except OverflowError:
            raise BadParameter(f"{point.isoformat()} is at the end of the calendar") from None

    def loading(self) -> AbstractContextManager[None]:
        """While `demarche load` writes to the store beside the ledger."""
        return self._held.loading() if self._held else nullcontext()

    def close(self) -> None:
        if self._ledger:
            self._ledger.close()

    @cached_property
    def _seed(self) -> dict[str, Path]:
        """The seed data's dossiers by the id of their document, which is the name of the file."""
        return {file.stem: file for file in (self.seed_data / "documents").rglob("*.yaml")}

    @cached_property
    def _states(self) -> States:
        states = States(frozenset(self._seed))
        for entry in self._ledger.entries() if self._ledger else ():
            states.follow(entry)
        return states

    def _require_new(self, record: str) -> None:
        if self._states.of(record) != State():
            raise Conflict(f"there is a record {record}; change it with PUT and its version")

    def _require(self, record: str, revision: int) -> State:
        last = self._states.last(record)
        if last.entry == SEED and last.after == State():
            raise NotFound(f"there is no record {record}")
        if revision != last.entry:
            raise Outdated(f"{record} has changed: its version is {last.entry}, not {revision}", last.entry)
        return last.after

    def _append(self, who: str, op: str, record: str, body: dict[str, Any]) -> Entry:
        """Commit first; then the graph follows, which a restart would make it do as well."""
        entry = self.ledger.append(who, op, record, body)
        if self._states.follow(entry).is_public:
            try:
                with self._held.publishing(_graph(record)) if self._held else nullcontext():
                    self._bring(self._store, self._states, [record])
            except StoreError as error:
                told = f"entry {entry.number} was committed, but is not seen before the next start: {error}"
                raise StoreError(told) from error
        return entry

    def _version(self, record: str, states: States | None = None, *, drafts: bool = True) -> Version:
        last = (states or self._states).last(record)
        state = last.after
        shown = state.draft if drafts and state.draft is not None else state.public
        if shown is None:
            raise NotFound(f"there is no record {record}")
        return Version(record, last.entry, state, shown, self._json(record, shown))

    def _json(self, record: str, entry: int) -> str:
        return canonical(_plain(self._dossier(record, entry)) if entry == SEED else self._content(entry))

    def _content(self, entry: int) -> Any:
        return self._entry(entry).content["record"]

    def _entry(self, number: int) -> Entry:
        found = self.ledger.entry(number)
        if found is None:
            raise LedgerError(f"{self.ledger.path}: entry {number} is missing")
        return found

    def _dossier(self, record: str, entry: int) -> Dossier:
        from .records import Dossier
        from .sources.dossier import read_dossier
        from .sources.yaml_files import validated

        if entry == SEED:
            return read_dossier(self._seed[record])
        try:
            return validated(Dossier, self._content(entry), Path(record))
        except SourceError as error:
            told = f"{self.ledger.path}: entry {entry} holds a record that this version cannot read"
            raise LedgerError(f"{told}: {error.problems[0]}") from error

    def _source(self, record: str, entry: int) -> Source:
        from .pipeline import dossier_source

        return dossier_source(self._dossier(record, entry), record)

    def _kept(self, tell: Tell) -> Held | None:
        """A store in a folder, compared with the record and mended."""
        store = self._store
        if not isinstance(store, OxigraphStore) or store.folder is None:
            return None
        return hold(store, store.folder, self._built(self._states), self._ledger is not None, tell)

    def _built(self, states: States) -> OxigraphStore:
        store = OxigraphStore()
        store.load(self._snapshot())
        self._bring(store, states, states.touched())
        return store

    def _bring(self, store: Store, states: States, records: Iterable[str]) -> None:
        """Make the graphs of the store those of the states; what is there already is left alone."""
        for record in records:
            public = states.of(record).public
            if public is None:
                store.remove(_graph(record))
            else:
                from .pipeline import put

                source = self._source(record, public)
                put(source.graph, store, source.about)


def point(text: str) -> int | datetime:
    """An entry of the ledger, or a time: 17, 2026-11-22T12:00Z."""
    try:
        return int(text) if text.isdecimal() and text.isascii() else datetime.fromisoformat(text)
    except ValueError:
        raise BadParameter(f"{text[:60]!r} is no entry and no time such as 2026-11-22T12:00Z") from None


def _graph(record: str) -> str:
    return ids.iri(f"document/{record}")


def _plain(record: Dossier) -> Any:
    """The record as it is kept and shown: what it leaves to a default is left out."""
    return record.model_dump(mode="json", exclude_defaults=True)
