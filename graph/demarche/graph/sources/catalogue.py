"""Reads a catalogue: a folder with a table and a ``source.yaml`` that explains its spellings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import Problem, SourceError
from ..records import Catalogue
from .launches import (
    LaunchRow,
    LaunchSource,
    LaunchTable,
    launch_claims,
    launch_events,
    launch_places,
    launch_problems,
    launch_weapons,
)
from .nuclear_tests import (
    NuclearTestRow,
    NuclearTestSource,
    NuclearTestTable,
    nuclear_test_claims,
    nuclear_test_events,
    nuclear_test_places,
    nuclear_test_problems,
)
from .tables import R, Table, TableSource, miscounts, read_table
from .yaml_files import read_yaml, validated

_MODELS: dict[str, type[LaunchSource | NuclearTestSource]] = {
    "launches": LaunchSource,
    "nuclear-tests": NuclearTestSource,
}
_ABOUT = {"id", "label", "publisher", "license", "attribution", "url"}


def read_catalogue(folder: Path) -> Catalogue:
    """The catalogue, or a SourceError with every problem of its table, each naming file, row and column."""
    source = _source(folder / "source.yaml")
    path = folder / source.table
    if isinstance(source, LaunchSource):
        return _launches(source, read_table(path, LaunchRow, source.ignored))
    return _nuclear_tests(source, read_table(path, NuclearTestRow, source.ignored))


def _launches(source: LaunchSource, table: LaunchTable) -> Catalogue:
    _check(source, table, launch_problems(source, table))
    return Catalogue(
        **_about(source, table),
        places=launch_places(source, table),
        weapons=launch_weapons(source, table),
        events=launch_events(source, table),
        claims=launch_claims(source, table),
    )


def _nuclear_tests(source: NuclearTestSource, table: NuclearTestTable) -> Catalogue:
    _check(source, table, nuclear_test_problems(source, table))
    return Catalogue(
        **_about(source, table),
        places=nuclear_test_places(source, table),
        events=nuclear_test_events(source, table),
        claims=nuclear_test_claims(source, table),
    )


def _about(source: TableSource, table: Table[R]) -> dict[str, Any]:
    return source.model_dump(include=_ABOUT) | {"digest": table.digest}


def _check(source: TableSource, table: Table[R], found: Iterator[Problem]) -> None:
    if problems := (*table.problems, *found, *miscounts(table, source.expected)):
        raise SourceError(problems)


def _source(path: Path) -> LaunchSource | NuclearTestSource:
    data = read_yaml(path)
    model = _MODELS.get(str(data.get("rows")))
    if model is None:
        raise SourceError((Problem(str(path), "rows", "", f"must be one of: {', '.join(_MODELS)}"),))
    return validated(model, data, path)
