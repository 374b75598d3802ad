"""Who reacted, who was silent, and of whom nothing is on record: each actor held against what was watched.

A coverage declares which actors were watched in which documents. An actor it watches **reacted** to an event when one
of those documents tells of an act of the actor that answers the event; which acts these are, ``on_record`` says. When
none does, the actor was **silent** where the coverage is exhaustive, that is, where every act that the documents tell
of was recorded. Where only main reactions were coded, and of who brought the event about, there is **no reaction on
record**, and no more is said.

A coverage that names events watches these and their parts; one that names none watches whatever event falls wholly
into its time. Limits: silence holds within the documents that were watched and not in the world. ``elsewhere`` counts
the acts of the actor that only other documents tell of. An act of a body counts for its government and for whatever
else it is part of, and not the other way round. Whoever brought the event about and speaks of it has reacted like all
others.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars import DataFrame

from ..columns import selected
from ..question import Graph
from ..reactions import Reactions, narrowest
from ..store import Store, Table, Term
from . import on_record
from .answering import named, table

VERDICTS = ("reacted", "silent", "no reaction on record")


def silence(reactions: Reactions, event: str) -> DataFrame:
    """One row for each coverage of the event and each actor that it watches.

    Columns: ``coverage``, ``exhaustive``, ``actor``, ``verdict``, ``acts`` that the watched documents tell of, and
    those told only ``elsewhere``.
    """
    store = reactions.store
    watched = _watched(store, event)
    told = _told(reactions, event)
    own = pl.col("actor").is_in(on_record.makers(store, event))
    documents = selected(store, "?coverage dm:watchedDocument ?told").select("coverage", "told")
    here = (
        watched.join(documents.unique(), on="coverage")
        .join(told, on=["actor", "told"])
        .group_by("coverage", "actor")
        .agg(acts=pl.col("act").n_unique())
    )
    anywhere = told.group_by("actor").agg(anywhere=pl.col("act").n_unique())
    return (
        watched.join(here, on=["coverage", "actor"], how="left")
        .join(anywhere, on="actor", how="left")
        .with_columns(pl.col("acts", "anywhere").fill_null(0))
        .select(
            "coverage",
            "exhaustive",
            "actor",
            "acts",
            pl.when(pl.col("acts") > 0)
            .then(pl.lit(VERDICTS[0]))
            .when(pl.col("exhaustive") & ~own)
            .then(pl.lit(VERDICTS[1]))
            .otherwise(pl.lit(VERDICTS[2]))
            .alias("verdict"),
            elsewhere=pl.col("anywhere") - pl.col("acts"),
        )
        .sort("coverage", pl.col("verdict").cast(pl.Enum(VERDICTS)), "actor")
    )


def answer(graph: Graph, values: Mapping[str, Term]) -> Table:
    """What is on record of each actor that was watched when the event happened."""
    reactions, event = graph.reactions(), values["event"].value
    found = silence(reactions, event)
    names = reactions.names
    return table(
        found.select(
            "verdict",
            named(names, "actor"),
            "exhaustive",
            "acts",
            "elsewhere",
            named(names, "coverage"),
            actor_id="actor",
            coverage_id="coverage",
        )
    )


def _told(reactions: Reactions, event: str) -> DataFrame:
    """Who did what according to which document: ``actor``, ``act``, ``told``."""
    counting = pl.col("event").is_in(on_record.answered(reactions.store, event))
    frame = reactions.frame.filter(counting).select(
        "act", "actors", "bodies", "governments", told="documents"
    )
    ways = (
        frame.explode("told").select("act", "told", actor=way).explode("actor")
        for way in ("actors", "bodies", "governments")
    )
    doers = pl.concat(ways).drop_nulls().unique()
    parts = selected(reactions.store, "?actor dm:subBodyOf ?whole").select("actor", "whole")
    above = doers.join(parts, on="actor").select("act", "told", actor="whole")
    return pl.concat([doers, above]).unique()


def _watched(store: Store, event: str) -> DataFrame:
    """Which coverage watches whom when the event happened: ``coverage``, ``actor``, ``exhaustive``."""
    wholes = selected(store, f"{Term(event).n3()} dm:partOf ?whole")["whole"].to_list()
    declared = selected(store, "?coverage dm:watches ?actor ; dm:exhaustive ?exhaustive").select(
        "coverage", "actor", pl.col("exhaustive") == "true"
    )
    events = selected(store, "?coverage dm:watchesEvent ?event").select("coverage", "event")
    by_name = events.filter(pl.col("event").is_in([event, *wholes])).select("coverage")
    by_time = _spans(store, "coverage", "?coverage a dm:Coverage").join(events, on="coverage", how="anti")
    times = narrowest(_spans(store, "event", f"VALUES ?event {{ {Term(event).n3()} }}"), ("event",))
    within = by_time.join(times, how="cross", suffix="_of_event").filter(
        (pl.col("earliest_of_event") >= pl.col("earliest")) & (pl.col("latest_of_event") <= pl.col("latest"))
    )
    watching = pl.concat([by_name, within.select("coverage")]).unique()
    return declared.join(watching, on="coverage", how="semi").unique()


def _spans(store: Store, name: str, pattern: str) -> DataFrame:
    instants = pl.col("earliest", "latest").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    found = selected(store, f"{pattern} . ?{name} dm:earliest ?earliest ; dm:latest ?latest")
    return found.select(name, "earliest", "latest").with_columns(instants)
