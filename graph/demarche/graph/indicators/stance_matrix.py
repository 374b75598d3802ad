"""The matrix of actors and events: in each cell the strongest reaction, and how many there were.

The strongest is the act of the highest level; of several the most intense, then the most negative, then the first by
time and by name. ``stance`` is that act's. A cell without a reaction has no row: whether that is silence, ``silence``
tells. An act that answers several launches of a salvo counts once for the salvo. Limits: the strongest act hides the
others; one who condemns and calls for talks shows as condemning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from polars import DataFrame

from ..columns import selected
from ..question import Graph
from ..reactions import Reactions, Unit
from ..store import Store, Table, Term
from .answering import code, coded, named, of_year, table, unit_of
from .silence import silence


def stance_matrix(reactions: Reactions, unit: Unit = "government") -> DataFrame:
    """One row for each event and unit with a reaction on record, by event and unit.

    ``act`` is the strongest one, ``link`` ties it to the event; ``explicit_rank`` is the highest level among the
    explicit.
    """
    strongest = ("level_rank", "intensity", "polarity", "earliest", "act")
    explicit = pl.col("link") == "explicit"
    return (
        reactions.fold(unit)
        .sort(*strongest, descending=[True, True, False, False, False], nulls_last=True)
        .group_by("event", "unit", maintain_order=True)
        .agg(
            pl.col("act", "link", "level", "level_rank", "stance", "polarity", "intensity").first(),
            explicit_rank=pl.col("level_rank").filter(explicit).max(),
            acts=pl.col("act").n_unique(),
            explicit_acts=pl.col("act").filter(explicit).n_unique(),
        )
        .sort("event", "unit")
    )


@dataclass(frozen=True)
class Cell:
    """What a matrix shows of a unit and an event: its strongest act, or that it was silent, and then without an act."""

    event: str
    unit: str
    acts: int
    level: str | None = None
    level_rank: int | None = None
    stance: str | None = None
    polarity: int | None = None
    link: str | None = None
    act: str | None = None


def cells(reactions: Reactions, unit: Unit = "government") -> list[Cell]:
    """The matrix of every occasion, with the silences: of those who were watched exhaustively and have no act in it."""
    told = reactions.by_occasion
    matrix = stance_matrix(told, unit)
    columns = ("event", "unit", "acts", "level", "level_rank", "stance", "polarity", "link", "act")
    found = [Cell(*row) for row in matrix.select(columns).iter_rows()]
    known = {(cell.event, cell.unit) for cell in found}
    units = {cell.unit for cell in found}
    silent = {
        (event, actor)
        for event in _watched_exhaustively(reactions.store)
        for actor in silence(told, event).filter(verdict="silent")["actor"]
        if actor in units
    }
    return [*found, *(Cell(event, actor, 0) for event, actor in sorted(silent - known))]


def _watched_exhaustively(store: Store) -> list[str]:
    watched = selected(store, "?coverage dm:watchesEvent ?event ; dm:exhaustive true")
    return sorted(watched["event"].unique())


def answer(graph: Graph, values: Mapping[str, Term]) -> Table:
    """The matrix of every occasion that was answered."""
    return told(of_year(graph.reactions(), values), unit_of(values))


def told(reactions: Reactions, unit: Unit) -> Table:
    """The matrix of every occasion that these reactions answer, in words and with the IRIs of what they name."""
    names, store = reactions.names, reactions.store
    found = stance_matrix(reactions.by_occasion, unit)
    return table(
        found.select(
            named(names, "event"),
            named(names, "unit"),
            coded(store, "level", "level"),
            coded(store, "stance", "stance"),
            "link",
            "level_rank",
            "explicit_rank",
            "polarity",
            "intensity",
            "acts",
            "explicit_acts",
            event_id="event",
            unit_id="unit",
            level_id=code("level", "level"),
            stance_id=code("stance", "stance"),
            act_id="act",
        )
    )
