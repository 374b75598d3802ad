"""Which descriptions of events are one: those that a curator has matched, and the launches of a salvo, one occasion.

The occasion of an event is the salvo that it is part of, or else itself. Where a curator has matched a document's own
description to an event of the catalogues, the occasion is that of the match. A series of launches on several days is
an occasion of its own, and no part of it counts for it. A salvo is as long as the catalogue has it, within one local
day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import identifiers as ids
from .columns import selected

if TYPE_CHECKING:
    from polars import DataFrame

    from .store import Store


def on_occasions(rows: DataFrame, store: Store) -> DataFrame:
    """The rows, each under the occasion of its ``event``."""
    found = occasions_of(rows.select("event").unique(), store)
    return _renamed(rows, found.rename({"occasion": "one"}))


def on_matched_events(rows: DataFrame, store: Store) -> DataFrame:
    """The rows, each under the description that stands for all that are matched to its ``event``."""
    return _renamed(rows, _canonical(store).rename({"same": "one"}))


def occasions_of(events: DataFrame, store: Store) -> DataFrame:
    """Each ``event`` with its ``occasion``; of several matches or wholes the first by name."""
    import polars as pl

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


def _renamed(rows: DataFrame, names: DataFrame) -> DataFrame:
    import polars as pl

    found = rows.join(names, on="event", how="left", maintain_order="left")
    return found.with_columns(event=pl.coalesce("one", "event")).drop("one")


def _canonical(store: Store) -> DataFrame:
    """Each matched event and the one of its descriptions that stands for all: not that of a single document.

    A match holds both ways. The IRI of what exists only within a document has the document's id before its own.
    """
    import polars as pl

    matches = selected(store, "?event dm:sameEventAs ?same").select("event", "same")
    both = pl.concat([matches, matches.select("event", same="event")]).unique()
    return (
        both.sort("event", pl.col("same").str.count_matches("/"), "same")
        .unique("event", keep="first", maintain_order=True)
        .select("event", "same")
    )
