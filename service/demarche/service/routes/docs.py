"""The API described for people: every operation with its parameters, from the OpenAPI that programs read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph

from ..pages import html
from ..replies import page


@dataclass(frozen=True)
class Operation:
    """What may be asked at a path; parameters are name, where it stands, whether it is needed, and what it says."""

    method: str
    path: str
    summary: str
    parameters: tuple[tuple[str, str, bool, str], ...]


def router(graph: KnowledgeGraph) -> APIRouter:  # noqa: ARG001
    routes = APIRouter(include_in_schema=False)

    @routes.get("/docs")
    def docs(request: Request) -> Response:
        described = request.app.openapi()
        return page(html("docs.html", request, about=described["info"], groups=_groups(described)))

    return routes


def _groups(described: dict[str, Any]) -> dict[str, list[Operation]]:
    """The operations by what they are for, in the order in which the service names them."""
    groups: dict[str, list[Operation]] = {}
    for tag, operation in _operations(described):
        groups.setdefault(tag, []).append(operation)
    return groups


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            parameters = tuple(
                (one["name"], one["in"], one.get("required", False), one.get("description", ""))
                for one in told.get("parameters", ())
            )
            tag = (told.get("tags") or ["further"])[0]
            yield tag, Operation(method.upper(), path, told.get("summary", ""), parameters)
