"""Severity and seniority are ordinal scales; how far they go together is counted in pairs and in ranks."""

import itertools
from math import sqrt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.indicators.seniority import SCALE, rank_correlation, seniority, severities
from tests.graph.indicators.small_tables import untimed

PAIRS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 12)), min_size=3, max_size=30)


def frame(pairs: list[tuple[int, int]]) -> pl.DataFrame:
    return pl.DataFrame(pairs, schema={"severity": pl.Int64, "seniority": pl.Int8}, orient="row")


def test_harsher_tests_with_more_senior_speakers_go_together() -> None:
    assert rank_correlation(frame([(1, 9), (2, 4), (5, 1)]))[1:] == pytest.approx((1, 1))
    assert rank_correlation(frame([(1, 1), (2, 4), (5, 9)]))[1:] == pytest.approx((-1, -1))


def test_the_correlations_of_a_textbook_case_with_ties() -> None:
    # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3.5, 3.5: four pairs agree, none disagrees, one is tied in each.
    _, rho, tau = rank_correlation(frame([(1, 9), (2, 8), (2, 7), (3, 7)]))
    assert rho == pytest.approx(3.75 / 4.5)
    assert tau == pytest.approx(4 / 5)


@pytest.mark.parametrize("pairs", [[(1, 2), (2, 1)], [(3, 1), (3, 2), (3, 9)], [(1, 4), (2, 4), (5, 4)]])
def test_nothing_is_said_of_few_tests_or_of_a_scale_that_does_not_vary(pairs: list[tuple[int, int]]) -> None:
    assert rank_correlation(frame(pairs)) == (len(pairs), None, None)


@untimed
@given(PAIRS)
def test_tau_counts_pairs(pairs: list[tuple[int, int]]) -> None:
    _, rho, tau = rank_correlation(frame(pairs))
    signs = [((x > u) - (x < u), (v > y) - (v < y)) for (x, y), (u, v) in itertools.combinations(pairs, 2)]
    untied = [sum(one[n] != 0 for one in signs) for n in (0, 1)]
    if 0 in untied:
        assert (rho, tau) == (None, None)
    else:
        assert tau == pytest.approx(sum(a * b for a, b in signs) / sqrt(untied[0] * untied[1]))
        assert rho is not None
        assert -1.000001 <= rho <= 1.000001


@untimed
@given(PAIRS.flatmap(lambda pairs: st.tuples(st.just(pairs), st.permutations(pairs))))
def test_the_order_of_the_tests_does_not_matter(
    both: tuple[list[tuple[int, int]], list[tuple[int, int]]],
) -> None:
    first, second = (rank_correlation(frame(pairs)) for pairs in both)
    assert first == pytest.approx(second)


def test_a_test_is_as_severe_as_its_severest_weapon(seed_graph: KnowledgeGraph) -> None:
    found = {ids.local(row["event"]): row for row in severities(seed_graph.store).to_dicts()}
    assert found["event/2017-09-03-nuclear-test-1"]["severity"] == 5
    assert found["event/2017-07-28-hwasong-14-1"]["severity"] == 4
    assert found["event/2016-06-22-musudan"]["severity"] == 3
    assert found["event/2016-02-07-unha-3-1"] == {
        "event": f"{ids.BASE}event/2016-02-07-unha-3-1", "tested": "slv", "severity": None,
    }  # fmt: skip
    assert {row["tested"] for row in found.values() if row["severity"]} == set(SCALE)


def test_a_reader_may_give_another_class_its_place(seed_graph: KnowledgeGraph) -> None:
    found = severities(seed_graph.store, {**SCALE, "slv": 4})
    assert found.filter(pl.col("tested") == "slv")["severity"].unique().to_list() == [4]


def test_the_most_senior_speaker_counts(seed_graph: KnowledgeGraph) -> None:
    table = seed_graph.reactions()
    whole = {row["event"]: row for row in seniority(table).to_dicts()}
    for row in seniority(table, "government").to_dicts():
        assert row["seniority"] is None or row["seniority"] >= whole[row["event"]]["seniority"]
        assert (row["act"] is None) == (row["ranked"] == 0)
        assert row["ranked"] <= row["acts"]


def test_the_answer_tells_on_how_many_tests_its_correlations_rest(seed_graph: KnowledgeGraph) -> None:
    asked = list(seed_graph.ask("seniority", unit="government"))
    ranked = {row["event_id"] for row in asked if row["severity"] and row["most_senior"]}
    assert {row["tests"] for row in asked} == {str(len(ranked))}
    (rho,) = {row["spearman"] for row in asked}
    assert -1 <= float(rho or "nan") <= 1
