"""Records as curators write them: JSON in and out, one version at a time; what they mean is not decided here."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Depends, Header, Query
from fastapi import Path as InPath
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph
from demarche.graph.curation import Version, point
from demarche.graph.errors import Problem, SourceError
from demarche.graph.records import Dossier
from demarche.graph.sources.dossier import dossier_of
from demarche.graph.sources.yaml_files import texts
from demarche.graph.tokens import Token

from ..bodies import body_of, media_type_of, text_of
from ..budgets import charged
from ..curators import Door, allowed
from ..models import refused
from ..negotiate import JSON

MAX_BYTES = 2 * 1024 * 1024
MAX_VALUES, MAX_DEPTH = 10_000, 20
"""How many values a record may have, and how deep they may stand: of every one it may be told what is wrong with it."""

MAX_ID = 200
"""How many characters the id of a record may have: it stands in addresses."""

Id = Annotated[str, InPath(max_length=MAX_ID, description="The id of the document.")]
IfMatch = Annotated[str | None, Header(description='The version that is changed, as its ETag told: "17".')]
# The outline of a dossier: its parts share names with the domain's (event, document) and would displace them.
_SINGLE = {"document", "coding", "coverage", "spans", "words"}
_DOSSIER: dict[str, Any] = {
    "type": "object",
    "title": "Dossier",
    "description": "A document with all that it supports, as in a dossier file: docs/add-a-document.md has each field.",
    "required": ["document", "coding", "spans"],
    "properties": {
        name: {"type": "object"} if name in _SINGLE else {"type": "array", "items": {"type": "object"}}
        for name in Dossier.model_fields
    },
    "additionalProperties": False,
}
_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {JSON: {"schema": _DOSSIER}}}}
_SHOWN: dict[int | str, dict[str, Any]] = {
    200: {"description": "The record.", "content": {JSON: {"schema": _DOSSIER}}}
}
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_WRITES: dict[int | str, dict[str, Any]] = {
    401: refused("No token, or one that is not known."),
    403: refused("The token's scope is not enough, or the service takes no writing."),
    409: refused("What is there does not allow it."),
    422: refused("The record breaks rules, each of which is named."),
}
_CHANGES: dict[int | str, dict[str, Any]] = _WRITES | {
    412: refused("The record has changed since."),
    428: refused("The request does not say in If-Match which version it changes."),
}


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["records"])
    door = Door(graph)
    _add_reads(routes, door)
    _add_drafts(routes, door)
    _add_publishing(routes, door)
    return routes


def _add_reads(routes: APIRouter, door: Door) -> None:
    @routes.get(
        "/records", summary="The records: documents with all that they support", operation_id="records"
    )
    def listed(
        token: Token | None = Depends(door.visitor),
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=100_000_000)] = 0,
    ) -> Response:
        with charged():
            found = door.curation.listed(drafts=token is not None)
        items = [
            {"id": one.record, "public": one.after.public is not None}
            | ({"draft": one.after.draft is not None, "revision": one.entry} if token else {})
            for one in found[offset : offset + limit]
        ]
        return _json({"total": len(found), "limit": limit, "offset": offset, "items": items}, token)

    @routes.get("/records/{id}", summary="A record, or its draft", responses=_SHOWN, operation_id="record")
    def record(
        id: Id,  # noqa: A002
        token: Token | None = Depends(door.visitor),
        draft: Annotated[bool, Query(description="The draft, for curators.")] = False,
        as_of: Annotated[
            str | None,
            Query(
                max_length=60,
                description="As it was after an entry of the ledger, or at a time.",
                examples=["17", "2026-11-22T12:00Z"],
            ),
        ] = None,
    ) -> Response:
        if draft:
            allowed(token, "read")
        with charged():
            found = door.curation.version(id, drafts=draft, as_of=point(as_of) if as_of else None)
        return _shown(found, token)


def _add_drafts(routes: APIRouter, door: Door) -> None:
    drafter = door.curator("draft")

    @routes.post(
        "/records",
        summary="Draft a new record",
        status_code=201,
        openapi_extra=_BODY | {"x-scope": "draft"},
        responses=_WRITES,
        operation_id="draft-record",
    )
    def create(request: Request, token: Token = Depends(drafter), body: bytes = Depends(_posted)) -> Response:
        with charged():
            made = door.curation.put(_record(body), token.name)
        return _done(made, 201, {"Location": f"{request.scope.get('root_path', '')}/records/{made.record}"})

    @routes.put(
        "/records/{id}",
        summary="Draft a change of a record",
        openapi_extra=_BODY | {"x-scope": "draft"},
        responses=_CHANGES,
        operation_id="change-record",
    )
    def change(
        id: Id,  # noqa: A002
        token: Token = Depends(drafter),
        body: bytes = Depends(_posted),
        if_match: IfMatch = None,
    ) -> Response:
        with charged():
            record = _record(body)
            if record.document.id != id:
                _refuse("document", "id", f"{record.document.id!r} is not the record of this address, {id!r}")
            return _done(door.curation.put(record, token.name, _revision(if_match)))

    @routes.get(
        "/records/{id}/violations",
        summary="Every shape that the draft of a record breaks, as publishing it would tell",
        openapi_extra={"x-scope": "draft"},
        operation_id="record-violations",
    )
    def violations(id: Id, token: Token = Depends(drafter)) -> Response:  # noqa: A002
        with charged():
            found = door.curation.violations(id)
        return _json({"record": id, "violations": [asdict(one) for one in found]}, token)


def _add_publishing(routes: APIRouter, door: Door) -> None:
    publisher = door.curator("publish")

    @routes.post(
        "/records/{id}/publish",
        summary="Validate the draft and make it public",
        openapi_extra={"x-scope": "publish"},
        responses=_CHANGES,
        operation_id="publish-record",
    )
    def publish(
        id: Id,  # noqa: A002
        token: Token = Depends(publisher),
        if_match: IfMatch = None,
    ) -> Response:
        revision = _revision(if_match)
        with charged():
            made, warnings = door.curation.publish(id, token.name, revision)
        return _done(made, more={"warnings": [asdict(one) for one in warnings]})

    @routes.delete(
        "/records/{id}",
        summary="Retract a record, with its draft",
        openapi_extra={"x-scope": "publish"},
        responses=_CHANGES,
        operation_id="retract-record",
    )
    def retract(
        id: Id,  # noqa: A002
        token: Token = Depends(publisher),
        if_match: IfMatch = None,
    ) -> Response:
        revision = _revision(if_match)
        with charged():
            entry = door.curation.retract(id, token.name, revision)
        return _json({"record": id, "entry": entry, "public": False, "draft": False}, token)


async def _posted(request: Request) -> bytes:
    media_type_of(request, (JSON,))
    return await body_of(request, MAX_BYTES)


def _record(body: bytes) -> Dossier:
    """The record in the body; SourceError names everything that it breaks."""
    text = text_of(body)
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_number)
    except RecursionError:
        _refuse("", "", "nested deeper than any record")
    except ValueError as error:
        _refuse("", "", f"this is no JSON: {error}")
    if not isinstance(data, dict):
        _refuse("", "", "a record is a JSON object")
    _check_extent(data)
    for location, found in texts(data):
        if _CONTROLS.search(found):
            _refuse(
                str(location[0]), ".".join(map(str, location[1:])), "holds a character that no text may have"
            )
    record = dossier_of(data, Path("record"))
    if len(record.document.id) > MAX_ID:
        _refuse("document", "id", f"an id has at most {MAX_ID} characters")
    return record


def _check_extent(data: dict[str, Any]) -> None:
    level: list[Any] = [data]
    depth = size = 0
    while level:
        depth, size = depth + 1, size + len(level)
        if depth > MAX_DEPTH or size > MAX_VALUES:
            _refuse("", "", f"a record has at most {MAX_VALUES} values, at most {MAX_DEPTH} deep")
        level = [
            part
            for one in level
            for part in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        ]


def _revision(if_match: str | None) -> int:
    """The version that the request changes: 428 where it names none, 412 for what is no version of ours."""
    if if_match is None or if_match.strip() == "*":
        raise HTTPException(428, 'name the version that you change: If-Match: "17"')
    match = re.fullmatch(r'"(\d{1,15})"', if_match.strip())
    if match is None:
        raise HTTPException(412, f"{if_match[:60]!r} is no version: the ETag of a record is one")
    return int(match[1])


def _shown(found: Version, token: Token | None) -> Response:
    """The public learns when the public form was made, and nothing of drafts since.

    Nor may a curator who has not seen the draft change it: the tag is the record's version only where that is shown.
    """
    tag = found.revision if token and found.is_latest else found.shown
    return Response(found.json, headers={"ETag": f'"{tag}"'} | _kept(token), media_type=JSON)


def _done(
    made: Version, status: int = 200, headers: dict[str, str] | None = None, more: Any = None
) -> Response:
    body = {
        "record": made.record,
        "entry": made.revision,
        "public": made.state.public is not None,
        "draft": made.state.draft is not None,
    } | (more or {})
    told = {"ETag": f'"{made.revision}"', "Cache-Control": "no-store"} | (headers or {})
    return Response(json.dumps(body, ensure_ascii=False), status, told, JSON)


def _json(body: object, token: Token | None) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), headers=_kept(token), media_type=JSON)


def _kept(token: Token | None) -> dict[str, str]:
    """What a curator sees is kept by nobody on the way."""
    return {"Cache-Control": "no-store" if token else "no-cache", "Vary": "Authorization"}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name!r} is given twice")
        found[name] = value
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _number(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text[:20])


def _refuse(record: str, field: str, why: str) -> NoReturn:
    raise SourceError((Problem("record", record, field, why),))
