"""Events for a figure: what answers a launch of a salvo answers the salvo, so that no event is drawn twice."""

from __future__ import annotations

import polars as pl

from ..reactions import Reactions


def on_whole_events(reactions: Reactions, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the widest event that each event is part of; the first by IRI where there are several."""
    wider = reactions.parts.filter(pl.col("part") != pl.col("whole"))
    widest = wider.join(wider.select(whole="part").unique(), on="whole", how="anti")
    named = dict(widest.group_by("part").agg(pl.col("whole").min()).iter_rows())
    return rows.with_columns(pl.col("event").replace(named))
