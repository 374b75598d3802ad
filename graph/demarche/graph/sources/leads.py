"""The table of leads: facts that somebody noted from a page and nobody has checked since."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from demarche.ontology.codes import ActKind, Basis, Channel, Level, Stance

from ..errors import Problem, SourceError
from ..records import ActorRef, BodyRef, Lead, Leads, Moment, PersonRef, Record, Slug, Time, Words
from .tables import Expected, Row, Table, miscounts, read_table, unmapped
from .yaml_files import read_yaml, validated


class LeadRow(Row):
    """One lead, in the words of the list; ``events`` are ids divided by blanks, several where it names several."""

    url: str
    events: Annotated[str, Field(pattern=r"^[a-z0-9-]+( [a-z0-9-]+)*$")] | None = None
    speaker: str | None = None
    office: str | None = None
    body: str | None = None
    government: str
    kind: str
    stance: str
    channel: str
    date: Moment
    date_precision: str
    paraphrase: str


class Kind(Record):
    """What a kind of the list is among the kinds of act, and on which level it stands."""

    kind: ActKind
    level: Level


class Dating(Record):
    """How well a date is grounded that bears this precision."""

    basis: Basis
    approximate: bool | None = None


class LeadSource(Record):
    """What the spellings of the list mean. A name that is not listed stays a text."""

    id: Slug
    label: Words
    license: Words
    rows: Literal["leads"]
    table: Annotated[str, Field(pattern=r"^[\w-]+\.csv$")]
    kind: dict[str, Kind]
    stance: dict[str, Stance]
    channel: dict[str, Channel]
    date_precision: dict[str, Dating]
    government: dict[str, BodyRef]
    persons: dict[str, PersonRef]
    bodies: dict[str, dict[str, BodyRef]]
    expected: Expected


def read_leads(folder: Path) -> Leads:
    """The leads, or a SourceError with every problem of the table, each naming row and column."""
    source = validated(LeadSource, read_yaml(folder / "source.yaml"), folder / "source.yaml")
    table = read_table(folder / source.table, LeadRow)
    if problems := (*table.problems, *_problems(source, table), *miscounts(table, source.expected)):
        raise SourceError(problems)
    return Leads(
        id=source.id,
        label=source.label,
        license=source.license,
        leads=tuple(_lead(source, row) for row in table.rows),
    )


def _problems(source: LeadSource, table: Table[LeadRow]) -> Iterator[Problem]:
    for column in ("kind", "stance", "channel", "date_precision", "government"):
        yield from unmapped(table, column, getattr(source, column))


def _lead(source: LeadSource, row: LeadRow) -> Lead:
    dating = source.date_precision[row.date_precision]
    return Lead(
        id=row.id,
        url=row.url,
        about=tuple(f"event/{one}" for one in (row.events or "").split()),
        speaker=row.speaker,
        office=row.office,
        body=row.body,
        names=tuple(dict.fromkeys(_names(source, row))),
        kind=source.kind[row.kind].kind,
        level=source.kind[row.kind].level,
        stance=source.stance[row.stance],
        channel=source.channel[row.channel],
        time=Time(value=row.date, basis=dating.basis, approximate=dating.approximate),
        paraphrase=row.paraphrase,
    )


def _names(source: LeadSource, row: LeadRow) -> Iterator[ActorRef]:
    if row.speaker in source.persons:
        yield source.persons[row.speaker]
    if row.body in (bodies := source.bodies.get(row.government, {})):
        yield bodies[row.body]
    yield source.government[row.government]
