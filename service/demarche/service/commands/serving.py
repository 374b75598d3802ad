"""`demarche serve`, and `demarche version`."""

from __future__ import annotations

from typing import Annotated

import typer

from .common import SeedData, StoreAt, explained, open_graph, say, settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = None,
    seed_data: SeedData = None,
    store: StoreAt = None,
    scratch: Annotated[
        bool | None,
        typer.Option(
            "--scratch", help="Serve an empty store that all on this machine may change; keeps nothing."
        ),
    ] = None,
) -> None:
    """Serve the record, its SPARQL endpoint and its pages on http://127.0.0.1:8000."""
    from ..serving import serve_until_stopped

    chosen = settings(host=host, port=port, seed_data=seed_data, store=store, scratch=scratch)
    with explained():
        serve_until_stopped(chosen, say)


def version() -> None:
    """Print the version of the program and of the record."""
    from importlib.metadata import version as installed

    with explained():
        typer.echo(f"demarche {installed('demarche')}, record {open_graph(None, None).store.version()}")
