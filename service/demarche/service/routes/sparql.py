"""The SPARQL 1.1 protocol: queries by GET, form and direct POST, updates where there is a scratch store to change."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter, BadQuery
from demarche.graph.store import GRAPH_FORMATS, RESULT_FORMATS, Answer, Dataset, ResultKind

from .. import guard, service_description
from ..addresses import path_below_root
from ..bodies import FORM, body_of, media_type_of, text_of
from ..description import definitions
from ..models import offered
from ..negotiate import (
    HTML,
    JSON,
    JSON_LD,
    N_TRIPLES,
    RDF_XML,
    RESULTS_JSON,
    RESULTS_XML,
    TURTLE,
    best,
    named,
    with_aliases,
)
from ..pages import html
from ..parameters import refuse_repeated, refuse_unknown
from ..replies import NOT_KEPT, page, with_charset
from ..scratch import headers_of_store, may_change
from ..workers import Abandoned, Pool, Query, Runner, is_scratch

DIRECT = "application/sparql-query"
DIRECT_UPDATE = "application/sparql-update"

# General types under which clients ask for SPARQL's own; they get the type that they asked for.
_RESULT_ALIASES = {JSON: RESULTS_JSON, "application/xml": RESULTS_XML, "text/xml": RESULTS_XML}
_GRAPH_ALIASES = {"application/xml": RDF_XML, "text/xml": RDF_XML}
_OFFERS: dict[ResultKind, tuple[tuple[str, ...], dict[str, str]]] = {
    "solutions": (tuple(RESULT_FORMATS), _RESULT_ALIASES),
    "boolean": (tuple(RESULT_FORMATS), _RESULT_ALIASES),
    "graph": (tuple(GRAPH_FORMATS), _GRAPH_ALIASES),
}
# What people and libraries mean by these words depends on what the answer is.
_RESULT_NAMES = {"json": RESULTS_JSON, "xml": RESULTS_XML}
_GRAPH_NAMES = {
    "json": JSON_LD, "json-ld": JSON_LD, "xml": RDF_XML, "rdf+xml": RDF_XML, "turtle": TURTLE, "n3": TURTLE,
}  # fmt: skip
_NAMES: dict[ResultKind, dict[str, str]] = {
    "solutions": _RESULT_NAMES,
    "boolean": _RESULT_NAMES,
    "graph": _GRAPH_NAMES,
}
_KINDS: dict[str, ResultKind] = {
    "select": "solutions", "ask": "boolean", "construct": "graph", "describe": "graph",
}  # fmt: skip

_DESCRIBED_IN = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD, HTML)
LONG_SECONDS = 0.5
MAX_FIELDS = 1000
"""How many parameters an address or a form may have: a query may name many graphs."""
SHORT_QUERY = 4096
# One client (SPARQLWrapper) says its format in each of these words, and more than once; the first one counts.
_FORMAT_WORDS = ("format", "output", "results")
_ONCE = {"query", "update"}
_OF_QUERIES = ("default-graph-uri", "named-graph-uri")
_OF_UPDATES = ("using-graph-uri", "using-named-graph-uri")


@dataclass(frozen=True)
class Asked:
    """What a request asks: one query or one update, its graphs, and the format that a parameter names."""

    query: str | None
    update: str | None
    format: str | None
    default: tuple[str, ...]
    named: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What the guard found out about a query that may run."""

    kind: ResultKind
    graphs: tuple[str, ...]
    volatile: bool


class Endpoint:
    """What answers at /sparql: routes for FastAPI, and an application by itself, which costs a third of a route."""

    path = "/sparql"

    def __init__(self, graph: KnowledgeGraph, running: Runner) -> None:
        self._graph, self._running = graph, running

    def takes(self, scope: Scope) -> bool:
        """Whether this would answer; all else, other methods too, is for the router to say."""
        return path_below_root(scope) == self.path and scope["method"] in {"GET", "POST"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self  # as a router does, for whoever counts
        request = Request(scope, receive)
        response = await (self.post if scope["method"] == "POST" else self.get)(request)
        await response(scope, receive, send)

    async def get(self, request: Request) -> Response:
        asked = _asked_by(request.scope["query_string"])
        if asked.update is not None:
            raise BadParameter("an update is sent by POST")
        if asked.query is None and not request.url.query:
            return await _described(request, self._graph, self._running)
        return await self._answered(request, asked)

    async def post(self, request: Request) -> Response:
        asked = await _posted(request, updates=is_scratch(self._running))
        if asked.update is not None:
            return await _updated(may_change(self._running, request), asked)
        return await self._answered(request, asked)

    async def _answered(self, request: Request, asked: Asked) -> Response:
        if asked.query is None:
            raise BadParameter("there is no query")
        plan = await _plan_of(asked.query)
        shown_as, media_type = _chosen(plan.kind, asked.format, request.headers.get("accept"))
        media_types = {one: media_type if one == plan.kind else _OFFERS[one][0][0] for one in _OFFERS}
        await self._check_graphs((*asked.default, *asked.named, *plan.graphs))
        headers = await self._headers(request, plan, shown_as)
        query = Query(asked.query, media_types, _dataset(asked, plan), ids.BASE)
        answer = await _while_waited_for(request, self._running.answer(query))
        named_as = shown_as if answer.media_type == media_type else answer.media_type
        return Response(answer.body, headers=headers, media_type=with_charset(named_as))

    async def _check_graphs(self, names: tuple[str, ...]) -> None:
        """BadQuery for a graph that is not held here: nobody fetches it, nor has a store elsewhere fetch it.

        A URN has no address to be fetched from; a graph of that name is empty, as SPARQL has it.
        """
        if not names or is_scratch(self._running):
            return
        for name in dict.fromkeys(names):
            if not name.lower().startswith("urn:") and not await run_in_threadpool(
                self._graph.store.holds, name
            ):
                raise BadQuery(f"no graph here is called <{name[:200]}>, and none is fetched from elsewhere")

    async def _headers(self, request: Request, plan: Plan, media_type: str) -> dict[str, str]:
        if plan.volatile:
            return dict(NOT_KEPT)
        return await headers_of_store(request, self._graph.store, self._running, media_type)


def router(endpoint: Endpoint) -> APIRouter:
    routes = APIRouter(tags=["SPARQL"])
    routes.add_api_route(
        endpoint.path,
        endpoint.get,
        methods=["GET"],
        operation_id="query",
        summary="Query by GET; without a query, the service description, or a form",
        openapi_extra={"parameters": _PARAMETERS},
        response_class=Response,
        responses=offered(*RESULT_FORMATS, *GRAPH_FORMATS, HTML),
    )
    routes.add_api_route(
        endpoint.path,
        endpoint.post,
        methods=["POST"],
        operation_id="query-or-update",
        summary="Query by form or by direct POST; update, where there is a scratch store",
        openapi_extra={"requestBody": _BODY},
        response_class=Response,
        responses=offered(*RESULT_FORMATS, *GRAPH_FORMATS) | _UPDATED,
    )
    return routes


async def _while_waited_for(request: Request, work: Awaitable[Answer]) -> Answer:
    """The answer; where the client hangs up first, its making ends. For short work it costs too much to listen."""
    loop = asyncio.get_running_loop()
    listeners: list[asyncio.Task[None]] = []
    try:
        async with asyncio.timeout(None) as clock:
            timer = loop.call_later(
                LONG_SECONDS, lambda: listeners.append(loop.create_task(_hung_up(request, clock)))
            )
            try:
                return await work
            finally:
                timer.cancel()
                for one in listeners:
                    one.cancel()
    except TimeoutError as error:
        raise Abandoned("nobody waits for this answer any more") from error


async def _hung_up(request: Request, clock: asyncio.Timeout) -> None:
    message = await request.receive()
    while message["type"] != "http.disconnect":
        message = await request.receive()
    clock.reschedule(0)


async def _updated(scratch: Pool, asked: Asked) -> Response:
    update = await run_in_threadpool(_checked_update, asked)
    await scratch.change({"do": "update", "base": ids.BASE}, update.encode("utf-8", "surrogatepass"))
    return Response(status_code=204)


def _checked_update(asked: Asked) -> str:
    return guard.with_dataset(guard.checked_update(asked.update or ""), asked.default, asked.named)


async def _described(request: Request, graph: KnowledgeGraph, running: Runner) -> Response:
    media_type = best(request.headers.get("accept"), _DESCRIBED_IN)
    if media_type == HTML:
        return page(
            html(
                "sparql.html",
                request,
                questions=list(graph.questions.values()),
                terms=definitions(graph.store),
            )
        )
    headers = await headers_of_store(request, graph.store, running, media_type)
    endpoint = str(request.url).partition("?")[0]
    graphs = await service_description.named_graphs(running)
    scratch = is_scratch(running)
    body = await run_in_threadpool(
        service_description.described, endpoint, graphs, media_type, scratch=scratch
    )
    return Response(body, headers=headers, media_type=with_charset(media_type))


async def _plan_of(query: str) -> Plan:
    """Reading the longest takes a tenth of a second, in which others want their answers."""
    return _planned(query) if len(query) <= SHORT_QUERY else await run_in_threadpool(_planned, query)


@lru_cache(maxsize=256)
def _planned(query: str) -> Plan:
    """Checked once for each text: clients ask the same again and again."""
    guard.checked(query)
    kind = _KINDS.get(guard.form(query) or "")
    if kind is None:
        raise BadQuery("this query is no SELECT, ASK, CONSTRUCT or DESCRIBE")
    return Plan(kind, guard.graphs_named(query, ids.BASE), guard.volatile(query))


def _dataset(asked: Asked, plan: Plan) -> Dataset | None:
    """The graphs of the request before those of the query; without any, the union that this service shows."""
    if asked.default or asked.named:
        return Dataset(asked.default, asked.named)
    return Dataset() if plan.graphs else None


def _chosen(kind: ResultKind, asked: str | None, accept: str | None) -> tuple[str, str]:
    """The media type to name in the answer, and the one to serialise in."""
    offers, aliases = _OFFERS[kind]
    if asked:
        chosen = _NAMES[kind].get(asked) or (asked if asked in offers else named(asked, offers))
        return chosen, chosen
    shown_as = best(accept, with_aliases(offers, aliases))
    return shown_as, aliases.get(shown_as, shown_as)


async def _posted(request: Request, *, updates: bool) -> Asked:
    """What a body asks; it is no longer than what may be asked here, for others wait while it is read."""
    content_type = media_type_of(request, {FORM, DIRECT, DIRECT_UPDATE})
    most = guard.MAX_UPDATE_BYTES if updates and content_type != DIRECT else guard.MAX_BYTES
    text = text_of(await body_of(request, 3 * most + 1024))
    parameters = request.query_params.multi_items()
    if content_type == FORM:
        return _asked([*parameters, *_pairs(text)])
    return _asked([*parameters, ("query" if content_type == DIRECT else "update", text)])


@lru_cache(maxsize=256)
def _asked_by(query_string: bytes) -> Asked:
    return _asked(_pairs(query_string.decode("latin-1")))


def _pairs(text: str) -> list[tuple[str, str]]:
    """The parameters of an address or a form, which is read as it was meant or not at all."""
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError as error:
        raise BadParameter(f"the parameters are no UTF-8: {error}") from error
    except ValueError as error:
        raise BadParameter(f"a request has {MAX_FIELDS} parameters at the most") from error


def _asked(parameters: list[tuple[str, str]]) -> Asked:
    """One query or one update with its graphs; what we would otherwise ignore is refused."""
    names = [name for name, _ in parameters]
    refuse_unknown(names, {*_ONCE, *_FORMAT_WORDS, *_OF_QUERIES, *_OF_UPDATES})
    refuse_repeated([name for name in names if name in _ONCE])
    found = dict(parameters)
    if "query" in found and "update" in found:
        raise BadParameter("a request has a query or an update, not both")
    of_this, of_others = (_OF_UPDATES, _OF_QUERIES) if "update" in found else (_OF_QUERIES, _OF_UPDATES)
    if wrong := sorted({*names} & {*of_others}):
        raise BadParameter(
            f"{', '.join(wrong)} is not understood with {'an update' if 'update' in found else 'a query'}"
        )
    default, named_graphs = (tuple(value for name, value in parameters if name == one) for one in of_this)
    chosen = next((value for name, value in parameters if name in _FORMAT_WORDS and value), None)
    return Asked(found.get("query"), found.get("update"), chosen, default, named_graphs)


_GRAPHS = {"type": "array", "items": {"type": "string"}}
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
    {
        "name": "default-graph-uri",
        "in": "query",
        "schema": _GRAPHS,
        "description": "The graphs that are merged; without any, all but those of unverified leads.",
    },
    {
        "name": "named-graph-uri",
        "in": "query",
        "schema": _GRAPHS,
        "description": "The graphs that GRAPH finds.",
    },
]
_BODY = {
    "required": True,
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "properties": {
                    "query": {"type": "string"},
                    "default-graph-uri": _GRAPHS,
                    "named-graph-uri": _GRAPHS,
                    "update": {"type": "string", "description": "Instead of a query; scratch stores only."},
                    "using-graph-uri": _GRAPHS,
                    "using-named-graph-uri": _GRAPHS,
                },
            }
        },
        DIRECT: {"schema": {"type": "string"}},
    },
}
_UPDATED: dict[int | str, dict[str, object]] = {204: {"description": "The update was run."}}
