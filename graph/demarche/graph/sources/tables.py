"""What all catalogue tables share: strict reading of CSV, checks across rows, claims that measure.

Every column is a field of the row or ignored by name; every cell is read or refused.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError

from demarche.ontology.codes import Quantity, Unit

from ..errors import Problem, SourceError
from ..intervals import bounds, parse_moment
from ..records import BodyRef, Claim, Moment, Record, Slug, StateCode, Words, Zone

Cells = dict[str, str]


def _number(text: object) -> object:
    """A decimal number as printed: 93 stays an integer; no exponent, no NaN, no blanks."""
    if not isinstance(text, str):
        return text
    digits = text.removeprefix("-").replace(".", "", 1)
    if not (digits.isascii() and digits.isdecimal()) or text.endswith("."):
        raise ValueError(f"{text!r} is no number")
    return float(text) if "." in text else int(text)


def _utc(text: str) -> str:
    if not text.endswith("Z") or parse_moment(text[:-1]).precision not in ("minute", "second"):
        raise ValueError(f"{text!r} is no time in UTC: expected YYYY-MM-DDTHH:MMZ")
    return text


def _clock(text: str) -> str:
    parse_moment(f"2000-01-01T{text}")
    return text


Number = Annotated[int | float, BeforeValidator(_number)]
Latitude = Annotated[Number, Field(ge=-90, le=90)]
Longitude = Annotated[Number, Field(ge=-180, le=180)]
Utc = Annotated[str, AfterValidator(_utc)]
Clock = Annotated[str, AfterValidator(_clock)]


class Row(Record):
    """One line of a table. An empty cell is None; a column that may not be empty has no default."""

    id: Slug


R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Table(Generic[R]):
    """The rows that could be read, in the order of the file, and what was wrong with the others."""

    path: Path
    digest: str
    cells: tuple[Cells, ...]
    rows: tuple[R, ...]
    problems: tuple[Problem, ...]

    def problem(self, row: R, column: str, message: str) -> Problem:
        return Problem(str(self.path), row.id, column, message)


class Expected(Record):
    """What the table is known to hold: rows per value of a column, where ``year`` is that of ``kst_date``."""

    rows: Annotated[int, Field(gt=0)]
    salvos: int = 0
    values: dict[str, dict[str, int]]


class TableSource(Record):
    """What the folder of every table says: what it is, whose it is, and what it should hold."""

    id: Slug
    label: Words
    publisher: BodyRef
    license: Words
    attribution: Words
    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    table: Annotated[str, Field(pattern=r"^[\w-]+\.csv$")]
    ignored: tuple[Words, ...] = ()
    actor: BodyRef
    state: StateCode
    zone: Zone
    expected: Expected


def read_table(path: Path, row_type: type[R], ignored: tuple[str, ...] = ()) -> Table[R]:
    """Read a table of these rows; SourceError where columns are missing, unknown or not filled evenly."""
    content = _bytes(path)
    header, *lines = _lines(path, content) or [[]]
    if problems := (*_strange_columns(path, header, row_type, ignored), *_ragged(path, header, lines)):
        raise SourceError(problems)
    cells = tuple(dict(zip(header, line, strict=True)) for line in lines)
    found = [_row(path, one, row_type, ignored) for one in cells]
    rows = tuple(one for one in found if isinstance(one, Row))
    problems = tuple(problem for one in found if isinstance(one, list) for problem in one)
    digest = hashlib.sha256(content).hexdigest()
    return Table(path, digest, cells, rows, (*_repeated(path, cells), *problems))


def are_one_instant(local: str, zone: str, utc: str) -> bool:
    """Whether a local clock time is the given time in UTC."""
    return bounds(local, zone=zone) == bounds(utc.removesuffix("Z"), zone="+00:00")


def unmapped(table: Table[R], column: str, known: Iterable[str]) -> Iterator[Problem]:
    """Cells whose spelling the source's folder does not explain."""
    names = set(known)
    for row in table.rows:
        value = getattr(row, column)
        if value is not None and value not in names:
            yield table.problem(row, column, f"{value!r} is not listed under {column} in source.yaml")


def varying(table: Table[R], key: str, *columns: str) -> Iterator[Problem]:
    """Rows that differ in a column from the first row with the same key."""
    first: dict[Hashable, R] = {}
    for row in table.rows:
        model = first.setdefault(getattr(row, key), row)
        for column in columns:
            ours, theirs = getattr(row, column), getattr(model, column)
            if ours != theirs:
                yield table.problem(row, column, f"{ours}, but {theirs} in row {model.id} of the same {key}")


def gaps(table: Table[R], column: str, numbers: range) -> Iterator[Problem]:
    """Rows that are missing, doubled or in excess, when a column should bear each number once."""
    wanted, seen = set(map(str, numbers)), Counter(cells[column] for cells in table.cells)
    for one in sorted(wanted - seen.keys(), key=int):
        yield Problem(str(table.path), f"{column} {one}", column, "no row has this number")
    for cells in table.cells:
        if seen[cells[column]] > 1 or cells[column] not in wanted:
            message = f"{cells[column]} is used twice or not among {numbers[0]} to {numbers[-1]}"
            yield Problem(str(table.path), cells["id"], column, message)


def miscounts(table: Table[R], expected: Expected) -> Iterator[Problem]:
    """Where the table no longer holds as many rows of a sort as its folder says."""
    found = {"rows": {"": len(table.cells)}} | {column: _count(table, column) for column in expected.values}
    for column, wanted in ({"rows": {"": expected.rows}} | expected.values).items():
        for value in sorted(wanted.keys() | found[column].keys()):
            have, want = found[column].get(value, 0), wanted.get(value, 0)
            if have != want:
                what = f"{want} rows {f'with {value!r} ' if value else ''}expected, {have} found"
                yield Problem(str(table.path), "expected", column, what)


def measurement(
    row: Row,
    quantity: Quantity,
    value: float | int | Moment,
    unit: Unit,
    holder: BodyRef,
    *,
    zone: Zone | None = None,
    note: Words | None = None,
) -> Claim:
    """One holder's claim that a quantity of the row's event has one value."""
    return Claim(
        id=f"{row.id}-{quantity}",
        about=(f"event/{row.id}",),
        quantity=quantity,
        value=value,
        unit=unit,
        zone=zone,
        holders=(holder,),
        note=note,
    )


def _count(table: Table[R], column: str) -> Counter[str]:
    if column == "year":
        return Counter(cells.get("kst_date", "")[:4] for cells in table.cells)
    return Counter(cells.get(column, "") for cells in table.cells)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError((Problem(str(path), "", "", error.strerror or str(error)),)) from error


def _lines(path: Path, content: bytes) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError((Problem(str(path), "", "", str(error)),)) from error


def _strange_columns(
    path: Path, header: list[str], row_type: type[R], ignored: tuple[str, ...]
) -> Iterator[Problem]:
    wanted = {*row_type.model_fields, *ignored}
    yield from (Problem(str(path), "header", name, "unknown column") for name in header if name not in wanted)
    yield from (Problem(str(path), "header", name, "column missing") for name in sorted(wanted - {*header}))
    yield from (Problem(str(path), "header", name, "column given twice") for name in _twice(header))


def _ragged(path: Path, header: list[str], lines: list[list[str]]) -> Iterator[Problem]:
    for at, line in enumerate(lines, start=2):
        if len(line) != len(header):
            name = line[0] if line and line[0] else f"line {at}"
            yield Problem(str(path), name, "", f"{len(line)} cells under {len(header)} columns")


def _repeated(path: Path, cells: Iterable[Cells]) -> Iterator[Problem]:
    for name in _twice(one.get("id", "") for one in cells):
        yield Problem(str(path), name, "id", "used by more than one row")


def _row(path: Path, cells: Cells, row_type: type[R], ignored: tuple[str, ...]) -> R | list[Problem]:
    filled = {column: cell for column, cell in cells.items() if cell and column not in ignored}
    try:
        return row_type.model_validate_strings(filled)
    except ValidationError as error:
        return [
            Problem(str(path), cells.get("id", ""), str(one["loc"][0]), _message(one["type"], one["msg"]))
            for one in error.errors()
        ]


def _message(kind: str, message: str) -> str:
    return "empty" if kind == "missing" else message.removeprefix("Value error, ")


def _twice(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)
