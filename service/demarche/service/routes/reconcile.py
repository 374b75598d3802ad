"""The Reconciliation Service API 0.2: somebody's names become things of the record, in OpenRefine and its like."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter, NotFound
from demarche.graph.kept import Kept
from demarche.graph.reconcile import Asked, Candidate, Given, Index, Wanted
from demarche.graph.reconcile.entities import TYPES, Entity, Value
from demarche.graph.reconcile.properties import PROPERTIES, NotOffered, property_named

from ..addresses import address
from ..bodies import FORM, body_of, media_type_of
from ..budgets import charged
from ..models import (
    Extended,
    Matches,
    ProposedProperties,
    SuggestedEntities,
    SuggestedProperties,
    SuggestedTypes,
    offered,
)
from ..negotiate import HTML, JSON
from ..pages import html
from ..parameters import only, refuse_unknown
from ..replies import conditional

BATCH = 50
"""How many queries one batch may have."""

VALUES = 20
"""How many values of properties a query may have: each is compared with every thing."""

ROWS = 500
"""Of how many things one request may ask the values."""

BODY = 512 * 1024
"""How many bytes a posted form may have."""

PAGE = 20
"""How many suggestions come at once; ``cursor`` skips those that came before."""


Model = TypeVar("Model")
Text = Annotated[str, Field(max_length=300)]
Reference = Annotated[str, Field(min_length=1, max_length=300)]

# Shown in a frame by whoever asks: that is what a preview is for.
_FRAMED = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"


class Linked(BaseModel):
    """A value that was matched before: its id is what counts."""

    id: Reference


OneValue = Linked | Text | bool | int | float | None


class PropertyValue(BaseModel):
    """A property and what somebody's table says of it; of several values, one must fit."""

    pid: Reference
    v: OneValue | Annotated[list[OneValue], Field(max_length=10)]

    def given(self) -> Given:
        values = self.v if isinstance(self.v, list) else [self.v]
        texts = [one.id if isinstance(one, Linked) else str(one).strip() for one in values if one is not None]
        return Given(self.pid, tuple(text for text in texts if text))


class NameQuery(BaseModel):
    """One query of a batch; what the API has besides, such as ``type_strict``, changes nothing here."""

    query: Text = ""
    type: Reference | Annotated[list[Reference], Field(max_length=len(TYPES))] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    properties: Annotated[list[PropertyValue], Field(max_length=10)] = []

    def asked(self) -> Asked | None:
        """What is asked for; nothing where there is neither a name nor a value."""
        types = [self.type] if isinstance(self.type, str) else self.type or []
        given = tuple(one.given() for one in self.properties)
        if sum(len(one.values) for one in given) > VALUES:
            raise BadParameter(f"the properties of a query may have {VALUES} values together")
        if not self.query.strip() and not any(one.values for one in given):
            return None
        return Asked(self.query, tuple(types), tuple(one for one in given if one.values), self.limit)


class ExtendProperty(BaseModel):
    """A property to extend a table with; the setting ``date`` keeps what held on that day."""

    id: Reference
    settings: dict[str, Text | bool | float | None] = {}


class ExtendQuery(BaseModel):
    """Of which things which values are wanted."""

    ids: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=ROWS)]
    properties: Annotated[list[ExtendProperty], Field(max_length=20)]


_BATCH: TypeAdapter[dict[str, NameQuery]] = TypeAdapter(dict[str, NameQuery])
_ONE = TypeAdapter(NameQuery)
_EXTEND = TypeAdapter(ExtendQuery)


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["reconciliation"], prefix="/reconcile")
    index = Kept(graph.store, lambda _before: Index(graph.store))
    _add_answers(routes, graph, index)
    _add_suggestions(routes, graph, index)
    _add_views(routes, graph, index)
    return routes


def _add_answers(routes: APIRouter, graph: KnowledgeGraph, index: Kept[Index]) -> None:
    @routes.get(
        "",
        operation_id="reconcile",
        summary="What the service offers; with ?queries= or ?extend=, its answer",
        openapi_extra=_GET,
    )
    def get(request: Request) -> Response:
        asked = _asked(request.query_params.multi_items())
        return conditional(request, graph.store, JSON, lambda: _answered(request, index(), asked))

    @routes.post(
        "",
        operation_id="reconcile-batch",
        response_model=Extended | dict[str, Matches],
        summary="A batch of queries, or values for a table",
        openapi_extra=_POST,
    )
    def post(request: Request, asked: Annotated[dict[str, str], Depends(_posted)]) -> Response:
        with charged():
            return Response(_answered(request, index(), asked), media_type=JSON)


def _add_suggestions(routes: APIRouter, graph: KnowledgeGraph, index: Kept[Index]) -> None:
    @routes.get(
        "/suggest/entity",
        operation_id="suggest-entity",
        summary="Things whose names begin so",
        response_model=SuggestedEntities,
    )
    def entity(request: Request, prefix: Prefix, cursor: Cursor = 0) -> Response:
        only(request, {"prefix", "cursor"})
        return conditional(request, graph.store, JSON, lambda: _entities(index(), prefix, cursor))

    @routes.get(
        "/suggest/type",
        operation_id="suggest-type",
        summary="Types whose names begin so",
        response_model=SuggestedTypes,
    )
    def type_(request: Request, prefix: Prefix, cursor: Cursor = 0) -> Response:
        only(request, {"prefix", "cursor"})
        types = [_type(index(), name) for name in TYPES]
        return conditional(request, graph.store, JSON, lambda: _begun(types, prefix, cursor))

    @routes.get(
        "/suggest/property",
        operation_id="suggest-property",
        summary="Properties whose names begin so",
        response_model=SuggestedProperties,
    )
    def property_(request: Request, prefix: Prefix, cursor: Cursor = 0) -> Response:
        only(request, {"prefix", "cursor"})
        return conditional(request, graph.store, JSON, lambda: _begun(_properties(None), prefix, cursor))


def _add_views(routes: APIRouter, graph: KnowledgeGraph, index: Kept[Index]) -> None:
    @routes.get(
        "/properties",
        operation_id="propose-properties",
        summary="Properties that things of a type have",
        response_model=ProposedProperties,
    )
    def proposed(
        request: Request,
        type: Annotated[str, Query(max_length=300)],  # noqa: A002
        limit: Annotated[int, Query(ge=1, le=100)] = 100,
    ) -> Response:
        only(request, {"type", "limit"})
        body = {"type": type, "limit": limit, "properties": _properties(type)[:limit]}
        return conditional(request, graph.store, JSON, lambda: _json(body))

    @routes.get(
        "/preview",
        operation_id="preview",
        summary="A thing on a small page",
        response_class=Response,
        responses=offered(HTML),
    )
    def preview(request: Request, id: Annotated[str, Query(max_length=300)]) -> Response:  # noqa: A002
        only(request, {"id"})
        thing = _thing(index(), id)
        headers = {"Content-Security-Policy": _FRAMED}
        return conditional(
            request, graph.store, HTML, lambda: _page(request, index(), thing), headers=headers
        )


Prefix = Annotated[str, Query(max_length=300)]
Cursor = Annotated[int, Query(ge=0, le=100_000)]


def manifest(request: Request, index: Index) -> dict[str, Any]:
    """What the service can do and where, under the address at which it was asked."""
    base = str(request.base_url).rstrip("/")
    own = f"{base}/reconcile"
    return {
        "versions": ["0.2"],
        "name": "Demarche: actors, offices and events of diplomatic reactions",
        "identifierSpace": ids.BASE,
        "schemaSpace": f"{ids.ONTOLOGY}#",
        "documentation": f"{base}/docs",
        "logo": f"{base}/static/icon.svg",
        "batchSize": BATCH,
        "defaultTypes": [_type(index, name) for name in TYPES],
        "view": {"url": f"{base}/id/{{{{id}}}}"},
        "preview": {"url": f"{own}/preview?id={{{{id}}}}", "width": 430, "height": 300},
        "suggest": {
            kind: {"service_url": own, "service_path": f"/suggest/{kind}"}
            for kind in ("entity", "type", "property")
        },
        "extend": {
            "propose_properties": {"service_url": own, "service_path": "/properties"},
            "property_settings": [_DATE_SETTING],
        },
    }


def _answered(request: Request, index: Index, asked: dict[str, str]) -> bytes:
    if "queries" in asked:
        return _json(_matched(index, _read(_BATCH, asked["queries"], "queries")))
    if "query" in asked:
        return _json(_result(index, _single(asked["query"])))
    if "extend" in asked:
        return _json(_extended(index, _read(_EXTEND, asked["extend"], "extend")))
    return _json(manifest(request, index))


def _matched(index: Index, queries: dict[str, NameQuery]) -> dict[str, Any]:
    if len(queries) > BATCH:
        raise HTTPException(413, f"a batch may have {BATCH} queries, this one has {len(queries)}")
    return {name: _one_of_many(index, query) for name, query in queries.items()}


def _one_of_many(index: Index, query: NameQuery) -> dict[str, Any]:
    """Queries of a batch are independent: one for a type or a property that is not here finds nothing."""
    try:
        return _result(index, query)
    except NotOffered:
        return {"result": []}


def _result(index: Index, query: NameQuery) -> dict[str, Any]:
    asked = query.asked()
    return {"result": [_candidate(index, one) for one in index.candidates(asked)] if asked else []}


def _candidate(index: Index, found: Candidate) -> dict[str, Any]:
    features = {"name_similarity": round(found.likeness.score, 2), "name_exact": found.likeness.exact}
    features |= {f"property_{name}": fit for name, fit in found.fits}
    return {
        "id": found.entity.id,
        "name": found.entity.name,
        "description": found.entity.description,
        "type": _types(index, found.entity),
        "score": found.score,
        "match": found.match,
        "features": [{"id": name, "value": value} for name, value in features.items()],
    }


def _extended(index: Index, asked: ExtendQuery) -> dict[str, Any]:
    wanted = [_wanted(one) for one in asked.properties]
    rows = {
        one: {each.property: [_value(value) for value in index.values(one, each)] for each in wanted}
        for one in asked.ids
    }
    return {"meta": [_column(index, each.property) for each in wanted], "rows": rows}


def _wanted(asked: ExtendProperty) -> Wanted:
    if unknown := asked.settings.keys() - {"date"}:
        raise BadParameter(f"{asked.id} has no setting {min(unknown)!r}; it has: date")
    on = str(asked.settings.get("date") or "").strip()
    return Wanted(asked.id, on or None)


def _column(index: Index, name: str) -> dict[str, Any]:
    known = property_named(name)
    kind = (
        {"type": {"id": known.entities, "name": index.type_names[known.entities]}} if known.entities else {}
    )
    return {"id": name, "name": known.name, **kind}


def _value(value: Value) -> dict[str, str]:
    """Days stay texts: as moments they would be shifted by whoever shows them in another zone."""
    return {"id": value.id, "name": value.text} if value.id else {"str": value.text}


def _entities(index: Index, prefix: str, cursor: int) -> bytes:
    shown = index.suggested(prefix)[cursor : cursor + PAGE]
    return _json(
        {
            "result": [
                {
                    "id": one.id,
                    "name": one.name,
                    "description": one.description,
                    "notable": _types(index, one),
                }
                for one in shown
            ]
        }
    )


def _begun(known: Iterable[dict[str, Any]], prefix: str, cursor: int) -> bytes:
    """Those of which the name, the id or a word begins so; without a prefix, all."""
    start = prefix.strip().casefold()
    found = [
        one
        for one in known
        if any(text.casefold().startswith(start) for text in (one["id"], one["name"], *one["name"].split()))
    ]
    return _json({"result": found[cursor : cursor + PAGE]})


def _types(index: Index, entity: Entity) -> list[dict[str, str]]:
    return [{"id": name, "name": index.type_names[name]} for name in entity.types]


def _type(index: Index, name: str) -> dict[str, Any]:
    broader = [_type(index, one) for one in TYPES[name]]
    return {"id": name, "name": index.type_names[name], **({"broader": broader} if broader else {})}


def _properties(kind: str | None) -> list[dict[str, str]]:
    """All properties, or those that things of a type may have."""
    if kind is not None and kind not in TYPES:
        raise NotFound(f"no type is called {kind[:60]!r}; there are: {', '.join(TYPES)}")
    return [
        {"id": name, "name": one.name, "description": one.description}
        for name, one in PROPERTIES.items()
        if kind is None or _related(kind, one.types)
    ]


def _related(kind: str, types: tuple[str, ...]) -> bool:
    return any(one in _with_broader(kind) or kind in _with_broader(one) for one in types)


def _with_broader(kind: str) -> set[str]:
    return {kind}.union(*(_with_broader(one) for one in TYPES[kind]))


def _page(request: Request, index: Index, thing: Entity) -> bytes:
    values = {
        PROPERTIES[name].name: found for name, found in thing.values.items() if found and name != "alias"
    }
    return html(
        "preview.html",
        request,
        thing=thing,
        kind=index.type_names[thing.types[0]],
        entity=address(ids.BASE + thing.id, request.scope.get("root_path", "")),
        values=values,
    ).encode()


def _thing(index: Index, identifier: str) -> Entity:
    found = index.things.get(index.reference(identifier) or "")
    if found is None:
        raise NotFound(f"nothing is called {identifier[:60]!r}")
    return found


def _single(text: str) -> NameQuery:
    """A query alone, as JSON or as the bare name that older clients send."""
    return (
        _read(_ONE, text, "query")
        if text.lstrip().startswith("{")
        else _checked(_ONE, {"query": text}, "query")
    )


def _read(reader: TypeAdapter[Model], text: str, name: str) -> Model:
    try:
        given = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadParameter(f"{name} is no JSON: {error}") from error
    return _checked(reader, given, name)


def _checked(reader: TypeAdapter[Model], given: object, name: str) -> Model:
    try:
        return reader.validate_python(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = "/".join(map(str, (name, *first["loc"])))
        raise BadParameter(f"{at}: {first['msg']}") from error


async def _posted(request: Request) -> dict[str, str]:
    media_type_of(request, {FORM})
    body = await body_of(request, BODY)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError as error:
        raise BadParameter(f"the form cannot be read: {error}") from error
    if not pairs:
        raise BadParameter("the form has neither queries nor extend")
    return _asked(pairs)


def _asked(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """At most one of what the API knows; what we would otherwise ignore is refused."""
    found = dict(pairs)
    refuse_unknown(found, _PARAMETERS)
    if len(pairs) > 1:
        raise BadParameter(f"one of {', '.join(_PARAMETERS)} at a time")
    return found


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


_PARAMETERS = ("queries", "query", "extend")
_DATE_SETTING = {
    "type": "text",
    "name": "date",
    "label": "on",
    "default": "",
    "help_text": "A year, a month or a day such as 2016-06-22: offices, bodies and holders of that time only.",
}
_SCHEMAS = {name: {"type": "string", "description": "JSON, as the API defines it."} for name in _PARAMETERS}
_GET = {
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in _SCHEMAS.items()
    ]
}
_POST = {
    "requestBody": {
        "required": True,
        "content": {FORM: {"schema": {"type": "object", "properties": _SCHEMAS}}},
    }
}
