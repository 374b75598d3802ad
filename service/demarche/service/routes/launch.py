"""The page of a launch, salvo or test: its reactions, what is known of it, and who says so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from demarche.graph import KnowledgeGraph, targets
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter
from demarche.graph.indicators.disagreement import Claim, Topic, side_by_side
from demarche.graph.indicators.lags import act_lags
from demarche.graph.reactions import Reactions
from demarche.graph.resolve import resolve
from demarche.graph.store import Term
from demarche.graph.texts import Passage
from demarche.ontology.codes import LEVEL_RANK

from ..addresses import address
from ..negotiate import HTML
from ..pages import html, named_levels
from ..parameters import flag
from ..replies import conditional

Row = Mapping[str, str | None]

_EVENT = f"{ids.BASE}event/"
_DATED = re.compile(rf"{_EVENT}\d{{4}}-\d\d-\d\d-[^/]+$")
_WHO = ("speaker_id", "office_id", "body_id", "government_id")


@dataclass(frozen=True)
class Wanted:
    """Which reactions are wanted: of an actor given by reference, of a rung of the ladder, of explicit ties only."""

    actor: str = ""
    level: str = ""
    explicit_only: bool = False

    def __bool__(self) -> bool:
        return bool(self.actor or self.level or self.explicit_only)

    def admits(self, row: Row) -> bool:
        return (
            (
                not self.actor
                or f"{ids.BASE}{self.actor}" in {one for name in _WHO for one in (row[name] or "").split()}
            )
            and self.level in ("", row["level_rank"])
            and (row["link"] == "explicit" or not self.explicit_only)
        )


@dataclass(frozen=True)
class Told:
    """All that the page shows of one launch."""

    iri: str
    entity: str | None
    label: str
    about: Mapping[str, list[Row]]
    parts: list[Row]
    wholes: list[Row]
    everything: list[Row]
    reactions: list[Row]
    """Those that are wanted."""
    toward: Mapping[str, list[str]]
    """What an act is directed at that is neither the launch nor who made it, by act: its names."""
    passages: list[Passage | None]
    fan: list[dict[str, object]]
    topics: list[Topic]
    anchors: list[str]
    """A name in the page for each reaction: that of its act, which of several reports of it only the first bears."""

    @property
    def id(self) -> str:
        return self.iri.removeprefix(_EVENT)

    @property
    def acts(self) -> int:
        return len({row["act_id"] for row in self.reactions})

    @property
    def all_acts(self) -> int:
        return len({row["act_id"] for row in self.everything})


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/launches/{name:path}")
    def launch(request: Request, name: str, vs: str = "") -> Response:
        iri = resolve(graph.store, "event", name).value
        own = iri.removeprefix(_EVENT)
        if own != name:
            return RedirectResponse(f"{request.scope.get('root_path', '')}/launches/{own}", 307)
        other = resolve(graph.store, "event", vs).value if vs.strip() else None
        wanted = _wanted(graph, request.query_params)
        return conditional(
            request, graph.store, HTML, lambda: _page(request, graph, iri, other, wanted), texts=graph.texts
        )

    return routes


def _wanted(graph: KnowledgeGraph, given: Mapping[str, str]) -> Wanted:
    """The filter of an address; NotFound for an actor that nobody is, lest his absence be read as that of an act."""
    level = given.get("level", "")
    if level not in {"", *map(str, LEVEL_RANK.values())}:
        raise BadParameter(f"level is {level[:40]!r}; it may be a rank of the ladder, such as 2")
    actor = given.get("actor", "").strip()
    kind = "thing" if actor.startswith("office/") else "actor"
    reference = ids.local(resolve(graph.store, kind, actor).value) if actor else ""
    return Wanted(reference, level, flag(given, "explicit_only"))


def _page(request: Request, graph: KnowledgeGraph, iri: str, other: str | None, wanted: Wanted) -> bytes:
    seen: Counter[str] = Counter()
    shown = [_told(request, graph, one, wanted, seen) for one in (iri, other) if one]
    return html(
        "launch.html",
        request,
        shown=shown,
        both=graph.ask("reacted-to-both", first=iri, second=other) if other else None,
        questions=graph.questions,
        polarities=_POLARITIES,
        columns_of=columns_of,
        sign=targets.sign,
        signs_said=targets.SIGNS_SAID,
        levels=named_levels(),
        wanted=wanted,
        actors=_actors(graph, shown, wanted),
        launches=_answered(graph),
    ).encode()


def _actors(graph: KnowledgeGraph, shown: list[Told], wanted: Wanted) -> list[tuple[str, str]]:
    """Reference and name of each government, or else body, for which somebody reacted, and of who is asked about."""
    names = graph.reactions().names
    found = {one for told in shown for row in told.everything for one in _speaks_for(row)}
    references = {ids.local(one) for one in found} | ({wanted.actor} if wanted.actor else set())
    named = [(one, names.get(f"{ids.BASE}{one}", one)) for one in references]
    return sorted(named, key=lambda pair: (pair[1], pair[0]))


def _speaks_for(row: Row) -> list[str]:
    return (row["government_id"] or row["body_id"] or row["speaker_id"] or "").split()


def _answered(graph: KnowledgeGraph) -> list[tuple[str, str]]:
    """Id and name of each launch, salvo or test that has a reaction on record, the latest first."""
    names = graph.reactions().names
    found = (one for one in graph.reactions().by_occasion.frame["event"].unique() if _DATED.match(one))
    return [(one.removeprefix(_EVENT), names.get(one, one)) for one in sorted(found, reverse=True)]


def _anchors(reactions: list[Row], seen: Counter[str]) -> list[str]:
    """The ids of cards on one page: an act that has a card already, by another report or launch, is numbered."""
    found = []
    for act in (ids.local(row["act_id"] or "").removeprefix("act/") for row in reactions):
        seen[act] += 1
        found.append(act if seen[act] == 1 else f"{act}--{seen[act]}")
    return found


def _told(request: Request, graph: KnowledgeGraph, iri: str, wanted: Wanted, seen: Counter[str]) -> Told:
    store, event = graph.store, Term(iri).n3()
    answers = graph.reactions().about(iri)
    toward = targets.toward(answers, graph.reactions().names)
    with ThreadPoolExecutor(1) as beside:  # the two long queries run side by side
        topics = beside.submit(side_by_side, store, iri)
        everything: list[Row] = list(graph.ask("who-reacted", event=iri))
    about = list(store.select(_ABOUT.replace("?event", event)))
    reactions = [row for row in everything if wanted.admits(row)]
    anchors = _anchors(reactions, seen)
    return Told(
        iri,
        address(iri, request.scope.get("root_path", "")),
        next((row["value"] or "" for row in about if row["name"] == "label"), ids.local(iri)),
        _by_name(row for row in about if row["name"] != "label"),
        list(store.select(_PARTS.replace("?event", event))),
        list(store.select(_WHOLES.replace("?event", event))),
        everything,
        reactions,
        toward,
        [graph.texts.passage(_span(row), (row["words_id"] or "").split()) for row in reactions],
        _fan(answers, reactions, anchors, toward),
        topics.result(),
        anchors,
    )


def columns_of(topics: Iterable[Topic]) -> list[Claim]:
    """The columns in which claims stand side by side: the first claim of each holder in each source."""
    firsts: dict[tuple[str, str], Claim] = {}
    for claim in (claim for topic in topics for claim in topic.claims):
        firsts.setdefault((claim.source_id, claim.holder), claim)
    return [firsts[key] for key in sorted(firsts)]


def _fan(
    answers: Reactions, reactions: list[Row], anchors: list[str], toward: Mapping[str, list[str]]
) -> list[dict[str, object]]:
    """Each act once, with its lag in hours: from the least to the most that its dates and those of the event allow.

    No lag begins before the event, as in the answers about lags; one that is open above is not known at all.
    """
    rows = {row["act_id"]: (row, card) for row, card in reversed(list(zip(reactions, anchors, strict=True)))}
    lags = {row["act"]: row for row in act_lags(answers).frame.iter_rows(named=True)}
    return [
        {
            "act": ids.local(act or "").removeprefix("act/"),
            "card": card,
            "speaker": row["speaker"],
            "government": row["government"] or row["body"],
            "rank": lags[act]["level_rank"],
            "stance": row["stance"],
            "sign": targets.sign(lags[act]["polarity"], toward.get(act or "", ())),
            "toward": ", ".join(toward.get(act or "", ())),
            "link": row["link"],
            "from": None if lags[act]["lag_max"] is None else _hours(lags[act]["lag_min"]),
            "until": _hours(lags[act]["lag_max"]),
            "paraphrase": row["paraphrase"],
        }
        for act, (row, card) in rows.items()
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


_POLARITIES: Mapping[str, str] = {
    "-2": "strongly against", "-1": "against", "0": "neutral", "1": "for or conciliatory", "2": "strongly for",
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
