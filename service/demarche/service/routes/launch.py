"""The page of a launch, salvo or test: its reactions, what is known of it, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from demarche.graph import KnowledgeGraph, targets
from demarche.graph import identifiers as ids
from demarche.graph.reactions import Reactions
from demarche.graph.resolve import resolve
from demarche.graph.store import Table, Term
from demarche.graph.texts import Passage

from ..addresses import address
from ..negotiate import HTML
from ..pages import html, named_levels
from ..replies import conditional

Row = Mapping[str, str | None]

_EVENT = f"{ids.BASE}event/"


@dataclass(frozen=True)
class Told:
    """All that the page shows of one launch."""

    iri: str
    entity: str | None
    label: str
    about: Mapping[str, list[Row]]
    parts: list[Row]
    wholes: list[Row]
    reactions: list[Row]
    toward: Mapping[str, list[str]]
    """What an act is directed at that is neither the launch nor who made it, by act: its names."""
    passages: list[Passage | None]
    fan: list[dict[str, object]]

    @property
    def id(self) -> str:
        return self.iri.removeprefix(_EVENT)

    @property
    def acts(self) -> int:
        return len({row["act_id"] for row in self.reactions})


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/launches/{name:path}")
    def launch(request: Request, name: str, vs: str = "") -> Response:
        iri = resolve(graph.store, "event", name).value
        own = iri.removeprefix(_EVENT)
        if own != name:
            return RedirectResponse(f"{request.scope.get('root_path', '')}/launches/{own}", 307)
        other = resolve(graph.store, "event", vs).value if vs.strip() else None
        return conditional(
            request, graph.store, HTML, lambda: _page(request, graph, iri, other), texts=graph.texts
        )

    return routes


def _page(request: Request, graph: KnowledgeGraph, iri: str, other: str | None) -> bytes:
    shown = [_told(request, graph, one) for one in (iri, other) if one]
    return html(
        "launch.html",
        request,
        shown=shown,
        facts=None if other else _asked(graph, "launch-facts", iri),
        disagreement=None if other else _asked(graph, "disagreement", iri),
        both=graph.ask("reacted-to-both", first=iri, second=other) if other else None,
        questions=graph.questions,
        polarities=_POLARITIES,
        sign=targets.sign,
        signs_said=targets.SIGNS_SAID,
        levels=named_levels(),
    ).encode()


def _told(request: Request, graph: KnowledgeGraph, iri: str) -> Told:
    store, event = graph.store, Term(iri).n3()
    answers = graph.reactions().about(iri)
    toward = _toward(answers)
    about = list(store.select(_ABOUT.replace("?event", event)))
    reactions: list[Row] = list(graph.ask("who-reacted", event=iri))
    return Told(
        iri,
        address(iri, request.scope.get("root_path", "")),
        next((row["value"] or "" for row in about if row["name"] == "label"), ids.local(iri)),
        _by_name(row for row in about if row["name"] != "label"),
        list(store.select(_PARTS.replace("?event", event))),
        list(store.select(_WHOLES.replace("?event", event))),
        reactions,
        toward,
        [graph.texts.passage(_span(row), (row["words_id"] or "").split()) for row in reactions],
        _fan(answers, reactions, toward),
    )


def _toward(answers: Reactions) -> dict[str, list[str]]:
    """The acts that are directed at something else whichever part of the launch they answer."""
    found = targets.elsewhere(answers)
    at_the_launch = {
        act for act, event in answers.frame.select("act", "event").iter_rows() if (act, event) not in found
    }
    return {act: names for (act, _event), names in found.items() if act not in at_the_launch}


def _fan(
    answers: Reactions, reactions: list[Row], toward: Mapping[str, list[str]]
) -> list[dict[str, object]]:
    """Each act once, with its lag in hours: from the least to the most that its dates and those of the event allow."""
    rows = {row["act_id"]: row for row in reversed(reactions)}
    lags = {row["act"]: row for row in answers.frame.iter_rows(named=True)}
    return [
        {
            "act": ids.local(act or "").removeprefix("act/"),
            "speaker": row["speaker"],
            "government": row["government"] or row["body"],
            "rank": lags[act]["level_rank"],
            "stance": row["stance"],
            "sign": targets.sign(lags[act]["polarity"], toward.get(act or "", ())),
            "toward": ", ".join(toward.get(act or "", ())),
            "link": row["link"],
            "from": _hours(lags[act]["lag_min"]),
            "until": _hours(lags[act]["lag_max"]),
            "paraphrase": row["paraphrase"],
        }
        for act, row in rows.items()
        if act in lags
    ]


def _hours(lag: timedelta | None) -> float | None:
    return None if lag is None else round(lag.total_seconds() / 3600, 2)


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
