"""`demarche network`: networks drawn from the record, who is central in them, and paths."""

from __future__ import annotations

from typing import Annotated

import typer

from .asking import ask
from .common import SeedData, Since, StoreAt, TableFormat, Until, explained, open_graph, print_answer

network = typer.Typer(name="network", help="Networks drawn from the record, and who is central in them.")


@network.callback(invoke_without_command=True)
def centrality(
    context: typer.Context,
    projection: Annotated[
        str, typer.Option(help="The rule by which the network is drawn; --list names them.")
    ] = "co-reaction",
    measure: Annotated[str, typer.Option(help="The centrality; --list names them.")] = "pagerank",
    fold: Annotated[
        str, typer.Option(help="Who counts as one: actor, person, office, body or government.")
    ] = "actor",
    start: Since = None,
    until: Until = None,
    explicit_only: Annotated[
        bool, typer.Option("--explicit-only", help="Leave out ties to an event that are only presumed.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="List projections and measures.")] = False,
    output: Annotated[
        TableFormat, typer.Option("--format", "-f", help="How to print the table.")
    ] = TableFormat.table,
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Print who is central in a network: demarche network --projection co-reaction --fold government --from 2017."""
    if context.invoked_subcommand:
        return
    from demarche.graph.exports import table_json
    from demarche.graph.network import Options, project, ranking
    from demarche.graph.network import projection as named

    with explained():
        if listed:
            _print_networks()
            return
        rule, options = named(projection), Options.read(start, until, fold, explicit_only=explicit_only)
        graph = open_graph(seed_data, store)
        table = ranking(project(graph.reactions(), projection, options), measure)
        if output is TableFormat.table:
            from ..terminal import print_rows

            print_rows(f"{measure} of {rule.name} (version {rule.version})", table.variables[:-1], table)
        else:
            print_answer(graph, table, output, lambda: table_json(table, indent=2))


@network.command()
def path(
    first: Annotated[str, typer.Argument(help="An actor, event, act, office or place, by name or id.")],
    second: Annotated[str, typer.Argument(help="Another.")],
    output: Annotated[
        TableFormat, typer.Option("--format", "-f", help="How to print the answer.")
    ] = TableFormat.table,
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Print how two things are connected, step by step: the same as demarche ask connection."""
    ask("connection", first=first, second=second, output=output, seed_data=seed_data, store=store)


def _print_networks() -> None:
    from demarche.graph.network import CENTRALITIES, PROJECTIONS

    typer.echo("Projections:")
    for rule in PROJECTIONS.values():
        typer.echo(f"  {rule.name:<12} {rule.version}  {rule.definition} Weight: {rule.weight}.")
    typer.echo("Measures:")
    for name, one in CENTRALITIES.items():
        typer.echo(f"  {name:<12} {(one.__doc__ or '').strip().splitlines()[0]}")
