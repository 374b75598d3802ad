"""Networks drawn from the record by named rules: who is tied to whom, by what, how often and when.

A projection has a name, a version that changes with its rule, and a definition in one sentence. From equal records it
draws equal networks, their nodes and ties in equal order. Nodes are IRIs. What they and the ties carry is plain text
and plain numbers, so that every file format for graphs can hold it; a date that nobody knows is left out. No tie leads
from a unit to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol, cast

from .. import identifiers as ids
from ..choice import Choice
from ..columns import local_days, solutions
from ..errors import BadParameter
from ..intervals import printed_days
from ..occasions import on_matched_events, on_occasions

if TYPE_CHECKING:
    import networkx
    from polars import DataFrame

    from ..store import Store
    from ..units import Unit

    Network = networkx.Graph[str]


class Reactions(Protocol):
    """What of the reaction table a rule draws from: the table knows networks, and networks need not know it."""

    @property
    def store(self) -> Store: ...

    @property
    def names(self) -> Mapping[str, str]: ...

    @property
    def choice(self) -> Choice: ...

    def explicit(self) -> Reactions: ...

    def between(self, start: date | None = None, end: date | None = None) -> Reactions: ...

    def fold(self, unit: Unit) -> DataFrame: ...


@dataclass(frozen=True)
class Options:
    """From what a network is drawn: acts of certain local dates, both ends included, and who counts as one.

    ``explicit_only`` leaves out ties to an event that only the coder presumes. Who addresses or relays is always
    explicit. An act whose date is not known for certain to lie in the window is left out of it.
    """

    start: date | None = None
    end: date | None = None
    explicit_only: bool = False
    fold: Unit = "actor"

    @classmethod
    def read(
        cls, start: str | None, end: str | None, fold: str = "actor", *, explicit_only: bool = False
    ) -> Options:
        """The options as a person writes them: a date is a day, or a month or year that counts as a whole."""
        first, last = (printed_days(text) if text else None for text in (start, end))
        return cls(first and first[0], last and last[1], explicit_only, cast("Unit", fold))

    def chosen(self, before: Choice) -> Options:
        """These options on reactions of which some were chosen before."""
        left = before.and_also(Choice(None, self.start, self.end, self.explicit_only))
        return replace(self, start=left.start, end=left.end, explicit_only=left.explicit_only)


@dataclass(frozen=True)
class Projection:
    """A rule by which a network is drawn. ``weight`` says what the weight of a tie counts."""

    name: str
    version: int
    definition: str
    weight: str
    directed: bool
    draw: Callable[[Reactions, Options], Drawn]
    of_all_acts: bool = False
    """Whether it is drawn from all acts of the store, those that answer no event included."""


@dataclass(frozen=True)
class Drawn:
    """What a rule found. Nodes: ``node``, ``act``, ``first``, ``last``, a row for each act that a node has part in.

    Ties: ``start``, ``end``, ``weight``, ``acts``, ``first``, ``last`` and what else a rule tells, one row for each.
    """

    nodes: DataFrame
    ties: DataFrame


def projection(name: str) -> Projection:
    found = PROJECTIONS.get(name)
    if found is None:
        raise BadParameter(f"no projection is called {name!r}; there are: {', '.join(PROJECTIONS)}")
    return found


def project(reactions: Reactions, name: str, options: Options | None = None) -> Network:
    """The network that the named projection draws from the table of reactions and its store."""
    import networkx

    from ..units import UNITS
    from .backend import enrol

    enrol()
    rule, options = projection(name), (options or Options()).chosen(reactions.choice)
    if options.fold not in UNITS:
        raise BadParameter(f"{options.fold!r} is no unit; there are: {', '.join(UNITS)}")
    if options.start and options.end and options.start > options.end:
        raise BadParameter(f"the window ends on {options.end}, before it starts on {options.start}")
    if rule.of_all_acts and reactions.choice.event:
        raise BadParameter(
            f"{name} is drawn from all acts and not from those that answer an event: leave out the event"
        )
    drawn = rule.draw(reactions, options)
    graph: Network = networkx.DiGraph() if rule.directed else networkx.Graph()
    graph.graph.update(_told_of(rule, options, reactions))
    graph.add_nodes_from(_nodes(drawn, reactions))
    graph.add_edges_from(_ties(drawn.ties))
    return graph


def node_link(graph: Network) -> dict[str, Any]:
    """networkx's node-link JSON: ``nodes`` with their ``id``, ``edges`` with ``source`` and ``target``."""
    import networkx

    found: dict[str, Any] = networkx.node_link_data(graph, edges="edges")
    return found


def _bipartite(reactions: Reactions, options: Options) -> Drawn:
    import polars as pl

    told = on_matched_events(_reacting(reactions, options), reactions.store)
    ties = told.group_by(start="unit", end="event").agg(
        pl.col("act").n_unique().alias("weight"), pl.col("act").n_unique().alias("acts"), *_days()
    )
    events = told.select("act", "first", "last", node="event")
    return Drawn(pl.concat([_having_part(told), events.select("node", "act", "first", "last")]), ties)


def _co_reaction(reactions: Reactions, options: Options) -> Drawn:
    import polars as pl

    told = _reacting(reactions, options)
    shares = (
        on_occasions(told, reactions.store)
        .group_by("unit", "event")
        .agg(pl.col("act").n_unique().alias("acts"), *_days())
    )
    pairs = shares.join(shares, on="event", suffix="_other").filter(pl.col("unit") < pl.col("unit_other"))
    ties = pairs.group_by(start="unit", end="unit_other").agg(
        pl.len().alias("weight"),
        (pl.col("acts") + pl.col("acts_other")).sum().alias("acts"),
        pl.min_horizontal("first", "first_other").min().alias("first"),
        pl.max_horizontal("last", "last_other").max().alias("last"),
    )
    return Drawn(_having_part(told), ties)


def _lag(reactions: Reactions, options: Options) -> Drawn:
    """A unit has spoken by the latest instant of the first of its acts, and has not before the earliest of any.

    Who has an undated act besides may have spoken at any time, and so comes after nobody for certain.
    """
    import polars as pl

    told = _reacting(reactions, options)
    spoken = (
        on_occasions(told, reactions.store)
        .group_by("unit", "event")
        .agg(
            pl.col("earliest", "latest").min(),
            pl.col("earliest").is_null().any().alias("undated"),
            pl.col("act").n_unique().alias("acts"),
            *_days(),
        )
    )
    pairs = spoken.join(spoken, on="event", suffix="_after").filter(
        (pl.col("unit") != pl.col("unit_after"))
        & ~pl.col("undated_after")
        & (pl.col("earliest_after") >= pl.col("latest"))
    )
    hours = (pl.col("earliest_after") - pl.col("latest")).dt.total_seconds()
    ties = pairs.group_by(start="unit", end="unit_after").agg(
        pl.len().alias("weight"),
        (pl.col("acts") + pl.col("acts_after")).sum().alias("acts"),
        pl.min_horizontal("first", "first_after").min().alias("first"),
        pl.max_horizontal("last", "last_after").max().alias("last"),
        (hours.sum() / 3600 / pl.len()).round(3).alias("hours"),
    )
    return Drawn(_having_part(told), ties)


def _reply(reactions: Reactions, options: Options) -> Drawn:
    import polars as pl

    told = _reacting(reactions, options)
    answered = _behind_acts(reactions.store, options.fold).select(event="act", end="unit")
    pairs = told.rename({"unit": "start"}).join(answered, on="event")
    return _between(pairs, counted=pl.struct("act", "event"))


def _addressee(reactions: Reactions, options: Options) -> Drawn:
    import polars as pl

    store = reactions.store
    speaking = _within(_behind_acts(store, options.fold), options).rename({"unit": "start"})
    addressed = solutions(
        store, "SELECT DISTINCT ?act ?actor { ?act dm:addressee ?actor ; dm:level ?level }", "act", "actor"
    )
    pairs = speaking.join(addressed, on="act")
    return _between(_folded_actors(pairs, store, options.fold, into="end"), counted=pl.col("act"))


def _relay(reactions: Reactions, options: Options) -> Drawn:
    """By a report that names who passed it on, or by a statement that itself relays the act; one act counts once."""
    import polars as pl

    store = reactions.store
    acts = _behind_acts(store, options.fold)
    relayed = _within(acts, options).rename({"unit": "end"})
    named = solutions(
        store, "SELECT DISTINCT ?act ?actor { ?report dm:relayer ?actor ; dm:reports ?act }", "act", "actor"
    )
    by_name = _folded_actors(relayed.join(named, on="act"), store, options.fold, into="start")
    inside = solutions(store, "SELECT DISTINCT ?carrier ?act { ?carrier dm:relays ?act }", "carrier", "act")
    carriers = acts.select(carrier="act", start="unit")
    by_act = relayed.join(inside, on="act").join(carriers, on="carrier")
    columns = ["start", "end", "act", "first", "last"]
    return _between(pl.concat([by_name.select(columns), by_act.select(columns)]), counted=pl.col("act"))


_TABLE = (
    Projection(
        "actor-event",
        2,
        "An actor is tied to each event that an act of it answers.",
        "the acts with which the actor answers the event",
        False,
        _bipartite,
    ),
    Projection(
        "co-reaction",
        2,
        "Two actors are tied when acts of both answer the same event; the launches of a salvo are one.",
        "the events that both answer",
        False,
        _co_reaction,
    ),
    Projection(
        "reply",
        2,
        "An actor is tied to another when an act of it answers an act of the other.",
        "the answers given",
        True,
        _reply,
    ),
    Projection(
        "addressee",
        2,
        "An actor is tied to whom it addresses.",
        "the acts so addressed",
        True,
        _addressee,
        of_all_acts=True,
    ),
    Projection(
        "lag",
        2,
        "An actor is tied to another that answered the same event certainly after it had.",
        "the events on which this order is certain",
        True,
        _lag,
    ),
    Projection(
        "relay",
        2,
        "An actor is tied to another whose act it passed on.",
        "the acts passed on",
        True,
        _relay,
        of_all_acts=True,
    ),
)
PROJECTIONS: Mapping[str, Projection] = {one.name: one for one in _TABLE}
"""All projections by name; a rule that changes gets another version."""


def _reacting(reactions: Reactions, options: Options) -> DataFrame:
    """The rows of the table that the options leave, one for each act, event and unit: ``first``, ``last`` are days."""
    import polars as pl

    kept = reactions.explicit() if options.explicit_only else reactions
    if options.start or options.end:
        kept = kept.between(options.start, options.end)
    told = kept.fold(options.fold).drop_nulls("unit")
    return told.select(
        "act",
        "event",
        "unit",
        "earliest",
        "latest",
        pl.col("local_date").alias("first"),
        pl.col("local_last").alias("last"),
    ).sort("unit", "event", "act")


def _behind_acts(store: Store, unit: Unit) -> DataFrame:
    """Every act of the store with each ``unit`` behind it, and the ``first`` and ``last`` day on which it may fall."""
    import polars as pl

    from ..units import folded

    acts = (
        _dated(solutions(store, _ACTS, "act", "local_date", "zone", "latest"))
        .group_by("act")
        .agg(pl.col("first").min(), pl.col("last").max())
    )
    for column, pattern in _BEHIND.items():
        query = f"SELECT DISTINCT ?act ?unit {{ ?act dm:level ?level . {pattern} }}"
        listed = solutions(store, query, "act", "unit").group_by("act").agg(pl.col("unit").sort())
        acts = acts.join(listed.rename({"unit": column}), on="act", how="left")
    units = acts.with_columns(pl.col(*_BEHIND).fill_null([])).with_columns(unit=folded(unit))
    return units.explode("unit", empty_as_null=True).drop_nulls("unit").select("act", "unit", "first", "last")


def _folded_actors(pairs: DataFrame, store: Store, unit: Unit, into: str) -> DataFrame:
    """The pairs with the unit to which ``actor`` belongs, as far as is known of the day of the act.

    A person belongs to the offices that it held then, or may have held, and to their bodies and governments.
    """
    import polars as pl

    from ..units import folded

    persons = solutions(store, "SELECT DISTINCT ?actor { ?actor a dm:Person }", "actor")
    bodies = solutions(
        store,
        "SELECT DISTINCT ?body ?government { ?body a dm:Body OPTIONAL { ?body dm:ofGovernment ?of }"
        " OPTIONAL { ?body a dm:Government BIND(?body AS ?self) } BIND(COALESCE(?of, ?self) AS ?government) }",
        "body",
        "government",
    )
    held = solutions(store, _HELD, "actor", "office", "body", "since", "until").join(
        bodies, on="body", how="left"
    )
    rows = pairs.with_row_index("row")
    tenures = (
        rows.join(held, on="actor")
        .filter(
            (pl.col("since").is_null() | pl.col("last").is_null() | (pl.col("since") <= _day("last")))
            & (pl.col("until").is_null() | pl.col("first").is_null() | (pl.col("until") >= _day("first")))
        )
        .select("row", "office", "body", "government")
    )
    own = rows.join(bodies.select("body", "government", actor="body"), on="actor").select(
        "row", pl.lit(None, pl.String).alias("office"), "body", "government"
    )
    standing = (
        pl.concat([tenures, own])
        .group_by("row")
        .agg(pl.col("office", "body", "government").drop_nulls().unique().sort())
        .rename({"office": "offices", "body": "bodies", "government": "governments"})
    )
    listed = ("offices", "bodies", "governments")
    return (
        rows.join(standing, on="row", how="left")
        .with_columns(
            pl.col(*listed).fill_null([]),
            actors=pl.concat_list("actor"),
            persons=pl.when(pl.col("actor").is_in(persons["actor"].implode()))
            .then(pl.concat_list("actor"))
            .otherwise([]),
        )
        .with_columns(folded(unit).alias(into))
        .explode(into, empty_as_null=True)
        .drop("row", "actor", "actors", "persons", *listed)
    )


_ACTS = """
SELECT DISTINCT ?act ?local_date ?zone ?latest {
    GRAPH ?document {
        ?act dm:level ?level
        OPTIONAL { ?act dm:localDate ?local_date ; dm:latest ?latest OPTIONAL { ?act dm:zone ?zone } }
    }
}
"""
_BEHIND = {
    "actors": "?act dm:madeBy ?unit",
    "persons": "?act dm:madeBy ?unit . ?unit a dm:Person",
    "offices": "?act dm:inCapacity ?tenure . ?tenure dm:office ?unit",
    "bodies": "?act dm:body ?unit",
    "governments": "?act dm:government ?unit",
}
_HELD = """
SELECT DISTINCT ?actor ?office ?body ?since ?until {
    ?tenure dm:person ?actor ; dm:office ?office .
    OPTIONAL { ?tenure dm:inBody ?told }
    OPTIONAL { ?office dm:inBody ?own }
    BIND(COALESCE(?told, ?own) AS ?body)
    OPTIONAL { ?tenure dm:heldFrom ?since }
    OPTIONAL { ?tenure dm:heldUntil ?until }
}
"""


def _between(pairs: DataFrame, counted: Any) -> Drawn:
    """The ties from ``start`` to ``end``; who is tied only to itself stays as a node."""
    import polars as pl

    ties = (
        pairs.filter(pl.col("start") != pl.col("end"))
        .group_by("start", "end")
        .agg(counted.n_unique().alias("weight"), pl.col("act").n_unique().alias("acts"), *_days())
    )
    ends = [pairs.select("act", "first", "last", node=side) for side in ("start", "end")]
    return Drawn(pl.concat(ends).select("node", "act", "first", "last"), ties)


def _having_part(told: DataFrame) -> DataFrame:
    return told.select("act", "first", "last", node="unit").select("node", "act", "first", "last")


def _within(acts: DataFrame, options: Options) -> DataFrame:
    """The acts that certainly fall into the window."""
    import polars as pl

    if options.start is not None:
        acts = acts.filter(pl.col("first") >= options.start)
    return acts if options.end is None else acts.filter(pl.col("last") <= options.end)


def _days() -> Iterator[Any]:
    import polars as pl

    return iter((pl.col("first").min(), pl.col("last").max()))


def _day(column: str) -> Any:
    """A date as tenures have it: a text that may be cut to month or year, and so is compared as text."""
    import polars as pl

    return pl.col(column).dt.to_string("%Y-%m-%d")


def _dated(acts: DataFrame) -> DataFrame:
    """The first and the last day on which each act may have fallen, as each document has it."""
    import polars as pl

    latest = pl.col("latest").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    days = acts.with_columns(latest).with_columns(**local_days())
    return days.select("act", first="local_date", last="local_last")


def _told_of(rule: Projection, options: Options, reactions: Reactions) -> dict[str, str | int | bool]:
    """What the network says of itself: the rule, its version, and what was chosen."""
    window, event = {"from": options.start, "until": options.end}, reactions.choice.event
    return {
        "projection": rule.name,
        "version": rule.version,
        "definition": rule.definition,
        "weight": rule.weight,
        "fold": options.fold,
        "explicit_only": options.explicit_only,
        **{name: day.isoformat() for name, day in window.items() if day},
        **({"event": event, "event_name": reactions.names.get(event, ids.local(event))} if event else {}),
    }


def _nodes(drawn: Drawn, reactions: Reactions) -> Iterator[tuple[str, dict[str, str | int]]]:
    import polars as pl

    told = drawn.nodes.group_by("node").agg(pl.col("act").n_unique().alias("acts"), *_days()).sort("node")
    kinds = _kinds(reactions.store)
    for row in told.iter_rows(named=True):
        node = row.pop("node")
        label = reactions.names.get(node) or ids.local(node)
        yield node, {"label": label, "kind": kinds.get(node) or _kind(node), **_plain(row)}


def _ties(ties: DataFrame) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for row in ties.sort("start", "end").iter_rows(named=True):
        yield row.pop("start"), row.pop("end"), _plain(row)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as they are, days as texts, what is not known left out."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if value is not None
    }


def _kinds(store: Store) -> dict[str, str]:
    """Which bodies are governments, international bodies or media; all else has its kind in its IRI."""
    found = store.select(
        "SELECT DISTINCT ?body ?kind { VALUES (?class ?kind) { (dm:Government 'government')"
        " (dm:InternationalBody 'international body') (dm:MediaOrganisation 'media') } ?body a ?class }"
        " ORDER BY ?body ?kind"
    )
    return {row["body"] or "": row["kind"] or "" for row in found}


def _kind(node: str) -> str:
    return ids.local(node).partition("/")[0]
