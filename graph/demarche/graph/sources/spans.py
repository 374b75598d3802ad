"""Finds where words stand in a text and writes what a dossier says of the place; keeps no words."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from ..errors import Ambiguous, NotFound, Problem, SourceError


def read_text(path: Path) -> str:
    """The text as it lies in the file, its line ends included: places are counted in its code points."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise SourceError((Problem(str(path), "", "", str(error.strerror or error)),)) from error
    except UnicodeDecodeError as error:
        raise SourceError((Problem(str(path), "", "", f"not UTF-8 at byte {error.start}"),)) from error


def extent(text: str) -> str:
    """What a dossier says of the whole text.

    >>> print(extent("Calm, please."))
    characters: 13
    sha256: a1694b7735781de60951b91f1c86e9cf8f56949b4b1be9bcccf201bd1db50d09
    """
    return f"characters: {len(text)}\nsha256: {digest(text)}"


def span_line(text: str, words: str) -> str:
    """The line of the table ``spans`` for words that stand in the text once; NotFound or Ambiguous otherwise.

    >>> span_line("Calm, please.", "please")
    '6-12: 56ccc4dcfc96534b06fc0c08a301be24f13b491484d5d984953cc0dba9bbb89a'
    """
    found = places(text, words)
    if not found:
        raise NotFound(f"these words do not stand in the text{_nearest(text, words)}")
    if len(found) > 1:
        raise Ambiguous(
            f"these words stand {len(found)} times, always with the digest {digest(words)}", found
        )
    return f"{found[0]}: {digest(words)}"


def places(text: str, words: str) -> tuple[str, ...]:
    """Every span of the words, overlapping ones included; none for no words."""
    found, start = [], text.find(words) if words else -1
    while start >= 0:
        found.append(f"{start}-{start + len(words)}")
        start = text.find(words, start + 1)
    return tuple(found)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _nearest(text: str, words: str) -> str:
    """Where the words stand but for capitals, line ends and the shape of quotation marks."""
    found = places(_plain(text), _plain(words))
    return f"; but for capitals, blanks and quotation marks they stand at {', '.join(found)}" if found else ""


# One character for one character, so that the places stay what they are.
_SHAPES = {
    ord(shape): plain
    for shapes, plain in (("“”„«»", '"'), ("‘’", "'"), ("\n\t\u00a0", " "))
    for shape in shapes
}


def _plain(text: str) -> str:
    return "".join(one.lower() if len(one.lower()) == 1 else one for one in text.translate(_SHAPES))
