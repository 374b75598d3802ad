"""The matrix page: who reacted to which launch, the strongest reaction in each cell, silence only where it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph, targets
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter
from demarche.graph.indicators.occasions import by_occasion
from demarche.graph.indicators.stance_matrix import Cell, cells
from demarche.graph.launches import Launch, launches
from demarche.graph.network import Options
from demarche.graph.reactions import UNITS

from ..negotiate import HTML
from ..pages import html, named_levels
from ..replies import conditional

MOST = 60
"""How many launches stand side by side at most: the latest of those chosen."""


@dataclass(frozen=True)
class Column:
    """A launch, salvo or test with a reaction on record."""

    iri: str
    label: str
    date: str

    @property
    def id(self) -> str:
        return ids.local(self.iri).removeprefix("event/")


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/matrix")
    def matrix(request: Request) -> Response:
        options = _options(request.query_params)
        return conditional(request, graph.store, HTML, lambda: _page(request, graph, options))

    return routes


def _options(given: Mapping[str, str]) -> Options:
    fold = given.get("fold") or "government"
    if fold not in UNITS:
        raise BadParameter(f"fold is {fold[:40]!r}; it may be {', '.join(UNITS)}")
    explicit = given.get("explicit_only", "") not in ("", "false")
    return Options.read(given.get("from") or None, given.get("until") or None, fold, explicit_only=explicit)


def _page(request: Request, graph: KnowledgeGraph, options: Options) -> bytes:
    reactions = graph.reactions().between(options.start, options.end)
    found = cells(reactions.explicit() if options.explicit_only else reactions, options.fold)
    known = {one.iri: one for one in launches(graph.store)}
    everything = [
        _column(known[iri]) for iri in dict.fromkeys(one.event for one in found if one.acts) if iri in known
    ]
    columns = sorted(everything, key=lambda one: (one.date, one.iri))[-MOST:]
    shown = {one.iri for one in columns}
    rows: dict[str, dict[str, Cell]] = {}
    for cell in found:
        if cell.event in shown:
            rows.setdefault(cell.unit, {})[cell.event] = cell
    names = graph.reactions().names
    order = sorted(rows, key=lambda unit: (-_told(rows[unit]), names.get(unit, unit)))
    values: dict[str, Any] = {
        "columns": columns,
        "rows": {unit: rows[unit] for unit in order},
        "names": {unit: names.get(unit, ids.local(unit)) for unit in order},
        "left_out": len(everything) - len(columns),
        "options": options,
        "given": request.query_params,
        "units": UNITS,
        "sign": targets.sign,
        "signs_said": targets.SIGNS_SAID,
        "toward": targets.elsewhere(by_occasion(reactions)),
        "levels": named_levels(),
        "years": graph.reactions().years or (2000, 2026),
    }
    return html("matrix.html", request, **values).encode()


def _told(row: Mapping[str, Cell]) -> int:
    return sum(1 for cell in row.values() if cell.acts)


def _column(one: Launch) -> Column:
    return Column(one.iri, one.label, one.date)
