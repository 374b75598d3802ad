"""Who is counted as one when reactions are counted: an actor, or the person, office, body or government behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import polars as pl

Unit = Literal["actor", "person", "office", "body", "government"]
"""Who is counted as one: the actor that the document names, or the person, office, body or government behind it."""

UNITS: tuple[Unit, ...] = ("actor", "person", "office", "body", "government")

_FALLBACKS: Mapping[Unit, tuple[str, ...]] = {
    "actor": ("actors",),
    "person": ("persons", "actors"),
    "office": ("offices", "actors"),
    "body": ("bodies", "actors"),
    "government": ("governments", "bodies", "actors"),
}


def folded(unit: Unit) -> pl.Expr:
    """The list of units behind an act; see ``Reactions.fold``."""
    filled = [pl.when(pl.col(name).list.len() > 0).then(pl.col(name)) for name in _FALLBACKS[unit]]
    return pl.coalesce(filled)
