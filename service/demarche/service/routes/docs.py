"""The interactive description of the API, with all of its scripts served from here."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph

from ..pages import html
from ..replies import page

# Swagger UI sets styles on elements and calls the API that it describes.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def router(graph: KnowledgeGraph) -> APIRouter:  # noqa: ARG001
    routes = APIRouter(include_in_schema=False)

    @routes.get("/docs")
    def docs(request: Request) -> Response:
        reply = page(html("docs.html", request))
        reply.headers["Content-Security-Policy"] = _POLICY
        return reply

    return routes
