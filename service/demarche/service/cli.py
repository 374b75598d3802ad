"""The command line: reads arguments, calls the graph, prints; every error is one line on stderr and an exit code.

Exit codes: 0 done, 1 the data, the store or the machine is at fault, 2 the command is at fault.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from concurrent.futures import Future

    from demarche.graph import KnowledgeGraph
    from demarche.graph.network_files import Network
    from demarche.graph.question import Parameter, Question
    from demarche.graph.reactions import Reactions
    from demarche.graph.store import Table

app = typer.Typer(
    name="demarche",
    help="Who reacted to which launch, in which office, through which channel, in what words, and how do we know.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class TableFormat(StrEnum):
    """How an answer is printed."""

    table = "table"
    json = "json"
    csv = "csv"
    spreadsheet = "spreadsheet"
    tsv = "tsv"
    ttl = "ttl"


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


Since = Annotated[str | None, typer.Option("--from", help="From this local date: 2017-07-01.")]
Until = Annotated[str | None, typer.Option("--until", help="To this local date, included.")]
ExplicitOnly = Annotated[
    bool, typer.Option("--explicit-only", help="Without the links that the coder presumes.")
]


ByRule = Annotated[
    str | None,
    typer.Option(
        "--projection", help="The rule of a network, co-reaction unless told; network --list names them."
    ),
]


@app.command()
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
    from .serving import serve_until_stopped
    from .settings import Settings

    settings = Settings(**_given(host=host, port=port, seed_data=seed_data, store=store, scratch=scratch))
    with _explained():
        serve_until_stopped(settings, _say)


@app.command()
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
    output: Annotated[
        TableFormat, typer.Option("--format", "-f", help="How to print the answer.")
    ] = TableFormat.table,
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Ask a question of the record: demarche ask who-reacted --event 2016-06-22-musudan."""
    if name is not None:
        opening = _opening(seed_data, store)
    from demarche.graph.questions import question, questions

    with _explained():
        if name is None:
            _print_questions(list(questions().values()))
            return
        found = question(name)
        given = {
            "event": event, "first": first, "second": second,
            "document": document, "government": government, "actor": actor,
            "year": year, "date": date, "hours": hours, "unit": unit,
        }  # fmt: skip
        if found.parameters and not any(given.values()):
            asked = ", ".join(f"--{one.name} {_short(one.example)}" for one in found.parameters)
            _say(f"no parameter given: answering the example, {asked}")
        from demarche.graph.exports import answer_json

        from .terminal import print_table  # while the graph is loading

        graph = opening.result()
        table = graph.ask(name, **given)
        if output is TableFormat.table:
            print_table(found, table)
        else:
            told = {name: value for name, value in given.items() if value}
            _print(graph, table, output, lambda: answer_json(found, told, table, indent=2))
        if name == "who-reacted" and event and (leads := graph.leads(event)):
            _say(f"{leads} unverified leads: demarche ask leads --event {event}")


@app.command()
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
    with _explained():
        graph = _open(seed_data, store)
        if events:
            from .feeds import load_feeds

            load_feeds(events, graph.store, _seed_data(seed_data), (days, most))
        for source in [read_source(file) for file in find_sources(others)]:
            done = load_source(source, graph.store)
            for warning in done.warnings:
                _say(f"warning: {warning}")
            typer.echo(f"{done.file}: {done.triples} triples {'loaded' if done.changed else 'unchanged'}")


@app.command()
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
    from demarche.graph.pipeline import find_sources, found_wanting, put, read_source

    events, others = _parted(paths)
    with _explained():
        if events:
            from .feeds import check_feeds

            check_feeds(events, _seed_data(seed_data))
        graph = _open(seed_data, None)
        broken = False
        for file in find_sources(others):
            source = read_source(file)
            found = found_wanting(source, graph.store)
            put(source.graph, graph.store, source.about)  # in memory: what follows may refer to it
            for one in found:
                typer.echo(f"{one.severity}: {one}")
            broken |= any(one.severity == "violation" for one in found)
            if not found:
                typer.echo(f"{file}: valid")
    if broken:
        raise typer.Exit(1)


@app.command()
def span(
    text: Annotated[Path, typer.Argument(help="A text file in UTF-8: your copy of the document.")],
    words: Annotated[
        str | None, typer.Argument(help="The exact words; none measures the whole text.")
    ] = None,
) -> None:
    """Print where words stand in a text, with their digest, as a dossier has it."""
    from demarche.graph.sources.spans import extent, read_text, span_line

    with _explained():
        content = read_text(text)
        typer.echo(extent(content) if words is None else span_line(content, words))


@app.command()
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
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Write the whole graph as RDF, reactions as CSV or Parquet, or a network as GraphML, GEXF, JSON or CSV."""
    from demarche.graph.exports import GRAPH_EXPORTS
    from demarche.graph.exports import export as exported
    from demarche.graph.network_files import NETWORK_FORMATS, network_file
    from demarche.graph.reaction_files import reactions_file

    with _explained():
        chosen = {"--event": event, "--from": start, "--until": end, "--explicit-only": explicit_only}
        drawn = {"--projection": projection, "--fold": fold}
        if output.value in GRAPH_EXPORTS:
            _refuse(chosen, f"chooses reactions: --format csv, spreadsheet or parquet, not {output}")
        if output.value not in NETWORK_FORMATS:
            _refuse(drawn, f"is for networks: --format {', '.join(NETWORK_FORMATS)}, not {output}")
        graph = _open(seed_data, store)
        if output.value in GRAPH_EXPORTS:
            data = exported(graph.store, output.value)
        elif output.value in NETWORK_FORMATS:
            told = _chosen(graph, event, start, end, explicit_only)
            network = _drawn(told, projection, fold or Fold.government, start, end, explicit_only)
            data = network_file(network, output.value)
        else:
            data = reactions_file(_chosen(graph, event, start, end, explicit_only), output.value)
        _write(data, target)


@app.command()
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
    hours: Annotated[int, typer.Option(min=1, max=24 * 365, help="Lags up to so many hours.")] = 72,
    projection: ByRule = None,
    title: Annotated[str | None, typer.Option(help="A title of your own.")] = None,
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Draw a figure for print or screen: demarche plot lags --event 2017-07-28 -o lags.svg."""
    from demarche.graph import figures
    from demarche.graph.errors import BadParameter
    from demarche.graph.resolve import resolve

    with _explained():
        kind = target.suffix.removeprefix(".").lower()
        if kind not in figures.KINDS:
            raise BadParameter(f"{target}: a figure is saved as {' or '.join(figures.KINDS)}")
        if drawing is Drawing.lags and event is None:
            raise BadParameter("plot lags needs --event")
        if drawing is not Drawing.network:
            _refuse({"--projection": projection}, "is for plot network")
        graph = _open(seed_data, store)
        source = figures.credit(graph.store)
        reactions = _chosen(graph, event, start, end, explicit_only)
        if drawing is Drawing.lags:
            iri = resolve(graph.store, "event", event or "").value
            figure = figures.lags(reactions, iri, source, fold.value, hours, title)
        elif drawing is Drawing.network:
            drawn = _drawn(reactions, projection, fold, start, end, explicit_only)
            figure = figures.network(drawn, source, title)
        elif drawing is Drawing.matrix:
            figure = figures.matrix(reactions, source, fold.value, title)
        else:
            figure = figures.timeline(reactions, source, _day(start), _day(end), fold.value, title)
        _write(figure.saved(kind), target)


@app.command()
def version() -> None:
    """Print the version of the program and of the record."""
    from importlib.metadata import version as installed

    with _explained():
        typer.echo(f"demarche {installed('demarche')}, record {_open(None, None).store.version()}")


network = typer.Typer(name="network", help="Networks drawn from the record, and who is central in them.")
app.add_typer(network)


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
    start: Annotated[
        str | None, typer.Option("--from", help="First local date: a day, month or year.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Last local date: a day, month or year.")] = None,
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

    with _explained():
        if listed:
            _print_networks()
            return
        rule, options = named(projection), Options.read(start, until, fold, explicit_only=explicit_only)
        graph = _open(seed_data, store)
        table = ranking(project(graph.reactions(), projection, options), measure)
        if output is TableFormat.table:
            from .terminal import print_rows

            print_rows(f"{measure} of {rule.name} (version {rule.version})", table.variables[:-1], table)
        else:
            _print(graph, table, output, lambda: table_json(table, indent=2))


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


texts = typer.Typer(
    name="texts", help="Your own copies of the documents, to see exact words.", no_args_is_help=True
)
app.add_typer(texts)


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

    with _explained():
        graph = _open(seed_data, store)
        done = attached(folder, graph.store, _texts_folder(), _say)
        for problem in done.refused:
            _say(f"error: {problem}")
        if done.unknown:
            _say(f"{len(done.unknown)} {_plural('file', done.unknown)} match no document of the record")
        already = f", {len(done.unchanged)} were already" if done.unchanged else ""
        typer.echo(
            f"{len(done.documents)} {_plural('document', done.documents)} attached{already}; "
            f"{done.spans} spans verified"
        )
    if done.refused:
        raise typer.Exit(1)


@texts.command("list")
def list_texts(seed_data: SeedData = None, store: StoreAt = None) -> None:
    """List the documents whose texts are attached."""
    with _explained():
        for name in _open(seed_data, store).texts:
            typer.echo(name)


@texts.command()
def detach(
    document: Annotated[str | None, typer.Argument(help="Id of a document; none detaches all.")] = None,
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Delete the kept copy of one document, or of all; your own files stay where they are."""
    from demarche.graph.texts import detach as detached

    with _explained():
        gone = detached(_open(seed_data, store).store, _texts_folder(), document)
        typer.echo(f"{len(gone)} {_plural('document', gone)} detached")


certificates = typer.Typer(
    name="certificate",
    help="What is on record of an actor as of a day, to be recomputed.",
    no_args_is_help=True,
)
app.add_typer(certificates)


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

    with _explained():
        graph = _open(seed_data, store)
        given = question("certificate").resolved(graph.store, {"actor": actor, "event": event, "date": date})
        certificate = issued(graph.store, given)
        if target is None:
            typer.echo(certificate.json_text, nl=False)
        else:
            _write(certificate.json_text.encode(), target, certificate.summary)


@certificates.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A certificate as `demarche certificate issue` writes it.")],
    seed_data: SeedData = None,
    store: StoreAt = None,
) -> None:
    """Compute a certificate again and name every difference."""
    from demarche.graph.indicators.certificate import differences, read_certificate

    with _explained():
        certified = read_certificate(file.read_bytes(), str(file))
        found = differences(certified, _open(seed_data, store).store)
        for difference in found:
            typer.echo(difference)
        if not found:
            typer.echo(f"{file} holds: {certified.summary}")
    if found:
        raise typer.Exit(1)


def main() -> None:
    """The entry point of the installed command."""
    app()


def _open(seed_data: Path | None, store: str | None) -> KnowledgeGraph:
    from .opening import open_configured
    from .settings import Settings

    return open_configured(Settings(**_given(seed_data=seed_data, store=store)), _say)


def _opening(seed_data: Path | None, store: str | None) -> Future[KnowledgeGraph]:
    from .opening import opening
    from .settings import Settings

    return opening(Settings(**_given(seed_data=seed_data, store=store)), _say)


def _parted(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """The files of events, and the other sources."""
    from demarche.graph.sources.icews import is_event_file

    return [path for path in paths if is_event_file(path)], [
        path for path in paths if not is_event_file(path)
    ]


def _seed_data(given: Path | None) -> Path:
    from demarche.graph.seed import seed_data_folder

    from .settings import Settings

    return seed_data_folder(Settings(**_given(seed_data=given)).seed_data)


def _chosen(
    graph: KnowledgeGraph, event: str | None, start: str | None, end: str | None, explicit_only: bool
) -> Reactions:
    """The reactions that the options leave."""
    from demarche.graph.resolve import resolve

    found = graph.reactions()
    if event:
        found = found.about(resolve(graph.store, "event", event).value)
    if start or end:
        found = found.between(_day(start), _day(end))
    return found.explicit() if explicit_only else found


def _drawn(
    reactions: Reactions,
    projection: str | None,
    fold: Fold,
    start: str | None,
    end: str | None,
    explicit: bool,
) -> Network:
    """The network of these reactions; addressees and relays are read from the store, and so need the window again."""
    first, last = _day(start), _day(end)
    rule = projection or "co-reaction"
    return reactions.to_networkx(rule, fold=fold.value, start=first, end=last, explicit_only=explicit)


def _refuse(options: Mapping[str, object], why: str) -> None:
    from demarche.graph.errors import BadParameter

    if given := [name for name, value in options.items() if value]:
        raise BadParameter(f"{', '.join(given)} {why}")


def _day(text: str | None) -> date | None:
    from demarche.graph.errors import BadParameter

    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadParameter(f"{text!r} is no date such as 2017-07-28") from None


def _write(data: bytes, target: Path | None, told: str = "") -> None:
    from demarche.graph.files import write_whole

    if target is None:
        sys.stdout.buffer.write(data)
    else:
        if target.exists() and not target.is_file():
            target.write_bytes(data)  # a pipe or a device: nothing takes its place
        else:
            write_whole(target, data)
        _say(f"{target}: {told or f'{len(data)} bytes'}")


def _texts_folder() -> Path:
    from demarche.graph.knowledge import user_texts

    from .settings import Settings

    return Settings().texts or user_texts()


def _plural(noun: str, things: Collection[object]) -> str:
    return noun if len(things) == 1 else f"{noun}s"


def _given(**options: object) -> dict[str, Any]:
    """The options that were typed; what was not typed is left to the environment and the defaults."""
    return {name: value for name, value in options.items() if value is not None}


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what went wrong into lines on stderr and an exit code; anything unforeseen keeps its traceback."""
    from demarche.graph.errors import (
        Ambiguous,
        BadParameter,
        BadQuery,
        DemarcheError,
        NotFound,
        SourceError,
        ValidationError,
    )

    try:
        yield
    except Ambiguous as error:
        _fail(f"{error}; did you mean: {', '.join(error.candidates)}", 2)
    except (BadParameter, BadQuery, NotFound) as error:
        _fail(str(error), 2)
    except (SourceError, ValidationError) as error:
        _fail(str(error), 1)
    except DemarcheError as error:
        _fail(str(error), 1)
    except BrokenPipeError:
        raise typer.Exit(0) from None
    except OSError as error:
        _fail(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "), 1)


def _fail(message: str, code: int) -> NoReturn:
    for line in message.splitlines():
        _say(f"error: {line}")
    raise typer.Exit(code) from None


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _short(iri: str) -> str:
    """An example as one types it: of a thing its id without its kind, any other value as it is."""
    return iri.rpartition("/id/")[2].partition("/")[2] or iri


def _print_questions(found: list[Question]) -> None:
    for one in found:
        needs = " ".join(_option(parameter) for parameter in one.parameters)
        typer.echo(f"{one.name:<18} {one.text}")
        typer.echo(f"{'':<18} demarche ask {one.name} {needs}".rstrip())


def _print_networks() -> None:
    from demarche.graph.network import CENTRALITIES, PROJECTIONS

    typer.echo("Projections:")
    for rule in PROJECTIONS.values():
        typer.echo(f"  {rule.name:<12} {rule.version}  {rule.definition} Weight: {rule.weight}.")
    typer.echo("Measures:")
    for name, one in CENTRALITIES.items():
        typer.echo(f"  {name:<12} {(one.__doc__ or '').strip().splitlines()[0]}")


def _option(parameter: Parameter) -> str:
    option = f"--{parameter.name} {_short(parameter.example)}"
    return f"[{option}]" if parameter.optional else option


def _print(graph: KnowledgeGraph, table: Table, output: TableFormat, as_json: Callable[[], str]) -> None:
    from demarche.graph.exports import TABLE_FORMATS, describe, things

    if output is TableFormat.ttl:
        sys.stdout.buffer.write(describe(graph.store, things(table)))
    elif output is TableFormat.json:
        typer.echo(as_json())
    else:
        typer.echo(TABLE_FORMATS[output.value](table), nl=False)
