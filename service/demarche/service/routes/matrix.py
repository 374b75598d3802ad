"""The matrix page: who reacted to which launch, the strongest reaction in each cell, silence only where it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph, targets
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter
from demarche.graph.exports import table_csv, table_json
from demarche.graph.indicators.stance_matrix import Cell, cells, told
from demarche.graph.launches import Launch, launches
from demarche.graph.network import Options
from demarche.graph.reactions import UNITS, Reactions
from demarche.graph.store import Table

from ..negotiate import CSV, HTML, JSON
from ..pages import html, named_levels
from ..parameters import flag, only
from ..replies import choice, conditional

MOST = 60
"""How many launches stand side by side at most: the latest of those chosen."""
_ASKED = frozenset({"fold", "from", "until", "explicit_only", "format"})


@dataclass(frozen=True)
class Column:
    """A launch, salvo or test with a reaction on record."""

    iri: str
    label: str
    short: str
    """What heads its column after the date: its weapon, or that it is a nuclear test."""
    date: str

    @property
    def id(self) -> str:
        return ids.local(self.iri).removeprefix("event/")


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/matrix")
    def matrix(request: Request) -> Response:
        options = _options(request.query_params)
        media_type = choice(request, (HTML, CSV, JSON))
        if media_type != HTML:
            only(request, _ASKED)
        return conditional(
            request, graph.store, media_type, lambda: _written(request, graph, options, media_type)
        )

    return routes


def _options(given: Mapping[str, str]) -> Options:
    fold = given.get("fold") or "government"
    if fold not in UNITS:
        raise BadParameter(f"fold is {fold[:40]!r}; it may be {', '.join(UNITS)}")
    return Options.read(
        given.get("from") or None,
        given.get("until") or None,
        fold,
        explicit_only=flag(given, "explicit_only"),
    )


def _written(request: Request, graph: KnowledgeGraph, options: Options, media_type: str) -> bytes:
    reactions = graph.reactions().between(options.start, options.end)
    if options.explicit_only:
        reactions = reactions.explicit()
    if media_type == HTML:
        return _page(request, graph, options, reactions)
    known = {one.iri for one in launches(graph.store)}
    answer = told(reactions, options.fold)
    event = answer.variables.index("event_id")
    rows = tuple(row for row in answer.rows if (one := row[event]) and one.value in known)
    answer = Table(answer.variables, rows)
    return (table_csv(answer) if media_type == CSV else table_json(answer)).encode()


def _page(request: Request, graph: KnowledgeGraph, options: Options, reactions: Reactions) -> bytes:
    found = cells(reactions, options.fold)
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
        "query": urlencode([pair for pair in request.query_params.multi_items() if pair[0] != "format"]),
        "units": UNITS,
        "sign": targets.sign,
        "signs_said": targets.SIGNS_SAID,
        "toward": targets.elsewhere(reactions.by_occasion, names),
        "levels": named_levels(),
        "years": graph.reactions().years or (2000, 2026),
    }
    return html("matrix.html", request, **values).encode()


def _told(row: Mapping[str, Cell]) -> int:
    return sum(1 for cell in row.values() if cell.acts)


def _column(one: Launch) -> Column:
    name = one.weapon or one.kind.removesuffix("-salvo").replace("-", " ")
    return Column(one.iri, one.label, f"{name} ×{len(one.parts)}" if one.parts else name, one.date)
