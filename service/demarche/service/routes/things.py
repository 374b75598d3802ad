"""Every IRI of ours at its own address, as a page or in RDF: the things, and the code lists with their concepts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter, NotFound
from demarche.graph.store import Store, Term
from demarche.graph.texts import NO_TEXTS, Texts
from demarche.ontology import DM

from ..addresses import address, iri_of
from ..description import (
    Description,
    Value,
    acts_of,
    describe,
    grouped,
    in_order,
    is_graph,
    places,
    spot,
    told_in,
    triples_of_graph,
)
from ..models import offered
from ..names import inverse, names, sources
from ..negotiate import HTML, JSON, JSON_LD, N_TRIPLES, RDF_XML, TURTLE, ending, split_ending
from ..pages import html
from ..replies import choice, conditional

OFFERS = (TURTLE, HTML, JSON_LD, N_TRIPLES, RDF_XML, JSON)
"""What every IRI is to be had as; plain JSON is the JSON-LD, for clients that ask for no more."""

RESPONSES = offered(*OFFERS)


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["linked data"])

    @routes.get("/id", include_in_schema=False)
    def no_thing() -> Response:
        raise NotFound("a thing has its kind and its name after /id/")

    @routes.get(
        "/id/{reference:path}",
        operation_id="thing",
        summary="A thing by its IRI",
        response_class=Response,
        responses=RESPONSES,
    )
    def thing(request: Request, reference: str, page: Page = 1) -> Response:
        return described(request, graph.store, f"id/{reference}", page, graph.texts)

    @routes.get(
        "/code/{reference:path}",
        operation_id="code",
        summary="A code list or concept",
        response_class=Response,
        responses=RESPONSES,
    )
    def code(request: Request, reference: str, page: Page = 1) -> Response:
        return described(request, graph.store, f"code/{reference}", page)

    return routes


def described(request: Request, store: Store, path: str, page: int = 1, texts: Texts = NO_TEXTS) -> Response:
    """The description of what is shown at the path, in the format that the path, ``?format=`` or the header names.

    RDF has it whole; HTML has the triples that point at a thing page by page.
    """
    stem, fixed = split_ending(path, OFFERS)
    iri = iri_of(stem)
    media_type = choice(request, OFFERS, fixed)
    if media_type != HTML and page > 1:
        raise BadParameter("only the HTML has pages; RDF describes a thing whole")
    found = describe(store, iri, page if media_type == HTML else None)
    own = f"{address(iri, request.scope.get('root_path', ''))}.{ending(media_type)}"
    links = ", ".join([alternates(own), *_pages(found, own if media_type == HTML else "")])
    headers = {"Content-Location": own if page == 1 else f"{own}?page={page}", "Link": links}
    shown = texts if media_type == HTML else NO_TEXTS
    return conditional(
        request, store, media_type, lambda: _written(request, store, found, media_type, texts), headers, shown
    )


def _pages(found: Description, own: str) -> Iterator[str]:
    """The links to other pages of the same description, for the Link header."""
    at = {"first": 1, "prev": found.page - 1, "next": found.page + 1, "last": found.pages}
    if own and found.pages > 1:
        yield from (f'<{own}?page={n}>; rel="{rel}"' for rel, n in at.items() if 1 <= n <= found.pages)


def alternates(own: str) -> str:
    """The Link header that names the other formats of the document at an address."""
    stem = own.rpartition(".")[0]
    return ", ".join(f'<{stem}.{ending(one)}>; rel="alternate"; type="{one}"' for one in OFFERS)


def _written(request: Request, store: Store, found: Description, media_type: str, texts: Texts) -> bytes:
    if media_type == HTML:
        return _page(request, store, found, texts).encode()
    from ..serialise import graph_of, serialised

    triples = found.triples
    if is_graph(store, found.iri):
        triples = list(dict.fromkeys([*triples, *triples_of_graph(store, found.iri)]))
    return serialised(graph_of(triples), media_type, found.iri)


def _page(request: Request, store: Store, found: Description, texts: Texts) -> str:
    told = told_in(store, found.iri).rows if is_graph(store, found.iri) else ()
    rows = [*found.about, *found.towards]
    iris = {term.value for row in [*rows, *told] for term in row if term and term.type == "uri"}
    known = names(store, iris | {found.iri})
    about, towards = (
        in_order(store, grouped(some, at)) for some, at in ((found.about, 2), (found.towards, 0))
    )
    return html(
        "thing.html",
        request,
        thing=found,
        label=known.get(found.iri),
        labels=known,
        sources=sources(store, {row[3].value for row in rows} - {found.iri}),
        inverse=lambda prop: inverse(prop, known),
        types=_types(found),
        speakers=_speakers(found),
        about=about,
        towards=towards,
        usual=[_usual(some) for some in (about, towards)],
        told=_by_class(told),
        places=[(place, texts.passage(place.span, place.marks)) for place in places(store, found.iri)],
        meta=ids.META_GRAPH,
        acts=acts_of(store, found.iri),
        spot=spot(store, found.iri),
    )


def _usual(values: dict[str, list[Value]]) -> tuple[str, ...]:
    """Who says most of it, so that the page says so once; nobody where no two values are said by the same."""
    said = Counter(one.graphs for some in values.values() for one in some)
    graphs, times = said.most_common(1)[0] if said else ((), 0)
    return graphs if times > 1 else ()


def _types(found: Description) -> list[str]:
    return list(dict.fromkeys(row[2].value for row in found.about if row[1].value == _TYPE))


def _speakers(found: Description) -> list[str]:
    """Who made an act: its label alone tells what, and not of whom."""
    return list(dict.fromkeys(row[2].value for row in found.about if row[1].value == str(DM.madeBy)))


def _by_class(rows: tuple[tuple[Term | None, ...], ...]) -> dict[str, list[str]]:
    classes: dict[str, list[str]] = {}
    for kind, thing in _pairs(rows):
        classes.setdefault(kind, []).append(thing)
    return classes


def _pairs(rows: tuple[tuple[Term | None, ...], ...]) -> Iterator[tuple[str, str]]:
    for kind, thing in rows:
        if kind and thing:
            yield kind.value, thing.value


Page = Annotated[int, Query(ge=1, le=1_000_000, description="Which page of what points here; HTML only.")]
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
