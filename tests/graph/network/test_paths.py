"""Paths between things: typed, sourced, as short as can be, and the same every time."""

import pytest

from demarche.graph import identifiers as ids
from demarche.graph.network import RELATIONS, Tie, shortest_path
from demarche.graph.store import OxigraphStore
from demarche.ontology import DM

A, B = f"{ids.BASE}document/a", f"{ids.BASE}document/b"


def quad(start: str, relation: str, end: str, graph: str = A) -> str:
    return f"<{ids.BASE}{start}> <{ids.ONTOLOGY}#{relation}> <{ids.BASE}{end}> <{graph}> .\n"


@pytest.fixture
def store() -> OxigraphStore:
    """Abe condemns a launch that North Korea makes, and China stands apart."""
    found = OxigraphStore()
    found.load(
        (
            quad("act/condemns", "madeBy", "person/abe")
            + quad("act/condemns", "target", "event/launch")
            + quad("act/condemns", "reactsTo", "event/launch")
            + quad("event/launch", "actor", "body/prk")
            + quad("event/launch", "actor", "body/prk", B)
            + quad("event/launch", "before", "event/vote")
            + quad("event/vote", "actor", "body/chn")
        ).encode()
    )
    return found


def path(store: OxigraphStore, first: str, second: str) -> tuple[Tie, ...]:
    return shortest_path(store, ids.BASE + first, ids.BASE + second)


def test_a_path_names_each_relation_its_direction_and_its_sources(store: OxigraphStore) -> None:
    found = path(store, "person/abe", "body/prk")
    assert [(tie.relation.rpartition("#")[2], tie.forward, tie.sources) for tie in found] == [
        ("madeBy", False, (A,)),
        ("reactsTo", True, (A,)),
        ("actor", True, (A, B)),
    ]


def test_the_way_back_is_the_same_path_walked_backwards(store: OxigraphStore) -> None:
    there, back = path(store, "person/abe", "body/prk"), path(store, "body/prk", "person/abe")
    assert [(tie.end, tie.relation, tie.start, not tie.forward) for tie in reversed(there)] == [
        (tie.start, tie.relation, tie.end, tie.forward) for tie in back
    ]


@pytest.mark.parametrize("other", ["body/chn", "body/nowhere", "person/abe"])
def test_nothing_connects_things_that_share_only_an_order_in_time(store: OxigraphStore, other: str) -> None:
    assert path(store, "person/abe", other) == ()


@pytest.mark.parametrize("name", RELATIONS)
def test_every_relation_of_a_path_is_a_term_of_the_ontology(name: str) -> None:
    assert DM[name]
