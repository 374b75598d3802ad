"""The knowledge graph as a library: open it, ask it, load into it. Command line, service and notebooks share this."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .curation import Curation
from .errors import Busy, NotFound
from .kept import Kept
from .ledger import Ledger
from .question import Question
from .questions import question, questions
from .resolve import resolve
from .seed import kept_store, seed_data_folder, snapshot
from .store import OxigraphStore, Store, Table
from .texts import NO_TEXTS, Texts, opened

if TYPE_CHECKING:
    from .reactions import Projection, Reactions
    from .search import Found, SearchIndex

MOST_REBUILDING = 4
"""How many may wait for the graph of another moment at once: each keeps a thread of the service."""

_LEADS_TO = "SELECT DISTINCT ?lead { VALUES ?part { %s } ?lead dm:about ?part ; a dm:Lead }"


class KnowledgeGraph:
    """A store with the questions that can be asked of it, and the texts that its reader has attached."""

    def __init__(self, store: Store, texts: Texts = NO_TEXTS, curation: Curation | None = None) -> None:
        self.store = store
        self.texts = texts
        self.curation = curation
        self._table: Kept[tuple[Projection, Reactions]] = Kept(store, partial(_projected, store))
        self._index: Kept[SearchIndex] = Kept(store, partial(_indexed, store, texts))
        self._past: tuple[int, KnowledgeGraph] | None = None
        self._rebuilding = threading.Lock()
        self._places = threading.Semaphore(MOST_REBUILDING)

    @property
    def questions(self) -> dict[str, Question]:
        return questions()

    def ask(self, name: str, **parameters: str | None) -> Table:
        """The answer to a question: ``graph.ask("who-reacted", event="2016-06-22-musudan")``."""
        return self.texts.completed(question(name).answer(self, parameters))

    def reactions(self) -> Reactions:
        """The reaction table of the store as it is now; it is projected once for each version."""
        return self._table()[1]

    def search(self, text: str, kind: str | None = None, limit: int = 20, offset: int = 0) -> Found:
        """What is called or told in these words; ``kind`` is one of ``search.KINDS``."""
        return self._index().search(text, kind, limit, offset)

    def leads(self, event: str) -> int:
        """How many unverified leads point to an event or its parts; ``ask("leads", event=...)`` tells them."""
        node = resolve(self.store, "event", event).n3()
        parts = self.store.select(f"SELECT DISTINCT ?part {{ ?part dm:sameEventAs?/dm:partOf* {node} }}")
        values = " ".join(term.n3() for row in parts.rows for term in row if term)
        return len(self.store.select_apart(_LEADS_TO % values).rows)

    def as_of(self, point: int | datetime) -> KnowledgeGraph:
        """Seed data and ledger as they were after an entry, or at a time, in memory; the last that was made is kept.

        Busy where too many others wait for the graph of another moment.
        """
        if self.curation is None:
            raise NotFound("there is no ledger: DEMARCHE_LEDGER names none")
        number, past = self.curation.number_at(point), self._past
        if past and past[0] == number:
            return past[1]
        if not self._places.acquire(blocking=False):
            raise Busy("others ask for the past of the record; ask again in a moment")
        try:
            return self._rebuilt(self.curation, number)
        finally:
            self._places.release()

    def _rebuilt(self, curation: Curation, number: int) -> KnowledgeGraph:
        with self._rebuilding:
            if self._past is None or self._past[0] != number:
                self._past = None  # before the next is made: each holds the whole record
                self._past = number, KnowledgeGraph(curation.store_as_of(number), self.texts)
            return self._past[1]

    def load(self, paths: Iterable[Path]) -> list[str]:
        """Load dossiers, catalogues and files of events, each whole or not at all; the graphs that changed."""
        from .pipeline import find_sources, load, read_source
        from .sources.icews import is_event_file

        given = list(paths)
        with self.loading():
            changed = self._load_events([path for path in given if is_event_file(path)])
            others = find_sources(path for path in given if not is_event_file(path))
            loaded = [load(one, self.store) for one in [read_source(file) for file in others]]
        return changed + [one.graph for one in loaded if one.changed]

    def loading(self) -> AbstractContextManager[None]:
        """While something is loaded: a store in a folder notes what it holds then, to know it again."""
        return self.curation.loading() if self.curation else nullcontext()

    def _load_events(self, files: list[Path]) -> list[str]:
        from .feed import load_events
        from .sources.icews import read_spellings

        if not files:
            return []
        spellings = read_spellings(self.curation.seed_data if self.curation else seed_data_folder())
        loaded = [load_events(file, self.store, spellings) for file in files]
        return [one.graph for one in loaded if one.changed]


# Imported when asked: who asks one question waits for neither.
def _projected(store: Store, before: tuple[Projection, Reactions] | None) -> tuple[Projection, Reactions]:
    from .reactions import reaction_table

    return reaction_table(store, before[0] if before else None)


def _indexed(store: Store, texts: Texts, _before: SearchIndex | None) -> SearchIndex:
    from .search import SearchIndex

    return SearchIndex(store, texts)


def open_graph(
    seed_data: Path | None = None,
    store: Store | None = None,
    cache: Path | None = None,
    progress: Callable[[str], object] = str,
    texts: Path | None = None,
    *,
    read_only: bool = False,
    ledger: Path | None = None,
    writes: bool = False,
) -> KnowledgeGraph:
    """The record, in memory unless a store is given; an empty one is filled. What a store in a folder holds is compared
    with seed data and ledger and mended (see ``held``); a store elsewhere that holds something is taken as it is.

    ``cache`` is the folder that keeps the validated snapshot between runs (by default the user's cache folder);
    ``texts`` is the folder of attached texts (by default in the user's data folder). ``read_only`` opens sooner, and is
    for who asks once and writes nothing. ``ledger`` is the file of what curators did, which is part of the record; with
    ``writes``, this process is the one that may add to it.
    """
    folder, kept = seed_data_folder(seed_data), cache or _user_cache()
    held = Ledger(ledger, write=writes) if ledger else None
    target = store or _record(folder, kept, progress, read_only=read_only and held is None)
    if store:
        _fill(store, lambda: snapshot(folder, kept, progress))
    curation = Curation(
        target, folder, held, lambda: snapshot(folder, kept, progress), None if read_only else progress
    )
    return KnowledgeGraph(target, opened(texts or user_texts(), target, progress), curation)


def _fill(store: Store, record: Callable[[], bytes]) -> None:
    if not store.ask("ASK { GRAPH ?g { ?s ?p ?o } }"):
        store.load(record())
    store.keep_apart(record)


def _record(
    seed_data: Path, cache: Path, progress: Callable[[str], object], *, read_only: bool
) -> OxigraphStore:
    if read_only:
        return kept_store(seed_data, cache, progress)
    store = OxigraphStore()
    store.load(snapshot(seed_data, cache, progress))
    return store


def user_texts() -> Path:
    """The folder in which texts are kept unless another is named."""
    from platformdirs import user_data_path

    return user_data_path("demarche") / "texts"


def _user_cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("demarche")
