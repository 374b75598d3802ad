"""Reads dossiers, the directory and the curators' matches, and checks a dossier's spans against its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from ..errors import Problem, SourceError
from ..records import Collections, Directory, Dossier, Matches, OwnDirectory, Record
from .yaml_files import place_of, read_yaml, texts, validated

MOST_HINTS = 100
"""How many references that lead nowhere are told what may have been meant: it is looked for among all names."""

T = TypeVar("T", bound=Record)
_Files = list[tuple[Path, dict[str, Any]]]

_KINDS = {
    "persons": "person",
    "bodies": "body",
    "sources": "source",
    "offices": "office",
    "tenures": "tenure",
    "places": "place",
    "weapons": "weapon",
    "events": "event",
    "acts": "act",
    "claims": "claim",
    "assertions": "assertion",
}
_LOCAL = re.compile(r"[a-z]+/\./[a-z0-9-]+")
_OFFICE = re.compile(r"office/[a-z0-9-]+")
_LASTING = re.compile(r"(?:person|body|office|tenure|place|weapon)/[a-z0-9-]+")


def read_dossier(path: Path) -> Dossier:
    """The dossier in which every local reference leads somewhere and the words shown have their digests."""
    return dossier_of(read_yaml(path), path)


def dossier_of(data: dict[str, Any], path: Path) -> Dossier:
    """The same of data that were read already; the path is what problems name."""
    dossier, problems = _tried(Dossier, data, path)
    files = [(path, data)]
    problems += [*_doubled(files), *_dangling(files, _LOCAL, prefix="./")]
    if dossier:
        problems += _unfit_words(dossier, path)
    if dossier is None or problems:
        raise SourceError(tuple(problems))
    return dossier


def read_directory(folder: Path) -> Directory:
    """All ``*.yaml`` files of the folder as one directory in which every reference leads somewhere."""
    paths = sorted(folder.glob("*.yaml"))
    problems: list[Problem] = []
    files: _Files = []
    parts: list[Directory] = []
    for path in paths:
        try:
            files.append((path, read_yaml(path)))
            parts.append(validated(Directory, files[-1][1], path))
        except SourceError as error:
            problems += error.problems
    if not paths:
        problems.append(Problem(str(folder), "", "", "no directory: there is no *.yaml file here"))
    problems += _doubled(files)
    if len(files) == len(paths):  # else what stands in the unreadable file would seem to be missing
        problems += _dangling(files, _LASTING)
    if problems:
        raise SourceError(tuple(problems))
    return _merged(parts)


def is_own_directory(path: Path) -> bool:
    """Whether the file is a directory beside the record's own, by the key that no dossier has."""
    return path.is_file() and re.search(rb"^directory:", path.read_bytes(), re.MULTILINE) is not None


def read_own_directory(path: Path) -> OwnDirectory:
    """A directory that may refer to the record's, save that the offices of its tenures stand in the same file."""
    data = read_yaml(path)
    directory = validated(OwnDirectory, data, path)
    files = [(path, data)]
    if problems := (*_doubled(files), *_dangling(files, _OFFICE)):
        raise SourceError(problems)
    return directory


def read_matches(path: Path) -> Matches:
    return validated(Matches, read_yaml(path), path)


def read_collections(path: Path) -> Collections:
    return validated(Collections, read_yaml(path), path)


def verify_spans(dossier: Dossier, text: str) -> list[Problem]:
    """Where dossier and text disagree: length and digest of the whole, digest of each span, words shown."""
    file = dossier.document.id
    problems = []
    if len(text) != dossier.document.characters:
        problems.append(Problem(file, "document", "characters", f"the text has {len(text)} characters"))
    if _digest(text) != dossier.document.sha256:
        problems.append(Problem(file, "document", "sha256", f"the text has the digest {_digest(text)}"))
    for span, digest in dossier.spans.items():
        start, end = _ends(span)
        found = text[start:end]
        if _digest(found) != digest:
            problems.append(Problem(file, "spans", span, f"the text there has the digest {_digest(found)}"))
        if dossier.words.get(span, found) != found:
            problems.append(Problem(file, "words", span, "the text there has other words"))
    return problems


def _tried(model: type[T], data: dict[str, Any], path: Path) -> tuple[T | None, list[Problem]]:
    try:
        return validated(model, data, path), []
    except SourceError as error:
        return None, [replace(problem, record=problem.record or "spans") for problem in error.problems]


def _merged(parts: list[Directory]) -> Directory:
    return Directory(
        **{
            name: tuple(one for part in parts for one in getattr(part, name))
            for name in Directory.model_fields
        }
    )


def _doubled(files: _Files) -> Iterator[Problem]:
    """Ids that two records of one kind bear, whichever files they stand in."""
    seen: dict[str, Path] = {}
    for path, data in files:
        for kind, name in _declared(data):
            place = f"{kind}/{name}"
            if place in seen:
                yield Problem(str(path), place, "id", f"the id is taken, by a record of {seen[place].name}")
            seen.setdefault(place, path)


def _dangling(files: _Files, pattern: re.Pattern[str], prefix: str = "") -> Iterator[Problem]:
    """References that fit the pattern and that no record of the files answers to."""
    declared = {
        name if "/" in name else f"{_KINDS[kind]}/{prefix}{name}"
        for _, data in files
        for kind, name in _declared(data)
    }
    known, hints = sorted(declared), count()
    for path, data in files:
        for location, text in texts(data):
            if pattern.fullmatch(text) and text not in declared:
                hint = _hint(text, known) if next(hints) < MOST_HINTS else ""
                yield Problem(str(path), *place_of(data, location), f"{text} leads nowhere{hint}")


def _declared(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for kind in _KINDS.keys() & data.keys():
        for record in data[kind] if isinstance(data[kind], list) else ():
            if isinstance(record, dict) and isinstance(record.get("id"), str):
                yield kind, record["id"]


def _hint(text: str, known: Sequence[str]) -> str:
    from ..reconcile.names import nearest

    near = nearest(text, known)
    return f"; did you mean {near}?" if near else ""


def _unfit_words(dossier: Dossier, path: Path) -> Iterator[Problem]:
    """Words that are not those of the digest, and quotations that claim to say something else."""
    for span, words in dossier.words.items():
        if _digest(words) != dossier.spans[span]:
            yield Problem(
                str(path), "words", span, "these words are not those whose digest stands under spans"
            )
    for act in dossier.acts:
        for quotation in (quotation for report in act.reports for quotation in report.quotations):
            words = dossier.words.get(quotation.span, "")
            if words and quotation.normalized and not words.startswith(quotation.normalized):
                yield Problem(
                    str(path), f"acts/{act.id}", "normalized", "says other words than the quotation"
                )


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _ends(span: str) -> tuple[int, int]:
    start, end = span.split("-")
    return int(start), int(end)
