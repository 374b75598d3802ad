"""What a store in a folder held when it was last written to, told in a file beside it; each start compares.

Seed data and ledger say what the record is, so what is another in the store is put back, whether they have changed or a
file is damaged. What `demarche load` brought stands nowhere else: it stays as long as it is what was written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from .errors import StoreError
from .files import write_whole
from .store import OxigraphStore

_FILE = "held.json"
Tell = Callable[[str], object]


@dataclass
class _Told:
    """The digests of the graphs: those of the record, and the others. ``whole`` is false while somebody writes."""

    record: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    ledger: bool = False
    whole: bool = False


class Held:
    """A store in a folder with the file that tells what it holds."""

    def __init__(self, store: OxigraphStore, folder: Path, told: _Told) -> None:
        self._store, self._file, self._told = store, folder / _FILE, told
        self._write()

    @contextmanager
    def publishing(self, graph: str) -> Iterator[None]:
        """While a graph of the record is replaced or removed; when this ends, the disk has it."""
        self._write(whole=False)
        yield
        self._store.flush()
        self._told.others.pop(graph, None)
        self._told.record = {**_without(self._told.record, graph), **self._store.contents([graph])}
        self._write(whole=True)

    @contextmanager
    def loading(self) -> Iterator[None]:
        """While graphs are loaded by hand: what is another afterwards is none of the record's any more."""
        self._write(whole=False)
        try:
            yield
        finally:
            self._store.flush()
            now, record = self._store.contents(), self._told.record
            self._told.others = {graph: one for graph, one in now.items() if record.get(graph) != one}
            self._told.record = {graph: one for graph, one in record.items() if now.get(graph) == one}
            self._write(whole=True)

    def _write(self, *, whole: bool = True) -> None:
        self._told.whole = whole
        content = json.dumps(asdict(self._told), indent=0, sort_keys=True).encode()
        write_whole(self._file, sha256(content).hexdigest().encode() + b"\n" + content)


def hold(store: OxigraphStore, folder: Path, record: OxigraphStore, ledger: bool, tell: Tell) -> Held:
    """Compare the store with the record and with what was told of it, and mend it; StoreError where that cannot be.

    A store that was built with a ledger is not rebuilt without one: it is compared with what was told of it only.
    """
    told = _read(folder / _FILE, tell)
    frozen = told.ledger and not ledger
    held, want = store.contents(), told.record if frozen else record.contents()
    others = {
        graph
        for graph in told.others.keys() | (held.keys() - told.record.keys() - want.keys())
        if graph not in held or held[graph] != want.get(graph)
    }
    _require(folder, {one for one in others if held.get(one) != told.others.get(one)}, told.whole, tell)
    lost = {one for one in (told.record | want).keys() - others if held.get(one) != want.get(one)}
    if lost and frozen:
        raise _damaged(folder, lost, "or name the ledger with which it was built")
    _put_back(sorted(lost), store, folder, record, tell)
    ours = {graph: one for graph, one in want.items() if graph not in others}
    return Held(
        store, folder, _Told(ours, {one: held[one] for one in others & held.keys()}, told.ledger or ledger)
    )


def _put_back(lost: list[str], store: OxigraphStore, folder: Path, record: OxigraphStore, tell: Tell) -> None:
    for graph in lost:
        tell(f"the store in {folder}: {graph} is not as seed data and ledger have it, and is put back")
        store.replace(graph, *record.lines(graph))
    if lost and store.contents(lost) != record.contents(lost):
        raise _damaged(folder, set(lost), "for it cannot be put back")
    store.flush()


def _require(folder: Path, strange: set[str], told: bool, tell: Tell) -> None:
    """What no seed data and no ledger know must be what was told of it; after a crash nobody can say."""
    if strange and told:
        raise _damaged(folder, strange, "and load again what `demarche load` brought")
    if strange:
        tell(
            f"the store in {folder} does not tell what it holds, or was left while it was written to: "
            f"{_named(strange)} could not be checked"
        )


def _damaged(folder: Path, graphs: set[str], remedy: str) -> StoreError:
    return StoreError(
        f"the store in {folder} is damaged: {_named(graphs)} is not what was written; move the folder away and start "
        f"again, {remedy}"
    )


def _named(graphs: set[str]) -> str:
    shown = ", ".join(sorted(graphs)[:3])
    return shown if len(graphs) <= 3 else f"{shown} and {len(graphs) - 3} more"


def _without(graphs: Mapping[str, str], graph: str) -> dict[str, str]:
    return {name: one for name, one in graphs.items() if name != graph}


def _read(file: Path, tell: Tell) -> _Told:
    """What was told; nothing, where there is no such file or it is damaged."""
    try:
        digest, _, content = file.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return _Told()
    if sha256(content).hexdigest().encode() != digest:
        tell(f"{file} is damaged: what the store holds is compared with seed data and ledger only")
        return _Told()
    return _Told(**json.loads(content))
