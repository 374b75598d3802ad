"""Which words two texts share: pure functions on words, without a graph and without a clock.

Words are compared in lower case, typographic quotes as plain ones, without punctuation, and as they stand:
*sanction* and *sanctions* are two words. Hyphens part words, apostrophes do not; *U.N.* and *UN* are one word.

A **shared phrase** is a run of at least ``LEAST`` words that stands in both texts and cannot be made longer on
either side. It is **telling** when at least ``CONTENT`` of its words are neither function words, nor numbers, nor
part of a known name; a name that the end of the phrase cuts off counts as a name once two of its words are left, and
the adjective of a state is a name. So *of the Security Council of the United Nations* is shared by everyone and tells
nothing, and neither does *that the North Korean regime*.

Limits: a run may go on over the end of a sentence; a paraphrase shares no words; function words are those of
English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

Words = tuple[str, ...]

LEAST = 4
"""How many words make a phrase."""
CONTENT = 2
"""How many of them have to tell something."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ABBREVIATION = re.compile(r"\b[^\W\d_](?:\.[^\W\d_])+\b\.?")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u2032\u00b4`", "'"))

_FUNCTION_WORDS = """
    a about above after again against all also am an and any are as at be because been before being below between
    both but by can cannot could did do does doing down during each either few for from further had has have having he
    her here hers herself him himself his how i if in into is it its itself just may me might mine more most must my
    myself neither no nor not now of off on once one only or other our ours ourselves out over own same shall she
    should so some such than that the their theirs them themselves then there these they this those through to too
    under until up upon us very was we were what when where which while who whom why will with would yet you your
    yours yourself yourselves
"""
_FUNCTIONAL = frozenset(_FUNCTION_WORDS.split())

_OF_STATES = """
    american australian austrian belgian brazilian british canadian chinese cuban czech danish dutch egyptian european
    filipino finnish french german greek indian indonesian iranian irish israeli italian japanese korean malaysian
    mexican norwegian pakistani philippine polish portuguese russian singaporean soviet spanish swedish swiss syrian
    taiwanese thai turkish ukrainian vietnamese
"""
ADJECTIVES = frozenset(
    {(word,) for word in _OF_STATES.split()} | {("north", "korean"), ("south", "korean"), ("new", "zealand")}
)
"""What belongs to a state is called by these, and everyone has to call it so."""


def words(text: str) -> Words:
    """The words of a text in the form in which they are compared.

    >>> words("North Korea’s “long-range” tests, the U.N. said.")
    ('north', "korea's", 'long', 'range', 'tests', 'the', 'un', 'said')
    """
    plain = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold()
    return tuple(_WORD.findall(_ABBREVIATION.sub(lambda found: found[0].replace(".", ""), plain)))


def shared(first: Words, second: Words, least: int = LEAST) -> frozenset[Words]:
    """The maximal runs of at least ``least`` words that stand in both; the order of the two does not matter.

    >>> [" ".join(one) for one in shared(words("We shall never accept it."), words("They shall never accept it!"))]
    ['shall never accept it']
    """
    places: dict[Words, list[int]] = {}
    for there in range(len(second) - least + 1):
        places.setdefault(second[there : there + least], []).append(there)
    runs = {
        first[here : here + _common(first[here:], second[there:])]
        for here in range(len(first) - least + 1)
        for there in places.get(first[here : here + least], ())
        if not (here and there and first[here - 1] == second[there - 1])
    }
    return maximal(runs)


def maximal(phrases: Iterable[Words]) -> frozenset[Words]:
    """Those that stand in no longer one of them."""
    kept: list[Words] = []
    for phrase in sorted(set(phrases), key=len, reverse=True):
        if not any(contains(longer, phrase) for longer in kept):
            kept.append(phrase)
    return frozenset(kept)


def contains(whole: Words, part: Words) -> bool:
    """Whether the words of ``part`` stand in ``whole`` one after the other."""
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))


@dataclass(frozen=True)
class Names:
    """The names that everyone has to use, so that their words tell nothing of who took them from whom."""

    names: frozenset[Words]

    def telling(self, phrase: Words) -> bool:
        """Whether enough of the phrase is neither name, nor number, nor function word."""
        named = {place for start, end in self._places(phrase) for place in range(start, end)}
        left = [
            word
            for place, word in enumerate(phrase)
            if place not in named and word not in _FUNCTIONAL and not word.isdigit()
        ]
        return len(left) >= CONTENT

    def _places(self, phrase: Words) -> Iterator[tuple[int, int]]:
        """From where to where names stand, cut off or whole; the possessive of a name is that name."""
        bare = tuple(word.removesuffix("'s") for word in phrase)
        for start in range(len(bare)):
            for end in range(start + 1, min(start + self._longest, len(bare)) + 1):
                piece = bare[start:end]
                cut = (start == 0 and piece in self._ends) or (end == len(bare) and piece in self._beginnings)
                if cut or piece in self._whole:
                    yield start, end

    @cached_property
    def _whole(self) -> frozenset[Words]:
        return frozenset(tuple(word.removesuffix("'s") for word in name) for name in self.names)

    @cached_property
    def _ends(self) -> frozenset[Words]:
        return frozenset(name[at:] for name in self._whole for at in range(1, len(name) - 1))

    @cached_property
    def _beginnings(self) -> frozenset[Words]:
        return frozenset(name[:at] for name in self._whole for at in range(2, len(name)))

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._whole), default=0)


def _common(first: Words, second: Words) -> int:
    """How many words the two begin with alike."""
    return next(
        (at for at, (one, other) in enumerate(zip(first, second, strict=False)) if one != other),
        min(len(first), len(second)),
    )
