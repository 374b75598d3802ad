"""The reaction table: one row for each act and each event that it answers, projected from the store into columns.

What each document tells is projected for itself, so that a document that is replaced costs only its own rows; the table
joins what several documents tell of one act. Counting, ordering and networks work on these columns and not on triples.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from polars import DataFrame

from demarche.ontology.codes import LEVEL_RANK, SENIORITY_RANK

from . import columns
from . import identifiers as ids
from .choice import ALL, Choice
from .columns import local_days, selected
from .files import code_digest
from .network_files import clean
from .notebook import SHOWN_ROWS, Mark, html_table, pandas_frame, strip
from .occasions import on_occasions
from .store import Store
from .units import UNITS, Unit, folded

if TYPE_CHECKING:
    from .network.projections import Network
    from .notebook import Frame

__all__ = [
    "NOTHING_READ", "SCHEMA", "UNITS", "Projection", "Reactions", "Unit", "folded", "narrowest", "reaction_table",
    "saved",
]  # fmt: skip

_INSTANT = pl.Datetime("us", "UTC")
_MANY = pl.List(pl.String)
_TOLD: dict[str, pl.DataType | type[pl.DataType]] = {
    "document": pl.String, "act": pl.String, "event": pl.String, "link": pl.String,
    "confidence": pl.Float64, "actors": _MANY, "tenures": _MANY, "bodies": _MANY, "governments": _MANY,
    "kind": pl.String, "level": pl.String, "stance": pl.String, "channel": pl.String,
    "polarity": pl.Int8, "intensity": pl.Int8, "precision": pl.String, "modes": _MANY,
    "zone": pl.String, "local_date": pl.Date, "local_last": pl.Date, "earliest": _INSTANT, "latest": _INSTANT,
}  # fmt: skip
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "act": pl.String, "event": pl.String, "link": pl.String, "confidence": pl.Float64,
    "actors": _MANY, "persons": _MANY, "offices": _MANY, "bodies": _MANY, "governments": _MANY,
    "kind": pl.String, "level": pl.String, "level_rank": pl.Int8, "stance": pl.String,
    "polarity": pl.Int8, "intensity": pl.Int8, "seniority": pl.Int8, "channel": pl.String, "modes": _MANY,
    "local_date": pl.Date, "local_last": pl.Date, "earliest": _INSTANT, "latest": _INSTANT, "precision": pl.String,
    "event_earliest": _INSTANT, "event_latest": _INSTANT,
    "lag_min": pl.Duration("us"), "lag_max": pl.Duration("us"), "documents": _MANY,
}  # fmt: skip
"""The columns of the table. Things are IRIs, codes their last part, lists are sorted; seniority 1 is the highest rank.

The local date is the first possible one and ``local_last`` the last: they differ where an interval, a month or a year
is known, and where documents name different days.
"""


@dataclass(frozen=True)
class Names:
    """What things are called, read from the store once for a table and all its parts."""

    store: Store

    @cached_property
    def by_iri(self) -> Mapping[str, str]:
        """Of several labels the first."""
        found = selected(self.store, "?thing rdfs:label ?label")
        return dict(found.group_by("thing").agg(pl.col("label").min()).iter_rows())


@dataclass(frozen=True)
class Reactions:
    """The table or a part of it, with what is needed to read it: ``names`` of things, ``parts`` of events.

    ``frame`` has the columns of ``SCHEMA``, sorted by event, earliest and act. ``lag_min`` and ``lag_max`` bound the
    time from event to act: earliest of the act less latest of the event, and the other way round; they are null where
    either has no date, and negative where the act may come before.
    """

    frame: DataFrame
    parts: DataFrame
    """Which event (``part``) counts when another (``whole``) is asked for: itself, parts, and matched descriptions."""
    store: Store = field(repr=False)
    choice: Choice = ALL
    """What was chosen to come to these rows."""
    known_names: Names | None = field(default=None, repr=False)
    """Those of the table of which these rows are a part; a table for itself reads them from its store."""

    def __len__(self) -> int:
        return len(self.frame)

    def about(self, event: str) -> Reactions:
        """The reactions to an event given by IRI, to its parts, and to the descriptions that are matched to it."""
        slices = [
            self.frame.slice(*self._places[part])
            for part in self._wholes.get(event, ())
            if part in self._places
        ]
        return self._with(pl.concat(slices) if slices else self.frame.clear(), Choice(event))

    def explicit(self) -> Reactions:
        """Only those that the wording itself ties to the event."""
        return self._with(self.frame.filter(pl.col("link") == "explicit"), Choice(explicit_only=True))

    def between(self, start: date | None = None, end: date | None = None) -> Reactions:
        """Those that certainly fell on local dates from ``start`` to ``end``, both included; the undated on none."""
        kept = self.frame
        if start is not None:
            kept = kept.filter(pl.col("local_date") >= start)
        if end is not None:
            kept = kept.filter(pl.col("local_last") <= end)
        return self._with(kept, Choice(None, start, end))

    def fold(self, unit: Unit) -> DataFrame:
        """One row for each act, event and ``unit``: a joint act counts once for each that takes part.

        Where the column is empty the next that is filled stands in: a body that belongs to no government speaks for
        itself, and so an international body is told apart from what its members do in their own name.
        """
        return self.frame.with_columns(unit=folded(unit)).explode("unit", empty_as_null=True)

    def to_polars(self) -> DataFrame:
        """The table with two columns more, ``event_name`` and ``actor_names``; who has no name bears the IRI."""
        names = {iri: clean(label) for iri, label in self.names.items()}
        return self.frame.with_columns(
            event_name=pl.col("event").replace(names),
            actor_names=pl.col("actors").list.eval(pl.element().replace(names)),
        )

    def to_pandas(self) -> Frame:
        """The same for pandas, which is installed by the extra ``notebook``."""
        return pandas_frame({one.name: one.to_list() for one in self.to_polars()})

    def to_networkx(
        self,
        projection: str = "co-reaction",
        *,
        fold: Unit = "actor",
        start: date | None = None,
        end: date | None = None,
        explicit_only: bool = False,
    ) -> Network:
        """The network that a named projection draws from these reactions; ``demarche network --list`` names them.

        Who answers, addresses or relays whom is read from the store: ``reply`` is drawn from these reactions,
        ``addressee`` and ``relay`` from all acts of the store, and so not from what answers one event.
        """
        from .network import Options, project

        return project(self, projection, Options(start, end, explicit_only, fold))

    def _repr_html_(self) -> str:
        """How a notebook shows the table: the acts along the time, and the first rows in words."""
        told = self.to_polars()
        dated = told.drop_nulls(("earliest", "latest")).unique("act", keep="first", maintain_order=True)
        marks = [
            Mark(
                row["earliest"],
                row["latest"],
                row["polarity"],
                f"{_who(row)}: {row['stance'] or row['kind']}",
            )
            for row in dated.iter_rows(named=True)
        ]
        rows = [_in_words(row) for row in told.head(SHOWN_ROWS).iter_rows(named=True)]
        return strip(marks) + html_table(_HEADINGS, rows, len(told))

    @cached_property
    def by_occasion(self) -> Reactions:
        """The same rows, each under the occasion of the event that it answers; see ``occasions``."""
        found = on_occasions(self.frame, self.store)
        return self.with_rows(found.sort("event", "earliest", "act", nulls_last=True))

    @cached_property
    def years(self) -> tuple[int, int] | None:
        """The first and the last year in which an act fell, by local date; None where no act is dated."""
        dates = self.frame["local_date"].drop_nulls()
        return (dates.dt.year().min(), dates.dt.year().max()) if len(dates) else None  # type: ignore[return-value]

    @property
    def names(self) -> Mapping[str, str]:
        """What things are called, by IRI: of several labels the first."""
        return self._names.by_iri

    @cached_property
    def _names(self) -> Names:
        return self.known_names or Names(self.store)

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        """Where the rows of each event begin, and how many there are."""
        counted = self.frame.group_by("event", maintain_order=True).len()
        starts = counted["len"].cum_sum() - counted["len"]
        return {
            event: (start, count)
            for event, start, count in zip(counted["event"], starts, counted["len"], strict=True)
        }

    @cached_property
    def _wholes(self) -> dict[str, list[str]]:
        grouped = self.parts.group_by("whole").agg(pl.col("part").sort())
        return dict(grouped.iter_rows())

    def with_rows(self, frame: DataFrame) -> Reactions:
        """Other rows in place of its own, made of them: the same choice, names and parts."""
        return replace(self, frame=frame, known_names=self._names)

    def _with(self, frame: DataFrame, chosen: Choice) -> Reactions:
        choice = self.choice.and_also(chosen)
        return replace(self, frame=frame, choice=choice, known_names=self._names)


_HEADINGS = ("event", "who", "level", "stance", "link", "date", "lag, hours")


def _in_words(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What a notebook shows of a row; the lag at the least and at the most."""
    lags = [row[name] for name in ("lag_min", "lag_max")]
    hours = "" if None in lags else " to ".join(f"{lag.total_seconds() / 3600:.1f}" for lag in lags)
    told = (row["level"], row["stance"], row["link"], row["local_date"])
    return row["event_name"], _who(row), *("" if one is None else str(one) for one in told), hours


def _who(row: Mapping[str, Any]) -> str:
    return ", ".join(row["actor_names"])


@dataclass(frozen=True)
class Projection:
    """What the documents of a store tell of reactions: one row for each document, act and event.

    ``digests`` are those of the graphs that were read, so that a later projection reads again only what changed.
    """

    told: DataFrame
    digests: Mapping[str, str]

    def renewed(self, store: Store) -> Projection:
        """The projection of the store as it is now; a graph of which no digest is known is read each time."""
        digests = store.digests()
        same = digests.keys() - {graph for graph, _ in self.digests.items() ^ digests.items()}
        changed = (digests.keys() - same) | _undigested(store, digests)
        kept = self.told.filter(pl.col("document").is_in(same))
        if not changed and digests == self.digests and len(kept) == len(self.told):
            return self
        read = _told(store, sorted(changed) if same else None)
        return Projection(pl.concat([kept, read]).sort("document", "act", "event"), digests)

    def reactions(self, store: Store) -> Reactions:
        """The table: each act once for each event, whatever number of documents tells of it."""
        events = self.told["event"].unique()
        return Reactions(_joined(_once(self.told), store, events), _parts(store, events), store)

    def save(self, folder: Path) -> None:
        """Write what was told as Parquet; the file is whole before it gets its name."""
        partial = folder / f".{_FILE}.{os.getpid()}"
        metadata = {_DIGESTS: json.dumps(dict(self.digests)), _RULE: _rule()}
        try:
            self.told.write_parquet(partial, metadata=metadata)
            partial.replace(folder / _FILE)
        except OSError:
            partial.unlink(missing_ok=True)
            raise


NOTHING_READ = Projection(pl.DataFrame(schema=_TOLD), {})


def saved(folder: Path) -> Projection:
    """The projection that was saved in a folder; an empty one where there is none that these rules have made."""
    file = folder / _FILE
    try:
        metadata = pl.read_parquet_metadata(file)
        if metadata.get(_RULE) != _rule():
            return NOTHING_READ
        return Projection(pl.read_parquet(file), json.loads(metadata[_DIGESTS]))
    except (OSError, pl.exceptions.PolarsError, ValueError):
        return NOTHING_READ


def reaction_table(store: Store, before: Projection | None = None) -> tuple[Projection, Reactions]:
    """The table of a store, and its projection; that of a store on disk is saved beside it when it changed."""
    folder = store.folder
    known = before or (saved(folder) if folder else NOTHING_READ)
    now = known.renewed(store)
    if folder and now is not known:
        with suppress(OSError):  # a store that this user may only read is asked all the same
            now.save(folder)
    return now, now.reactions(store)


_FILE, _DIGESTS, _RULE = "reactions.parquet", "demarche.digests", "demarche.rule"


@cache
def _rule() -> str:
    """The digest of the code that projects."""
    return code_digest(sys.modules[__name__], columns)


def _undigested(store: Store, digests: Mapping[str, str]) -> set[str]:
    """The graphs that tell of reactions though no load of ours wrote them: somebody filled the store by other means."""
    graphs = {row["g"] or "" for row in store.select("SELECT DISTINCT ?g { GRAPH ?g {} }")}
    unknown = " ".join(f"<{graph}>" for graph in sorted(graphs - digests.keys()))
    found = store.select(
        f"SELECT DISTINCT ?g {{ {_TIES} VALUES ?g {{ {unknown} }} GRAPH ?g {{ ?act ?tie ?event }} }}"
    )
    return {row["g"] or "" for row in found}


def _told(store: Store, documents: list[str] | None) -> DataFrame:
    """What these documents tell, or all: narrow selections, joined here, cost the engine far less than one wide."""
    if documents == []:
        return NOTHING_READ.told
    told = _ties(store, documents)
    for name, pattern in _PATTERNS.items():
        found = selected(store, pattern, documents)
        told = told.join(_listed(found, name) if _TOLD[name] == _MANY else found, on=_TELLING, how="left")
    return _typed(told)


_TELLING = ("document", "act")
_PRECISIONS = ("second", "minute", "hour", "day", "month", "year", "unknown")
_LINKS = {f"{ids.ONTOLOGY}#reactsTo": "explicit", f"{ids.ONTOLOGY}#presumablyReactsTo": "presumed"}
_TIES = "VALUES ?tie { dm:reactsTo dm:presumablyReactsTo }"
# One property at a time: the engine writes what it scans several times as fast as what it joins. That events have kinds
# and dates too does no harm, since only what belongs to a tie is kept.
_PATTERNS = {
    "actors": "?act dm:madeBy ?actors",
    "tenures": "?act dm:inCapacity ?tenures",
    "bodies": "?act dm:body ?bodies",
    "governments": "?act dm:government ?governments",
    "modes": "?report dm:reports ?act ; dm:mode ?modes",
    "kind": "?act dm:kind ?kind",
    "level": "?act dm:level ?level",
    "channel": "?act dm:channel ?channel",
    "precision": "?act dm:timePrecision ?precision",
    "stance": "?act dm:stance ?stance",
    "polarity": "?act dm:polarity ?polarity",
    "intensity": "?act dm:intensity ?intensity",
    "zone": "?act dm:zone ?zone",
    "local_date": "?act dm:localDate ?local_date",
    "earliest": "?act dm:earliest ?earliest",
    "latest": "?act dm:latest ?latest",
}


def _ties(store: Store, documents: list[str] | None) -> DataFrame:
    """Each act with the events it answers; where a document ties both ways, explicitly counts."""
    ties = selected(store, "?act ?tie ?event", documents, _TIES)
    doubts = selected(
        store,
        "?grounds dm:linkProperty ?tie ; dm:linkFrom ?act ; dm:linkTo ?event ; dm:confidence ?confidence",
        documents,
        _TIES,
    ).drop("grounds")
    told = ties.join(doubts, on=(*_TELLING, "event", "tie"), how="left")
    linked = told.with_columns(link=pl.col("tie").replace_strict(_LINKS, return_dtype=pl.String))
    return linked.sort("link", "confidence").unique((*_TELLING, "event"), keep="first", maintain_order=True)


def _typed(told: DataFrame) -> DataFrame:
    """The columns of what was told, in their order and with their types; a code is known by its last part."""
    codes = (
        pl.col(name).str.extract(r"([^/]+)$") for name in ("kind", "level", "stance", "channel", "precision")
    )
    modes = pl.col("modes").list.eval(pl.element().str.extract(r"([^/]+)$"))
    instants = (
        pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC") for name in ("earliest", "latest")
    )
    lists = (pl.col(name).fill_null([]) for name, kind in _TOLD.items() if kind == _MANY)
    return (
        told.with_columns(pl.col("confidence").fill_null("1"))
        .with_columns(modes, *codes, *instants)
        .with_columns(*lists, **local_days())
        .select(pl.col(name).cast(kind) for name, kind in _TOLD.items())
    )


def _once(told: DataFrame) -> DataFrame:
    """Each act once for each event, whatever number of documents tells of it.

    Of several, the explicit tie counts, then the highest level, then the order of the documents. Actors and all that is
    listed are put together; the time is the narrowest, see ``narrowest``, and so are the local days.
    """
    documents = told.with_columns(documents=pl.concat_list("document"))
    several = pl.len().over("act", "event") > 1
    alone = documents.filter(~several)
    together = documents.filter(several).with_columns(rank=_ranked("level", LEVEL_RANK))
    if together.is_empty():
        return alone
    lists = [name for name, kind in together.schema.items() if kind == _MANY]
    joined = (
        together.sort("link", "rank", "document", descending=[False, True, False])
        .group_by("act", "event", maintain_order=True)
        .agg(pl.col(lists).explode(empty_as_null=False).unique().sort(), pl.exclude(lists).first())
        .drop("earliest", "latest", "local_date", "local_last", "precision")
    )
    for found in _times(together, ("act", "event")):
        joined = joined.join(found, on=("act", "event"), how="left")
    return pl.concat([alone, joined.select(alone.columns)])


def _times(told: DataFrame, of: tuple[str, ...]) -> Iterator[DataFrame]:
    """When each act fell, from all documents: its bounds, its days, and the coarsest precision among the narrowest."""
    days = {"local_date": "earliest", "local_last": "latest"}
    yield narrowest(told, of)
    yield narrowest(told.select(*of, *days).rename(days), of).rename({new: old for old, new in days.items()})
    counting = told.join(_narrow(told, of), on=(*of, "earliest", "latest"), how="semi")
    coarsest = pl.col("precision").cast(pl.Enum(_PRECISIONS)).max().cast(pl.String)
    yield counting.group_by(of).agg(coarsest)


def narrowest(dated: DataFrame, of: tuple[str, ...]) -> DataFrame:
    """The interval in which something happened, from all that is told of it.

    An interval that holds another adds nothing to it and is left out: a day says less than a minute of that day. What
    is left spans the doubt between sources: [05:56, 05:57] and [05:57, 05:58] make [05:56, 05:58].
    """
    return _narrow(dated, of).group_by(of).agg(pl.col("earliest").min(), pl.col("latest").max())


def _narrow(dated: DataFrame, of: tuple[str, ...]) -> DataFrame:
    """The intervals that hold no other."""
    bounds = dated.select(*of, "earliest", "latest").drop_nulls().unique()
    wider = (
        bounds.join(bounds, on=of, suffix="_inside")
        .filter(
            (pl.col("earliest") <= pl.col("earliest_inside"))
            & (pl.col("latest") >= pl.col("latest_inside"))
            & (
                (pl.col("earliest") < pl.col("earliest_inside"))
                | (pl.col("latest") > pl.col("latest_inside"))
            )
        )
        .select(bounds.columns)
    )
    return bounds.join(wider, on=bounds.columns, how="anti")


def _joined(told: DataFrame, store: Store, events: pl.Series) -> DataFrame:
    """The rows with what other graphs know: of persons, of offices and of the times of events."""
    persons = selected(store, "?person a dm:Person")["person"].unique().to_list()
    offices = dict(selected(store, "?tenure dm:office ?office").select("tenure", "office").iter_rows())
    ranks = dict(selected(store, "?office dm:seniority ?seniority").select("office", "seniority").iter_rows())
    seniority = {office: SENIORITY_RANK[code.rpartition("/")[2]] for office, code in ranks.items()}
    times = _event_times(store, events)
    return (
        told.with_columns(
            persons=pl.col("actors").list.eval(pl.element().filter(pl.element().is_in(persons))),
            offices=pl.col("tenures").list.eval(_looked_up(offices, pl.String)).list.sort(),
            level_rank=_ranked("level", LEVEL_RANK),
        )
        .with_columns(seniority=pl.col("offices").list.eval(_looked_up(seniority, pl.Int8)).list.min())
        .join(times, on="event", how="left")
        .with_columns(
            lag_min=pl.col("earliest") - pl.col("event_latest"),
            lag_max=pl.col("latest") - pl.col("event_earliest"),
        )
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
        .sort("event", "earliest", "act", nulls_last=True)
    )


def _event_times(store: Store, events: pl.Series) -> DataFrame:
    """The interval of each event, from all sources that date it."""
    begun, ended = (
        selected(store, f"?event dm:{bound} ?{bound}").filter(pl.col("event").is_in(events.implode()))
        for bound in ("earliest", "latest")
    )
    instants = pl.col("earliest", "latest").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    dated = begun.join(ended, on=("document", "event")).with_columns(instants)
    return narrowest(dated, ("event",)).rename({"earliest": "event_earliest", "latest": "event_latest"})


def _parts(store: Store, events: pl.Series) -> DataFrame:
    """What counts when an event is asked for: part (or matched description) and whole, each event with itself."""
    wholes: dict[str, set[str]] = {}
    for part, whole in selected(store, "?part dm:partOf ?whole").select("part", "whole").iter_rows():
        wholes.setdefault(part, set()).add(whole)
    same = selected(store, "?event dm:sameEventAs ?other").select("event", "other").group_by("event").all()
    matched = dict(same.iter_rows())
    pairs = [
        (event, whole)
        for event in events
        for one in (event, *matched.get(event, ()))
        for whole in _upwards(one, wholes)
    ]
    return (
        DataFrame(pairs, schema={"part": pl.String, "whole": pl.String}, orient="row")
        .unique()
        .sort("part", "whole")
    )


def _upwards(event: str, wholes: Mapping[str, set[str]]) -> set[str]:
    """The event, what it is part of, and what that is part of."""
    found, new = set[str](), {event}
    while new:
        found |= new
        new = {whole for one in new for whole in wholes.get(one, ())} - found
    return found


def _ranked(column: str, ranks: Mapping[str, int]) -> pl.Expr:
    return pl.col(column).replace_strict(ranks, return_dtype=pl.Int8)


def _looked_up(values: Mapping[str, object], kind: type[pl.DataType]) -> pl.Expr:
    return pl.element().replace_strict(values, default=None, return_dtype=kind).drop_nulls()


def _listed(found: DataFrame, column: str) -> DataFrame:
    """The values of a column as one sorted list for each act of each document; most acts have one value only."""
    rows = found.select(*_TELLING, column).unique()
    several = pl.struct(_TELLING).is_duplicated()
    alone = rows.filter(~several).with_columns(pl.concat_list(column))
    together = rows.filter(several).group_by(_TELLING).agg(pl.col(column).sort())
    return pl.concat([alone, together])
