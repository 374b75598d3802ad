"""No passage of sixty characters of a text that is not ours to publish stands in a file of this repository."""

import json
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

LENGTH = 60
FIRST = "000"  # the one text whose quotations may be shown
_STEP = 20


class Passages:
    """An index of every window of sixty characters of some texts, found by what a window must hold.

    Each text is cut into blocks of twenty characters; a passage of sixty holds at least two whole blocks, so a file
    need only be looked up at each of its characters for a block, and compared in full where one is found.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = [plain(text) for text in texts]
        self.places: dict[str, list[tuple[int, int]]] = {}
        for number, text in enumerate(self.texts):
            for start in range(0, len(text) - _STEP + 1, _STEP):
                self.places.setdefault(text[start : start + _STEP], []).append((number, start))

    def within(self, text: str) -> Iterator[str]:
        """The passages of the texts that stand in this one, whatever its spaces, line ends and capitals."""
        text, done = plain(text), 0
        for at in range(len(text) - _STEP + 1):
            if at < done:
                continue
            for number, start in self.places.get(text[at : at + _STEP], ()):
                begin, end = _common(text, at, self.texts[number], start)
                if end - begin >= LENGTH:
                    done = max(done, end)
                    yield text[begin:end]


def _common(text: str, at: int, other: str, start: int) -> tuple[int, int]:
    """How far the two agree around a place where they do, up to twice the length each way."""
    back = 0
    while back < 2 * LENGTH and back < at and back < start and text[at - back - 1] == other[start - back - 1]:
        back += 1
    ahead = _STEP
    while at + ahead < len(text) and start + ahead < len(other) and text[at + ahead] == other[start + ahead]:
        ahead += 1
    return at - back, at + ahead


def plain(text: str) -> str:
    """The text with single spaces, straight quotes and small letters, without the marks of comments and lists."""
    text = _LINE_END.sub(" ", text.translate(_QUOTES))
    return re.sub(r"\s+", " ", text.replace("''", "'").replace('\\"', '"')).casefold()


_LINE_END = re.compile(r"\n[\s#>*-]*")
_QUOTES = str.maketrans("“”‘’", "\"\"''")


# What is as long as a passage and is nobody's sentence.
ALLOWED = {
    "assistant secretary of state for east asian and pacific affairs": "the name of an office",
}


@pytest.fixture(scope="module")
def passages(shared: Path) -> Passages:
    folder = shared / "data" / "articles"
    return Passages(
        _untitled(folder / file.name) for file in sorted(folder.glob("*.txt")) if file.stem != FIRST
    )


def test_no_tracked_file_holds_a_passage_of_a_text(
    repository: Path, passages: Passages, shared: Path
) -> None:
    titles = [title for file in (shared / "data" / "articles").glob("*.json") if (title := _title(file))]
    found = {
        str(file.relative_to(repository)): held
        for file in tracked(repository)
        if (held := {one.strip() for one in passages.within(_without(titles, file))} - ALLOWED.keys())
    }
    assert found == {}


def test_a_planted_passage_is_found_however_it_is_wrapped(passages: Passages, shared: Path) -> None:
    text = plain(_untitled(shared / "data" / "articles" / "054.txt"))
    for start in range(len(text) // 2, len(text) // 2 + _STEP):
        passage = text[start : start + LENGTH]
        planted = "# paraphrase: " + passage.replace(" ", "\n  #  ").upper() + " and more of ours"
        assert any(passage.strip() in held for held in passages.within(planted)), start


def test_a_passage_shorter_than_the_limit_is_let_pass(passages: Passages, shared: Path) -> None:
    text = plain(_untitled(shared / "data" / "articles" / "054.txt"))
    assert list(passages.within("#" + text[1000 : 1000 + LENGTH - 1] + "#")) == []


def tracked(repository: Path) -> list[Path]:
    command = ["git", "-C", str(repository), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True)
    if listed.returncode:
        return [file for file in repository.rglob("*") if file.is_file() and "/." not in file.as_posix()]
    return [file for name in listed.stdout.split("\0") if name and (file := repository / name).is_file()]


def _without(titles: list[str], file: Path) -> str:
    """What a file holds, the titles of the texts apart."""
    text = plain(file.read_bytes().decode("utf-8", errors="replace"))
    for title in titles:
        text = text.replace(plain(title), "\0")
    return text


def _untitled(file: Path) -> str:
    title, text = _title(file.with_suffix(".json")), file.read_text("utf-8")
    return text.replace(title, "\0") if title else text


def _title(file: Path) -> str | None:
    title = json.loads(file.read_text("utf-8"))["title"]
    return str(title) if title else None
