"""Levels from test to test and between two events, explicit and all; and the strongest act of each cell."""

from itertools import pairwise
from typing import Any, get_args

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter
from demarche.graph.indicators.escalation import CHANGES, climbed, escalation
from demarche.graph.indicators.occasions import TESTS, occasions_in_order
from demarche.graph.indicators.stance_matrix import stance_matrix
from demarche.graph.reactions import UNITS, Unit
from demarche.ontology.codes import LEVEL_RANK, Level
from tests.graph.indicators.small_tables import LINKS, Row, reactions, row, untimed

JANUARY = f"{ids.BASE}event/2016-01-06-nuclear-test-1"
SALVO = f"{ids.BASE}event/2016-06-22-musudan"
EVENTS = ("urn:example:first", "urn:example:second")


def leveled(unit: str, level: str, event: str = "e", **others: Any) -> Row:
    return row(unit, event=event, level=level, level_rank=LEVEL_RANK[level], **others)


LEVELED = st.lists(
    st.builds(
        lambda unit, level, event, link, intensity: leveled(unit, level, event, link=link, intensity=intensity),
        st.sampled_from("abc"), st.sampled_from(get_args(Level)), st.sampled_from(EVENTS), LINKS, st.integers(1, 5),
    ),
    min_size=1, max_size=10, unique_by=lambda one: (one["act"], one["event"]),
)  # fmt: skip


@untimed
@given(LEVELED)
def test_whoever_climbed_is_higher_on_the_second_event_than_on_the_first(rows: list[Row]) -> None:
    for one in climbed(reactions(rows), *EVENTS).to_dicts():
        tops = [
            max(
                (
                    act["level_rank"]
                    for act in rows
                    if act["event"] == event and one["unit"] in act["governments"]
                ),
                default=None,
            )
            for event in EVENTS
        ]
        assert [one["before"], one["after"]] == tops
        before, after = tops
        if before is None:
            assert one["change"] == "new"
        elif after is None:
            assert one["change"] == "no reaction on record"
        else:
            assert one["change"] == ("climbed" if after > before else "fallen" if after < before else "same")


@untimed
@given(LEVELED)
def test_there_and_back_again(rows: list[Row]) -> None:
    back = {
        "climbed": "fallen", "fallen": "climbed", "same": "same", "new": "no reaction on record",
        "no reaction on record": "new",
    }  # fmt: skip
    there = {one["unit"]: one["change"] for one in climbed(reactions(rows), *EVENTS).to_dicts()}
    returned = {
        one["unit"]: one["change"] for one in climbed(reactions(rows), EVENTS[1], EVENTS[0]).to_dicts()
    }
    assert {unit: back[change] for unit, change in there.items()} == returned


def test_who_climbed_is_not_told_backwards(seed_graph: KnowledgeGraph) -> None:
    assert seed_graph.ask("climbed", first=JANUARY, second=SALVO).rows
    with pytest.raises(BadParameter, match="first is the later"):
        seed_graph.ask("climbed", first=SALVO, second=JANUARY)
    for whole, part in ((SALVO, f"{SALVO}-1"), (f"{SALVO}-1", SALVO)):
        assert seed_graph.ask("climbed", first=whole, second=part).rows


def test_silent_is_said_only_where_an_exhaustive_coverage_watched(seed_graph: KnowledgeGraph) -> None:
    found = {
        ids.local(one["unit"]): one["change"]
        for one in climbed(seed_graph.reactions(), JANUARY, SALVO).to_dicts()
    }
    assert (found["body/chn"], found["body/eu"]) == ("silent", "no reaction on record")
    assert set(found.values()) <= set(CHANGES)


@pytest.mark.parametrize("unit", UNITS)
def test_the_change_is_from_the_test_that_was_answered_before(seed_graph: KnowledgeGraph, unit: Unit) -> None:
    for (_,), found in escalation(seed_graph.reactions(), unit).group_by("unit", maintain_order=True):
        levels = found["level_rank"].to_list()
        assert found["change"].to_list() == [
            None,
            *(now - was for was, now in pairwise(levels)),
        ]
        assert found["earliest"].is_sorted()
        assert (found["passed_over"].drop_nulls() >= 0).all()
        assert (found["explicit_rank"] <= found["level_rank"]).all()


def test_tests_stand_in_the_order_of_time_and_a_salvo_is_one(seed_graph: KnowledgeGraph) -> None:
    tests = occasions_in_order(seed_graph.store)
    assert tests["event"].is_unique().all()
    assert set(tests["kind"]) == set(TESTS)
    assert tests["earliest"].drop_nulls().is_sorted()
    assert SALVO in tests["event"]
    assert f"{SALVO}-1" not in tests["event"]


def test_the_description_of_a_document_stands_under_the_test_of_the_catalogue(
    seed_graph: KnowledgeGraph,
) -> None:
    described = f"{ids.BASE}event/2016-06-22-japan-times/nuclear-test"
    assert described in seed_graph.reactions().frame["event"]
    occasions = seed_graph.reactions().by_occasion.frame["event"]
    assert described not in occasions
    assert JANUARY in occasions


@untimed
@given(LEVELED)
def test_a_cell_shows_the_highest_level_and_of_several_the_most_intense(rows: list[Row]) -> None:
    for cell in stance_matrix(reactions(rows)).to_dicts():
        acts = [one for one in rows if one["event"] == cell["event"] and cell["unit"] in one["governments"]]
        strongest = max((one["level_rank"], one["intensity"]) for one in acts)
        assert (cell["level_rank"], cell["intensity"]) == strongest
        assert cell["acts"] == len({one["act"] for one in acts})
        explicit = [one["level_rank"] for one in acts if one["link"] == "explicit"]
        assert cell["explicit_rank"] == max(explicit, default=None)


@untimed
@given(LEVELED.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_the_rows_does_not_matter(both: tuple[list[Row], list[Row]]) -> None:
    first, second = (reactions(rows) for rows in both)
    assert stance_matrix(first).equals(stance_matrix(second))
    assert climbed(first, *EVENTS).equals(climbed(second, *EVENTS))


def test_of_equal_acts_the_more_negative_is_shown() -> None:
    mild, harsh = (
        leveled("a", "verbal", intensity=3, polarity=n, stance=name)
        for n, name in ((1, "welcome"), (-2, "condemn"))
    )
    assert stance_matrix(reactions([mild, harsh]))["stance"].to_list() == ["condemn"]


def test_the_council_has_a_row_of_its_own_in_the_matrix(seed_graph: KnowledgeGraph) -> None:
    cells = stance_matrix(seed_graph.reactions().by_occasion).filter(pl.col("event") == SALVO)
    ranks = {ids.local(one["unit"]): one["level_rank"] for one in cells.to_dicts()}
    assert ranks["body/unsc"] == 4
    assert ranks["body/fra"] == 2
