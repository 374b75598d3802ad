"""The wiring: routes, pages and errors become one application; nothing is opened here and no setting is read twice."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send

from demarche.graph import KnowledgeGraph
from demarche.graph.errors import (
    Ambiguous,
    BadParameter,
    BadQuery,
    Busy,
    Conflict,
    DemarcheError,
    LedgerDamaged,
    LedgerError,
    NotFound,
    NotInstalled,
    Outdated,
    Problem,
    SourceError,
    StoreError,
    StoreTimeout,
    TooLarge,
    ValidationError,
    Violation,
)

from .admission import Admission, admission
from .budgets import Budgets, OverBudget
from .cache import Answers
from .front import Front
from .logs import Requests
from .metrics import Meter, Samples
from .middleware import Safe
from .models import PROBLEMS, schemas
from .negotiate import HTML, PROBLEM, NotAcceptable, best
from .pages import STATIC, html
from .replies import page
from .routes import (
    changes,
    dataset,
    docs,
    domain,
    graph_store,
    health,
    launch,
    launches,
    matrix,
    metrics,
    network,
    ontology,
    questions,
    reconcile,
    records,
    search,
    sparql,
    things,
)
from .settings import Settings
from .workers import Abandoned, Runner, TimeLimit, runner

_log = logging.getLogger(__name__)

T = TypeVar("T")

STATUS: Mapping[type[Exception], int] = {
    NotFound: 404,
    Ambiguous: 404,
    BadParameter: 400,
    BadQuery: 400,
    NotAcceptable: 406,
    Conflict: 409,
    Outdated: 412,
    SourceError: 422,
    ValidationError: 422,
    RequestValidationError: 422,
    NotInstalled: 501,
    StoreError: 503,
    StoreTimeout: 504,
    LedgerError: 503,
    LedgerDamaged: 503,
    Busy: 503,
    Abandoned: 503,
    OverBudget: 429,
    TimeLimit: 504,
    TooLarge: 507,
}
MOST_FAULTS = 100
"""How many of the faults of a request or a record are told."""
_ROUTES = (
    launches,
    launch,
    matrix,
    network,
    search,
    questions,
    things,
    ontology,
    reconcile,
    dataset,
    domain,
    records,
    changes,
    docs,
)


def create_app(settings: Settings, graph: KnowledgeGraph) -> Service:
    """The service on that graph; with ``scratch`` in the settings, only what needs no record."""
    running = runner(graph.store, settings)
    app = Service(
        title="Demarche",
        summary="Who reacted to which launch, in which office, through which channel, in what words.",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEMS,
        lifespan=_lifespan(running),
    )
    app.state.settings, app.state.graph = settings, graph
    endpoint = sparql.Endpoint(graph, running)
    app.include_router(sparql.router(endpoint))
    app.include_router(graph_store.router(graph.store, running))
    app.include_router(health.router(graph.store, running))
    for module in (docs,) if settings.scratch else _ROUTES:
        app.include_router(module.router(graph))
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_route("/favicon.ico", _icon, include_in_schema=False)
    for error in (DemarcheError, RequestValidationError, HTTPException):
        app.add_exception_handler(error, problem)
    app.add_middleware(Unfailing)
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD", "POST"],
        allow_headers=["*"],
        expose_headers=["ETag", "Link", "Content-Location", "Content-Disposition", "Total-Count"],
    )
    app.add_middleware(Safe)
    _put_in_front(app, settings, graph)
    app.endpoint, app.queries = endpoint, _within(app, endpoint)
    return app


async def _icon(request: Request) -> Response:
    """What a browser asks for beside an answer that is no page and names no icon."""
    return await StaticFiles(directory=STATIC).get_response("icon.svg", request.scope)


class Service(FastAPI):
    """FastAPI behind a front, which answers what it holds before any middleware of FastAPI's runs.

    SPARQL goes the same way but for FastAPI's router, which would cost as much as a short query.
    """

    admit: Admission
    budgets: Budgets
    front: Front
    endpoint: sparql.Endpoint
    queries: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self  # pages ask for it, whichever way a request takes
        await self.front(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The description, with the errors: FastAPI has them as plain JSON only, which they are not."""
        described = super().openapi()
        described.setdefault("components", {}).setdefault("schemas", {}).update(schemas())
        return described

    def refusal(self, scope: Scope) -> ASGIApp | None:
        """The answer to a request that goes no further."""
        try:
            self.admit(scope)
        except HTTPException as error:
            return Safe(problem(Request(scope), error))
        return None

    async def routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self.budgets.of(scope):
            if self.endpoint.takes(scope):
                await self.queries(scope, receive, send)
            else:
                await super().__call__(scope, receive, send)


def _within(app: FastAPI, inner: ASGIApp) -> ASGIApp:
    """The inner application in all middleware of the service, with its errors answered by the same table."""
    inner = ExceptionMiddleware(inner, app.exception_handlers)
    for one in reversed(app.user_middleware):
        inner = one.cls(inner, *one.args, **one.kwargs)
    return inner


def _put_in_front(app: Service, settings: Settings, graph: KnowledgeGraph) -> None:
    answers, meter = Answers(0 if settings.scratch else settings.cache_bytes), Meter()
    samples = Samples(meter, answers, health.kept_census(graph.store))
    app.include_router(metrics.router(samples))
    requests = Requests() if settings.log_requests else None
    app.admit, app.budgets = admission(settings), Budgets(settings)
    app.front = Front(app.routed, app.refusal, graph.store, answers, meter, requests)


def _lifespan(running: Runner) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        """Warm up beside the first requests, so that nobody waits for it who asks no SPARQL."""
        warming = asyncio.create_task(running.warm())
        warming.add_done_callback(_tell_failure)
        yield
        await asyncio.wait({warming})
        await running.close()

    return lifespan


def _tell_failure(task: asyncio.Task[None]) -> None:
    """Only queries are concerned, and the next one tries again."""
    if error := task.exception():
        _log.error("the process for queries is not ready", exc_info=error)


_STOPPING = HTTPException(
    503, "the service is being stopped, and this answer was not made in time", {"Retry-After": "10"}
)


class Unfailing:
    """Answers with a problem what nobody foresaw, and logs it; without it, the server would close the connection."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            return  # nobody is left to tell
        except asyncio.CancelledError:  # by the server, when a stop has waited as long as it may
            if scope["type"] != "http":
                raise
            if not started:
                await problem(Request(scope), _STOPPING)(scope, receive, send)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            _log.exception("%s %s failed", scope["method"], scope["path"])
            await problem(Request(scope), error)(scope, receive, send)


def problem(request: Request, error: Exception) -> Response:
    """The error as RFC 9457 asks for, or as a page for a person who reads in a browser."""
    status, headers = _status(error), dict(getattr(error, "headers", None) or {})
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _allowed(request)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
    if isinstance(error, Busy):
        headers["Retry-After"] = str(error.again_in)
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status} | _details(
        error, status
    )
    if _wants_page(request):
        near: tuple[str, ...] = getattr(error, "candidates", ())
        nearer = {one: _instead(request, str(body["detail"]), one) for one in near}
        return page(html("problem.html", request, problem=body, nearer=nearer), status, headers)
    return Response(json.dumps(body), status, {**headers, "Vary": "Accept"}, media_type=PROBLEM)


def _allowed(request: Request) -> str:
    """The methods of all routes at this address; the router tells those of the first alone."""

    def is_routed(method: str) -> bool:
        asked = {**request.scope, "method": method}
        return any(one.matches(asked)[0] is Match.FULL for one in request.app.routes)

    methods = {method for method in ("DELETE", "GET", "POST", "PUT") if is_routed(method)}
    return ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))


def _instead(request: Request, said: str, candidate: str) -> str:
    """The same address with the candidate where it has what the error names; a search for it where it has not."""
    root, path = request.scope.get("root_path", ""), request.url.path
    given = request.query_params.multi_items()
    if any(value and value in said for _, value in given):
        return f"{path}?{urlencode([(name, candidate if value and value in said else value) for name, value in given])}"
    stem, _, last = path.rpartition("/")
    if unquote(last) in said:
        return f"{stem}/{quote(candidate)}"
    return f"{root}/search?{urlencode({'q': candidate})}"


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def _details(error: Exception, status: int) -> dict[str, object]:
    """What the person who asked may know; of an error of ours nothing but that it is one."""
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return {"detail": "the service failed; the reason is in its log"}
    if isinstance(error, RequestValidationError):
        return {"detail": "the request does not fit"} | _told(error.errors(), _misfit)
    if isinstance(error, HTTPException):
        return {"detail": error.detail}
    if isinstance(error, SourceError | ValidationError):
        return _refused(error)
    extra = {
        name: getattr(error, name) for name in ("candidates", "offers", "revision") if hasattr(error, name)
    }
    return {"detail": str(error)} | extra


def _misfit(details: Mapping[str, Any]) -> dict[str, object]:
    return {"at": "/".join(map(str, details["loc"])), "message": details["msg"]}


def _refused(error: SourceError | ValidationError) -> dict[str, object]:
    """Why data were refused: each reason by the record and the field or rule that it is about."""
    reasons: Sequence[Problem | Violation] = (
        error.problems if isinstance(error, SourceError) else error.violations
    )
    detail = str(reasons[0]) if len(reasons) == 1 else f"{len(reasons)} reasons; the first is: {reasons[0]}"
    return {"detail": detail} | _told(reasons, _reason)


def _reason(one: Problem | Violation) -> dict[str, object]:
    if isinstance(one, Violation):
        return asdict(one)
    return {"record": one.record, "field": one.field, "message": one.message}


def _told(faults: Sequence[T], tell: Callable[[T], dict[str, object]]) -> dict[str, object]:
    """The first faults, and how many more there are."""
    more = len(faults) - MOST_FAULTS
    return {"errors": [tell(one) for one in faults[:MOST_FAULTS]]} | ({"more": more} if more > 0 else {})


def _wants_page(request: Request) -> bool:
    try:
        return best(request.headers.get("accept"), (PROBLEM, HTML)) == HTML
    except NotAcceptable:
        return False
