"""The matrix of actors and events: in each cell the strongest reaction, and how many there were.

The strongest is the act of the highest level; of several the most intense, then the most negative, then the first by
time and by name. ``stance`` is that act's. A cell without a reaction has no row: whether that is silence, ``silence``
tells. An act that answers several launches of a salvo counts once for the salvo. Limits: the strongest act hides the
others; one who condemns and calls for talks shows as condemning.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars import DataFrame

from ..question import Graph
from ..reactions import Reactions, Unit
from ..store import Table, Term
from .answering import code, coded, named, of_year, table, unit_of
from .occasions import by_occasion


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


def crossed(matrix: DataFrame, value: str = "level_rank") -> DataFrame:
    """The matrix as one sees it: a row for each unit, a column for each event, null where nothing is on record."""
    return matrix.sort("event", "unit").pivot("event", index="unit", values=value).sort("unit")


def answer(graph: Graph, values: Mapping[str, Term]) -> Table:
    """The matrix of every occasion that was answered."""
    names, store = graph.reactions().names, graph.store
    found = stance_matrix(by_occasion(of_year(graph.reactions(), values)), unit_of(values))
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
