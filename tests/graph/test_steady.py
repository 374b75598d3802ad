"""What is read by several queries is of one state of the store, though somebody writes meanwhile."""

import threading
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.reactions import reaction_table
from demarche.graph.store import Answer, OxigraphStore, Table

A, B = f"{ids.BASE}document/a", f"{ids.BASE}document/b"


def say(store: OxigraphStore, value: int) -> None:
    """The same in two graphs, by one update."""
    triple = f'<{ids.BASE}event/x> <{ids.ONTOLOGY}#paraphrase> "{value}"'
    store.update(
        f"DROP SILENT GRAPH <{A}> ; DROP SILENT GRAPH <{B}> ; "
        f"INSERT DATA {{ GRAPH <{A}> {{ {triple} }} GRAPH <{B}> {{ {triple} }} }}"
    )


def said(store: OxigraphStore, graph: str) -> str:
    (row,) = store.select(f"SELECT ?v {{ GRAPH <{graph}> {{ ?s dm:paraphrase ?v }} }}")
    return row["v"] or ""


def both(store: OxigraphStore, between: Callable[[], object]) -> Callable[[], tuple[str, str]]:
    def read() -> tuple[str, str]:
        first = said(store, A)
        between()
        return first, said(store, B)

    return read


@pytest.fixture
def store() -> OxigraphStore:
    one = OxigraphStore()
    say(one, 0)
    return one


def test_a_reading_into_which_a_write_fell_begins_again(store: OxigraphStore) -> None:
    writes = iter((1, 2))

    def write() -> None:
        if (value := next(writes, None)) is not None:
            say(store, value)

    assert store.steady(both(store, write)) == ("2", "2")


def test_what_goes_wrong_because_of_a_write_is_tried_again_and_what_goes_wrong_by_itself_is_not(
    store: OxigraphStore,
) -> None:
    tries: list[bool] = []

    def read(*, with_write: bool) -> str:
        tries.append(with_write)
        if len(tries) > 1 and with_write:
            return said(store, A)
        if with_write:
            say(store, 5)
        raise LookupError

    assert store.steady(lambda: read(with_write=True)) == "5"
    tries.clear()
    with pytest.raises(LookupError):
        store.steady(lambda: read(with_write=False))
    assert tries == [False]


def test_where_somebody_writes_without_end_the_reading_ends_all_the_same(store: OxigraphStore) -> None:
    values = count(1)
    tries: list[int] = []

    def write() -> None:
        tries.append(next(values))
        say(store, tries[-1])

    first, second = store.steady(both(store, write))
    assert int(second) == int(first) + 1 == len(tries)
    assert len(tries) < 20


def test_a_reading_waits_for_the_write_that_goes_on(store: OxigraphStore) -> None:
    begun, seen = threading.Event(), []

    def slow() -> None:
        with store._change():
            begun.set()
            time.sleep(0.2)
            store._engine.update(f'INSERT DATA {{ GRAPH <{A}> {{ <urn:s> <urn:p> "late" }} }}')

    writer = threading.Thread(target=slow)
    writer.start()
    assert begun.wait(5)
    asked = f'ASK {{ GRAPH <{A}> {{ ?s <urn:p> "late" }} }}'
    store.steady(lambda: seen.append(store.ask(asked)))
    writer.join()
    assert seen == [True]


class Shared(OxigraphStore):
    """Runs ``write``, once, after so many queries."""

    left = 0
    write: Callable[[], object] = staticmethod(int)

    def select(self, query: str) -> Table:
        found = super().select(query)
        self._count()
        return found

    def answer(self, query: str, *told: Any) -> Answer:
        found = super().answer(query, *told)
        self._count()
        return found

    def _count(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.write()


def test_the_table_is_that_of_one_state_whenever_the_write_comes(one_document: OxigraphStore) -> None:
    store = Shared()
    store.load(one_document.image())
    name = next(one for one in store.graphs() if one.startswith(f"{ids.BASE}document/"))
    lines, about = store.lines(name)
    rows = set()
    for number in range(1, 40):
        there = name in store.graphs()
        store.write = partial(store.remove, name) if there else partial(store.replace, name, lines, about)
        store.left = number
        found = KnowledgeGraph(store).reactions().frame
        store.left = 0
        expected = reaction_table(store)[1].frame
        assert found.equals(expected), f"a write after {number} queries"
        rows.add(len(found))
    assert len(rows) > 1
