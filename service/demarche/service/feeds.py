"""Files of events on the command line: a progress bar on stderr, and a line on stdout for each file that was done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from demarche.graph.feed import Presumption, check_events, load_events
from demarche.graph.feed import Progress as Report
from demarche.graph.sources.icews import read_spellings
from demarche.graph.store import Store


def load_feeds(files: list[Path], store: Store, seed_data: Path, presumed: tuple[int, int]) -> None:
    """Load each file whole or not at all, and say what it brought; the first that is refused stops the rest."""
    spellings = read_spellings(seed_data)
    for file in files:
        begin = time.perf_counter()
        with _bar(file) as report:
            done = load_events(file, store, spellings, Presumption(*presumed), report)
        if not done.changed:
            typer.echo(f"{file}: unchanged")
            continue
        seconds = time.perf_counter() - begin
        typer.echo(
            f"{file}: {done.acts} acts of {done.actors} actors, {done.links} presumed reactions, "
            f"{done.triples} triples in {seconds:.1f} s"
        )


def check_feeds(files: list[Path], seed_data: Path) -> None:
    spellings = read_spellings(seed_data)
    for file in files:
        with _bar(file) as report:
            check_events(file, spellings, report)
        typer.echo(f"{file}: valid")


@contextmanager
def _bar(file: Path) -> Iterator[Report]:
    """A bar on stderr, gone when the file is done; none where stderr is no terminal."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(file.name, total=None)

        def report(step: str, done: int, total: int) -> None:
            progress.update(task, description=f"{file.name}: {step}", completed=done, total=total)

        yield report
