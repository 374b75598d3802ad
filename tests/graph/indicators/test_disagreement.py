"""Two claims agree, differ in precision only, or contradict: the algebra of comparators."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph.indicators.disagreement import Interval, Said, clock, number, outcome, verdict
from demarche.ontology.codes import Comparator, Outcome

COMPARATORS = st.sampled_from(get_args(Comparator))
VALUES = st.floats(0, 20_000, allow_nan=False)
NUMBERS = st.builds(lambda sign, low, width: number(sign, low, low + width), COMPARATORS, VALUES, VALUES)
START = datetime(2016, 6, 21, 20, 57, tzinfo=UTC)
CLOCKS = st.builds(
    lambda sign, begin, length: clock(
        sign, START + timedelta(minutes=begin), START + timedelta(minutes=begin + length)
    ),
    COMPARATORS,
    st.integers(-1440, 1440),
    st.integers(1, 1440),
)
OUTCOMES = st.sampled_from(get_args(Outcome)).map(outcome)
# Each with claims of its own quantity: a number is never held against a time.
PAIRS = st.tuples(NUMBERS, NUMBERS) | st.tuples(CLOCKS, CLOCKS) | st.tuples(OUTCOMES, OUTCOMES)


def at(text: str, comparator: str = "eq") -> Said:
    """A claim of a clock time, printed to the minute."""
    start = datetime.strptime(text, "%H:%M").replace(tzinfo=UTC)
    return clock(comparator, start, start + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (number("gt", 1000), number("eq", 1400), "agree"),
        (number("gt", 1000), number("eq", 1000), "contradict"),
        (number("ge", 1000), number("eq", 1000), "agree"),
        (number("gt", 1000), number("lt", 1000), "contradict"),
        (number("ge", 1000), number("le", 1000), "precision-only"),
        (number("approx", 400), number("eq", 400), "agree"),
        (number("approx", 400), number("eq", 430), "precision-only"),
        (number("approx", 400), number("eq", 500), "contradict"),
        (number("eq", 400), number("eq", 430), "contradict"),
        (number("between", 2500, 4000), number("eq", 3000), "agree"),
        (number("between", 2500, 4000), number("between", 3000, 5500), "precision-only"),
        (number("between", 2500, 4000), number("between", 4500, 5500), "contradict"),
        (at("05:57", "approx"), at("05:56"), "precision-only"),
        (at("05:57"), at("05:56"), "contradict"),
        (at("08:03"), at("08:03"), "agree"),
        (at("08:03"), at("08:05"), "contradict"),
        (at("05:57", "approx"), at("06:20"), "contradict"),
        (outcome("failure"), outcome("failure"), "agree"),
        (outcome("partial-success"), outcome("success"), "precision-only"),
        (outcome("partial-success"), outcome("failure"), "contradict"),
        (outcome("success"), outcome("failure"), "contradict"),
        (outcome("unknown"), outcome("failure"), "agree"),
    ],
)
def test_a_pair_of_claims_has_the_verdict_that_its_words_allow(
    first: Said, second: Said, expected: str
) -> None:
    assert verdict(first, second) == expected


@given(pair=PAIRS)
def test_a_verdict_does_not_depend_on_who_is_named_first(pair: tuple[Said, Said]) -> None:
    first, second = pair
    assert verdict(first, second) == verdict(second, first)


@given(claim=NUMBERS | CLOCKS | OUTCOMES)
def test_equal_claims_agree(claim: Said) -> None:
    assert verdict(claim, Said(claim.printed, claim.heard)) == "agree"


@given(pair=PAIRS, by=VALUES, other_by=VALUES)
def test_to_hear_more_doubt_never_makes_a_contradiction_nor_an_agreement(
    pair: tuple[Said, Said], by: float, other_by: float
) -> None:
    first, second = pair
    before = verdict(first, second)
    after = verdict(_doubted(first, by), _doubted(second, other_by))
    assert (before == "agree") == (after == "agree")
    assert after != "contradict" or before == "contradict"


def _doubted(claim: Said, by: float) -> Said:
    """The claim as it is printed, heard with more doubt; the infinite ends of an interval stay where they are."""
    return Said(claim.printed, claim.heard.widened(by))


@given(pair=PAIRS)
def test_claims_contradict_only_when_no_value_satisfies_both(pair: tuple[Said, Said]) -> None:
    first, second = pair
    if verdict(first, second) == "contradict":
        assert not first.printed.meets(second.printed)
        assert not first.heard.meets(second.heard)


@given(value=VALUES, other=VALUES)
def test_more_than_a_number_agrees_with_every_greater_number_and_contradicts_all_others(
    value: float, other: float
) -> None:
    expected = "agree" if other > value else "contradict"
    assert verdict(number("gt", value), number("eq", other)) == expected


@given(pair=PAIRS)
def test_of_two_intervals_that_hold_each_other_both_meet(pair: tuple[Said, Said]) -> None:
    one, other = (said.printed for said in pair)
    assert not one.holds(other) or _meets(one, other)


def _meets(one: Interval, other: Interval) -> bool:
    return one.meets(other) and other.meets(one)


@given(minutes=st.integers(1, 1439))
def test_a_hedged_clock_time_never_agrees_with_another_minute(minutes: int) -> None:
    start = datetime(2016, 6, 21, 20, 57, tzinfo=UTC)
    later = start + timedelta(minutes=minutes)
    about = clock("approx", start, start + timedelta(minutes=1))
    assert verdict(about, clock("eq", later, later + timedelta(minutes=1))) != "agree"


@pytest.mark.parametrize("name", get_args(Outcome))
def test_every_outcome_of_the_code_list_has_its_place_on_the_scale(name: str) -> None:
    assert verdict(outcome(name), outcome("unknown")) == "agree"
