"""Networks over HTTP: drawn by name, measured, cut to a neighbourhood; a network too large for an answer is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

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
    centrality,
    communities,
    ego,
    modularity,
    node_link,
    project,
    projection,
    ranking,
)
from demarche.graph.network_files import network_file
from demarche.graph.reactions import UNITS
from demarche.graph.resolve import resolve

from ..negotiate import CSV, GEXF, GRAPHML, HTML, JSON, SPREADSHEET, TSV, NotAcceptable, best, ending
from ..pages import html
from ..parameters import flag, only
from ..replies import choice, conditional

if TYPE_CHECKING:
    from demarche.graph.network import Network

NODES, TIES = 2000, 20_000
"""The largest network that is sent or measured over HTTP."""

_FILES: Mapping[str, tuple[str, str]] = {
    "graphml": (GRAPHML, "graphml"),
    "gexf": (GEXF, "gexf"),
    "cytoscape": (JSON, "cytoscape"),
    "nodelink": (JSON, "nodelink"),
    "csv": (CSV, "edges-csv"),
}
"""What ``format`` may name: the media type, and the writer. A table holds one kind of row: the ties."""
_SUFFIXES = {"cytoscape": "cyjs", "nodelink": "json"}

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
    @routes.get(
        "/network",
        operation_id="networks",
        summary="All projections, centralities and methods for communities; a page to see them",
    )
    def networks(request: Request) -> Response:
        if choice(request, (JSON, HTML)) == JSON:
            return _json(request, graph, _listed)
        return conditional(request, graph.store, HTML, lambda: _page(request, graph))

    @routes.get(
        "/network/path", operation_id="network-path", summary="How two things are connected, step by step"
    )
    def path(request: Request, first: str, second: str) -> Response:
        only(request, {"first", "second", "format"})
        return _json(
            request, graph, lambda: {"rows": records(graph.ask("connection", first=first, second=second))}
        )

    @routes.get(
        "/network/{name}",
        operation_id="network",
        summary="A network as node-link JSON, or as a file for other programs",
    )
    def network(
        request: Request,
        name: str,
        options: Chosen,
        measure: Annotated[
            str, Query(description="A centrality that each node is to carry, and its group.")
        ] = "",
    ) -> Response:
        only(request, {*_FILTERS, "measure"})
        chosen = _file_format(request)

        def made() -> Network:
            drawn = _drawn(graph, name, options)
            return _measured(drawn, measure) if measure else drawn

        if chosen is None:
            return _json(request, graph, lambda: node_link(made()))
        media_type, written = _FILES[chosen]
        saved_as = f"{projection(name).name}.{_SUFFIXES.get(chosen, chosen)}"
        return conditional(
            request,
            graph.store,
            media_type,
            lambda: network_file(made(), written),
            {"Content-Disposition": f'attachment; filename="{saved_as}"'},
        )


def _add_measures(routes: APIRouter, graph: KnowledgeGraph) -> None:
    @routes.get(
        "/network/{name}/centrality",
        operation_id="centrality",
        summary="The nodes of a network, the most central first",
    )
    def centrality(request: Request, name: str, options: Chosen, measure: str = "pagerank") -> Response:
        only(request, {*_FILTERS, "measure"})
        media_type = choice(request, (JSON, CSV, TSV, SPREADSHEET))

        def made() -> bytes:
            table = ranking(_drawn(graph, name, options), measure)
            if media_type != JSON:
                return TABLE_FORMATS[ending(media_type)](table).encode()
            return json.dumps({"projection": name, "measure": measure, "rows": records(table)}).encode()

        return conditional(request, graph.store, media_type, made)

    @routes.get(
        "/network/{name}/communities",
        operation_id="communities",
        summary="Which nodes of a network belong together",
    )
    def groups(
        request: Request,
        name: str,
        options: Chosen,
        method: str = "louvain",
        seed: Annotated[int, Query(ge=0, le=2**31 - 1)] = 1,
        resolution: Annotated[float, Query(gt=0, le=100)] = 1.0,
    ) -> Response:
        only(request, {*_FILTERS, "method", "seed", "resolution"})
        return _json(request, graph, lambda: _grouped(_drawn(graph, name, options), method, seed, resolution))

    @routes.get(
        "/network/{name}/ego", operation_id="ego", summary="The neighbourhood of one node, as node-link JSON"
    )
    def neighbourhood(
        request: Request,
        name: str,
        options: Chosen,
        actor: Annotated[str, Query(description="The node: an actor or, where events are nodes, an event.")],
        radius: Annotated[int, Query(ge=1, le=5)] = 1,
    ) -> Response:
        only(request, {*_FILTERS, "actor", "radius"})
        node = resolve(graph.store, "thing", actor).value
        return _json(request, graph, lambda: node_link(ego(_drawn(graph, name, options), node, radius)))


def _page(request: Request, graph: KnowledgeGraph) -> bytes:
    """The network that the address asks for, as the table that stands beside the drawing."""
    given = request.query_params
    name, measure = given.get("projection") or "co-reaction", given.get("measure") or "pagerank"
    options = Options.read(
        given.get("from") or None,
        given.get("until") or None,
        given.get("fold") or "government",
        explicit_only=flag(given, "explicit_only"),
    )
    drawn = _drawn(graph, name, options)
    group_of = _groups(drawn)
    return html(
        "network.html",
        request,
        name=name,
        measure=measure,
        options=options,
        explicit_only=options.explicit_only,
        given=given,
        query=_query(options, given),
        rule=projection(name),
        rows=list(ranking(drawn, measure)) if len(drawn) else [],
        group_of=group_of,
        drawn=node_link(drawn),
        projections={one: rule.definition for one, rule in PROJECTIONS.items()},
        measures={one: " ".join((made.__doc__ or "").split()) for one, made in CENTRALITIES.items()},
        units=UNITS,
        years=graph.reactions().years or (2000, 2026),
    ).encode()


def _groups(drawn: Network) -> dict[str, int]:
    """Which community each node belongs to, the largest being 1."""
    found = communities(drawn) if len(drawn) else []
    return {node: number for number, group in enumerate(found, start=1) for node in group}


def _measured(drawn: Network, measure: str) -> Network:
    """The network with a centrality and the group on each node, as its page shows them."""
    groups, measured = _groups(drawn), drawn.copy()
    for node, value in centrality(drawn, measure).items():
        measured.nodes[node].update({measure: round(value, 9), "group": groups[node]})
    return measured


def _query(options: Options, given: Mapping[str, str]) -> str:
    """The same options as the addresses of the data have them."""
    window = {name: given[name] for name in ("from", "until") if given.get(name)}
    explicit = {"explicit_only": "true"} if options.explicit_only else {}
    return urlencode({**window, **explicit, "fold": options.fold})


def _file_format(request: Request) -> str | None:
    """The file that ``format`` or the Accept header asks for; None for the JSON that is sent to pages."""
    asked = request.query_params.get("format")
    if asked in _FILES:
        return asked
    if asked == "json":
        return None
    if asked:
        raise NotAcceptable([JSON, *(f"format={name}" for name in _FILES)])
    by_type = {media_type: name for name, (media_type, _) in _FILES.items()}
    found = best(request.headers.get("accept"), [JSON, *(one for one in by_type if one != JSON)])
    return None if found == JSON else by_type[found]


def _json(request: Request, graph: KnowledgeGraph, make: Callable[[], Any]) -> Response:
    media_type = choice(request, (JSON,))
    return conditional(
        request, graph.store, media_type, lambda: json.dumps(make(), ensure_ascii=False).encode()
    )


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
