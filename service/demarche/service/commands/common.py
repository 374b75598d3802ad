"""What the commands share: options, opening the graph, printing, and the one place where errors become exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from concurrent.futures import Future

    from demarche.graph import KnowledgeGraph
    from demarche.graph.reactions import Reactions
    from demarche.graph.store import Table

    from ..settings import Settings


class TableFormat(StrEnum):
    """How an answer is printed."""

    table = "table"
    json = "json"
    csv = "csv"
    spreadsheet = "spreadsheet"
    tsv = "tsv"
    ttl = "ttl"


class Fold(StrEnum):
    """Who counts as one."""

    actor = "actor"
    person = "person"
    office = "office"
    body = "body"
    government = "government"


SeedData = Annotated[
    Path | None, typer.Option("--seed-data", help="Folder of seed data instead of the packaged one.")
]
StoreAt = Annotated[
    str | None,
    typer.Option("--store", help="A folder or a SPARQL 1.1 URL instead of memory (DEMARCHE_STORE)."),
]


Since = Annotated[str | None, typer.Option("--from", help="First local date: a day, month or year.")]
Until = Annotated[str | None, typer.Option("--until", help="To this local date, included.")]
ExplicitOnly = Annotated[
    bool, typer.Option("--explicit-only", help="Without the links that the coder presumes.")
]


AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", help="The record after an entry of the ledger, or at a time: 17, 2026-11-22T12:00Z."
    ),
]
ByRule = Annotated[
    str | None,
    typer.Option(
        "--projection", help="The rule of a network, co-reaction unless told; network --list names them."
    ),
]


@contextmanager
def explained() -> Iterator[None]:
    """Turn what went wrong into lines on stderr and an exit code; anything unforeseen keeps its traceback."""
    from demarche.graph.errors import (
        Ambiguous,
        BadParameter,
        BadQuery,
        DemarcheError,
        NotFound,
    )

    try:
        yield
    except Ambiguous as error:
        fail(f"{error}; did you mean: {', '.join(error.candidates)}", 2)
    except (BadParameter, BadQuery, NotFound) as error:
        fail(str(error), 2)
    except DemarcheError as error:
        fail(str(error), 1)
    except BrokenPipeError:
        raise typer.Exit(0) from None
    except OSError as error:
        fail(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "), 1)


def fail(message: str, code: int) -> NoReturn:
    for line in message.splitlines():
        say(f"error: {line}")
    raise typer.Exit(code) from None


def say(line: str) -> None:
    typer.echo(line, err=True)


def open_graph(seed_data: Path | None, store: str | None) -> KnowledgeGraph:
    from ..opening import open_configured

    return open_configured(settings(seed_data=seed_data, store=store), say)


def at(graph: KnowledgeGraph, as_of: str | None) -> KnowledgeGraph:
    """The graph, or what it was."""
    from demarche.graph.curation import point

    return graph if as_of is None else graph.as_of(point(as_of))


def opening_graph(seed_data: Path | None, store: str | None) -> Future[KnowledgeGraph]:
    from ..opening import opening

    return opening(settings(seed_data=seed_data, store=store), say)


def settings(**options: object) -> Settings:
    """By the options that were typed; what was not typed is left to the environment and the defaults."""
    from pydantic import ValidationError

    from ..settings import Settings

    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        told = (
            f"DEMARCHE_{str(one['loc'][0]).upper()} is {one['input']!r}: {one['msg']}"
            for one in error.errors()
        )
        fail("\n".join(told), 2)


def seed_data_at(folder: Path | None) -> Path:
    from demarche.graph.seed import seed_data_folder

    return seed_data_folder(settings(seed_data=folder).seed_data)


def chosen_reactions(
    graph: KnowledgeGraph, event: str | None, start: str | None, end: str | None, explicit_only: bool
) -> Reactions:
    """The reactions that the options leave."""
    from demarche.graph.resolve import resolve

    found = graph.reactions()
    if event:
        found = found.about(resolve(graph.store, "event", event).value)
    first, last = window(start, end)
    if first or last:
        found = found.between(first, last)
    return found.explicit() if explicit_only else found


def refuse(options: Mapping[str, object], why: str) -> None:
    from demarche.graph.errors import BadParameter

    if given := [name for name, value in options.items() if value]:
        raise BadParameter(f"{', '.join(given)} {why}")


def window(start: str | None, end: str | None) -> tuple[date | None, date | None]:
    """The first day of a day, month or year, and the last of another."""
    from demarche.graph.intervals import printed_days

    return printed_days(start)[0] if start else None, printed_days(end)[1] if end else None


def plural(noun: str, things: Collection[object]) -> str:
    return noun if len(things) == 1 else f"{noun}s"


def write_bytes(data: bytes, target: Path | None, told: str = "") -> None:
    """Write to a file, whole or not at all, or to stdout; ``told`` is said of the file instead of its size."""
    from demarche.graph.files import write_whole

    if target is None:
        sys.stdout.buffer.write(data)
        return
    if target.exists() and not target.is_file():
        target.write_bytes(data)  # a pipe or a device: nothing takes its place
    else:
        write_whole(target, data)
    say(f"{target}: {told or f'{len(data)} bytes'}")


def print_answer(
    graph: KnowledgeGraph, table: Table, output: TableFormat, as_json: Callable[[], str]
) -> None:
    from demarche.graph.exports import TABLE_FORMATS, describe, things

    if output is TableFormat.ttl:
        sys.stdout.buffer.write(describe(graph.store, things(table)))
    elif output is TableFormat.json:
        typer.echo(as_json())
    else:
        typer.echo(TABLE_FORMATS[output.value](table), nl=False)
