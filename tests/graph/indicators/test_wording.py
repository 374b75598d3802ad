"""Phrases that two texts share are maximal, stand in both, and do not depend on who is named first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph.indicators.wording import LEAST, Names, Words, contains, maximal, shared, words

# Few words, so that runs are shared often.
TEXTS = st.lists(st.sampled_from(["we", "shall", "stand", "firm"]), max_size=14).map(tuple)
NAMES = Names(
    frozenset(
        map(words, ("Security Council of the Blue Lake", "Blue Lake", "Joint Committee on Ferry Safety"))
    )
)


@given(first=TEXTS, second=TEXTS)
def test_sharing_does_not_depend_on_who_is_named_first(first: Words, second: Words) -> None:
    assert shared(first, second) == shared(second, first)


@given(first=TEXTS, second=TEXTS)
def test_a_shared_phrase_stands_in_both_texts_and_has_four_words(first: Words, second: Words) -> None:
    for phrase in shared(first, second):
        assert contains(first, phrase)
        assert contains(second, phrase)
        assert len(phrase) >= LEAST


@given(first=TEXTS, second=TEXTS)
def test_every_four_words_in_common_stand_in_a_shared_phrase(first: Words, second: Words) -> None:
    found = shared(first, second)
    for at in range(len(first) - LEAST + 1):
        four = first[at : at + LEAST]
        assert contains(second, four) == any(contains(phrase, four) for phrase in found)


@given(first=TEXTS, second=TEXTS)
def test_no_shared_phrase_stands_in_a_longer_one(first: Words, second: Words) -> None:
    found = shared(first, second)
    assert maximal(found) == found


@given(text=st.text())
def test_words_stay_as_they_are_when_they_are_read_again(text: str) -> None:
    once = words(text)
    assert words(" ".join(once)) == once


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("We’ll STAND firm!", "we'll stand firm"),
        ("“stand firm”", "stand, firm"),
        ("the U.N. stands", "the UN stands"),
        ("a long-range test", "a long range test"),
    ],
)
def test_spellings_of_the_same_words_are_the_same(one: str, other: str) -> None:
    assert words(one) == words(other)


def test_words_are_not_stemmed() -> None:
    assert words("sanction") != words("sanctions")


@pytest.mark.parametrize(
    ("phrase", "telling"),
    [
        ("of the Security Council of the Blue Lake", False),
        ("committee on ferry safety's and", False),  # cut off at its beginning
        ("with the Joint Committee on Ferry", False),  # cut off at its end
        ("on 3 and 4 of the", False),
        ("what it should not have been", False),
        ("a threat to the Blue Lake", False),
        ("safety on the ferry", True),
        ("a grave threat to the Blue Lake", True),
    ],
)
def test_names_numbers_and_function_words_tell_nothing(phrase: str, telling: bool) -> None:
    assert NAMES.telling(words(phrase)) is telling
