"""The ontology at its own address: all of its terms on one page and in RDF, and the JSON-LD context."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import NotFound
from demarche.graph.store import Store
from demarche.ontology import path as ontology_file

from ..models import offered
from ..negotiate import HTML, JSON_LD, TURTLE, ending, split_ending
from ..pages import html
from ..replies import choice, conditional
from .things import OFFERS, RESPONSES, alternates

Write = Callable[[Request, Store, str], bytes]
"""Makes a page or a file of what the store says, in a media type."""

_GROUPS = {"Class": "Classes", "ObjectProperty": "Relations", "DatatypeProperty": "Values"}


@dataclass(frozen=True)
class OntologyTerm:
    """A class or property as its page shows it; ``broader`` are superclasses or superproperties."""

    iri: str
    group: str
    label: str
    definition: str
    broader: tuple[str, ...]
    domain: tuple[str, ...]
    range: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.iri.partition("#")[2]


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["linked data"])

    @routes.get(
        "/ontology/context.jsonld",
        operation_id="ontology-context",
        summary="The JSON-LD context",
        response_class=Response,
        responses=offered(JSON_LD),
    )
    def jsonld_context(request: Request) -> Response:
        return conditional(request, graph.store, JSON_LD, ontology_file("context.jsonld").read_bytes)

    @routes.get(
        "/ontology",
        operation_id="ontology",
        summary="The ontology",
        response_class=Response,
        responses=RESPONSES,
    )
    @routes.get("/ontology.{ending}", include_in_schema=False)
    def ontology(request: Request, ending: str = "") -> Response:
        return _shown(request, graph.store, f"ontology.{ending}" if ending else "ontology", _written)

    @routes.get(
        "/ontology/{version}",
        operation_id="ontology-version",
        summary="A version of the ontology",
        response_class=Response,
        responses=RESPONSES,
    )
    def version(request: Request, version: str) -> Response:
        stem, _ = split_ending(version, OFFERS)
        if stem != _version():
            raise NotFound(f"the ontology here has the version {_version()}, not {stem}")
        return _shown(request, graph.store, f"ontology/{version}", _written)

    @routes.get(
        "/code",
        operation_id="code-lists",
        summary="The code lists",
        response_class=Response,
        responses=RESPONSES,
    )
    @routes.get("/code.{ending}", include_in_schema=False)
    def code_lists(request: Request, ending: str = "") -> Response:
        return _shown(request, graph.store, f"code.{ending}" if ending else "code", _listed)

    return routes


def _listed(request: Request, store: Store, media_type: str) -> bytes:
    if media_type == HTML:
        return html("codes.html", request, schemes=_schemes(store)).encode()
    from ..serialise import graph_of, serialised

    found = store.select("SELECT DISTINCT ?s ?p ?o WHERE { ?s a skos:ConceptScheme ; ?p ?o }")
    return serialised(graph_of(tuple(term for term in row if term) for row in found.rows), media_type)


def _shown(request: Request, store: Store, path: str, write: Write) -> Response:
    stem, fixed = split_ending(path, OFFERS)
    if not fixed and stem not in {"code", "ontology", f"ontology/{_version()}"}:
        raise NotFound(f"there is nothing at /{path}")
    media_type = choice(request, OFFERS, fixed)
    own = f"{request.scope.get('root_path', '')}/{stem}.{ending(media_type)}"
    headers = {"Content-Location": own, "Link": alternates(own)}
    return conditional(request, store, media_type, lambda: write(request, store, media_type), headers)


def _written(request: Request, store: Store, media_type: str) -> bytes:
    if media_type == HTML:
        values = {
            "terms": _terms(store),
            "groups": _GROUPS,
            "schemes": _schemes(store),
            "version": _version(),
        }
        return html("ontology.html", request, **values).encode()
    return _turtle() if media_type == TURTLE else _serialised(media_type)


def _turtle() -> bytes:
    return ontology_file("demarche.ttl").read_bytes()


@cache
def _serialised(media_type: str) -> bytes:
    from rdflib import Graph

    from ..serialise import serialised

    return serialised(Graph().parse(data=_turtle(), format="turtle"), media_type, ids.ONTOLOGY)


@cache
def _version() -> str:
    from rdflib import OWL, Graph, URIRef

    found = Graph().parse(data=_turtle(), format="turtle").value(URIRef(ids.ONTOLOGY), OWL.versionInfo)
    return str(found)


def _terms(store: Store) -> list[OntologyTerm]:
    found = store.select(_TERMS)
    return [
        OntologyTerm(
            iri=row["term"] or "",
            group=(row["class"] or "").partition("#")[2],
            label=row["label"] or "",
            definition=row["definition"] or "",
            broader=_split(row["broader"]),
            domain=_split(row["domain"]),
            range=_split(row["range"]),
        )
        for row in found
    ]


def _split(joined: str | None) -> tuple[str, ...]:
    return tuple(sorted((joined or "").split()))


def _schemes(store: Store) -> list[tuple[str, str]]:
    found = store.select(
        "SELECT ?scheme ?label WHERE { ?scheme a skos:ConceptScheme ; skos:prefLabel ?label } ORDER BY ?scheme"
    )
    return [(row["scheme"] or "", row["label"] or "") for row in found]


_TERMS = f"""
SELECT ?term ?class ?label ?definition
    (GROUP_CONCAT(DISTINCT STR(?up); separator=" ") AS ?broader)
    (GROUP_CONCAT(DISTINCT STR(?from); separator=" ") AS ?domain)
    (GROUP_CONCAT(DISTINCT STR(?to); separator=" ") AS ?range)
WHERE {{ GRAPH <{ids.ONTOLOGY_GRAPH}> {{
    VALUES ?class {{ owl:Class owl:ObjectProperty owl:DatatypeProperty }}
    ?term a ?class ; rdfs:label ?label ; skos:definition ?definition
    FILTER(STRSTARTS(STR(?term), "{ids.ONTOLOGY}#"))
    OPTIONAL {{ ?term rdfs:subClassOf|rdfs:subPropertyOf ?up FILTER(STRSTARTS(STR(?up), "{ids.ONTOLOGY}#")) }}
    OPTIONAL {{ ?term rdfs:domain ?from FILTER(ISIRI(?from)) }}
    OPTIONAL {{ ?term rdfs:range ?to FILTER(ISIRI(?to)) }}
}} }}
GROUP BY ?term ?class ?label ?definition ORDER BY ?class ?term
"""
