"""How strongly each reacts from test to test, and who climbed the ladder of reactions between two events.

The **level** of a unit (a government, body, office, person or actor) at an event is the highest level of its acts
that answer it, on the ladder from 0, none, to 7, force. The **intensity** is the mean of the intensities, 1 to 5, of
those acts that have one. Both twice: of all acts, and of the acts alone whose wording names the event.

From test to test, the tests stand in the order of time, a salvo with its launches being one. ``change`` is the level
less that of the test that the unit answered before; ``passed_over`` counts the tests in between to which no reaction
of it is on record, which is no silence. Between two events a unit has **climbed**, **fallen** or stayed the **same**;
it is **new** where the record has it at the second only. Where the record has it at the first only it is **silent**
if an exhaustive coverage of the second event watched it in vain, and else has **no reaction on record**. A first event
that is certainly the later of the two is refused.

Limits: a level is the highest that the documents of the record tell of. Where one event is told of in more documents
than another, more is found; ``acts`` says of how many acts each level is the highest.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars import DataFrame, Expr

from demarche.ontology.codes import LEVEL_RANK

from ..errors import BadParameter
from ..question import Graph
from ..reactions import Reactions, Unit
from ..store import Store, Table, Term
from .answering import coded, named, of_year, table, unit_of
from .occasions import occasions_in_order
from .silence import silence


def escalation(reactions: Reactions, unit: Unit = "government") -> DataFrame:
    """One row for each unit and each test that it answered, each unit's in the order of time."""
    tests = (
        occasions_in_order(reactions.store)
        .with_row_index("place")
        .select("event", "place", "earliest", "latest")
    )
    before = (pl.col(name).shift(1).over("unit") for name in ("level_rank", "place"))
    level_before, place_before = before
    return (
        _levels(reactions.by_occasion, unit)
        .join(tests, on="event")
        .sort("unit", "place")
        .with_columns(
            change=pl.col("level_rank") - level_before,
            passed_over=pl.col("place").cast(pl.Int64) - place_before.cast(pl.Int64) - 1,
        )
        .drop("place")
    )


def climbed(reactions: Reactions, first: str, second: str, unit: Unit = "government") -> DataFrame:
    """One row for each unit that answered either event: its levels at both, and the ``change`` in a word."""
    sides = [_levels(_as_one(reactions, event), unit).drop("event") for event in (first, second)]
    verdicts = (
        silence(reactions, second).filter("exhaustive").group_by("actor").agg(pl.col("verdict").unique())
    )
    silent = verdicts.filter(pl.col("verdict") == ["silent"]).select(unit="actor", silent=pl.lit(value=True))
    before, after = sides
    joined = before.join(after, on="unit", how="full", coalesce=True, suffix="_after")
    return (
        joined.join(silent, on="unit", how="left")
        .select(
            "unit",
            before="level_rank",
            after="level_rank_after",
            explicit_before="explicit_rank",
            explicit_after="explicit_rank_after",
            intensity_before="intensity",
            intensity_after="intensity_after",
            acts_before=pl.col("acts").fill_null(0),
            acts_after=pl.col("acts_after").fill_null(0),
            change=_change(),
        )
        .sort(pl.col("change").cast(pl.Enum(CHANGES)), "after", "unit", descending=[False, True, False])
    )


CHANGES = ("climbed", "new", "same", "fallen", "silent", "no reaction on record")


def escalation_answer(graph: Graph, values: Mapping[str, Term]) -> Table:
    """Level and intensity from test to test."""
    names, store = graph.reactions().names, graph.store
    found = escalation(of_year(graph.reactions(), values), unit_of(values))
    return table(
        found.with_columns(level=_level("level_rank"), explicit_level=_level("explicit_rank")).select(
            named(names, "unit"),
            named(names, "event"),
            "earliest",
            "level_rank",
            coded(store, "level", "level"),
            "change",
            "passed_over",
            "intensity",
            "explicit_rank",
            coded(store, "level", "explicit_level"),
            "explicit_intensity",
            "acts",
            "explicit_acts",
            unit_id="unit",
            event_id="event",
        )
    )


def climbed_answer(graph: Graph, values: Mapping[str, Term]) -> Table:
    """Who climbed between two events."""
    names = graph.reactions().names
    first, second = (values[name].value for name in ("first", "second"))
    if _certainly_before(second, first, graph.store):
        raise BadParameter(
            "first is the later of the two events: who climbed is asked from the earlier to the later"
        )
    found = climbed(graph.reactions(), first, second, unit_of(values))
    return table(
        found.select(
            "change",
            named(names, "unit"),
            *("before", "after", "explicit_before", "explicit_after"),
            *("intensity_before", "intensity_after", "acts_before", "acts_after"),
            unit_id="unit",
        )
    )


def _certainly_before(one: str, other: str, store: Store) -> bool:
    """Whether the one event was over, by whatever source dates it, when the other can have begun."""
    return store.ask(f"""ASK {{
        {{ SELECT (MAX(?until) AS ?over) {{ {Term(one).n3()} dm:latest ?until }} }}
        {{ SELECT (MIN(?from) AS ?begun) {{ {Term(other).n3()} dm:earliest ?from }} }}
        FILTER(?over <= ?begun) }}""")


def _levels(reactions: Reactions, unit: Unit) -> DataFrame:
    """Level and intensity for each event and unit; an act that answers several parts of an event counts once."""
    explicit = pl.col("link") == "explicit"
    return (
        reactions.fold(unit)
        .sort("event", "unit", "act", "link")
        .unique(["event", "unit", "act"], keep="first", maintain_order=True)
        .group_by("event", "unit", maintain_order=True)
        .agg(
            pl.col("level_rank").max(),
            pl.col("intensity").mean(),
            explicit_rank=pl.col("level_rank").filter(explicit).max(),
            explicit_intensity=pl.col("intensity").filter(explicit).mean(),
            acts=pl.len(),
            explicit_acts=explicit.sum(),
        )
    )


def _as_one(reactions: Reactions, event: str) -> Reactions:
    about = reactions.about(event)
    return about.with_rows(about.frame.with_columns(event=pl.lit(event)))


def _change() -> Expr:
    before, after = pl.col("level_rank"), pl.col("level_rank_after")
    cases = {
        "new": before.is_null(),
        "silent": after.is_null() & pl.col("silent").is_not_null(),
        "no reaction on record": after.is_null(),
        "climbed": after > before,
        "fallen": after < before,
        "same": after == before,
    }
    return pl.coalesce(pl.when(case).then(pl.lit(name)) for name, case in cases.items())


def _level(column: str) -> Expr:
    """The code of a rank."""
    return pl.col(column).replace_strict(
        {rank: code for code, rank in LEVEL_RANK.items()}, return_dtype=pl.String
    )
