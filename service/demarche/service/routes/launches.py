"""The start page: launches, salvos and tests on a timeline and as a list, and the filter that chooses among them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter
from demarche.graph.intervals import printed_days
from demarche.graph.launches import Launch, launches, single

from ..negotiate import HTML
from ..pages import html
from ..replies import conditional

CLASSES: Mapping[str, str] = {
    "icbm": "ICBM", "irbm": "IRBM", "mrbm": "MRBM", "srbm": "SRBM", "slbm": "SLBM", "hgv": "glide vehicle",
    "slv": "satellite launcher", "nuclear": "nuclear test", "other": "other",
}  # fmt: skip
"""What is launched, and the nuclear tests, in the order in which the timeline shows them."""

OUTCOMES: Mapping[str, str] = {
    "success": "success", "failure": "failure", "mixed": "sources or launches differ", "unknown": "not known",
}  # fmt: skip

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


@dataclass(frozen=True)
class Filter:
    """Which launches are wanted. Dates are local, a year or a month stands for all its days, and both ends count."""

    first: str = ""
    last: str = ""
    type: str = ""
    outcome: str = ""
    reacted: bool = False

    def admits(self, one: Launch) -> bool:
        return (
            one.date >= self.first
            and (not self.last or one.date[: len(self.last)] <= self.last)
            and self.type in ("", class_of(one))
            and self.outcome in ("", outcome_of(one))
            and (one.reactions > 0 or not self.reacted)
        )


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def start(request: Request) -> Response:
        asked = _asked(request.query_params)
        return conditional(request, graph.store, HTML, lambda: _page(request, graph, asked))

    return routes


def class_of(one: Launch) -> str:
    if one.kind == "nuclear-test":
        return "nuclear"
    return one.weapon_class if one.weapon_class and one.weapon_class in CLASSES else "other"


def outcome_of(one: Launch) -> str:
    """The outcome that all sources give to all its launches, if there is one; a partial success is neither."""
    known = set(one.outcomes) or {"unknown"}
    return known.pop() if len(known) == 1 and known <= OUTCOMES.keys() else "mixed"


def _asked(given: Mapping[str, str]) -> Filter:
    """The filter of an address; BadParameter for a value that no form of ours sends."""
    dates = {name: given.get(name, "").strip() for name in ("from", "until")}
    for name, text in dates.items():
        if text and not _DATE.fullmatch(text):
            raise BadParameter(
                f"{name} is {text[:40]!r}, which is no date; give a year, a month or a day such as 2016-06-22"
            )
        if text:
            printed_days(text)
    for name, known in (("class", CLASSES), ("outcome", OUTCOMES)):
        if given.get(name, "") not in ("", *known):
            raise BadParameter(f"{name} is {given[name][:40]!r}; it may be {', '.join(known)}")
    return Filter(
        dates["from"],
        dates["until"],
        given.get("class", ""),
        given.get("outcome", ""),
        given.get("reacted", "") not in ("", "false"),
    )


def _page(request: Request, graph: KnowledgeGraph, asked: Filter) -> bytes:
    everything = launches(graph.store)
    listed = single(everything)
    years: dict[str, list[Launch]] = defaultdict(list)
    for one in listed:
        years[one.date[:4]].append(one)
    return html(
        "launches.html",
        request,
        years=years,
        shown={one.iri for one in listed if asked.admits(one)},
        reacted=sum(1 for one in listed if one.reactions),
        total=len(listed),
        asked=asked,
        marks=[_mark(one) for one in everything if not one.parts],
        classes=CLASSES,
        outcomes=OUTCOMES,
        class_of=class_of,
        outcome_of=outcome_of,
        kind_of=lambda one: one.kind.replace("-", " "),
        id_of=lambda one: ids.local(one.iri).removeprefix("event/"),
    ).encode()


def _mark(one: Launch) -> dict[str, object]:
    """What the timeline draws of a launch, which leads to the salvo that it is part of."""
    return {
        "id": ids.local(one.whole or one.iri).removeprefix("event/"),
        "label": one.label,
        "date": one.date,
        "class": class_of(one),
        "outcome": outcome_of(one),
        "km": one.distance,
        "reactions": one.reactions,
    }
