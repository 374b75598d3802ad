"""The SPARQL service description: what the endpoint says of itself in RDF."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from demarche.graph.store import PREFIXES, Term

from .workers import Query, Runner

SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip
_INPUTS = ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")
_GRAPHS = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"

Triple = tuple[Term, Term, Term]


async def named_graphs(running: Runner) -> list[str]:
    found = await running.answer(
        Query(_GRAPHS, dict.fromkeys(("solutions", "boolean", "graph"), "application/sparql-results+json"))
    )
    return [
        row["g"]["value"]
        for row in json.loads(found.body)["results"]["bindings"]
        if row["g"]["type"] == "uri"
    ]


def described(endpoint: str, graphs: Iterable[str], media_type: str, *, scratch: bool) -> bytes:
    from .serialise import graph_of, serialised

    found = graph_of(_triples(endpoint, graphs, scratch=scratch))
    found.bind("sd", SD)
    return serialised(found, media_type)


def _triples(endpoint: str, graphs: Iterable[str], *, scratch: bool) -> Iterator[Triple]:
    """Without ``scratch``, the default graph is the union of the named graphs."""
    service, dataset, default = Term("service", "bnode"), Term("dataset", "bnode"), Term("default", "bnode")
    yield service, _A, Term(f"{SD}Service")
    yield service, Term(f"{SD}endpoint"), Term(endpoint)
    for language in ("SPARQL11Query", *(["SPARQL11Update"] if scratch else [])):
        yield service, Term(f"{SD}supportedLanguage"), Term(SD + language)
    for name in _RESULTS:
        yield service, Term(f"{SD}resultFormat"), Term(_FORMATS + name)
    for name in _INPUTS if scratch else ():
        yield service, Term(f"{SD}inputFormat"), Term(_FORMATS + name)
    yield service, Term(f"{SD}feature"), Term(f"{SD}{'EmptyGraphs' if scratch else 'UnionDefaultGraph'}")
    yield service, Term(f"{SD}defaultDataset"), dataset
    yield dataset, _A, Term(f"{SD}Dataset")
    yield dataset, Term(f"{SD}defaultGraph"), default
    yield default, _A, Term(f"{SD}Graph")
    for number, name in enumerate(graphs):
        yield from _named(dataset, Term(f"graph{number}", "bnode"), Term(name))


def _named(dataset: Term, node: Term, name: Term) -> Iterator[Triple]:
    yield dataset, Term(f"{SD}namedGraph"), node
    yield node, _A, Term(f"{SD}NamedGraph")
    yield node, Term(f"{SD}name"), name


_A = Term(f"{PREFIXES['rdf']}type")
