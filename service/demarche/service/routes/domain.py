"""Events, actors, documents, statements and reactions as plain JSON, CSV and Parquet, for who wants no RDF."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter
from demarche.graph.exports import FRAME_FORMATS, frame_records
from demarche.graph.resolve import resolve
from demarche.ontology.codes import ActKind, Channel, EventKind, Level, Stance

from ..models import Actor, Actors, Document, Documents, Event, Events, Reactions, Statement, Statements
from ..negotiate import CSV, JSON, PARQUET, SPREADSHEET, best, ending
from ..parameters import only
from ..replies import choice, conditional

if TYPE_CHECKING:
    from demarche.graph.domain import Domain, Filter, Rows

OFFERS = (JSON, CSV, PARQUET, SPREADSHEET)
LIMIT = 1000
"""How many items a page may have."""

Limit = Annotated[int, Query(ge=1, le=LIMIT, description="How many items a page has.")]
Offset = Annotated[int, Query(ge=0, le=100_000_000, description="How many items to pass over.")]


def _written_day(text: object) -> object:
    """Only what is written as a day: a number would be taken for seconds since 1970."""
    if isinstance(text, str) and not _DAY.fullmatch(text):
        raise ValueError("a day is written as 2016-06-22")
    return text


_DAY = re.compile(r"\d{4}-\d\d-\d\d")
Day = Annotated[date, BeforeValidator(_written_day)]
Since = Annotated[Day | None, Query(alias="from", description="The first local day, itself included.")]
Until = Annotated[Day | None, Query(description="The last local day, itself included.")]
State = Annotated[str | None, Query(max_length=200, description="A government by id, state code or name.")]
Format = Annotated[
    Literal["json", "csv", "parquet", "spreadsheet"] | None, Query(description="Instead of an Accept header.")
]
Kind = Annotated[ActKind | None, Query(description="The kind of act.")]
ActorType = Literal[
    "Person", "Body", "Government", "GovernmentBody", "InternationalBody", "MediaOrganisation", "Delegation",
    "UnnamedSource",
]  # fmt: skip

_PAGED: dict[str, Any] = {
    "content": {
        CSV: {"schema": {"type": "string"}},
        PARQUET: {"schema": {"type": "string", "format": "binary"}},
    },
    "headers": {
        "Link": {"schema": {"type": "string"}, "description": "The first, previous, next and last page."},
        "Total-Count": {"schema": {"type": "integer"}, "description": "How many items all pages have."},
    },
}
_PAGE: dict[int | str, dict[str, Any]] = {200: _PAGED}


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["domain"])
    shown = _Shown(graph)
    _add_events(routes, shown)
    _add_actors(routes, shown)
    _add_documents(routes, shown)
    _add_statements(routes, shown)
    return routes


class _Shown:
    """The graph with its tables, opened when first asked for: what makes them is slow to import."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self.graph = graph
        self._domain: Domain | None = None

    @property
    def domain(self) -> Domain:
        from demarche.graph.domain import Domain

        self._domain = self._domain or Domain(self.graph.store, self.graph.reactions)
        return self._domain

    def iri(self, kind: str, text: str) -> str:
        return resolve(self.graph.store, kind, text).value

    def filter(
        self,
        start: date | None = None,
        end: date | None = None,
        state: str | None = None,
        **one_of: str | None,
    ) -> Filter:
        from demarche.graph.domain import Filter

        if start and end and start > end:
            raise BadParameter(f"nothing is from {start} until {end}")
        wanted = {name: value for name, value in one_of.items() if value is not None}
        if state is not None:
            wanted["governments"] = self.iri("government", state)
        return Filter(start, end, wanted)

    def page(self, request: Request, frame: Rows, limit: int, offset: int) -> Response:
        """A page of the rows, in the format asked for, with the links to the others."""
        _refuse_unknown(request)
        media_type = choice(request, OFFERS)
        links = ", ".join(_links(request, len(frame), limit, offset))
        headers = {"Total-Count": str(len(frame)), **({"Link": links} if links else {})}
        part = frame.slice(offset, limit)

        def made() -> bytes:
            if media_type != JSON:
                return FRAME_FORMATS[ending(media_type)](part)
            return _json(
                {"total": len(frame), "limit": limit, "offset": offset, "items": frame_records(part)}
            )

        return conditional(request, self.graph.store, media_type, made, headers)

    def one(self, request: Request, table: str, iri: str) -> Response:
        """One thing, with the links to its IRI."""
        _refuse_unknown(request)
        best(request.headers.get("accept"), (JSON,))
        found = self.domain.one(table, iri)
        headers = {"Link": f'<{iri}>; rel="describes"'}
        return conditional(request, self.graph.store, JSON, lambda: _json(frame_records(found)[0]), headers)


def _add_events(routes: APIRouter, shown: _Shown) -> None:
    @routes.get(
        "/events", operation_id="events", summary="Events, by day", response_model=Events, responses=_PAGE
    )
    def events(
        request: Request,
        limit: Limit = 100,
        offset: Offset = 0,
        start: Since = None,
        until: Until = None,
        kind: Annotated[EventKind | None, Query(description="The kind of event.")] = None,
        format: Format = None,  # noqa: A002, ARG001
    ) -> Response:
        wanted = shown.filter(start, until, kind=kind)
        return shown.page(request, wanted.of(shown.domain.table("events")), limit, offset)

    @routes.get(
        "/events/{id:path}/reactions",
        operation_id="event-reactions",
        summary="Reactions to an event and its parts",
        response_model=Reactions,
        responses=_PAGE,
    )
    def reactions(
        request: Request,
        id: str,  # noqa: A002
        limit: Limit = 100,
        offset: Offset = 0,
        start: Since = None,
        until: Until = None,
        kind: Kind = None,
        level: Level | None = None,
        stance: Stance | None = None,
        channel: Channel | None = None,
        government: State = None,
        explicit_only: bool = False,
        format: Format = None,  # noqa: A002, ARG001
    ) -> Response:
        wanted = shown.filter(None, None, government, kind=kind, level=level, stance=stance, channel=channel)
        found = shown.graph.reactions().about(shown.iri("event", id)).between(start, until)
        frame = (found.explicit() if explicit_only else found).frame
        return shown.page(request, wanted.of(frame), limit, offset)

    @routes.get(
        "/events/{id:path}",
        operation_id="event",
        summary="An event by id or local date",
        response_model=Event,
    )
    def event(request: Request, id: str) -> Response:  # noqa: A002
        return shown.one(request, "events", shown.iri("event", id))


def _add_actors(routes: APIRouter, shown: _Shown) -> None:
    @routes.get(
        "/actors",
        operation_id="actors",
        summary="Persons, governments and other bodies",
        response_model=Actors,
        responses=_PAGE,
    )
    def actors(
        request: Request,
        limit: Limit = 100,
        offset: Offset = 0,
        type: Annotated[ActorType | None, Query(description="The class.")] = None,  # noqa: A002
        government: State = None,
        format: Format = None,  # noqa: A002, ARG001
    ) -> Response:
        wanted = shown.filter(state=government, types=type)
        return shown.page(request, wanted.of(shown.domain.table("actors")), limit, offset)

    @routes.get(
        "/actors/{id:path}/reactions",
        operation_id="actor-reactions",
        summary="Reactions in which an actor takes part, in person or through whom it speaks",
        response_model=Reactions,
        responses=_PAGE,
    )
    def reactions(
        request: Request,
        id: str,  # noqa: A002
        limit: Limit = 100,
        offset: Offset = 0,
        start: Since = None,
        until: Until = None,
        kind: Kind = None,
        level: Level | None = None,
        stance: Stance | None = None,
        channel: Channel | None = None,
        explicit_only: bool = False,
        format: Format = None,  # noqa: A002, ARG001
    ) -> Response:
        from demarche.graph.domain import by_actor

        wanted = shown.filter(kind=kind, level=level, stance=stance, channel=channel)
        found = shown.graph.reactions().between(start, until)
        frame = by_actor((found.explicit() if explicit_only else found).frame, shown.iri("actor", id))
        return shown.page(request, wanted.of(frame), limit, offset)

    @routes.get(
        "/actors/{id:path}",
        operation_id="actor",
        summary="An actor by id, state code or name",
        response_model=Actor,
    )
    def actor(request: Request, id: str) -> Response:  # noqa: A002
        return shown.one(request, "actors", shown.iri("actor", id))


def _add_documents(routes: APIRouter, shown: _Shown) -> None:
    @routes.get(
        "/documents",
        operation_id="documents",
        summary="Documents, by day",
        response_model=Documents,
        responses=_PAGE,
    )
    def documents(
        request: Request,
        limit: Limit = 100,
        offset: Offset = 0,
        start: Since = None,
        until: Until = None,
        format: Format = None,  # noqa: A002, ARG001
    ) -> Response:
        wanted = shown.filter(start, until)
        return shown.page(request, wanted.of(shown.domain.table("documents")), limit, offset)

    @routes.get(
        "/documents/{id:path}", operation_id="document", summary="A document", response_model=Document
    )
    def document(request: Request, id: str) -> Response:  # noqa: A002
        return shown.one(request, "documents", shown.iri("document", id))


def _add_statements(routes: APIRouter, shown: _Shown) -> None:
    @routes.get(
        "/statements",
        operation_id="statements",
        summary="What actors said, by day",
        response_model=Statements,
        responses=_PAGE,
    )
    def statements(
        request: Request,
        limit: Limit = 100,
        offset: Offset = 0,
        start: Since = None,
        until: Until = None,
        kind: Kind = None,
        level: Level | None = None,
        stance: Stance | None = None,
        channel: Channel | None = None,
        government: State = None,
        format: Format = None,  # noqa: A002, ARG001
    ) -> Response:
        wanted = shown.filter(
            start, until, government, kind=kind, level=level, stance=stance, channel=channel
        )
        return shown.page(request, wanted.of(shown.domain.table("statements")), limit, offset)

    @routes.get(
        "/statements/{id:path}", operation_id="statement", summary="A statement", response_model=Statement
    )
    def statement(request: Request, id: str) -> Response:  # noqa: A002
        return shown.one(request, "statements", ids.iri(f"act/{ids.local(id).removeprefix('act/')}"))


def _refuse_unknown(request: Request) -> None:
    """A parameter that we would otherwise ignore would change nothing, and whoever sent it would not know."""
    known = {one.alias for one in request.scope["route"].dependant.query_params}
    if not known and (given := next(iter(request.query_params), None)):
        raise BadParameter(f"{given[:60]!r} is not understood here: one thing comes as JSON, as it is")
    only(request, known)


def _links(request: Request, total: int, limit: int, offset: int) -> list[str]:
    """The links of the Link header: those pages that there are, each with the filters of this one."""
    last = max(0, (total - 1) // limit * limit)
    at = {"first": 0, "prev": min(max(0, offset - limit), last), "next": offset + limit, "last": last}
    if offset == 0:
        del at["prev"]
    if offset + limit >= total:
        del at["next"]
    kept = [
        (name, value) for name, value in request.query_params.multi_items() if name not in {"limit", "offset"}
    ]
    path = request.url.path
    return [
        f'<{path}?{urlencode([*kept, ("limit", limit), ("offset", start)])}>; rel="{rel}"'
        for rel, start in at.items()
    ]


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
