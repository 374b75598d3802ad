"""Which descriptions of events are one occasion: the launches of a salvo, and what other sources call the same.

The occasion of an event is the salvo that it is part of, or else itself. Where a curator has matched a document's own
description to an event of the catalogues, the occasion is that of the match. A series of launches on several days is
an occasion of its own, and no part of it counts for it. A salvo is as long as the catalogue has it, within one local
day.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl
from polars import DataFrame

from .. import identifiers as ids
from ..reactions import Reactions, narrowest, selected
from ..store import Store

TESTS = ("missile-launch", "missile-launch-salvo", "satellite-launch", "nuclear-test")
"""The kinds of event that count as a test: what is launched or detonated on one day."""


def by_occasion(reactions: Reactions) -> Reactions:
    """The same rows, each under the occasion of the event that it answers."""
    occasions = occasions_of(reactions.frame.select("event").unique(), reactions.store)
    found = reactions.frame.join(occasions, on="event", how="left")
    renamed = found.with_columns(event=pl.col("occasion")).drop("occasion")
    return replace(reactions, frame=renamed.sort("event", "earliest", "act", nulls_last=True))


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


def occasions_of(events: DataFrame, store: Store) -> DataFrame:
    """Each ``event`` with its ``occasion``; of several matches or wholes the first by name."""
    salvo = (
        f"?event dm:partOf ?occasion . ?occasion dm:kind <{ids.code('event-kind', 'missile-launch-salvo')}>"
    )
    salvos = selected(store, salvo).group_by("event").agg(pl.col("occasion").min())
    return (
        events.join(_canonical(store), on="event", how="left")
        .with_columns(pl.col("same").fill_null(pl.col("event")))
        .join(salvos.rename({"event": "same"}), on="same", how="left")
        .select("event", pl.col("occasion").fill_null(pl.col("same")))
    )


def _canonical(store: Store) -> DataFrame:
    """Each matched event and the one of its descriptions that stands for all: not that of a single document.

    A match holds both ways. The IRI of what exists only within a document has the document's id before its own.
    """
    matches = selected(store, "?event dm:sameEventAs ?same").select("event", "same")
    both = pl.concat([matches, matches.select("event", same="event")]).unique()
    return (
        both.sort("event", pl.col("same").str.count_matches("/"), "same")
        .unique("event", keep="first", maintain_order=True)
        .select("event", "same")
    )
