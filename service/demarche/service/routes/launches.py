"""The start page, which lists launches and tests, and the page of one of them with its reactions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter
from demarche.graph.resolve import resolve
from demarche.graph.store import Store, Table, Term

from ..addresses import address
from ..negotiate import HTML
from ..pages import html
from ..replies import conditional

Row = Mapping[str, str | None]

_EVENT = f"{ids.BASE}event/"
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True)
class Launch:
    """A launch, salvo or test as the list shows it; ``parts`` are the launches of a salvo."""

    iri: str
    label: str
    kind: str
    date: str
    parts: int
    reactions: int

    @property
    def id(self) -> str:
        return self.iri.removeprefix(_EVENT)


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def start(request: Request, date: str = "", reacted: bool = False) -> Response:
        if date and not _DATE.fullmatch(date.strip()):
            raise BadParameter(f"{date[:40]!r} is no date; give a year, a month or a day such as 2016-06-22")
        return conditional(
            request, graph.store, HTML, lambda: _list(request, graph.store, date.strip(), reacted)
        )

    @routes.get("/launches/{name:path}")
    def launch(request: Request, name: str) -> Response:
        iri = resolve(graph.store, "event", name).value
        own = iri.removeprefix(_EVENT)
        if own != name:
            return RedirectResponse(f"{request.scope.get('root_path', '')}/launches/{own}", 307)
        return conditional(
            request, graph.store, HTML, lambda: _launch(request, graph, iri), texts=graph.texts
        )

    return routes


def launches(store: Store) -> list[Launch]:
    """The salvos, single launches and tests of the catalogues, newest first."""
    reactions = {row["whole"]: int(row["n"] or 0) for row in store.select(_REACTIONS)}
    found = [
        Launch(
            iri=row["event"] or "",
            label=row["label"] or "",
            kind=row["kind"] or "",
            date=row["date"] or "",
            parts=int(row["parts"] or 0),
            reactions=reactions.get(row["event"], 0),
        )
        for row in store.select(_LAUNCHES)
    ]
    return list({one.iri: one for one in found}.values())


def _list(request: Request, store: Store, date: str, reacted: bool) -> bytes:
    everything = launches(store)
    shown = [one for one in everything if one.date.startswith(date) and (one.reactions or not reacted)]
    years: dict[str, list[Launch]] = defaultdict(list)
    for one in shown:
        years[one.date[:4]].append(one)
    totals = {"launches": len(everything), "reacted": sum(1 for one in everything if one.reactions)}
    return html("launches.html", request, years=years, totals=totals, date=date, reacted=reacted).encode()


def _launch(request: Request, graph: KnowledgeGraph, iri: str) -> bytes:
    store, event = graph.store, Term(iri).n3()
    about = list(store.select(_ABOUT.replace("?event", event)))
    reactions = list(graph.ask("who-reacted", event=iri))
    passages = [graph.texts.passage(_span(row), (row["words_id"] or "").split()) for row in reactions]
    return html(
        "launch.html",
        request,
        iri=iri,
        entity=address(iri, request.scope.get("root_path", "")),
        label=next((row["value"] for row in about if row["name"] == "label"), None) or ids.local(iri),
        about=_by_name(row for row in about if row["name"] != "label"),
        parts=list(store.select(_PARTS.replace("?event", event))),
        wholes=list(store.select(_WHOLES.replace("?event", event))),
        reactions=reactions,
        passages=passages,
        acts=len({row["act_id"] for row in reactions}),
        facts=_asked(graph, "launch-facts", iri),
        disagreement=_asked(graph, "disagreement", iri),
        questions=graph.questions,
        polarities=_POLARITIES,
    ).encode()


def _span(row: Row) -> str:
    """The IRI of the span of the report that a reaction was read from."""
    document = ids.local(row["document_id"] or "").removeprefix("document/")
    return ids.span(document, f"{row['start']}-{row['end']}")


def _by_name(rows: Iterable[Row]) -> dict[str, list[Row]]:
    named: dict[str, list[Row]] = {}
    for row in rows:
        named.setdefault(row["name"] or "", []).append(row)
    return named


def _asked(graph: KnowledgeGraph, name: str, iri: str) -> Table | None:
    """The answer to a question that the page shows where there is such a question."""
    return graph.ask(name, event=iri) if name in graph.questions else None


_POLARITIES: Mapping[str, str] = {
    "-2": "strongly against", "-1": "against", "0": "neutral", "1": "for", "2": "strongly for",
}  # fmt: skip

_LAUNCHES = """
SELECT ?event ?label ?kind ?date (COUNT(DISTINCT ?part) AS ?parts) WHERE {
    ?catalogue a dm:Catalogue .
    GRAPH ?catalogue { ?event a dm:Event ; rdfs:label ?label ; dm:kind ?code ; dm:localDate ?date }
    ?code skos:prefLabel ?kind
    FILTER NOT EXISTS { ?event dm:partOf ?whole . ?whole dm:localDate ?other }
    OPTIONAL { GRAPH ?catalogue { ?part dm:partOf ?event } }
}
GROUP BY ?event ?label ?kind ?date ORDER BY DESC(STR(?date)) DESC(?event)
"""
_REACTIONS = """
SELECT ?whole (COUNT(DISTINCT ?act) AS ?n) WHERE {
    ?act dm:respondsTo ?event . ?event dm:partOf? ?whole
} GROUP BY ?whole
"""
# Sources may each have a label for an event: the first by alphabet stands for all.
_PARTS = """
SELECT ?part (MIN(?called) AS ?label) WHERE { ?part dm:partOf ?event OPTIONAL { ?part rdfs:label ?called } }
GROUP BY ?part ORDER BY ?part
"""
_WHOLES = """
SELECT ?whole (MIN(?called) AS ?label) WHERE { ?event dm:partOf ?whole OPTIONAL { ?whole rdfs:label ?called } }
GROUP BY ?whole ORDER BY ?whole
"""
# What all sources say of an event, the values of one name beside each other.
_ABOUT = """
SELECT DISTINCT ?name ?value ?id WHERE {
    VALUES (?name ?property ?order) {
        ("label" rdfs:label 0) ("kind" dm:kind 1) ("local date" dm:localDate 2) ("UTC date" dm:utcDate 3)
        ("weapon" dm:weapon 4) ("from" dm:place 5) ("to" dm:landingPlace 6) ("by" dm:actor 7)
    }
    ?event ?property ?given
    OPTIONAL { ?given rdfs:label|skos:prefLabel ?called }
    BIND(COALESCE(?called, STR(?given)) AS ?value)
    BIND(IF(ISIRI(?given), ?given, ?none) AS ?id)
} ORDER BY ?order ?value
"""
