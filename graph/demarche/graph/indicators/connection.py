"""How two things are connected: the shortest chain of relations between them, each with the source that has it."""

from __future__ import annotations

from collections.abc import Mapping

from .. import identifiers as ids
from ..network import Tie, shortest_path
from ..question import Graph, Parameter, Question
from ..store import Store, Table, Term


def connection(graph: Graph, values: Mapping[str, Term]) -> Table:
    """One row for each step from the first thing to the second; no row when nothing connects them.

    The chain runs over actors, offices, tenures, events, acts, places and weapon systems. ``direction`` is backward
    where the relation leads from ``to`` to ``from``. A tie that several sources have gets a row for each.
    """
    path = shortest_path(graph.store, values["first"].value, values["second"].value)
    labels = _labels(graph.store, path)
    rows = (
        _row(number, tie, source, labels)
        for number, tie in enumerate(path, start=1)
        for source in tie.sources
    )
    return Table(_COLUMNS, tuple(rows))


def _row(number: int, tie: Tie, source: str, labels: Mapping[str, str]) -> tuple[Term, ...]:
    named = (tie.start, tie.relation, tie.end, source)
    start, relation, end, document = (Term(labels.get(iri, ids.local(iri)), "literal") for iri in named)
    direction = Term("forward" if tie.forward else "backward", "literal")
    step = Term(str(number), "literal", "http://www.w3.org/2001/XMLSchema#integer")
    return (step, start, relation, direction, end, document, *map(Term, named))


def _labels(store: Store, path: tuple[Tie, ...]) -> dict[str, str]:
    """What things, relations and sources are called: of several labels the first; a document by publisher and day."""
    iris = sorted({iri for tie in path for iri in (tie.start, tie.relation, tie.end, *tie.sources)})
    found = store.select(
        f"""SELECT ?thing (MIN(COALESCE(CONCAT(STR(?publisher), ", ", STR(?day)), STR(?name))) AS ?label) WHERE {{
            VALUES ?thing {{ {" ".join(Term(iri).n3() for iri in iris)} }}
            ?thing rdfs:label ?name
            OPTIONAL {{ ?thing dm:publisher ?by ; dm:publicationDate ?day . ?by rdfs:label ?publisher }}
        }} GROUP BY ?thing"""
    )
    return {row["thing"] or "": row["label"] or "" for row in found}


_COLUMNS = (
    "step",
    "from",
    "relation",
    "direction",
    "to",
    "document",
    "from_id",
    "relation_id",
    "to_id",
    "document_id",
)

CONNECTION = Question(
    name="connection",
    number=28,
    text="How are two things connected?",
    parameters=(
        Parameter(
            "first", "thing", "an actor, event, act, office, place or weapon", f"{ids.BASE}person/dave-benham"
        ),
        Parameter("second", "thing", "the other thing", f"{ids.BASE}body/norad"),
    ),
    columns=_COLUMNS[:6],
    query=None,
    measure=connection,
)
