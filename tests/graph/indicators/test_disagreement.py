"""Two claims agree, differ in precision only, or contradict: the algebra of comparators."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph.indicators.disagreement import Said, clock, number, outcome, verdict
from demarche.ontology.codes import Comparator, Outcome

COMPARATORS = st.sampled_from(get_args(Comparator))
VALUES = st.floats(0, 20_000, allow_nan=False)
NUMBERS = st.builds(lambda sign, low, width: number(sign, low, low + width), COMPARATORS, VALUES, VALUES)


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


@given(first=NUMBERS, second=NUMBERS)
def test_a_verdict_does_not_depend_on_who_is_named_first(first: Said, second: Said) -> None:
    assert verdict(first, second) == verdict(second, first)


@given(claim=NUMBERS)
def test_a_claim_agrees_with_itself(claim: Said) -> None:
    assert verdict(claim, claim) == "agree"


@given(minutes=st.integers(1, 1439))
def test_a_hedged_clock_time_never_agrees_with_another_minute(minutes: int) -> None:
    start = datetime(2016, 6, 21, 20, 57, tzinfo=UTC)
    later = start + timedelta(minutes=minutes)
    about = clock("approx", start, start + timedelta(minutes=1))
    assert verdict(about, clock("eq", later, later + timedelta(minutes=1))) != "agree"


@pytest.mark.parametrize("name", get_args(Outcome))
def test_every_outcome_of_the_code_list_has_its_place_on_the_scale(name: str) -> None:
    assert verdict(outcome(name), outcome("unknown")) == "agree"
