"""Whether one actor's stance differs by object or over the day, with each act that shows it.

The acts are those that the actor makes, or that are made on its behalf. The object of an act is its target, or what
it answers where no target is recorded; an act toward several objects has a row for each. Two rows **differ** when
their polarity does, from -2 (condemnation) to 2 (praise):

* **by object**: toward different objects on one local day,
* **within the day**: toward one object on one local day,
* **over time**: toward one object on different local days.

Limits: a launch and the salvo that it is part of are two objects, and so are a country and what it did. Within the
day says that both were taken, not which came first: ``earliest`` and ``latest`` bound that, and where the intervals
meet the order is open. Days are those of the source's zone; an act that is not known to the day is compared with
none. Stances of one polarity, such as condemn and protest, do not differ here. Several who speak for a government
may differ among themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .. import identifiers as ids
from ..question import Graph, Parameter, Question
from ..store import Table, Term
from . import cells

Row = dict[str, str | None]


@dataclass(frozen=True)
class Stance:
    """What is compared: a polarity toward an object on a local day, None where the day is not known."""

    object: str
    polarity: int
    day: str | None


WAYS = ("by object", "within the day", "over time")


def stances(graph: Graph, values: Mapping[str, Term]) -> Table:
    """The actor's acts that take a stance, in the order of their earliest possible time, the undated last."""
    rows = list(graph.store.select(_STANCES.replace("$ACTOR", values["actor"].n3())))
    if "event" in values:
        acts = set(graph.reactions().about(values["event"].value).frame["act"])
        rows = [row for row in rows if row["act_id"] in acts]
    rows.sort(key=lambda row: (row["earliest"] or "~", row["act_id"] or "", row["object_id"] or ""))
    taken = [_stance(row) for row in rows]
    return Table(
        _COLUMNS, tuple(_row(row, one, differs(one, taken)) for row, one in zip(rows, taken, strict=True))
    )


def differs(one: Stance, others: Iterable[Stance]) -> list[str]:
    """In which ways a stance differs from some of the others, in the order of the definition."""
    found = {_way(one, other) for other in others}
    return [way for way in WAYS if way in found]


def _way(one: Stance, other: Stance) -> str | None:
    if one.polarity == other.polarity or one.day is None or other.day is None:
        return None
    if one.object == other.object:
        return "within the day" if one.day == other.day else "over time"
    return "by object" if one.day == other.day else None


def _stance(row: Row) -> Stance:
    printed = row["local_date"] or ""
    day = printed if len(printed) == len("2016-06-22") else None
    return Stance(row["object_id"] or "", int(row["polarity"] or 0), day)


def _row(row: Row, one: Stance, ways: list[str]) -> tuple[Term | None, ...]:
    return (
        *(cells.text(row[name]) for name in ("local_date", "speaker", "object", "stance")),
        cells.integer(one.polarity),
        cells.text(", ".join(ways)),
        *(cells.text(row[name]) for name in ("paraphrase", "earliest", "latest")),
        *(cells.iri(row[name]) for name in ("speaker_id", "object_id", "stance_id", "act_id")),
    )


_COLUMNS = (
    *("local_date", "speaker", "object", "stance", "polarity", "differs", "paraphrase", "earliest", "latest"),
    *("speaker_id", "object_id", "stance_id", "act_id"),
)

# An act that several documents tell stands once; of several labels of a thing the first.
_STANCES = """
SELECT ?act_id ?object_id ?stance_id ?polarity (MIN(STR(?day)) AS ?local_date) (MIN(STR(?from)) AS ?earliest)
    (MIN(STR(?to)) AS ?latest) (MIN(STR(?told)) AS ?paraphrase) (MIN(STR(?stance_label)) AS ?stance)
    (MIN(STR(?speaker_label)) AS ?speaker) (MIN(STR(?made_by)) AS ?speaker_id) (MIN(STR(?object_label)) AS ?object)
WHERE {
    VALUES ?actor { $ACTOR }
    { ?act_id dm:madeBy ?actor } UNION { ?act_id dm:onBehalfOf ?actor }
    GRAPH ?document {
        ?act_id dm:stance ?stance_id ; dm:polarity ?polarity ; dm:madeBy ?made_by ; dm:paraphrase ?told .
        OPTIONAL { ?act_id dm:localDate ?day ; dm:earliest ?from ; dm:latest ?to }
        OPTIONAL { ?act_id dm:target ?target }
        OPTIONAL { ?act_id dm:respondsTo ?answered }
        BIND(COALESCE(?target, ?answered) AS ?object_id)
    }
    OPTIONAL { ?stance_id skos:prefLabel ?stance_label }
    OPTIONAL { ?made_by rdfs:label ?speaker_label }
    OPTIONAL { ?object_id rdfs:label ?object_label }
} GROUP BY ?act_id ?object_id ?stance_id ?polarity
"""

STANCES = Question(
    name="stances",
    number=19,
    text="Did one actor's stance differ by object or over the day?",
    parameters=(
        Parameter(
            "actor",
            "actor",
            "the person, body or government that takes a stance",
            f"{ids.BASE}person/gen-nakatani",
        ),
        Parameter(
            "event",
            "event",
            "only acts that answer this event or its parts; all if not given",
            f"{ids.BASE}event/2016-06-22-musudan",
            optional=True,
        ),
    ),
    columns=_COLUMNS[:7],
    query=None,
    measure=stances,
)
