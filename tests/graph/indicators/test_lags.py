"""Lags are intervals: what bounds them, what widens them, and how many fall into a bin."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph.indicators.lags import act_lags, lag_histogram, lags
from demarche.graph.reactions import UNITS, Unit
from tests.graph.indicators.small_tables import ROWS, Row, reactions, row, untimed

LAGS = st.tuples(st.integers(0, 400), st.integers(1, 400)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def found(rows: list[Row]) -> dict[str, dict[str, Any]]:
    return {one["unit"]: one for one in lags(reactions(rows)).to_dicts()}


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def test_the_lag_is_bounded_by_the_ends_of_both_intervals() -> None:
    one = found([row("a", 10, 20, happened=(0, 3))])["a"]
    assert (one["lag_min"], one["lag_max"], one["may_precede"]) == (minutes(7), minutes(20), False)


@pytest.mark.parametrize("link", ["explicit", "presumed"])
def test_an_act_cannot_answer_what_has_not_yet_happened(link: str) -> None:
    one = found([row("a", -60, 20, happened=(0, 1), link=link)])["a"]
    assert (one["lag_min"], one["lag_max"], one["may_precede"]) == (minutes(0), minutes(20), True)


def test_an_act_that_was_over_before_its_event_is_left_out() -> None:
    assert not found([row("a", -60, -30)])


def test_the_first_of_two_acts_lies_between_the_sooner_of_both_bounds() -> None:
    one = found([row("a", 10, 90), row("a", 30, 40)])["a"]
    assert (one["lag_min"], one["lag_max"], one["acts"]) == (minutes(9), minutes(40), 2)
    assert one["act"].startswith("a 30 40")


def test_explicit_acts_are_told_apart_from_presumed_ones() -> None:
    one = found([row("a", 10, 20, link="presumed"), row("a", 30, 40)])["a"]
    assert (one["lag_min"], one["explicit_min"], one["explicit_max"]) == (
        minutes(9),
        minutes(29),
        minutes(40),
    )
    assert (one["acts"], one["explicit_acts"]) == (2, 1)
    assert found([row("a", link="presumed")])["a"]["explicit_max"] is None


def test_without_a_date_the_lag_is_open_above() -> None:
    undated = found([row("a", None, None), row("b", happened=None)])
    assert [(one["lag_min"], one["lag_max"]) for one in undated.values()] == [(minutes(0), None)] * 2
    assert found([row("a", None, None), row("a", 10, 20)])["a"]["lag_max"] == minutes(20)


@untimed
@given(ROWS)
def test_a_lag_is_never_negative_and_never_empty(rows: list[Row]) -> None:
    for one in found(rows).values():
        assert timedelta() <= one["lag_min"] <= one["lag_max"]
        if one["explicit_max"] is not None:
            assert one["lag_min"] <= one["explicit_min"]
            assert one["lag_max"] <= one["explicit_max"]


@untimed
@given(ROWS, st.integers(-500, 500))
def test_a_shift_of_the_clock_changes_no_lag(rows: list[Row], by: int) -> None:
    before, after = found(rows), found([_moved(one, by) for one in rows])
    bounds = [
        {unit: (one["lag_min"], one["lag_max"]) for unit, one in each.items()} for each in (before, after)
    ]
    assert bounds[0] == bounds[1]


@untimed
@given(ROWS, st.integers(0, 7), st.integers(0, 60), st.integers(0, 60))
def test_to_know_less_of_a_date_widens_the_lag(rows: list[Row], which: int, before: int, after: int) -> None:
    chosen = which % len(rows)
    wider = [_widened(one, before, after) if n == chosen else one for n, one in enumerate(rows)]
    less_known = found(wider)
    for unit, one in found(rows).items():
        assert less_known[unit]["lag_min"] <= one["lag_min"]
        assert less_known[unit]["lag_max"] >= one["lag_max"]


@untimed
@given(ROWS.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_the_rows_does_not_matter(both: tuple[list[Row], list[Row]]) -> None:
    first, second = both
    assert lags(reactions(first)).equals(lags(reactions(second)))


@untimed
@given(st.lists(LAGS, max_size=20))
def test_a_bin_holds_no_less_than_the_certain_and_no_more_than_the_possible(
    told: list[tuple[int, int]],
) -> None:
    counted = lag_histogram(_frame(told), [minutes(n) for n in (0, 10, 60, 120)])
    assert (counted["certain"] <= counted["midpoint"]).all()
    assert (counted["midpoint"] <= counted["possible"]).all()
    assert counted["midpoint"].sum() == len(told)
    assert counted["certain"].sum() <= len(told) <= counted["possible"].sum()


def test_a_lag_on_an_edge_lies_in_one_bin() -> None:
    counted = lag_histogram(_frame([(0, 10), (10, 10), (10, 60)]), [minutes(n) for n in (0, 10, 60)])
    assert counted["certain"].to_list() == [1, 2, 0]
    assert counted["possible"].to_list() == [1, 2, 0]


def test_a_lag_that_is_open_above_may_lie_in_every_later_bin() -> None:
    counted = lag_histogram(_frame([(20, None)]), [minutes(n) for n in (0, 10, 60)])
    assert counted["possible"].to_list() == [0, 1, 1]
    assert counted["certain"].to_list() == counted["midpoint"].to_list() == [0, 0, 0]


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_of_the_record_has_a_lag_that_its_acts_allow(
    seed_graph: KnowledgeGraph, unit: Unit
) -> None:
    table = seed_graph.reactions()
    told = lags(table, unit)
    assert set(told.select("event", "unit").iter_rows()) == set(
        act_lags(table).fold(unit).select("event", "unit").iter_rows()
    )
    assert (told["lag_min"] <= told["lag_max"]).all()
    assert (told["explicit_acts"] <= told["acts"]).all()


def test_a_salvo_and_its_launches_are_one_occasion(seed_graph: KnowledgeGraph) -> None:
    table = seed_graph.reactions()
    occasions = table.by_occasion.frame
    assert len(occasions) == len(table)
    asked = {row["unit_id"]: row for row in seed_graph.ask("lags", event="2016-06-22-musudan")}
    every = [
        row for row in seed_graph.ask("lags", unit="government") if row["event_id"] == asked_event(asked)
    ]
    assert {row["unit_id"]: row for row in every} == asked
    assert not occasions["event"].str.ends_with("2016-06-22-musudan-1").any()


def asked_event(rows: dict[str | None, dict[str, str | None]]) -> str | None:
    (event,) = {row["event_id"] for row in rows.values()}
    return event


def _frame(told: Sequence[tuple[int, int | None]]) -> pl.DataFrame:
    rows = [("u", 1, minutes(low), None if high is None else minutes(high)) for low, high in told]
    schema: dict[str, Any] = {
        "unit": pl.String,
        "acts": pl.UInt32,
        "lag_min": pl.Duration("us"),
        "lag_max": pl.Duration("us"),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _moved(one: Row, by: int) -> Row:
    began, ended = one["happened"]
    times = {name: one[name] + by for name in ("earliest", "latest")}
    return {**one, **times, "happened": (began + by, ended + by)}


def _widened(one: Row, before: int, after: int) -> Row:
    return {**one, "earliest": one["earliest"] - before, "latest": one["latest"] + after}
