"""The record at a glance: who reacts to the same events, with which stance in which month, and who reacts most often.

An act that several make counts once for each of them. Counts are of what is on record: a month with few reactions may
be one of which few documents were read.
"""

from __future__ import annotations

import polars as pl
from polars import DataFrame

from ..reactions import Reactions
from ..units import Unit, folded


def co_reactions(reactions: Reactions, unit: Unit = "actor") -> DataFrame:
    """Two units, in the order of their IRIs, and the number of ``events`` that both answered; in no order.

    Each event counts for itself; the projection ``co-reaction`` counts a launch for the salvo it is part of.
    """
    told = (
        reactions.frame.select(event=pl.col("event").rle_id(), unit=folded(unit))
        .explode("unit", empty_as_null=True)
        .drop_nulls()
    )
    names = told["unit"].unique().sort()
    # While each event's units are laid against themselves, events and units are numbers and a pair is one number.
    number = pl.col("unit").cast(pl.Enum(names)).to_physical().cast(pl.UInt64)
    numbered = told.select("event", number).unique().lazy()
    pairs = (
        numbered.join(numbered, on="event", suffix="_other")
        .filter(pl.col("unit") < pl.col("unit_other"))
        .select(pair=pl.col("unit") * len(names) + pl.col("unit_other"))
        .group_by("pair")
        .len("events")
        .collect()
    )
    one, other = pairs["pair"] // len(names), pairs["pair"] % len(names)
    return pairs.select(one=names.gather(one), other=names.gather(other), events="events")


def stances_by_month(reactions: Reactions) -> DataFrame:
    """How many reactions took each ``stance`` in each local ``month`` (2017-07), in that order.

    A reaction of which only the year is known has no month and is left out.
    """
    counted = (
        reactions.frame.lazy()
        .group_by("stance", month=_month("local_date"))
        .agg(reactions=(_month("local_date") == _month("local_last")).sum())
        .filter(pl.col("stance").is_not_null() & (pl.col("reactions") > 0))
        .sort("month", "stance")
        .collect()
    )
    year, month = pl.col("month") // 12, pl.col("month") % 12 + 1
    return counted.select(pl.date(year, month, 1).dt.strftime("%Y-%m").alias("month"), "stance", "reactions")


def _month(day: str) -> pl.Expr:
    """The month of a date as a number, which is found sooner than its first day."""
    return pl.col(day).dt.year() * 12 + pl.col(day).dt.month() - 1


def most_reactions(reactions: Reactions, unit: Unit = "actor", most: int = 20) -> DataFrame:
    """The units with the most ``reactions``, equal ones in the order of their IRIs."""
    units = reactions.frame.select(unit=folded(unit))["unit"].explode(empty_as_null=True)
    counted = units.value_counts(name="reactions").drop_nulls()
    least = pl.col("reactions").top_k(most).min()  # only who may be shown is sorted by name
    leading = counted.filter(pl.col("reactions") >= least)
    return leading.sort("reactions", "unit", descending=[True, False]).head(most)
