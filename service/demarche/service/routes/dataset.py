"""The record as a whole: its description in VoID and DCAT, and the dumps."""

from __future__ import annotations

import json
from collections.abc import Mapping

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

from demarche.graph import KnowledgeGraph
from demarche.graph.errors import NotFound
from demarche.graph.store import Store

from ..budgets import require_means
from ..dataset import PREFIXES, described
from ..dumps import FORMATS, Dump, Dumps, Format, named
from ..models import offered
from ..negotiate import HTML, JSON, JSON_LD, N_TRIPLES, RDF_XML, TURTLE, ending, split_ending, takes_gzip
from ..pages import html
from ..replies import choice, conditional, matches, with_charset

OFFERS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML, JSON)
_GZIPPED = "application/gzip"


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["linked data"])
    dumps = Dumps(graph.store)

    @routes.get(
        "/.well-known/void",
        operation_id="dataset",
        summary="The record as a dataset: VoID and DCAT",
        response_class=Response,
        responses=offered(*OFFERS),
    )
    @routes.get("/.well-known/void.{ending}", include_in_schema=False)
    def void(request: Request, ending: str = "") -> Response:
        return _void(request, graph.store, f"void.{ending}" if ending else "void")

    @routes.get(
        "/dumps",
        operation_id="dumps",
        summary="The files that hold the whole graph",
        response_class=Response,
        responses=offered(HTML, JSON),
    )
    def listed(request: Request) -> Response:
        media_type = choice(request, (HTML, JSON))
        return conditional(request, graph.store, media_type, lambda: _listed(request, media_type))

    @routes.get(
        "/dumps/{file}",
        operation_id="dump",
        summary="The whole graph in one file",
        response_class=Response,
        responses=offered(*(one.media_type for one in FORMATS.values()), _GZIPPED),
    )
    def dump(request: Request, file: str) -> Response:
        form, compressed = named(file)
        return sent(request, dumps, form, compressed=compressed)

    return routes


def _void(request: Request, store: Store, path: str) -> Response:
    stem, fixed = split_ending(path, OFFERS)
    if stem != "void":
        raise NotFound(f"there is nothing at /.well-known/{path}")
    media_type = choice(request, OFFERS, fixed)
    own = f"{request.scope.get('root_path', '')}/.well-known/void.{ending(media_type)}"
    return conditional(
        request, store, media_type, lambda: _described(request, store, media_type), {"Content-Location": own}
    )


def _described(request: Request, store: Store, media_type: str) -> bytes:
    from ..serialise import graph_of, serialised

    base = str(request.base_url).rstrip("/")
    graph = graph_of(described(store, base))
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return serialised(graph, media_type, f"{base}/.well-known/void#record")


def _listed(request: Request, media_type: str) -> bytes:
    if media_type == HTML:
        return html("dumps.html", request, formats=list(FORMATS.values())).encode()
    root = request.scope.get("root_path", "")
    files = [
        {
            "name": one.file,
            "media_type": one.media_type,
            "graphs": one.graphs,
            "address": f"{root}/dumps/{one.file}",
            "compressed": f"{root}/dumps/{one.file}.gz",
        }
        for one in FORMATS.values()
    ]
    return json.dumps({"dumps": files}).encode()


def sent(request: Request, dumps: Dumps, form: Format, *, compressed: bool) -> Response:
    """The file as it is kept, or what is in it: compressed on the way where the client takes that."""
    require_means()
    dump = dumps.of(form)
    encoded = not compressed and takes_gzip(request.headers.get("accept-encoding", ""))
    tag = f'"{dump.digest}-{"gz" if compressed else "encoded" if encoded else "plain"}"'
    shared = {"ETag": tag, "Cache-Control": "no-cache"} | ({} if compressed else {"Vary": "Accept-Encoding"})
    if matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=shared)
    if compressed:
        return _DumpResponse(dump, f"{form.file}.gz", _GZIPPED, shared)
    if encoded:
        headers = {**shared, "Content-Encoding": "gzip"}
        return _DumpResponse(dump, form.file, with_charset(form.media_type), headers)
    headers = {**shared, "Content-Disposition": f'attachment; filename="{form.file}"'}
    return StreamingResponse(dump.lines(), headers=headers, media_type=with_charset(form.media_type))


class _DumpResponse(FileResponse):
    """Holds the dump until it is sent, and with it the file."""

    def __init__(self, dump: Dump, name: str, media_type: str, headers: Mapping[str, str]) -> None:
        super().__init__(dump.path, headers=headers, media_type=media_type, filename=name)
        self._dump = dump
