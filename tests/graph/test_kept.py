"""What is made from a store is made once for each of its versions, whoever asks."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from demarche.graph import identifiers as ids
from demarche.graph.kept import Kept
from demarche.graph.store import OxigraphStore

GRAPH = f"{ids.BASE}document/a"


def say(store: OxigraphStore, value: str) -> None:
    digest = f'<{GRAPH}> <{ids.ONTOLOGY}#contentDigest> "{value}" .'
    store.replace(GRAPH, [f'<urn:s> <urn:p> "{value}" .'], [digest])


def said(store: OxigraphStore) -> str:
    (row,) = store.select("SELECT ?o { ?s <urn:p> ?o }")
    return row["o"] or ""


def test_it_is_made_once_and_again_when_the_store_says_something_else() -> None:
    store, made = OxigraphStore(), []

    def make(before: str | None) -> str:
        made.append(before)
        return said(store)

    kept = Kept(store, make)
    say(store, "1")
    assert [kept(), kept()] == ["1", "1"]
    say(store, "2")
    assert [kept(), kept()] == ["2", "2"]
    say(store, "2")
    assert kept() == "2"
    assert made == [None, "1"]


def test_what_could_not_be_made_is_tried_again_by_the_next() -> None:
    store = OxigraphStore()
    kept = Kept(store, lambda _before: said(store))
    with pytest.raises(ValueError, match="unpack"):
        kept()
    say(store, "1")
    assert kept() == "1"


def test_of_many_threads_one_makes_it_and_all_have_it() -> None:
    store, made, all_there = OxigraphStore(), [], Barrier(8)
    say(store, "1")

    def make(_before: str | None) -> str:
        made.append(said(store))
        return made[-1]

    def ask(_: int) -> str:
        all_there.wait(10)
        return kept()

    kept = Kept(store, make)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == ["1"] * 8
    assert made == ["1"]


def test_a_write_while_it_is_made_has_it_made_again() -> None:
    store, writes = OxigraphStore(), ["2", "3"]
    say(store, "1")

    def make(_before: object) -> tuple[str, str]:
        first = said(store)
        if writes:
            say(store, writes.pop(0))
        return first, said(store)

    kept: Kept[tuple[str, str]] = Kept(store, make)
    assert kept() == ("3", "3")
