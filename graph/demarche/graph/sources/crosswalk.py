"""Reads the crosswalk from a corpus of rows to our acts, and the counts that the record must hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import Problem, SourceError
from ..records import Crosswalk, ExpectedCounts
from .yaml_files import read_yaml, validated

ROWS = "reactions.yaml"
_FILES = (ROWS, "codes.yaml", "same-acts.yaml")


def read_crosswalk(folder: Path) -> Crosswalk:
    """The files of the folder as one crosswalk in which each row stands once and the counts are as expected."""
    data: dict[str, Any] = {}
    for name in _FILES:
        found = read_yaml(folder / name)
        if doubled := data.keys() & found.keys():
            raise SourceError((Problem(str(folder / name), sorted(doubled)[0], "", "stands in two files"),))
        data |= found
    crosswalk = validated(Crosswalk, data, folder)
    if problems := tuple(_problems(crosswalk, str(folder / ROWS))):
        raise SourceError(problems)
    return crosswalk


def read_expected(path: Path) -> ExpectedCounts:
    return validated(ExpectedCounts, read_yaml(path), path)


def _problems(crosswalk: Crosswalk, file: str) -> Iterator[Problem]:
    rows = [entry.row for entry in crosswalk.rows]
    for row, times in Counter(rows).items():
        if times > 1:
            yield Problem(file, f"rows/{row}", "", f"stands here {times} times")
    if rows != sorted(rows):
        yield Problem(file, "rows", "", "must be in the order of their ids")
    found = {
        "rows": len(rows),
        "documents": len({entry.document for entry in crosswalk.rows}),
        "acts": len({one.act for entry in crosswalk.rows for one in entry.acts}),
    }
    for name, wanted in crosswalk.expected.model_dump().items():
        if found[name] != wanted:
            yield Problem(file, "expected", name, f"{wanted} expected, {found[name]} found")
