"""Places of words in a text: each is the words themselves, and what is not there once is told with what is there."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph.errors import Ambiguous, NotFound, SourceError
from demarche.graph.sources.spans import places, read_text, span_line


@given(before=st.text(), words=st.text(min_size=1), after=st.text())
def test_every_place_of_words_holds_the_words(before: str, words: str, after: str) -> None:
    text = before + words + after
    found = [tuple(map(int, one.split("-"))) for one in places(text, words)]
    assert (len(before), len(before) + len(words)) in found
    assert {text[start:end] for start, end in found} == {words}


def test_no_words_are_nowhere() -> None:
    assert places("text", "") == ()


def test_words_that_stand_twice_are_told_with_both_places() -> None:
    with pytest.raises(Ambiguous, match="stand 2 times") as told:
        span_line("aba", "a")
    assert told.value.candidates == ("0-1", "2-3")


@pytest.mark.parametrize(
    ("text", "words"),
    [("He said “no”.", 'said "no"'), ("He Said no", "he said"), ("He\nsaid", "He said"), ("It’s", "It's")],
)
def test_words_that_differ_in_shape_only_are_told_where_they_nearly_stand(text: str, words: str) -> None:
    with pytest.raises(NotFound, match=r"they stand at \d"):
        span_line(text, words)


def test_words_that_are_not_there_are_told_so() -> None:
    with pytest.raises(NotFound, match=r"do not stand in the text$"):
        span_line("text", "words")


def test_a_text_is_read_with_its_line_ends_and_only_as_utf_8(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo")
    assert read_text(tmp_path / "a.txt") == "one\r\ntwo"
    (tmp_path / "b.txt").write_bytes(b"caf\xe9")
    with pytest.raises(SourceError, match="not UTF-8 at byte 3"):
        read_text(tmp_path / "b.txt")
