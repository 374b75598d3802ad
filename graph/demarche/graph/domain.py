"""Events, actors, documents and statements as tables, each projected from the store once for each of its versions.

One row is one thing, whatever number of documents tells of it: what a thing has once is taken from the first document
that says it, in the order of their IRIs; what it may have several times is put together and sorted.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
from polars import DataFrame

from . import identifiers as ids
from .columns import local_days
from .errors import NotFound
from .kept import Kept
from .reactions import Reactions, narrowest
from .store import Store

Reacted = Callable[[], Reactions]

Rows = DataFrame
"""What a table is made of, for those who pass it on and look at no column."""


@dataclass(frozen=True)
class Filter:
    """What is wanted of a table; a filter that names no column of it keeps all."""

    start: date | None = None
    end: date | None = None
    one_of: Mapping[str, str] | None = None
    """Column -> the value that it must have, or must hold where it has several."""

    def of(self, frame: DataFrame) -> DataFrame:
        """The rows that fit; what is dated to an interval, a month or a year fits where all of it does."""
        kept = frame
        first = next((name for name in ("local_date", "published") if name in frame.columns), None)
        if first and self.start:
            kept = kept.filter(_padded(first, "-01-01") >= self.start.isoformat())
        if first and self.end:
            last = "local_last" if "local_last" in frame.columns else first
            kept = kept.filter(_padded(last, "-12-31") <= self.end.isoformat())
        for name, value in (self.one_of or {}).items():
            several = isinstance(frame.schema[name], pl.List)
            kept = kept.filter(pl.col(name).list.contains(value) if several else pl.col(name) == value)
        return kept


class Domain:
    """The tables of a store. ``id`` is what the thing is called in addresses, ``iri`` its name everywhere."""

    def __init__(self, store: Store, reactions: Reacted) -> None:
        self._kept = {name: _kept(project, store, reactions) for name, project in _TABLES.items()}

    def table(self, name: str) -> DataFrame:
        """The table called events, actors, documents or statements, sorted by day where it has one, then by id."""
        return self._kept[name]()

    def one(self, name: str, iri: str) -> DataFrame:
        """The row of one thing; NotFound where the table has none."""
        found = self.table(name).filter(pl.col("iri") == iri)
        if found.is_empty():
            raise NotFound(f"there is no such thing among the {name}: {ids.local(iri)}")
        return found


def by_actor(frame: DataFrame, actor: str) -> DataFrame:
    """The reactions in which an actor, person, office, body or government takes part."""
    columns = ("actors", "persons", "offices", "bodies", "governments")
    return frame.filter(pl.any_horizontal(pl.col(name).list.contains(actor) for name in columns))


def _events(store: Store, reactions: Reacted) -> DataFrame:
    kinds = "?iri a dm:Event FILTER NOT EXISTS { ?iri a dm:Act }"
    once = {
        "label": "rdfs:label ?label",
        "kind": "dm:kind ?kind",
        "local_date": "dm:localDate ?local_date",
        "precision": "dm:timePrecision ?precision",
        "zone": "dm:zone ?zone",
    }
    several = {"weapons": "dm:weapon ?weapons", "places": "dm:place ?places", "part_of": "dm:partOf ?part_of"}
    found = _dated(store, _things(store, kinds, once, several)).with_columns(_codes("kind", "precision"))
    table = reactions()
    counted = (
        table.frame.select("act", "event")
        .join(table.parts, left_on="event", right_on="part")
        .group_by("whole")
        .agg(reactions=pl.col("act").n_unique().cast(pl.Int64))
    )
    counts = found.join(counted, left_on="iri", right_on="whole", how="left").with_columns(
        pl.col("reactions").fill_null(0)
    )
    return _ordered(counts, "event/", "local_date")


def _actors(store: Store, _: Reacted) -> DataFrame:
    once = {"label": "rdfs:label ?label", "state_code": "dm:stateCode ?state_code"}
    several = {
        "types": "a ?types",
        "aliases": "skos:altLabel ?aliases",
        "governments": "dm:ofGovernment?|(^dm:person/dm:inBody/dm:ofGovernment?) ?governments . "
        "?governments a dm:Government",
        "offices": "^dm:person/dm:office ?offices",
        "same_as": "<https://schema.org/sameAs> ?same_as",
        "acts": "^dm:madeBy ?acts",
    }
    own = pl.element().filter(pl.element().str.starts_with(f"{ids.ONTOLOGY}#")).str.extract(r"#(.+)$")
    found = _things(store, "?iri a dm:Actor", once, several)
    return _ordered(
        found.with_columns(pl.col("types").list.eval(own), pl.col("acts").list.len().cast(pl.Int64))
    )


def _documents(store: Store, _: Reacted) -> DataFrame:
    once = {
        "title": "rdfs:label ?title",
        "publisher": "dm:publisher ?publisher",
        "published": "dm:publicationDate ?published",
        "url": "dm:url ?url",
        "language": "dcterms:language ?language",
        "license": "dcterms:license ?license",
        "digest": "dm:digest ?digest",
    }
    found = _things(store, "?iri a dm:Document", once, {"acts": "^dm:inDocument/dm:reports ?acts"})
    return _ordered(found.with_columns(pl.col("acts").list.len().cast(pl.Int64)), "document/", "published")


def _statements(store: Store, _: Reacted) -> DataFrame:
    once = {
        "paraphrase": "dm:paraphrase ?paraphrase",
        "kind": "dm:kind ?kind",
        "level": "dm:level ?level",
        "stance": "dm:stance ?stance",
        "polarity": "dm:polarity ?polarity",
        "intensity": "dm:intensity ?intensity",
        "channel": "dm:channel ?channel",
        "local_date": "dm:localDate ?local_date",
        "precision": "dm:timePrecision ?precision",
        "zone": "dm:zone ?zone",
    }
    several = {
        "actors": "dm:madeBy ?actors",
        "offices": "dm:inCapacity/dm:office ?offices",
        "bodies": "dm:body ?bodies",
        "governments": "dm:government ?governments",
        "addressees": "dm:addressee ?addressees",
        "reacts_to": "dm:reactsTo ?reacts_to",
        "presumably_reacts_to": "dm:presumablyReactsTo ?presumably_reacts_to",
        "documents": "^dm:reports/dm:inDocument ?documents",
    }
    found = _dated(store, _things(store, "?iri a dm:Statement", once, several))
    return _ordered(
        found.with_columns(
            _codes("kind", "level", "stance", "channel", "precision"),
            pl.col("polarity", "intensity").cast(pl.Int64),
        ),
        "act/",
        "local_date",
    )


_Project = Callable[[Store, Reacted], DataFrame]

_TABLES: Mapping[str, _Project] = {
    "events": _events,
    "actors": _actors,
    "documents": _documents,
    "statements": _statements,
}


def _kept(project: _Project, store: Store, reactions: Reacted) -> Kept[DataFrame]:
    return Kept(store, lambda _before: project(store, reactions))


def _things(store: Store, what: str, once: Mapping[str, str], several: Mapping[str, str]) -> DataFrame:
    """The things of a kind with the values of their properties: narrow selections, joined here."""
    found = _selected(store, ("iri",), what).unique()
    for name, path in once.items():
        told = _selected(store, ("graph", "iri", name), f"GRAPH ?graph {{ ?iri {path} }}")
        first = told.sort("graph", name).group_by("iri", maintain_order=True).first().drop("graph")
        found = found.join(first, on="iri", how="left")
    for name, path in several.items():
        told = _selected(store, ("iri", name), f"?iri {path}").unique().sort("iri", name)
        found = found.join(told.group_by("iri", maintain_order=True).agg(name), on="iri", how="left")
    return found.with_columns(pl.col(name).fill_null([]) for name in several)


def _dated(store: Store, found: DataFrame) -> DataFrame:
    """With the interval in which it happened, from all that is told of it, and the last local day of it."""
    told = _selected(store, ("iri", "earliest", "latest"), "?iri dm:earliest ?earliest ; dm:latest ?latest")
    instants = pl.col("earliest", "latest").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC")
    own = told.join(found.select("iri"), on="iri", how="semi").with_columns(instants)
    dated = found.join(narrowest(own, ("iri",)), on="iri", how="left")
    return dated.with_columns(local_last=local_days()["local_last"]).drop("zone")


def _ordered(found: DataFrame, prefix: str = "", day: str | None = None) -> DataFrame:
    """With the id in front, and in an order that stays."""
    identified = found.with_columns(id=pl.col("iri").str.strip_prefix(ids.BASE).str.strip_prefix(prefix))
    ordered = identified.sort([day, "id"] if day else ["id"], nulls_last=True)
    return ordered.select("id", pl.exclude("id"))


def _codes(*names: str) -> pl.Expr:
    return pl.col(names).str.extract(r"([^/]+)$")


def _padded(name: str, rest: str) -> pl.Expr:
    """A year or month as its first or last day, in text: such texts compare as the days do."""
    text = pl.col(name).cast(pl.String)
    return text + pl.lit(rest).str.slice(text.str.len_chars() - 4)


def _selected(store: Store, names: tuple[str, ...], pattern: str) -> DataFrame:
    """All solutions as texts: the engine writes CSV, polars reads it."""
    variables = " ".join(f"?{name}" for name in names)
    answer = store.answer(
        f"SELECT DISTINCT {variables} WHERE {{ {pattern} }}",
        {"solutions": "text/csv", "boolean": "text/csv", "graph": "text/turtle"},
    )
    return pl.read_csv(io.BytesIO(answer.body), schema=dict.fromkeys(names, pl.String))
