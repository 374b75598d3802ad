"""SPARQL queries by GET, by form and by direct POST; updates and the rest of the protocol have no place here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph
from demarche.graph.errors import BadParameter, BadQuery
from demarche.graph.store import GRAPH_FORMATS, RESULT_FORMATS, Answer, ResultKind, Store

from .. import guard
from ..description import definitions
from ..negotiate import (
    HTML,
    JSON,
    JSON_LD,
    RDF_XML,
    RESULTS_JSON,
    RESULTS_XML,
    NotAcceptable,
    best,
    named,
    with_aliases,
)
from ..pages import html
from ..replies import page, with_charset

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"

# General types under which clients ask for SPARQL's own; they get the type that they asked for.
_RESULT_ALIASES = {JSON: RESULTS_JSON, "application/xml": RESULTS_XML, "text/xml": RESULTS_XML}
_GRAPH_ALIASES = {"application/xml": RDF_XML, "text/xml": RDF_XML}
_OFFERS: dict[ResultKind, tuple[tuple[str, ...], dict[str, str]]] = {
    "solutions": (tuple(RESULT_FORMATS), _RESULT_ALIASES),
    "boolean": (tuple(RESULT_FORMATS), _RESULT_ALIASES),
    "graph": (tuple(GRAPH_FORMATS), _GRAPH_ALIASES),
}
# What a person means by these two words depends on what the answer is.
_RESULT_NAMES = {"json": RESULTS_JSON, "xml": RESULTS_XML}
_NAMES: dict[ResultKind, dict[str, str]] = {
    "solutions": _RESULT_NAMES,
    "boolean": _RESULT_NAMES,
    "graph": {"json": JSON_LD, "xml": RDF_XML},
}
_KINDS: dict[str, ResultKind] = {
    "select": "solutions", "ask": "boolean", "construct": "graph", "describe": "graph",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What a request asks: its query, if it has one, and the format that a parameter names."""

    query: str | None
    format: str | None = None


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["SPARQL"])

    @routes.get(
        "/sparql", summary="Query by GET; without a query, a form", openapi_extra={"parameters": _PARAMETERS}
    )
    def get(request: Request) -> Response:
        asked = _asked(request.query_params.multi_items())
        if asked.query is None and _wants_form(request):
            return page(
                html(
                    "sparql.html",
                    request,
                    questions=list(graph.questions.values()),
                    terms=definitions(graph.store),
                )
            )
        return _answered(graph.store, asked, request.headers.get("accept"))

    @routes.post("/sparql", summary="Query by form or by direct POST", openapi_extra={"requestBody": _BODY})
    def post(request: Request, asked: Annotated[Asked, Depends(_posted)]) -> Response:
        return _answered(graph.store, asked, request.headers.get("accept"))

    return routes


def _answered(store: Store, asked: Asked, accept: str | None) -> Response:
    """Check, run and serialise in one function: a result of the engine never leaves its thread."""
    if asked.query is None:
        raise BadParameter("there is no query")
    query = guard.checked(asked.query)
    kind = _KINDS.get(guard.form(query) or "")
    if kind is None:
        raise BadQuery("this query is no SELECT, ASK, CONSTRUCT or DESCRIBE")
    shown_as, media_type = _chosen(kind, asked.format, accept)
    answer = store.answer(query, {one: media_type if one == kind else _OFFERS[one][0][0] for one in _OFFERS})
    return _reply(answer, shown_as if answer.media_type == media_type else answer.media_type)


def _reply(answer: Answer, media_type: str) -> Response:
    return Response(answer.body, headers={"Vary": "Accept"}, media_type=with_charset(media_type))


def _chosen(kind: ResultKind, asked: str | None, accept: str | None) -> tuple[str, str]:
    """The media type to name in the answer, and the one to serialise in."""
    offers, aliases = _OFFERS[kind]
    if asked:
        chosen = _NAMES[kind].get(asked) or named(asked, offers)
        return chosen, chosen
    shown_as = best(accept, with_aliases(offers, aliases))
    return shown_as, aliases.get(shown_as, shown_as)


def _wants_form(request: Request) -> bool:
    try:
        return best(request.headers.get("accept"), (RESULTS_JSON, HTML)) == HTML
    except NotAcceptable:
        return False


async def _posted(request: Request) -> Asked:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in {FORM, DIRECT}:
        raise HTTPException(415, f"a query is posted as {FORM} or {DIRECT}")
    text = _decoded(await _body(request))
    parameters = request.query_params.multi_items()
    if content_type == DIRECT:
        return _asked([*parameters, ("query", text)])
    return _asked([*parameters, *parse_qsl(text, keep_blank_values=True)])


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadQuery(f"the query is not UTF-8: {error}") from error


async def _body(request: Request) -> bytes:
    """The body, refused as soon as it is longer than any query may be when each of its bytes is escaped."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > 3 * guard.MAX_BYTES + 1024:
            raise HTTPException(413, f"a query may have {guard.MAX_BYTES} bytes")
    return body


def _asked(parameters: list[tuple[str, str]]) -> Asked:
    """One query and perhaps a format; what we would otherwise ignore is refused."""
    found = dict(parameters)
    if len(found) < len(parameters):
        raise BadParameter("a parameter is given twice")
    if unknown := sorted(found.keys() - {"query", "format"}):
        hint = "; name graphs in the query, by FROM and GRAPH" if unknown[0].endswith("graph-uri") else ""
        raise BadParameter(f"{', '.join(unknown)} is not understood here{hint}")
    return Asked(found.get("query"), found.get("format") or None)


_PARAMETERS = [
    {
        "name": "query",
        "in": "query",
        "schema": {"type": "string"},
        "example": "SELECT * { ?s ?p ?o } LIMIT 10",
    },
    {
        "name": "format",
        "in": "query",
        "schema": {"type": "string"},
        "description": "Instead of an Accept header.",
    },
]
_BODY = {
    "required": True,
    "content": {
        FORM: {
            "schema": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}
        },
        DIRECT: {"schema": {"type": "string"}},
    },
}
