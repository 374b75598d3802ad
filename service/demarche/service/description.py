"""What the graph says of one thing: the triples about it, those that point at it, and all that a graph holds."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from demarche.graph import identifiers as ids
from demarche.graph.errors import NotFound
from demarche.graph.store import Store, Table, Term

PAGE = 500
"""How many of the triples that point at a thing one HTML page shows; RDF has them all."""

_LABELS = "VALUES ?label_property { rdfs:label skos:prefLabel dcterms:title }"


@dataclass(frozen=True)
class Description:
    """The rows are subject, property, object, graph; ``pointing`` counts all that point at the thing, shown or not."""

    iri: str
    about: tuple[tuple[Term, ...], ...]
    towards: tuple[tuple[Term, ...], ...]
    pointing: int
    page: int = 1

    @property
    def pages(self) -> int:
        return max(1, -(-self.pointing // PAGE))

    @property
    def triples(self) -> list[tuple[Term, ...]]:
        return list(dict.fromkeys(row[:3] for row in (*self.about, *self.towards)))


@dataclass(frozen=True)
class Value:
    """A value of a property, and the IRIs of the graphs that say so."""

    term: Term
    graphs: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """A span, in words where it stands, and the spans of the quotations in it."""

    span: str
    told: str
    marks: tuple[str, ...]


def describe(store: Store, iri: str, page: int | None = None) -> Description:
    """All that is told of the thing, or one page of what points at it; NotFound where no triple tells of it."""
    thing = Term(iri).n3()
    quads = "SELECT ?s ?p ?o ?g WHERE {{ VALUES ?{} {{ {} }} GRAPH ?g {{ ?s ?p ?o }} }} ORDER BY ?p ?s ?o ?g"
    about = store.select(quads.format("s", thing))
    cut = f" LIMIT {PAGE} OFFSET {PAGE * (page - 1)}" if page else ""
    towards = store.select(quads.format("o", thing) + cut)
    pointing = len(towards.rows)
    if page and (page > 1 or pointing == PAGE):
        pointing = _count(store.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p {thing} }} }}"))
    if not about.rows and not pointing and not is_graph(store, iri):
        raise NotFound(f"nothing is known of {iri}")
    found = Description(iri, _full(about), _full(towards), pointing, page or 1)
    if found.page > found.pages:
        raise NotFound(f"there is no page {page} of {iri}: it has {found.pages}")
    return found


def is_graph(store: Store, iri: str) -> bool:
    """Whether a document, the directory or another source of ours has its triples under that name."""
    named = iri.startswith((f"{ids.BASE}document/", f"{ids.BASE}graph/"))
    return named and store.ask(f"ASK {{ GRAPH {Term(iri).n3()} {{ ?s ?p ?o }} }}")


def triples_of_graph(store: Store, iri: str) -> list[tuple[Term, ...]]:
    found = store.select(
        f"SELECT ?s ?p ?o WHERE {{ GRAPH {Term(iri).n3()} {{ ?s ?p ?o }} }} ORDER BY ?s ?p ?o"
    )
    return list(_full(found))


def told_in(store: Store, iri: str) -> Table:
    """The things that a document or another graph tells of, by class."""
    return store.select(
        f"""SELECT ?class ?thing WHERE {{
            VALUES ?class {{ dm:Statement dm:MaterialAct dm:Event dm:Person dm:Body dm:Office dm:UnnamedSource dm:Claim
                dm:NarratorAssertion dm:Quotation }}
            GRAPH {Term(iri).n3()} {{ ?thing a ?class }}
            FILTER(?class != dm:Event || NOT EXISTS {{ ?thing a dm:Act }})
        }} ORDER BY ?class ?thing"""
    )


def places(store: Store, iri: str) -> list[Place]:
    """Where an act, report, quotation or assertion is told, or a span stands, document by document."""
    thing = Term(iri).n3()
    found = store.select(
        f"""SELECT ?span ?publisher ?published ?start ?end
            (GROUP_CONCAT(DISTINCT COALESCE(STR(?mark), ""); SEPARATOR = " ") AS ?marks) WHERE {{
            {{ ?report dm:reports {thing} ; dm:span ?span
               OPTIONAL {{ ?report dm:hasQuotation ?quotation . ?quotation dm:span ?mark }} }}
            UNION {{ {thing} dm:span ?span
               OPTIONAL {{ {thing} dm:hasQuotation ?quotation . ?quotation dm:span ?mark }} }}
            UNION {{ BIND({thing} AS ?span) }}
            ?span dm:inDocument ?document ; dm:start ?start ; dm:end ?end .
            ?document dm:publicationDate ?published ; dm:publisher ?by . ?by rdfs:label ?publisher
        }} GROUP BY ?span ?publisher ?published ?start ?end ORDER BY ?published ?span"""
    )
    return [
        Place(
            row["span"] or "",
            f"{row['publisher']}, {row['published']}, characters {row['start']}-{row['end']}",
            tuple((row["marks"] or "").split()),
        )
        for row in found
    ]


def labels(store: Store, iris: Iterable[str]) -> dict[str, str]:
    """The label of each IRI that has one: an English one if there is a choice."""
    wanted = " ".join(Term(iri).n3() for iri in sorted(set(iris)))
    found = store.select(
        f"SELECT ?x ?label WHERE {{ VALUES ?x {{ {wanted} }} {_LABELS} ?x ?label_property ?label }} "
        "ORDER BY ?x DESC(LANG(?label)) ?label"
    )
    known: dict[str, str] = {}
    for row in found:
        known.setdefault(row["x"] or "", row["label"] or "")
    return known


def grouped(rows: Iterable[tuple[Term, ...]], position: int) -> dict[str, list[Value]]:
    """Property -> its values (``position`` 2) or its subjects (0), each with the graphs that say so."""
    found: dict[str, dict[Term, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row[1].value][row[position]].append(row[3].value)
    return {
        prop: [Value(term, tuple(dict.fromkeys(graphs))) for term, graphs in values.items()]
        for prop, values in found.items()
    }


def in_order(store: Store, values: dict[str, list[Value]]) -> dict[str, list[Value]]:
    """The values of each property, those that have a rank, as levels have, by it."""
    iris = {one.term.value for some in values.values() for one in some if one.term.value.startswith(ids.CODE)}
    some = " ".join(Term(iri).n3() for iri in sorted(iris))
    found = (
        store.select(f"SELECT ?x ?rank WHERE {{ VALUES ?x {{ {some} }} ?x dm:rank ?rank }}") if some else ()
    )
    ranks = {row["x"]: int(row["rank"] or 0) for row in found}
    return {
        prop: sorted(ordered, key=lambda one: ranks.get(one.term.value, -1))
        for prop, ordered in values.items()
    }


def _full(table: Table) -> tuple[tuple[Term, ...], ...]:
    return tuple(tuple(term for term in row if term) for row in table.rows)


def _count(table: Table) -> int:
    return int(next(iter(table))["n"] or 0)


def definitions(store: Store) -> dict[str, str]:
    """The terms of the ontology as a query writes them, each with its definition."""
    found = store.select(_DEFINITIONS)
    return {f"dm:{(row['term'] or '').rpartition('#')[2]}": row["definition"] or "" for row in found}


_DEFINITIONS = f"""
SELECT ?term (MIN(?text) AS ?definition) WHERE {{
    GRAPH <{ids.ONTOLOGY_GRAPH}> {{ ?term skos:definition ?text }} FILTER(STRSTARTS(STR(?term), STR(dm:)))
}}
GROUP BY ?term ORDER BY ?term
"""


def acts_of(store: Store, iri: str) -> list[dict[str, object]]:
    """What an actor did and said, itself or another in its name: each act once, by its first possible day."""
    found = store.select(_ACTS_OF % Term(iri).n3())
    return [
        {
            "act": row["act"],
            "date": row["date"],
            "rank": int(row["rank"] or 0),
            "level": row["level"],
            "label": row["label"],
            "target": row["target"],
            "polarity": None if row["polarity"] is None else int(row["polarity"] or 0),
        }
        for row in found
    ]


def spot(store: Store, iri: str) -> tuple[float, float] | None:
    """Longitude and latitude of a place, in degrees, where a source gives them as a point."""
    found = store.select(
        f"SELECT ?wkt {{ {Term(iri).n3()} geo:hasGeometry/geo:asWKT ?wkt }} ORDER BY ?wkt LIMIT 1"
    )
    texts = [row["wkt"] or "" for row in found]
    point = re.search(r"POINT ?\((-?[\d.]+) (-?[\d.]+)\)", texts[0]) if texts else None
    return (float(point[1]), float(point[2])) if point else None


_ACTS_OF = """
SELECT ?act (MIN(STR(?day)) AS ?date) (MAX(?number) AS ?rank) (MIN(?name) AS ?level) (MIN(?told) AS ?label)
    (MIN(?sign) AS ?polarity) (MIN(?aim) AS ?target)
WHERE {
    ?act dm:madeBy|dm:onBehalfOf %s ; dm:level ?code ; dm:paraphrase ?told ; dm:localDate ?day .
    ?code dm:rank ?number ; skos:prefLabel ?name .
    OPTIONAL { ?act dm:polarity ?sign }
    OPTIONAL { ?act dm:target/rdfs:label ?aim }
}
GROUP BY ?act ORDER BY ?date ?act
"""
