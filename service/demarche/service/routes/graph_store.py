"""The SPARQL 1.1 Graph Store Protocol: whole graphs by their names; only a scratch store is written to."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph.errors import BadParameter, NotFound
from demarche.graph.store import GRAPH_FORMATS, Store

from ..bodies import body_of, media_type_of
from ..models import offered
from ..negotiate import best
from ..replies import with_charset
from ..scratch import headers_of_store, may_change
from ..workers import Pool, Runner

PATH = "/store"
MAX_BYTES = 16 * 2**20

_OFFERS = tuple(GRAPH_FORMATS)
_ACCEPTED = {*GRAPH_FORMATS, "multipart/form-data"}


def router(store: Store, running: Runner) -> APIRouter:
    routes = APIRouter(tags=["graph store"])

    async def get(request: Request) -> Response:
        media_type = best(request.headers.get("accept"), _OFFERS)
        name = _graph(request)
        headers = await headers_of_store(request, store, running, media_type)
        body = await running.graph(name, media_type)
        if body is None:
            raise NotFound(f"there is no graph {name}")
        return Response(body, headers=headers, media_type=with_charset(media_type))

    async def put(request: Request) -> Response:
        return await _written(request, may_change(running, request), _graph(request), replace=True)

    async def post(request: Request) -> Response:
        pool = may_change(running, request)
        if _is_the_store(request):
            return await _created(request, pool)
        return await _written(request, pool, _graph(request), replace=False)

    async def delete(request: Request) -> Response:
        pool, name = may_change(running, request), _graph(request)
        if not (await pool.change({"do": "drop", "graph": name}))["found"]:
            raise NotFound(f"there is no graph {name}")
        return Response(status_code=204)

    for method, route in (("GET", get), ("PUT", put), ("POST", post), ("DELETE", delete)):
        for path, parameters, at in ((PATH, _NAMED, ""), (f"{PATH}/{{path:path}}", _ADDRESSED, "-at")):
            routes.add_api_route(
                path,
                route,
                methods=[method],
                operation_id=f"{method.lower()}-graph{at}",
                summary=_SUMMARIES[method],
                response_class=Response,
                status_code=200 if method == "GET" else 204,
                responses=_RESPONSES[method],
                openapi_extra={"parameters": parameters, **_BODIES.get(method, {})},
            )
    return routes


async def _written(request: Request, pool: Pool, name: str | None, *, replace: bool) -> Response:
    media_type_of(request, _ACCEPTED)
    job = {
        "do": "put",
        "graph": name,
        "content_type": request.headers["content-type"],
        "base": name or _address(request),
        "replace": replace,
    }
    done = await pool.change(job, await body_of(request, MAX_BYTES))
    return Response(status_code=201 if done["new"] else 204)


async def _created(request: Request, pool: Pool) -> Response:
    """A new graph under an address of this service, at which it is found again."""
    name = f"{_address(request).rstrip('/')}/{uuid4()}"
    reply = await _written(request, pool, name, replace=True)
    reply.headers["Location"] = name
    return reply


def _is_the_store(request: Request) -> bool:
    return not request.path_params.get("path") and not request.url.query


def _graph(request: Request) -> str | None:
    """The graph that a request means: by ``?graph=``, by ``?default`` (None), or by its own address."""
    parameters = request.query_params.multi_items()
    if request.path_params.get("path"):
        if parameters:
            raise BadParameter("a graph is named by its address or by a parameter, not by both")
        return _address(request)
    if parameters == [("default", "")]:
        return None
    names = [value for name, value in parameters if name == "graph"]
    if len(parameters) != 1 or not names or not names[0]:
        raise BadParameter(f"name one graph: {PATH}?graph=IRI or {PATH}?default")
    return names[0]


def _address(request: Request) -> str:
    """The address as it was asked for, with its percent signs."""
    path = request.scope.get("raw_path", b"").decode("ascii") or quote(request.url.path)
    return f"{request.url.scheme}://{request.url.netloc}{path}"


_SUMMARIES = {
    "GET": "The triples of one graph",
    "PUT": "Put triples in place of a graph (scratch stores only)",
    "POST": "Add triples to a graph, or make a new one (scratch stores only)",
    "DELETE": "Delete a graph (scratch stores only)",
}
_NEW: dict[int | str, dict[str, Any]] = {201: {"description": "The graph is new."}}
_RESPONSES = {"GET": offered(*_OFFERS), "PUT": _NEW, "POST": _NEW, "DELETE": {}}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {one: {"schema": {"type": "string"}} for one in sorted(_ACCEPTED)},
    }
}
_BODIES = {"PUT": _BODY, "POST": _BODY}
_NAMED = [
    {"name": "graph", "in": "query", "schema": {"type": "string"}, "description": "The IRI of the graph."},
    {
        "name": "default",
        "in": "query",
        "schema": {"type": "string"},
        "description": "The default graph: empty.",
    },
]
_ADDRESSED = [{"name": "path", "in": "path", "required": True, "schema": {"type": "string"}}]
