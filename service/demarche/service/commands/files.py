"""`demarche export` and `plot`: what leaves the graph as files and figures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .common import (
    AsOf,
    ByRule,
    ExplicitOnly,
    Fold,
    SeedData,
    Since,
    StoreAt,
    Until,
    at,
    chosen_reactions,
    explained,
    open_graph,
    refuse,
    window,
    write_bytes,
)

if TYPE_CHECKING:
    from demarche.graph.network_files import Network
    from demarche.graph.reactions import Reactions


class ExportFormat(StrEnum):
    """How the whole graph is written, or reactions (csv, spreadsheet, parquet), or a network (the rest)."""

    nquads = "nquads"
    trig = "trig"
    turtle = "turtle"
    ntriples = "ntriples"
    rdfxml = "rdfxml"
    jsonld = "jsonld"
    csv = "csv"
    spreadsheet = "spreadsheet"
    parquet = "parquet"
    graphml = "graphml"
    gexf = "gexf"
    cytoscape = "cytoscape"
    nodelink = "nodelink"
    nodes_csv = "nodes-csv"
    edges_csv = "edges-csv"


class Drawing(StrEnum):
    """What is drawn."""

    timeline = "timeline"
    matrix = "matrix"
    lags = "lags"
    network = "network"


def export(
    output: Annotated[
        ExportFormat,
        typer.Option(
            "--format",
            "-f",
            help="An RDF format; csv, spreadsheet, parquet: the reactions; the rest: a network.",
        ),
    ] = ExportFormat.trig,
    target: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; none writes to stdout.")
    ] = None,
    event: Annotated[str | None, typer.Option(help="Only reactions to this event.")] = None,
    start: Since = None,
    end: Until = None,
    explicit_only: ExplicitOnly = False,
    projection: ByRule = None,
    fold: Annotated[Fold | None, typer.Option(help="Who counts as one in a network.")] = None,
    as_of: AsOf = None,
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Write the whole graph as RDF, reactions as CSV or Parquet, or a network as GraphML, GEXF, JSON or CSV."""
    from demarche.graph.exports import GRAPH_EXPORTS
    from demarche.graph.exports import export as exported
    from demarche.graph.network_files import NETWORK_FORMATS, network_file
    from demarche.graph.reaction_files import reactions_file

    with explained():
        chosen = {"--event": event, "--from": start, "--until": end, "--explicit-only": explicit_only}
        drawn = {"--projection": projection, "--fold": fold}
        if output.value in GRAPH_EXPORTS:
            refuse(chosen, f"chooses reactions: --format csv, spreadsheet or parquet, not {output}")
        if output.value not in NETWORK_FORMATS:
            refuse(drawn, f"is for networks: --format {', '.join(NETWORK_FORMATS)}, not {output}")
        graph = at(open_graph(seed_data, store), as_of)
        if output.value in GRAPH_EXPORTS:
            data = exported(graph.store, output.value)
        elif output.value in NETWORK_FORMATS:
            told = chosen_reactions(graph, event, start, end, explicit_only)
            data = network_file(_drawn(told, projection, fold or Fold.government), output.value)
        else:
            data = reactions_file(chosen_reactions(graph, event, start, end, explicit_only), output.value)
        write_bytes(data, target)


def plot(
    drawing: Annotated[Drawing, typer.Argument(help="What is drawn.")],
    target: Annotated[Path, typer.Option("--output", "-o", help="File to write, .svg or .png.")],
    event: Annotated[
        str | None, typer.Option(help="Event id, salvo id or local date; lags need one.")
    ] = None,
    start: Since = None,
    end: Until = None,
    explicit_only: ExplicitOnly = False,
    fold: Annotated[Fold, typer.Option(help="Who counts as one.")] = Fold.government,
    hours: Annotated[
        int | None, typer.Option(min=1, max=24 * 365, help="Lags up to so many hours, 72 unless told.")
    ] = None,
    projection: ByRule = None,
    title: Annotated[str | None, typer.Option(help="A title of your own.")] = None,
    as_of: AsOf = None,
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Draw a figure for print or screen: demarche plot lags --event 2017-07-28 -o lags.svg."""
    from demarche.graph import figures
    from demarche.graph.errors import BadParameter
    from demarche.graph.resolve import resolve

    with explained():
        kind = target.suffix.removeprefix(".").lower()
        if kind not in figures.KINDS:
            raise BadParameter(f"{target}: a figure is saved as {' or '.join(figures.KINDS)}")
        if drawing is Drawing.lags and event is None:
            raise BadParameter("plot lags needs --event")
        if drawing is not Drawing.lags:
            refuse({"--hours": hours}, "is for plot lags")
        if drawing is not Drawing.network:
            refuse({"--projection": projection}, "is for plot network")
        graph = at(open_graph(seed_data, store), as_of)
        source = figures.credit(graph.store)
        reactions = chosen_reactions(graph, event, start, end, explicit_only)
        if drawing is Drawing.lags:
            iri = resolve(graph.store, "event", event or "").value
            figure = figures.lags(reactions, iri, source, fold.value, hours or 72, title)
        elif drawing is Drawing.network:
            figure = figures.network(_drawn(reactions, projection, fold), source, title)
        elif drawing is Drawing.matrix:
            figure = figures.matrix(reactions, source, fold.value, title)
        else:
            figure = figures.timeline(reactions, source, *window(start, end), fold.value, title)
        write_bytes(figure.saved(kind), target)


def _drawn(reactions: Reactions, projection: str | None, fold: Fold) -> Network:
    return reactions.to_networkx(projection or "co-reaction", fold=fold.value)
