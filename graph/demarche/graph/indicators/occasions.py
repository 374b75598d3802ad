"""The tests in the order of time; what an occasion is says ``graph.occasions``."""

from __future__ import annotations

import polars as pl
from polars import DataFrame

from ..columns import selected
from ..occasions import occasions_of
from ..reactions import narrowest
from ..store import Store

TESTS = ("missile-launch", "missile-launch-salvo", "satellite-launch", "nuclear-test")
"""The kinds of event that count as a test: what is launched or detonated on one day."""


def occasions_in_order(store: Store) -> DataFrame:
    """Every occasion that is a test, in the order of time: ``event``, ``kind``, ``earliest``, ``latest``."""
    kinds = selected(store, "?event dm:kind ?kind").select("event", pl.col("kind").str.extract(r"([^/]+)$"))
    tests = kinds.filter(pl.col("kind").is_in(TESTS)).unique()
    events = occasions_of(tests.select("event"), store).filter(pl.col("event") == pl.col("occasion"))
    instants = pl.col("earliest", "latest").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    dated = selected(store, "?event dm:earliest ?earliest ; dm:latest ?latest").with_columns(instants)
    return (
        tests.join(events.select("event"), on="event", how="semi")
        .group_by("event")
        .agg(pl.col("kind").min())
        .join(narrowest(dated.join(events, on="event", how="semi"), ("event",)), on="event", how="left")
        .sort("earliest", "latest", "event", nulls_last=True)
    )
