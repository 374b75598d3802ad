"""What is asked of the index and what it answers, and when a candidate is good enough to be called a match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .entities import Entity

SURE = 88.0
"""A candidate that scores less, of 100, is never called a match."""

SURE_WITH_MORE = 80.0
"""The same where more is given than a name, and all of it fits."""

BEHIND = 4.0
"""How far every other candidate must stay behind a match, unless it alone bears the very name."""

AT_STAKE = 0.4
"""The part of its score that a candidate loses when none of the given properties fits it."""


@dataclass(frozen=True)
class Given:
    """A property with values of which one should fit: texts, or identifiers of things."""

    property: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """One row of somebody's table: a name, the types it may be of, and what else is known of it."""

    name: str = ""
    types: tuple[str, ...] = ()
    properties: tuple[Given, ...] = ()
    limit: int = 10


@dataclass(frozen=True)
class Wanted:
    """A property of which values are wanted; ``on`` keeps only what the tenures of some days say."""

    property: str
    on: str | None = None


@dataclass(frozen=True, order=True)
class Likeness:
    """How well the best name of a thing fits: among equal scores the very name counts, then the label."""

    score: float = 0.0
    exact: bool = False
    label: bool = False


@dataclass(frozen=True)
class Candidate:
    """``fits`` tells for each given property how well it fits: 1 it does, 0 it does not, between nobody knows."""

    entity: Entity
    likeness: Likeness
    fits: tuple[tuple[str, float], ...] = ()
    match: bool = False

    @property
    def score(self) -> float:
        """The likeness of the name, less where the properties do not fit."""
        share = sum(fit for _, fit in self.fits) / len(self.fits) if self.fits else 1.0
        return round(self.likeness.score * (1 - AT_STAKE * (1 - share)), 2)

    @property
    def sure(self) -> bool:
        enough = SURE_WITH_MORE if self.fits else SURE
        return self.score >= enough and all(fit == 1 for _, fit in self.fits)

    @property
    def order(self) -> tuple[float, bool, bool, int, str]:
        """The best first; of namesakes, the one that more is told of."""
        likeness, entity = self.likeness, self.entity
        return (-self.score, not likeness.exact, not likeness.label, -entity.links, entity.id)


def judged(candidates: Sequence[Candidate]) -> list[Candidate]:
    """In order, and the first one called a match where it is sure and no other comes near."""
    ordered = sorted(candidates, key=lambda one: one.order)
    if not ordered or not ordered[0].sure:
        return ordered
    first, others = ordered[0], ordered[1:]
    near = [one for one in others if one.score > first.score - BEHIND]
    rivals = [one for one in near if one.likeness.exact or not first.likeness.exact]
    return ordered if rivals else [replace(first, match=True), *others]
