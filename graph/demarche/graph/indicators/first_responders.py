"""Who was first to react: certainly, or possibly, as far as the dates allow.

A unit (a government, body, office, person or actor) reacts first at some instant of [min earliest, min latest) of its
acts, where no act is earlier than the event that it answers. One reacts certainly before another when its whole
interval lies before the other's: its latest is not after the other's earliest. A unit was **certainly** first when it
reacted certainly before every other, so there is one such unit at most; it was **possibly** first when nobody reacted
certainly before it. Who is certainly first is possibly first too, and to know less of any date never makes anybody
certain.

An undated act may have come at any time from its event on: it makes its unit possible and all others uncertain. Those
who act together are first together, and none of them certainly. A unit is first among those on record, and one that
is alone there is certainly first of one: ``responders`` says of how many. Twice: by all acts, and by those alone
whose wording names the event.

Limits: whoever launched or tested and speaks of it counts like all others, and is often first, for it knew of the event
before anybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl
from polars import DataFrame

from ..question import Graph
from ..reactions import Reactions
from ..store import Table, Term
from ..units import Unit, folded
from .answering import asked, named, table, unit_of


def first_responders(reactions: Reactions, unit: Unit = "government") -> DataFrame:
    """One row for each event and unit, in the order of their first reactions.

    ``first`` is "certainly", "possibly" or "no". ``earliest`` and ``latest`` bound the first reaction; they are null
    where no date does. ``responders`` counts the units of the event.
    """
    dated = pl.col("latest").is_null() | (pl.col("latest") >= pl.col("event_earliest"))
    rows = reactions.frame.filter(dated.fill_null(value=True)).select(
        "event",
        earliest=pl.max_horizontal("earliest", "event_earliest").fill_null(_PAST),
        latest=pl.col("latest").fill_null(_FUTURE),
        unit=folded(unit),
    )
    units = (
        rows.explode("unit", empty_as_null=True)
        .group_by("event", "unit", maintain_order=True)
        .agg(pl.col("earliest").min(), pl.col("latest").min())
    )
    return _ordered(units)


def answer(graph: Graph, values: Mapping[str, Term]) -> Table:
    """Who was first to answer an event, or every occasion."""
    names = graph.reactions().names
    reactions, unit = asked(graph, values), unit_of(values)
    explicit = first_responders(reactions.explicit(), unit).select("event", "unit", explicit_first="first")
    found = first_responders(reactions, unit).join(
        explicit, on=["event", "unit"], how="left", maintain_order="left"
    )
    return table(
        found.select(
            "first",
            "explicit_first",
            named(names, "unit"),
            "earliest",
            "latest",
            "responders",
            named(names, "event"),
            unit_id="unit",
            event_id="event",
        )
    )


_PAST, _FUTURE = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def _ordered(units: DataFrame) -> DataFrame:
    """The verdicts on intervals of the columns ``earliest`` and ``latest``; the rows of an event stand together.

    Only who comes first in this order can be certain, and then the next in it is the one to beat.
    """
    event, earliest, latest = (pl.col(name) for name in ("event", "earliest", "latest"))
    following = pl.when(event == event.shift(-1)).then(earliest.shift(-1))
    leading = (event != event.shift(1)).fill_null(value=True)
    certain = leading & (following.is_null() | ((latest <= following) & (earliest < following)))
    possible = (earliest < pl.col("soonest")) | (latest == pl.col("soonest"))
    each = units.group_by("event").agg(soonest=latest.min(), responders=pl.len())
    return (
        units.join(each, on="event", maintain_order="left")
        .sort(event.rle_id(), "earliest", "latest", "unit")
        .with_columns(certain=certain, possible=possible)
        .select(
            "event",
            "unit",
            pl.when("certain")
            .then(pl.lit("certainly"))
            .when("possible")
            .then(pl.lit("possibly"))
            .otherwise(pl.lit("no"))
            .alias("first"),
            pl.when(earliest > _PAST).then(earliest),
            pl.when(latest < _FUTURE).then(latest),
            "responders",
        )
    )
