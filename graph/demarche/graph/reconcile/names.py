"""How alike two names are: accents, case, the order of words and small misspellings are forgiven, numbers are not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

FLOOR = 60.0
"""Names that are less alike than this, of 100, are taken for unlike."""

PART = 0.85
"""What a name is worth in which all words of the other one stand beside more: "Abe" in "Shinzo Abe"."""

OTHER_NUMBER = 0.75
"""What a likeness is worth when each has a number that the other has not: Hwasong-14 is no misspelt Hwasong-15."""

_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b|(?<=s)['’](?=\s|$)")
_ABBREVIATION = re.compile(r"(?<=\b\w)\.")
_WORD = re.compile(r"[^\W_]+")
# What is spelt in two ways everywhere, and what tables cut short.
_SPELT = {
    "centre": "center", "defence": "defense", "dept": "department", "govt": "government", "labour": "labor",
    "min": "minister", "organisation": "organization", "programme": "program",
}  # fmt: skip
_SMALL = frozenset({"a", "an", "and", "at", "for", "from", "in", "of", "on", "the", "to"})


def folded(text: str) -> str:
    """The words of a name without accents, case and punctuation, in one spelling: "U.S. Défence" is "us defense"."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    words = _WORD.findall(_ABBREVIATION.sub("", _POSSESSIVE.sub("", bare.casefold())))
    return " ".join(_SPELT.get(word, word) for word in words)


def key(text: str) -> str:
    """The words that tell names apart, sorted: "Minister of Defence of Japan" is "Japan's defense minister"."""
    words = folded(text).split()
    return " ".join(sorted([word for word in words if word not in _SMALL] or words))


def alike(text: str, keys: Sequence[str]) -> dict[int, float]:
    """Position in ``keys`` -> likeness of 0 to 100, for those that are at least FLOOR alike."""
    from rapidfuzz import fuzz, process

    wanted = key(text)
    if not wanted:
        return {}
    found: dict[int, float] = {}
    for scorer, worth in ((fuzz.ratio, 1.0), (fuzz.token_set_ratio, PART)):
        for _, score, position in process.extract(
            wanted, keys, scorer=scorer, processor=None, limit=None, score_cutoff=FLOOR / worth
        ):
            found[position] = max(found.get(position, 0.0), score * worth)
    numbers = _numbers(wanted)
    weighed = {at: _weighed(score, numbers, keys[at]) for at, score in found.items()}
    return {at: score for at, score in weighed.items() if score >= FLOOR}


def nearest(text: str, known: Sequence[str]) -> str | None:
    """The one of these that is spelt most like the text; None where all are unlike."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(text, known, scorer=fuzz.ratio, score_cutoff=FLOOR)
    return found[0] if found else None


def _weighed(score: float, numbers: frozenset[str], other: str) -> float:
    others = _numbers(other)
    return score if numbers <= others or others <= numbers else score * OTHER_NUMBER


def _numbers(words: str) -> frozenset[str]:
    return frozenset(word for word in words.split() if any(one.isdigit() for one in word))
