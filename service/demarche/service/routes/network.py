"""Networks over HTTP: drawn by name, measured, cut to a neighbourhood; a network too large for an answer is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from demarche.graph import KnowledgeGraph
from demarche.graph.errors import BadParameter
from demarche.graph.exports import TABLE_FORMATS, records
from demarche.graph.network import (
    CENTRALITIES,
    METHODS,
    PROJECTIONS,
    Options,
    communities,
    ego,
    modularity,
    node_link,
    project,
    ranking,
)
from demarche.graph.resolve import resolve

from ..negotiate import CSV, JSON, SPREADSHEET, TSV, ending
from ..replies import choice, conditional

if TYPE_CHECKING:
    from demarche.graph.network import Network

NODES, TIES = 2000, 20_000
"""The largest network that is sent or measured over HTTP."""

_FILTERS = frozenset({"from", "until", "explicit_only", "fold", "format"})


def _options(
    start: Annotated[
        str | None, Query(alias="from", description="First local date: a day, month or year.")
    ] = None,
    until: Annotated[str | None, Query(description="Last local date: a day, month or year.")] = None,
    explicit_only: Annotated[
        bool, Query(description="Leave out ties to an event that are only presumed.")
    ] = False,
    fold: Annotated[
        str, Query(description="Who counts as one: actor, person, office, body or government.")
    ] = "actor",
) -> Options:
    return Options.read(start, until, fold, explicit_only=explicit_only)


Chosen = Annotated[Options, Depends(_options)]


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["networks"])
    _add_lists(routes, graph)
    _add_measures(routes, graph)
    return routes


def _add_lists(routes: APIRouter, graph: KnowledgeGraph) -> None:
    @routes.get("/network", summary="All projections, centralities and methods for communities")
    def networks(request: Request) -> Response:
        return _json(request, graph, _listed)

    @routes.get("/network/path", summary="How two things are connected, step by step")
    def path(request: Request, first: str, second: str) -> Response:
        _only(request, "first", "second")
        return _json(
            request, graph, lambda: {"rows": records(graph.ask("connection", first=first, second=second))}
        )

    @routes.get("/network/{name}", summary="A network as node-link JSON")
    def network(request: Request, name: str, options: Chosen) -> Response:
        _only(request)
        return _json(request, graph, lambda: node_link(_drawn(graph, name, options)))


def _add_measures(routes: APIRouter, graph: KnowledgeGraph) -> None:
    @routes.get("/network/{name}/centrality", summary="The nodes of a network, the most central first")
    def centrality(request: Request, name: str, options: Chosen, measure: str = "pagerank") -> Response:
        _only(request, "measure")
        media_type = choice(request, (JSON, CSV, TSV, SPREADSHEET))

        def made() -> bytes:
            table = ranking(_drawn(graph, name, options), measure)
            if media_type != JSON:
                return TABLE_FORMATS[ending(media_type)](table).encode()
            return json.dumps({"projection": name, "measure": measure, "rows": records(table)}).encode()

        return conditional(request, graph.store, media_type, made)

    @routes.get("/network/{name}/communities", summary="Which nodes of a network belong together")
    def groups(
        request: Request,
        name: str,
        options: Chosen,
        method: str = "louvain",
        seed: Annotated[int, Query(ge=0, le=2**31 - 1)] = 1,
        resolution: Annotated[float, Query(gt=0, le=100)] = 1.0,
    ) -> Response:
        _only(request, "method", "seed", "resolution")
        return _json(request, graph, lambda: _grouped(_drawn(graph, name, options), method, seed, resolution))

    @routes.get("/network/{name}/ego", summary="The neighbourhood of one node, as node-link JSON")
    def neighbourhood(
        request: Request,
        name: str,
        options: Chosen,
        actor: Annotated[str, Query(description="The node: an actor or, where events are nodes, an event.")],
        radius: Annotated[int, Query(ge=1, le=5)] = 1,
    ) -> Response:
        _only(request, "actor", "radius")
        node = resolve(graph.store, "thing", actor).value
        return _json(request, graph, lambda: node_link(ego(_drawn(graph, name, options), node, radius)))


def _json(request: Request, graph: KnowledgeGraph, make: Callable[[], Any]) -> Response:
    media_type = choice(request, (JSON,))
    return conditional(
        request, graph.store, media_type, lambda: json.dumps(make(), ensure_ascii=False).encode()
    )


def _only(request: Request, *names: str) -> None:
    """A parameter that would be ignored is refused: a misspelt filter is no filter."""
    found = [name for name, _ in request.query_params.multi_items()]
    if unknown := sorted(set(found) - _FILTERS - set(names)):
        raise BadParameter(f"{', '.join(unknown)} is not understood here")
    if len(set(found)) < len(found):
        raise BadParameter("a parameter is given twice")


def _drawn(graph: KnowledgeGraph, name: str, options: Options) -> Network:
    drawn = project(graph.reactions(), name, options)
    if len(drawn) > NODES or drawn.number_of_edges() > TIES:
        raise BadParameter(
            f"the network has {len(drawn)} nodes and {drawn.number_of_edges()} ties; an answer holds at most {NODES} "
            f"and {TIES}: give from and until, explicit_only or a wider fold"
        )
    return drawn


def _grouped(drawn: Network, method: str, seed: int, resolution: float) -> dict[str, Any]:
    found = communities(drawn, method, seed, resolution)
    return {
        "method": method,
        "seed": seed,
        "resolution": resolution,
        "modularity": round(modularity(drawn, found), 9),
        "communities": [
            [{"id": node, "label": drawn.nodes[node]["label"]} for node in group] for group in found
        ],
    }


def _listed() -> dict[str, Any]:
    return {
        "projections": [
            {
                "name": one.name,
                "version": one.version,
                "definition": one.definition,
                "weight": one.weight,
                "directed": one.directed,
            }
            for one in PROJECTIONS.values()
        ],
        "centralities": [
            {"name": name, "definition": " ".join((one.__doc__ or "").split())}
            for name, one in CENTRALITIES.items()
        ],
        "communities": list(METHODS),
    }
