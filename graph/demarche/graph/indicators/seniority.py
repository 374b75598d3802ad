"""Whether a harsher event draws a more senior speaker: two ordinal scales, and how far they go together.

**Severity** orders tests by what was tested, by the definitions of the code list of missile classes: a ballistic
missile of up to 1,000 km (SRBM) is 1, of 1,000 to 3,000 km (MRBM) 2, of 3,000 to 5,500 km (IRBM) 3, of more (ICBM) 4,
and a nuclear test 5. The class is the one of the catalogue of launches; of several weapons at one occasion the
severest counts. A missile from a submarine, a space launch vehicle, a cruise missile and a glide vehicle are not
defined by their reach: they have no place on the scale, and are listed and not ranked; ``scale`` gives them one. The
outcome is left out: sources disagree about it, and speakers answer before it is known.

**Seniority** is the rank of an office from 1, head of state, to 12. That of an event is the highest rank of all who
answered it in a known office: the smallest number.

**Rank correlations** are positive where harsher events have more senior speakers: Spearman's rho with mean ranks for
ties, and Kendall's tau-b, which corrects for ties. Both are null for fewer than three events or where one scale does
not vary. Limits: the scales are ordinal, ties are many, whoever launched and speaks of it counts like all others, and
the record was not drawn at random; so no significance is claimed, and the number of tests is told beside.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars import DataFrame

from ..columns import selected
from ..occasions import occasions_of
from ..question import Graph
from ..reactions import Reactions, Unit
from ..store import Store, Table, Term
from .answering import named, of_year, table, unit_of
from .occasions import occasions_in_order

SCALE: Mapping[str, int] = {"srbm": 1, "mrbm": 2, "irbm": 3, "icbm": 4, "nuclear-test": 5}
"""Missile class or kind of event -> severity."""


def severities(store: Store, scale: Mapping[str, int] = SCALE) -> DataFrame:
    """What was tested at each occasion: ``event``, ``tested`` (missile class or nuclear-test), ``severity`` or null."""
    classes = (
        selected(store, "?event dm:weapon ?weapon")
        .select("event", "weapon")
        .join(selected(store, "?weapon dm:weaponClass ?class").select("weapon", "class"), on="weapon")
        .select("event", tested=pl.col("class").str.extract(r"([^/]+)$"))
    )
    nuclear = (
        occasions_in_order(store).filter(pl.col("kind") == "nuclear-test").select("event", tested="kind")
    )
    occasions = occasions_of(classes.select("event").unique(), store)
    tested = classes.join(occasions, on="event").select("tested", event="occasion").select("event", "tested")
    return (
        pl.concat([tested, nuclear])
        .with_columns(severity=pl.col("tested").replace_strict(scale, default=None, return_dtype=pl.Int64))
        .sort("event", "severity", "tested", descending=[False, True, False], nulls_last=True)
        .unique("event", keep="first", maintain_order=True)
    )


def seniority(reactions: Reactions, unit: Unit | None = None, scale: Mapping[str, int] = SCALE) -> DataFrame:
    """One row for each test that was answered (and each ``unit``, if one is named), the severest first.

    ``seniority`` is that of the most senior speaker, ``act`` what he or she did first; both are null where no office
    is known. ``ranked`` counts the acts of speakers in a known office, ``acts`` all.
    """
    told = reactions.by_occasion
    keys = ["event", "unit"] if unit else ["event"]
    rows = told.fold(unit) if unit else told.frame
    tops = (
        rows.sort("seniority", "earliest", "act", nulls_last=True)
        .group_by(keys, maintain_order=True)
        .agg(
            pl.col("seniority").first(),
            act=pl.col("act").filter(pl.col("seniority").is_not_null()).first(),
            ranked=pl.col("act").filter(pl.col("seniority").is_not_null()).n_unique(),
            acts=pl.col("act").n_unique(),
        )
    )
    return tops.join(severities(reactions.store, scale), on="event").sort(
        "severity", "seniority", *keys, descending=[True, *[False] * (len(keys) + 1)], nulls_last=True
    )


def rank_correlation(found: DataFrame) -> tuple[int, float | None, float | None]:
    """The number of rows that have both ranks, Spearman's rho and Kendall's tau-b between severity and seniority."""
    ranks = found.select("severity", rank=-pl.col("seniority").cast(pl.Int64)).drop_nulls()
    if len(ranks) < 3 or 1 in (ranks["severity"].n_unique(), ranks["rank"].n_unique()):
        return len(ranks), None, None
    rho = ranks.select(pl.corr("severity", "rank", method="spearman")).item()
    return len(ranks), rho, _tau_b(ranks)


def answer(graph: Graph, values: Mapping[str, Term]) -> Table:
    """The most senior speaker of each unit at each test; the correlations, over tests, stand in every row."""
    reactions = of_year(graph.reactions(), values)
    tests = seniority(reactions)
    number, rho, tau = rank_correlation(tests)
    names = graph.reactions().names
    found = seniority(reactions, unit_of(values)).join(
        tests.select("event", most_senior="seniority"), on="event", how="left", maintain_order="left"
    )
    return table(
        found.select(
            "severity",
            "tested",
            named(names, "event"),
            "most_senior",
            named(names, "unit"),
            "seniority",
            "ranked",
            "acts",
            tests=pl.lit(number),
            spearman=pl.lit(rho, pl.Float64),
            kendall=pl.lit(tau, pl.Float64),
            event_id="event",
            unit_id="unit",
            act_id="act",
        )
    )


def _tau_b(ranks: DataFrame) -> float:
    """Kendall's tau-b by counting pairs of cells of the table of both ranks: few, however many rows there are."""
    cells = ranks.group_by("severity", "rank").len("n").with_columns(pl.col("n").cast(pl.Float64))
    pairs = cells.join(cells, how="cross", suffix="_other")
    signs = ((pl.col(name) - pl.col(f"{name}_other")).sign() for name in ("severity", "rank"))
    first, second = signs
    weight = pl.col("n") * pl.col("n_other")
    return float(
        pairs.select(
            (weight * first * second).sum()
            / ((weight * first.abs()).sum() * (weight * second.abs()).sum()).sqrt()
        ).item()
    )
