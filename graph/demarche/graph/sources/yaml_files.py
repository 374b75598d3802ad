"""Reads YAML as plain JSON values, strictly: nothing is guessed, aliased or said twice; knows no record.

``2016-06-22``, ``5:57`` and ``no`` are texts; numbers are decimal, truth is ``true`` or ``false``. What would
let a file mean something other than it shows (anchors, tags, a key given twice) is refused with its line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import ErrorDetails

from ..errors import Problem, SourceError

M = TypeVar("M", bound=BaseModel)
Location = tuple[int | str, ...]

_LARGEST = 5_000_000
_DEEPEST = 20
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?P<fraction>\.\d{1,15})?")
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping that the file holds; SourceError when it is missing, too large or not plain YAML."""
    builder = _Builder()
    try:
        value = builder.document(_text(path))
    except yaml.YAMLError as error:
        raise SourceError((_syntax_problem(path, error),)) from error
    if not isinstance(value, dict):
        raise SourceError((Problem(str(path), "", "", "the file must be a mapping of fields to values"),))
    if builder.refusals:
        raise SourceError(
            tuple(Problem(str(path), *place_of(value, at), why) for at, why in builder.refusals)
        )
    return dict(value)


def validated(model: type[M], data: dict[str, Any], path: Path) -> M:
    """The record, or a SourceError with every problem of the data, each naming record and field."""
    try:
        return model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        raise SourceError(schema_problems(error, data, path)) from error


def schema_problems(error: ValidationError, data: dict[str, Any], path: Path) -> tuple[Problem, ...]:
    """One problem for each thing that the record classes refuse, in the order in which they found it."""
    found: dict[tuple[str, str], list[str]] = {}
    for details in error.errors(include_url=False):
        found.setdefault(place_of(data, details["loc"]), []).append(_message(details))
    return tuple(
        Problem(str(path), record, field, message)
        for (record, field), messages in found.items()
        for message in (messages[0].split("; ") if not record else [" or ".join(messages)])
    )


def place_of(data: dict[str, Any], location: Location) -> tuple[str, str]:
    """The record at a location, by its id if it has one, and its field: ``acts/kirby``, ``time.value``."""
    steps = _steps(data, location)
    match steps:
        case [str() as kind, int() as number, *field]:
            record = data[kind][number]
            name = record.get("id") if isinstance(record, dict) else None
            return (f"{kind}/{name}" if name else f"{kind}[{number}]"), _written(field)
        case [str() as kind, *field]:
            return kind, _written(field)
        case _:
            return "", ""


def texts(value: JsonValue, location: Location = ()) -> Iterator[tuple[Location, str]]:
    """Every text in the data with its location, keys apart."""
    if isinstance(value, str):
        yield location, value
    elif isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(item, (*location, step))


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
        if len(content) > _LARGEST:
            raise SourceError((Problem(str(path), "", "", f"larger than {_LARGEST} bytes"),))
        return content.decode("utf-8")
    except OSError as error:
        raise SourceError((Problem(str(path), "", "", str(error.strerror or error)),)) from error
    except UnicodeDecodeError as error:
        raise SourceError((Problem(str(path), "", "", f"not UTF-8 at byte {error.start}"),)) from error


def _syntax_problem(path: Path, error: yaml.YAMLError) -> Problem:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return Problem(
        str(path), "", "", f"line {mark.line + 1}: {problem}" if mark else str(error).splitlines()[0]
    )


class _Builder:
    """Builds values from the parser's events: without recursion in C, nothing costs more than its length."""

    def __init__(self) -> None:
        self.refusals: list[tuple[Location, str]] = []
        self._events: Iterator[yaml.Event] = iter(())

    def document(self, text: str) -> JsonValue:
        self._events = iter(yaml.parse(text, Loader=yaml.CSafeLoader))
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return None
        value = self._value(next(self._events), ())
        next(self._events)  # the document's end
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(after, (), "a second document in one file")
        return value

    def _value(self, event: yaml.Event, at: Location) -> JsonValue:
        if len(at) > _DEEPEST:
            raise yaml.YAMLError(_at_line(event, f"nested more than {_DEEPEST} levels deep"))
        if getattr(event, "anchor", None):
            self._refuse(event, at, "anchors and aliases are not allowed: say it where it is meant")
        if tag := getattr(event, "tag", None):
            self._refuse(event, at, f"the tag {tag} is not allowed")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(at)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(at)
        return _scalar(event) if isinstance(event, yaml.ScalarEvent) else None

    def _mapping(self, at: Location) -> dict[str, JsonValue]:
        found: dict[str, JsonValue] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise yaml.YAMLError(_at_line(event, "a key must be a plain text"))
            if event.value in found:
                self._refuse(event, (*at, event.value), "the key is given twice")
            found[event.value] = self._value(next(self._events), (*at, event.value))
        return found

    def _sequence(self, at: Location) -> list[JsonValue]:
        found: list[JsonValue] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*at, len(found))))
        return found

    def _refuse(self, event: yaml.Event, at: Location, why: str) -> None:
        self.refusals.append((at, _at_line(event, why)))


def _at_line(event: yaml.Event, what: str) -> str:
    return f"line {event.start_mark.line + 1}: {what}" if event.start_mark else what


def _scalar(event: yaml.ScalarEvent) -> str | float | bool | None:
    """Only plain scalars can be anything but a text."""
    if not event.implicit[0]:
        return event.value
    if event.value in _CONSTANTS:
        return _CONSTANTS[event.value]
    number = _NUMBER.fullmatch(event.value)
    if number is None:
        return event.value
    return float(event.value) if number["fraction"] else int(event.value)


def _message(details: ErrorDetails) -> str:
    given = repr(details["input"])[:80]
    match details["type"]:
        case "extra_forbidden":
            return "unknown field"
        case "missing":
            return "required, but missing"
        case "literal_error":
            return f"{given} is none of {details['ctx']['expected'].replace(' or ', ', ')}"
        case "value_error":
            text = details["msg"].removeprefix("Value error, ")
            return text if given in text or not isinstance(details["input"], str) else f"{given}: {text}"
        case _:
            return f"{given}: {details['msg'][:1].lower()}{details['msg'][1:]}"


def _steps(data: JsonValue, location: Location) -> list[int | str]:
    """The location without the steps that name a branch of a union: under a scalar lies nothing."""
    steps: list[int | str] = []
    for step in location:
        if isinstance(data, dict):
            data = data.get(str(step))
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step] if step < len(data) else None
        else:
            break
        steps.append(step)
    return steps


def _written(steps: list[int | str]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).lstrip(".")
