"""What the service counts of itself, for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from ..metrics import Samples
from ..models import offered


def router(samples: Samples) -> APIRouter:
    routes = APIRouter(tags=["running"])

    @routes.get(
        "/metrics",
        operation_id="metrics",
        summary="Counts of requests, kept answers and triples, for Prometheus",
        response_class=Response,
        responses=offered("text/plain", "application/openmetrics-text"),
    )
    def metrics(request: Request) -> Response:
        body, content_type = samples.written(request.headers.get("accept", ""))
        return Response(body, headers={"Content-Type": content_type, "Vary": "Accept"})

    return routes
