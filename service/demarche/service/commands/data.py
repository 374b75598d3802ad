"""`demarche load`, `validate` and `span`: what goes into the graph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .common import SeedData, explained, open_graph, say, seed_data_at


def load(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Dossiers, directories (.yaml), folders of them and of catalogues, files of ICEWS events (.tsv, .tab)."
        ),
    ],
    store: Annotated[str, typer.Option("--store", help="The folder or SPARQL 1.1 URL to load into.")],
    seed_data: SeedData = None,
    days: Annotated[
        int, typer.Option(min=0, help="Of events: an act may answer deeds of this many days before.")
    ] = 3,
    most: Annotated[int, typer.Option(min=0, help="Of events: an act answers this many deeds at most.")] = 3,
) -> None:
    """Validate dossiers, catalogues and files of events and load them into a store, each whole or not at all."""
    from demarche.graph.pipeline import find_sources, read_source
    from demarche.graph.pipeline import load as load_source

    events, others = _parted(paths)
    with explained():
        graph = open_graph(seed_data, store)
        with graph.loading():
            if events:
                from ..feeds import load_feeds

                load_feeds(events, graph.store, seed_data_at(seed_data), (days, most))
            for source in [read_source(file) for file in find_sources(others)]:
                done = load_source(source, graph.store)
                for warning in done.warnings:
                    say(f"warning: {warning}")
                typer.echo(f"{done.file}: {done.triples} triples {'loaded' if done.changed else 'unchanged'}")


def validate(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Dossiers, directories (.yaml), folders of them and of catalogues, files of ICEWS events (.tsv, .tab)."
        ),
    ],
    seed_data: SeedData = None,
) -> None:
    """Check sources as a load would, and name every violation with file, record and rule."""
    from demarche.graph.pipeline import find_sources, put, read_source
    from demarche.graph.validate import violations

    events, others = _parted(paths)
    with explained():
        if events:
            from ..feeds import check_feeds

            check_feeds(events, seed_data_at(seed_data))
        graph = open_graph(seed_data, None)
        broken = False
        for file in find_sources(others):
            source = read_source(file)
            found = violations(source.graph, graph.store, source.file)
            put(source.graph, graph.store, source.about)  # in memory: what follows may refer to it
            for one in found:
                typer.echo(f"{one.severity}: {one}")
            broken |= any(one.severity == "violation" for one in found)
            if not found:
                typer.echo(f"{file}: valid")
    if broken:
        raise typer.Exit(1)


def span(
    text: Annotated[Path, typer.Argument(help="A text file in UTF-8: your copy of the document.")],
    words: Annotated[
        str | None, typer.Argument(help="The exact words; none measures the whole text.")
    ] = None,
) -> None:
    """Print where words stand in a text, with their digest, as a dossier has it."""
    from demarche.graph.sources.spans import extent, read_text, span_line

    with explained():
        content = read_text(text)
        typer.echo(extent(content) if words is None else span_line(content, words))


def _parted(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """The files of events, and the other sources."""
    from demarche.graph.sources.icews import is_event_file

    return [path for path in paths if is_event_file(path)], [
        path for path in paths if not is_event_file(path)
    ]
