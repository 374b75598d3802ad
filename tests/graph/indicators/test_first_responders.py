"""Who was first, certainly or possibly: an order of intervals."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph.indicators.first_responders import first_responders
from tests.graph.indicators.small_tables import ROWS, Row, minutes, reactions, row, untimed


def verdicts(rows: list[Row]) -> dict[str, str]:
    return dict(first_responders(reactions(rows)).select("unit", "first").iter_rows())


def test_who_was_over_before_the_other_began_was_certainly_first() -> None:
    assert verdicts([row("a", 10, 20), row("b", 20, 30)]) == {"a": "certainly", "b": "no"}


def test_of_two_that_overlap_both_are_possibly_first() -> None:
    assert verdicts([row("a", 10, 21), row("b", 20, 30), row("c", 21, 22)]) == {
        "a": "possibly", "b": "possibly", "c": "no",
    }  # fmt: skip


def test_the_event_bounds_an_act_of_the_same_day() -> None:
    assert verdicts([row("a", -600, 20), row("b", 15, 40)]) == {"a": "possibly", "b": "possibly"}
    assert verdicts([row("a", -600, 20), row("b", 25, 40)]) == {"a": "certainly", "b": "no"}
    (earliest,) = first_responders(reactions([row("a", -600, 20)]))["earliest"]
    assert earliest == minutes(0)


def test_those_who_act_together_are_first_together_and_none_certainly() -> None:
    joint = row("a", 10, 20, governments=["a", "b"])
    assert verdicts([joint, row("c", 30, 40)]) == {"a": "possibly", "b": "possibly", "c": "no"}


def test_an_undated_act_makes_all_others_uncertain() -> None:
    assert verdicts([row("a", 10, 20), row("b", 30, 40), row("c", None, None)]) == {
        "a": "possibly", "b": "no", "c": "possibly",
    }  # fmt: skip


def test_one_alone_is_first_of_one() -> None:
    (only,) = first_responders(reactions([row("a")])).to_dicts()
    assert (only["first"], only["responders"]) == ("certainly", 1)


@untimed
@given(ROWS)
def test_at_most_one_is_certainly_first_and_somebody_is_possibly(rows: list[Row]) -> None:
    found = list(verdicts(rows).values())
    assert found.count("certainly") <= 1
    assert found.count("certainly") + found.count("possibly") >= 1
    if "certainly" in found:
        assert "possibly" not in found


@untimed
@given(ROWS, st.data())
def test_whatever_the_truth_is_the_first_is_among_the_possible(rows: list[Row], data: st.DataObject) -> None:
    truth = [
        data.draw(st.integers(max(one["earliest"], one["happened"][0]), one["latest"] - 1)) for one in rows
    ]
    first = {
        unit for one, at in zip(rows, truth, strict=True) if at == min(truth) for unit in one["governments"]
    }
    found = verdicts(rows)
    assert all(found[unit] != "no" for unit in first)
    assert all({unit} == first for unit, verdict in found.items() if verdict == "certainly")


@untimed
@given(ROWS, st.integers(0, 7), st.integers(0, 60), st.integers(0, 60))
def test_to_know_less_of_a_date_makes_nobody_certain(
    rows: list[Row], which: int, before: int, after: int
) -> None:
    chosen, rest = rows[which % len(rows)], [one for n, one in enumerate(rows) if n != which % len(rows)]
    doubtful = {**chosen, "earliest": chosen["earliest"] - before, "latest": chosen["latest"] + after}
    was, now = verdicts(rows), verdicts([*rest, doubtful])
    assert all(was[unit] == "certainly" for unit, verdict in now.items() if verdict == "certainly")
    assert all(now[unit] != "no" for unit in doubtful["governments"] if was[unit] != "no")


@untimed
@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_the_rows_does_not_matter(both: tuple[list[Row], list[Row]]) -> None:
    first, second = both
    assert first_responders(reactions(first)).equals(first_responders(reactions(second)))


@untimed
@given(ROWS, ROWS)
def test_events_are_judged_each_for_itself(some: list[Row], others: list[Row]) -> None:
    elsewhere = [{**one, "event": "f"} for one in others]
    together = first_responders(reactions([*some, *elsewhere]))
    assert together.filter(pl.col("event") == "e").equals(first_responders(reactions(some)))


def test_the_council_is_told_apart_from_its_members(seed_graph: KnowledgeGraph) -> None:
    found = {row["unit"]: row for row in seed_graph.ask("first-responders", event="2016-06-22-musudan")}
    assert {"United Nations Security Council", "Government of France"} <= found.keys()
    assert found["Government of North Korea"]["first"] == "no"
