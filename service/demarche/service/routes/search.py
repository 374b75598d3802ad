"""Search over actors, events and statements, as a page and as JSON."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph
from demarche.graph.errors import BadParameter
from demarche.graph.search import KINDS, Found

from ..addresses import address
from ..negotiate import HTML, JSON
from ..pages import html
from ..replies import choice, conditional

PAGE = 20
DEEPEST = 1000


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["search"])

    @routes.get(
        "/search",
        operation_id="search",
        summary="Actors, events, statements and more in which all words occur",
    )
    def search(request: Request, q: str = "", kind: str = "", start: int = 0) -> Response:
        media_type = choice(request, (HTML, JSON))
        if not 0 <= start <= DEEPEST:
            raise BadParameter(f"start is {start}; it may be 0 to {DEEPEST}")
        found = graph.search(q, kind or None, PAGE, start)
        return conditional(
            request,
            graph.store,
            media_type,
            lambda: _written(request, media_type, found, q, kind, start),
            texts=graph.texts,
        )

    return routes


def _written(request: Request, media_type: str, found: Found, q: str, kind: str, start: int) -> bytes:
    root = request.scope.get("root_path", "")
    if media_type == JSON:
        hits = [
            {
                "id": one.iri,
                "kind": one.kind,
                "label": one.label,
                "date": one.date or None,
                "speaker": one.speaker or None,
                "url": address(one.iri, root),
            }
            for one in found.hits
        ]
        return json.dumps({"q": q, "total": found.total, "counts": found.counts, "hits": hits}).encode()
    more = {
        name: f"{root}/search?{urlencode({'q': q, 'kind': kind, 'start': at})}"
        for name, at in (("earlier", start - PAGE), ("more", start + PAGE))
        if 0 <= at < found.total
    }
    values = {"q": q, "kind": kind, "start": start, "found": found, "kinds": KINDS, "more": more}
    return html("search.html", request, **values).encode()
