"""How soon each reacted: the lag from an event to the first reaction, as the interval of what the dates allow.

The lag of an act lies between ``earliest of the act - latest of the event`` and ``latest of the act - earliest of the
event``. An act cannot answer what has not yet happened, so a lower bound below zero is raised to zero, for explicit
and presumed reactions alike: both bounds hold if the tie holds. Where the dates alone would let the act come before
the event, ``may_precede`` says so; with a presumed tie that is a reason to doubt it. A row whose every date lies
before its event contradicts its own tie and is left out. An undated act or event leaves a lag of zero or more, open
above.

The lag of a unit (a government, body, office, person or actor) is that of its first reaction. Of several acts with
lags in [a1, b1], [a2, b2], ... the first is in [min a, min b]: twice, of the acts whose wording names the event, and
of all.

Limits: first means first on record. Most acts are known to the day, so that most intervals are a day long or longer,
and a lag of two launches of one salvo is counted from the launch that the act answers. Whoever launched and speaks of
it counts like all others: its lag is no reaction time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import polars as pl
from polars import DataFrame

from ..question import Graph
from ..reactions import Reactions, Unit
from ..store import Table, Term
from .answering import asked, hours, named, table, unit_of

EDGES = tuple(timedelta(hours=n) for n in (0, 1, 3, 6, 12, 24, 48, 72, 168))
"""Where the bins of a histogram begin; the last has no end."""


def act_lags(reactions: Reactions) -> Reactions:
    """The reactions that can answer their event, ``lag_min`` never below zero, with the column ``may_precede``."""
    possible = reactions.frame.filter(pl.col("lag_max").is_null() | (pl.col("lag_max") >= pl.duration()))
    before = (pl.col("lag_min") < pl.duration()).fill_null(value=False)
    clipped = pl.when(~before).then(pl.col("lag_min")).fill_null(pl.duration())
    return replace(reactions, frame=possible.with_columns(may_precede=before, lag_min=clipped))


def lags(reactions: Reactions, unit: Unit = "government") -> DataFrame:
    """One row for each event and unit, soonest first; the columns ``explicit_...`` are null without explicit acts.

    ``lag_max`` is null where nothing bounds the lag. ``act`` is the one that sets the upper bound, of several
    the first in the table.
    """
    soonest = pl.col("lag_max").arg_min()
    return (
        act_lags(reactions)
        .fold(unit)
        .with_columns(explicit=pl.col("link") == "explicit")
        .group_by("event", "unit", maintain_order=True)
        .agg(
            pl.col("lag_min", "lag_max").min(),
            explicit_min=pl.col("lag_min").filter("explicit").min(),
            explicit_max=pl.col("lag_max").filter("explicit").min(),
            may_precede=pl.col("may_precede").any(),
            acts=pl.col("act").n_unique(),
            explicit_acts=pl.col("act").filter("explicit").n_unique(),
            act=pl.coalesce(pl.col("act").get(soonest), pl.col("act").first()),
        )
        .sort(pl.col("event").rle_id(), "lag_max", "lag_min", "unit", nulls_last=True)
    )


def lag_histogram(found: DataFrame, edges: Sequence[timedelta] = EDGES) -> DataFrame:
    """How many lags fall into each bin, from ``edges[n]`` up to but not at ``edges[n + 1]``, the last without an end.

    A lag is an interval, so the true number lies between ``certain``, the lags that lie wholly in the bin, and
    ``possible``, those that reach into it. ``midpoint`` counts each lag once, where its middle lies; one that is open
    above is in no bin by its middle. ``found`` has ``lag_min`` and ``lag_max``, as ``lags`` and ``act_lags`` give
    them.
    """
    low, high = (pl.col(name).dt.total_microseconds() for name in ("lag_min", "lag_max"))
    middle = low + (high - low) // 2
    high = high.fill_null(_OPEN)
    starts = [edge // timedelta(microseconds=1) for edge in edges]
    counts = [
        found.lazy().select(
            start=pl.lit(start).cast(_DURATION),
            end=pl.lit(end if end < _OPEN else None).cast(_DURATION),
            certain=((low >= start) & (low < end) & (high <= end)).sum(),
            midpoint=((middle >= start) & (middle < end)).sum(),
            possible=((low < end) & ((high > start) | (low >= start))).sum(),
        )
        for start, end in zip(starts, [*starts[1:], _OPEN], strict=True)
    ]
    return pl.concat(pl.collect_all(counts))


def answer(graph: Graph, values: Mapping[str, Term]) -> Table:
    """The lags of an event, or of every occasion; in hours."""
    names = graph.reactions().names
    found = lags(asked(graph, values), unit_of(values))
    return table(
        found.select(
            named(names, "unit"),
            hours(pl.col("explicit_min")).alias("explicit_min_hours"),
            hours(pl.col("explicit_max")).alias("explicit_max_hours"),
            hours(pl.col("lag_min")).alias("min_hours"),
            hours(pl.col("lag_max")).alias("max_hours"),
            "may_precede",
            "explicit_acts",
            "acts",
            named(names, "event"),
            unit_id="unit",
            act_id="act",
            event_id="event",
        )
    )


_DURATION = pl.Duration("us")
_OPEN = 2**62
"""Microseconds that stand for no upper bound: 146,000 years."""
