"""What was changed, by whom and when, as the ledger has it: JSON, an Atom feed, and the way back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any, Literal
from xml.sax.saxutils import escape, quoteattr

from fastapi import APIRouter, Depends, Query
from fastapi import Path as InPath
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.curation import Change
from demarche.graph.ledger import Entry
from demarche.graph.tokens import Token

from ..addresses import address
from ..budgets import charged
from ..curators import Door
from ..negotiate import JSON, best

ATOM = "application/atom+xml"
_FORMATS = {"json": JSON, "atom": ATOM}
_DONE = {"put": "drafted", "publish": "published", "retract": "retracted", "undo": "undone"}


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["records"])
    door = Door(graph)
    _add_changes(routes, door)
    _add_curators(routes, door)
    return routes


def _add_changes(routes: APIRouter, door: Door) -> None:
    publisher = door.curator("publish")

    @routes.get("/changes", summary="What was changed: for curators, drafts as well", operation_id="changes")
    def changes(
        request: Request,
        token: Token | None = Depends(door.visitor),
        after: Annotated[
            int, Query(ge=0, le=2**53, description="The number of the last entry that is known.")
        ] = 0,
        before: Annotated[
            int | None, Query(ge=1, le=2**53, description="Of a feed: the first entry that is known.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        format: Annotated[  # noqa: A002
            Literal["json", "atom"] | None,
            Query(description="What the Accept header asks for, unless named."),
        ] = None,
    ) -> Response:
        chosen = _FORMATS[format] if format else best(request.headers.get("accept"), (JSON, ATOM))
        newest_first = chosen == ATOM
        with charged():
            found = door.curation.changes(
                after, before, limit + 1, drafts=token is not None, newest_first=newest_first
            )
        known = (
            {"before" if newest_first else "after": found[limit - 1][0].number}
            if len(found) > limit
            else None
        )
        further = _address(request, **known) if known else None
        shown = [_told(entry, change, drafts=token is not None) for entry, change in found[:limit]]
        body = {"changes": shown, "next": further}
        made = _feed(request, shown, further) if newest_first else json.dumps(body, ensure_ascii=False)
        headers = {"Cache-Control": "no-store" if token else "no-cache", "Vary": "Authorization, Accept"}
        return Response(made, headers=headers, media_type=chosen)

    @routes.post(
        "/changes/{number}/undo",
        summary="Bring a record back to where it was before an entry",
        openapi_extra={"x-scope": "publish"},
        operation_id="undo-change",
    )
    def undo(
        number: Annotated[int, InPath(ge=1, le=2**53)],
        token: Token = Depends(publisher),
    ) -> Response:
        with charged():
            change = door.curation.undo(number, token.name)
        body = {"record": change.record, "entry": change.entry, **_state(change)}
        headers = {"ETag": f'"{change.entry}"', "Cache-Control": "no-store"}
        return Response(json.dumps(body), headers=headers, media_type=JSON)


def _add_curators(routes: APIRouter, door: Door) -> None:
    admin = door.curator("admin")

    @routes.get(
        "/curators",
        summary="Who has a token, and how far it goes",
        openapi_extra={"x-scope": "admin"},
        operation_id="curators",
    )
    def curators(token: Token = Depends(admin)) -> Response:  # noqa: ARG001
        found = [{"name": one.name, "scope": one.scope, "made": one.made} for one in door.tokens()]
        return Response(
            json.dumps({"curators": found}), headers={"Cache-Control": "no-store"}, media_type=JSON
        )


def _told(entry: Entry, change: Change, *, drafts: bool) -> dict[str, Any]:
    told = {name: value for name, value in asdict(entry).items() if name != "body"}
    undone = {"undoes": entry.content["entry"]} if entry.op == "undo" else {}
    state = _state(change)
    return told | undone | (state if drafts else {"public": state["public"]})


def _state(change: Change) -> dict[str, bool]:
    return {"public": change.after.public is not None, "draft": change.after.draft is not None}


def _address(request: Request, **other: int) -> str:
    """The path of the request with its query, some of it another."""
    root = request.scope.get("root_path") or ""
    query = request.url.include_query_params(**other).query
    return f"{root}/changes?{query}" if query else f"{root}/changes"


def _feed(request: Request, changes: list[dict[str, Any]], further: str | None) -> str:
    """RFC 4287; the newest entry first, and by RFC 5005 the way to those before."""
    updated = changes[0]["at"] if changes else "1970-01-01T00:00:00Z"
    root = request.scope.get("root_path") or ""
    return "".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">',
            f"<id>{ids.BASE}changes</id><title>Changes of the record</title><updated>{updated}</updated>",
            f'<link rel="self" href={quoteattr(_address(request))}/>',
            f'<link rel="next" href={quoteattr(further)}/>' if further else "",
            *(_feed_entry(one, root) for one in changes),
            "</feed>\n",
        ]
    )


def _feed_entry(change: dict[str, Any], root: str) -> str:
    document = address(ids.iri(f"document/{change['record']}"), root) or ""
    title = f"{change['record']}: {_DONE[change['op']]}"
    return (
        f"<entry><id>{ids.BASE}change/{change['number']}</id><title>{escape(title)}</title>"
        f"<updated>{change['at']}</updated><author><name>{escape(change['who'])}</name></author>"
        f'<link rel="alternate" href={quoteattr(document)}/><summary>{change["hash"]}</summary></entry>'
    )
