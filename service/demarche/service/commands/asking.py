"""`demarche ask`: the questions, and their answers in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .common import AsOf, SeedData, StoreAt, TableFormat, at, explained, opening_graph, print_answer, say

if TYPE_CHECKING:
    from demarche.graph.question import Parameter, Question


def ask(
    name: Annotated[str | None, typer.Argument(help="The question; none lists them all.")] = None,
    event: Annotated[str | None, typer.Option(help="Event id, salvo id or local date.")] = None,
    first: Annotated[str | None, typer.Option(help="The first of two events or things.")] = None,
    second: Annotated[str | None, typer.Option(help="The second of two events or things.")] = None,
    document: Annotated[str | None, typer.Option(help="Id of a document.")] = None,
    government: Annotated[
        str | None, typer.Option(help="Government by name or ISO code: Japan, JPN.")
    ] = None,
    actor: Annotated[str | None, typer.Option(help="Actor by name or id.")] = None,
    year: Annotated[str | None, typer.Option(help="A year: 2017.")] = None,
    date: Annotated[str | None, typer.Option(help="A day, read in UTC: 2016-06-30.")] = None,
    hours: Annotated[str | None, typer.Option(help="A number of hours: 24.")] = None,
    unit: Annotated[
        str | None, typer.Option(help="Who counts as one: actor, person, office, body or government.")
    ] = None,
    as_of: AsOf = None,
    output: Annotated[
        TableFormat, typer.Option("--format", "-f", help="How to print the answer.")
    ] = TableFormat.table,
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Ask a question of the record: demarche ask who-reacted --event 2016-06-22-musudan."""
    if name is not None:
        opening = opening_graph(seed_data, store)
    from demarche.graph.questions import question, questions

    with explained():
        if name is None:
            _print_questions(list(questions().values()))
            return
        found = question(name)
        given = {
            "event": event, "first": first, "second": second,
            "document": document, "government": government, "actor": actor,
            "year": year, "date": date, "hours": hours, "unit": unit,
        }  # fmt: skip
        if found.required and not any(given.values()):
            asked = ", ".join(f"--{one.name} {_short(one.example)}" for one in found.parameters)
            say(f"no parameter given: answering the example, {asked}")
        from demarche.graph.exports import answer_json

        from ..terminal import print_table  # while the graph is loading

        graph = at(opening.result(), as_of)
        table = graph.ask(name, **given)
        if output is TableFormat.table:
            print_table(found, table)
        else:
            told = {name: value for name, value in given.items() if value}
            print_answer(graph, table, output, lambda: answer_json(found, told, table, indent=2))
        if name == "who-reacted" and event and (leads := graph.leads(event)):
            say(f"{leads} unverified leads: demarche ask leads --event {event}")


def _short(iri: str) -> str:
    """An example as one types it: of a thing its id without its kind, any other value as it is."""
    return iri.rpartition("/id/")[2].partition("/")[2] or iri


def _print_questions(found: list[Question]) -> None:
    for one in found:
        needs = " ".join(_option(parameter) for parameter in one.parameters)
        typer.echo(f"{one.name:<18} {one.text}")
        typer.echo(f"{'':<18} demarche ask {one.name} {needs}".rstrip())


def _option(parameter: Parameter) -> str:
    option = f"--{parameter.name} {_short(parameter.example)}"
    return f"[{option}]" if parameter.optional else option
