"""`demarche certificate`: what is on record of an actor as of a day, issued and computed again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .common import SeedData, StoreAt, explained, open_graph, write_bytes

certificates = typer.Typer(
    name="certificate",
    help="What is on record of an actor as of a day, to be recomputed.",
    no_args_is_help=True,
)


@certificates.command()
def issue(
    actor: Annotated[str, typer.Option(help="Actor by name or id.")],
    event: Annotated[str, typer.Option(help="Event id, salvo id or local date.")],
    date: Annotated[
        str, typer.Option(help="The day; documents that appeared later do not count: 2016-06-30.")
    ],
    target: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; none writes to stdout.")
    ] = None,
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Certify what the documents that appeared until a day tell of an actor's reaction to an event."""
    from demarche.graph.indicators.certificate import issued
    from demarche.graph.questions import question

    with explained():
        graph = open_graph(seed_data, store)
        given = question("certificate").resolved(graph.store, {"actor": actor, "event": event, "date": date})
        certificate = issued(graph.store, given)
        write_bytes(certificate.json_text.encode(), target, certificate.summary)


@certificates.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A certificate as `demarche certificate issue` writes it.")],
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Compute a certificate again and name every difference."""
    from demarche.graph.indicators.certificate import differences, read_certificate

    with explained():
        certified = read_certificate(file.read_bytes(), str(file))
        found = differences(certified, open_graph(seed_data, store).store)
        for difference in found:
            typer.echo(difference)
        if not found:
            typer.echo(f"{file} holds: {certified.summary}")
    if found:
        raise typer.Exit(1)
