"""The questions over HTTP: one address for each, with the parameters that its file declares."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.curation import point
from demarche.graph.errors import BadParameter
from demarche.graph.exports import TABLE_FORMATS, answer_json
from demarche.graph.question import Parameter, Question
from demarche.graph.questions import question as named_question

from ..models import Answer, QuestionSummary, offered
from ..negotiate import CSV, HTML, JSON, RESULTS_JSON, RESULTS_XML, SPREADSHEET, TSV, ending
from ..pages import html
from ..parameters import refuse_repeated
from ..replies import choice, conditional

OFFERS = (JSON, HTML, CSV, TSV, RESULTS_JSON, RESULTS_XML, SPREADSHEET)


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["questions"])

    @routes.get(
        "/questions",
        operation_id="questions",
        response_model=list[QuestionSummary],
        summary="All questions, with their parameters and an example of each",
    )
    def questions(request: Request) -> Response:
        media_type = choice(request, (JSON, HTML))
        return conditional(request, graph.store, media_type, lambda: _listed(request, graph, media_type))

    for one in graph.questions.values():
        _add(routes, graph, one)

    @routes.get("/questions/{name}", include_in_schema=False)
    def unknown(name: str) -> Response:
        raise AssertionError(named_question(name))  # NotFound names the questions there are

    return routes


def _add(routes: APIRouter, graph: KnowledgeGraph, question: Question) -> None:
    @routes.get(
        f"/questions/{question.name}",
        name=question.name,
        operation_id=question.name,
        summary=question.text,
        response_model=Answer,
        responses=offered(*OFFERS),
        openapi_extra={"parameters": [*map(_declared, question.parameters), _AS_OF, _FORMAT]},
    )
    def ask(request: Request) -> Response:
        given = _given(request)
        media_type = choice(request, OFFERS)
        return conditional(
            request,
            graph.store,
            media_type,
            lambda: _answered(request, graph, question, given, media_type),
            texts=graph.texts,
        )


def _answered(
    request: Request, graph: KnowledgeGraph, question: Question, given: dict[str, str], media_type: str
) -> bytes:
    if media_type == HTML and question.parameters and not given:
        return html("question.html", request, question=question, given={}, table=None, formats={}).encode()
    as_of = given.get("as_of")
    wanted = {name: value for name, value in given.items() if name != "as_of"}
    if missing := [name for name in question.required if name not in given]:
        raise BadParameter(f"{question.name} needs {', '.join(missing)}")
    table = (graph.as_of(point(as_of)) if as_of else graph).ask(question.name, **wanted)
    if media_type == HTML:
        values = {"question": question, "given": given, "table": table, "formats": _formats(request, given)}
        return html("question.html", request, **values).encode()
    if media_type == JSON:
        return answer_json(question, given, table).encode()
    return TABLE_FORMATS[ending(media_type)](table).encode()


def _listed(request: Request, graph: KnowledgeGraph, media_type: str) -> bytes:
    if media_type == HTML:
        return html("questions.html", request, questions=list(graph.questions.values())).encode()
    root = request.scope.get("root_path", "")
    return json.dumps([_summary(one, root) for one in graph.questions.values()]).encode()


def _summary(question: Question, root: str) -> dict[str, Any]:
    example = {name: ids.local(value).removeprefix("event/") for name, value in question.example.items()}
    query = f"?{urlencode(example, safe='/')}" if example else ""
    return {
        "name": question.name,
        "number": question.number,
        "text": question.text,
        "parameters": [
            {
                "name": one.name,
                "kind": one.kind,
                "description": one.description,
                "example": example[one.name],
                "optional": one.optional,
            }
            for one in question.parameters
        ],
        "columns": list(question.columns),
        "example": f"{root}/questions/{question.name}{query}",
    }


def _given(request: Request) -> dict[str, str]:
    """The parameters of the address; an empty one, as a form sends it, is none."""
    found = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name != "format" and value.strip()
    ]
    refuse_repeated([name for name, _ in found])
    return dict(found)


def _formats(request: Request, given: dict[str, str]) -> dict[str, str]:
    """Where the same answer is to be had in another format."""
    endings = [ending(media_type) for media_type in OFFERS if media_type != HTML]
    return {one: f"{request.url.path}?{urlencode({**given, 'format': one})}" for one in endings}


def _declared(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "required": not parameter.optional,
        "description": parameter.description,
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        "example": ids.local(parameter.example).removeprefix("event/"),
    }


_AS_OF = {
    "name": "as_of",
    "in": "query",
    "required": False,
    "description": "The record as it was after an entry of the ledger, or at a time.",
    "schema": {"type": "string", "maxLength": 60},
    "example": "2026-11-22T12:00Z",
}
_FORMAT = {
    "name": "format",
    "in": "query",
    "required": False,
    "description": "Instead of an Accept header.",
    "schema": {"type": "string", "enum": [ending(media_type) for media_type in OFFERS]},
}
