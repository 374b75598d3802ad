"""YAML is read as it looks: dates stay texts, and what could hide a meaning is refused with its line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from demarche.graph.errors import SourceError
from demarche.graph.sources.yaml_files import place_of, read_yaml, texts

# JSON writes what lies above U+FFFF as two escapes, which YAML does not know.
TEXTS = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=20)
KEYS = st.text("abcdefgh-/.", min_size=1, max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(10**14), 10**14) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)


def written(folder: Path, text: str) -> Path:
    file = folder / "some.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(SourceError) as caught:
        read_yaml(written(folder, text))
    return str(caught.value).removeprefix(f"{folder / 'some.yaml'}: ")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2016-06-22", "2016-06-22"),
        ("2016-06-22T05:57:00Z", "2016-06-22T05:57:00Z"),
        ("5:57", "5:57"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("012", "012"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("=", "="),
        ("<<", "<<"),
        ("'12'", "12"),
        ("12", 12),
        ("-1", -1),
        ("0.95", 0.95),
        ("true", True),
        ("null", None),
        ("", None),
        ("[180-184, 617-623]", ["180-184", "617-623"]),
    ],
)
def test_a_plain_scalar_is_what_it_looks_like(text: str, value: JsonValue, tmp_path: Path) -> None:
    found = read_yaml(written(tmp_path, f"key: {text}\n"))["key"]
    assert (found, type(found)) == (value, type(value))


@given(value=st.dictionaries(KEYS, VALUES, max_size=4))
def test_whatever_json_says_is_read_back(
    value: dict[str, JsonValue], tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert read_yaml(written(tmp_path_factory.mktemp("yaml"), json.dumps(value))) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "a: line 3: the key is given twice"),
        (
            "acts:\n  - id: kirby\n    level: verbal\n    level: force\n",
            "acts/kirby: level: line 4: the key is given twice",
        ),
        ("a: &x 1\n", "a: line 1: anchors and aliases are not allowed: say it where it is meant"),
        ("a: {b: 1, c: *x}\n", "a: c: line 1: anchors and aliases are not allowed: say it where it is meant"),
        ("a: !!timestamp 2016-06-22\n", "a: line 1: the tag tag:yaml.org,2002:timestamp is not allowed"),
        (
            "a: !!python/object/apply:os.getcwd []\n",
            "a: line 1: the tag tag:yaml.org,2002:python/object/apply:os.getcwd",
        ),
        ("? [a, b]\n: 1\n", "line 1: a key must be a plain text"),
        ("a: 1\n---\nb: 2\n", "line 2: a second document in one file"),
        ("a: [1, 2\n", "line 2: did not find expected ',' or ']'"),
        ("- a\n", "the file must be a mapping of fields to values"),
        ("", "the file must be a mapping of fields to values"),
        ("a: \x00\n", "unacceptable character #x0000: control characters are not allowed"),
        ("a: " + "[" * 500, "line 1: nested more than 20 levels deep"),
        ("a: " + "x" * 5_000_000, "larger than 5000000 bytes"),
    ],
)
def test_what_could_mean_something_else_is_refused(text: str, message: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, text).startswith(message)


def test_nesting_without_end_is_refused_by_us_or_by_the_parser(tmp_path: Path) -> None:
    """A parser with a limit of its own looks so far ahead that it meets it before we see the first level."""
    found = refusal(tmp_path, "a: " + "[" * 100_000)
    assert found in {"line 1: nested more than 20 levels deep", "line 1: exceeded maximum nesting depth"}


def test_all_refusals_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a: &x 1\na: 2\nb: !!str 3\n").count("\n") == 2


def test_a_missing_file_and_a_folder_are_told_in_one_line(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "none.yaml", "No such file or directory"),
        (tmp_path, "Is a directory"),
    ):
        with pytest.raises(SourceError, match=message):
            read_yaml(path)


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "some.yaml"
    file.write_bytes(b"a: caf\xe9\n")
    with pytest.raises(SourceError, match="not UTF-8 at byte 6"):
        read_yaml(file)


def test_a_place_names_the_record_by_its_id_and_the_field_in_it() -> None:
    data = {"acts": [{"id": "kirby", "reports": [{"mode": "x"}]}, {"level": "y"}], "document": {"id": "d"}}
    assert place_of(data, ("acts", 0, "reports", 0, "mode")) == ("acts/kirby", "reports[0].mode")
    assert place_of(data, ("acts", 0, "id", "constrained-str")) == ("acts/kirby", "id")
    assert place_of(data, ("acts", 1, "level")) == ("acts[1]", "level")
    assert place_of(data, ("document", "id")) == ("document", "id")
    assert place_of(data, ()) == ("", "")


def test_every_text_of_the_data_is_found_with_its_location() -> None:
    assert list(texts({"a": [1, "x", {"b": "y"}]})) == [(("a", 1), "x"), (("a", 2, "b"), "y")]
