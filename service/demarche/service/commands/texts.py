"""`demarche texts`: a reader's own copies of documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .common import SeedData, StoreAt, explained, open_graph, plural, say, settings

texts = typer.Typer(
    name="texts", help="Your own copies of the documents, to see exact words.", no_args_is_help=True
)


@texts.command()
def attach(
    folder: Annotated[Path, typer.Argument(help="A folder of .txt files, whatever their names.")],
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Verify your copies of documents and keep them, so that answers and pages show the exact words.

    A service that is running shows them after its next start.
    """
    from demarche.graph.texts import attach as attached

    with explained():
        graph = open_graph(seed_data, store)
        done = attached(folder, graph.store, _texts_folder(), say)
        for problem in done.refused:
            say(f"error: {problem}")
        if done.unknown:
            say(f"{len(done.unknown)} {plural('file', done.unknown)} match no document of the record")
        already = f", {len(done.unchanged)} were already" if done.unchanged else ""
        typer.echo(
            f"{len(done.documents)} {plural('document', done.documents)} attached{already}; "
            f"{done.spans} spans verified"
        )
    if done.refused:
        raise typer.Exit(1)


@texts.command("list")
def list_texts(seed_data: SeedData = None, store: StoreAt = None) -> None:
    """List the documents whose texts are attached."""
    with explained():
        for name in open_graph(seed_data, store).texts:
            typer.echo(name)


@texts.command()
def detach(
    document: Annotated[str | None, typer.Argument(help="Id of a document; none detaches all.")] = None,
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Delete the kept copy of one document, or of all; your own files stay where they are."""
    from demarche.graph.texts import detach as detached

    with explained():
        gone = detached(open_graph(seed_data, store).store, _texts_folder(), document)
        typer.echo(f"{len(gone)} {plural('document', gone)} detached")


def _texts_folder() -> Path:
    from demarche.graph.knowledge import user_texts

    return settings().texts or user_texts()
