"""The table of nuclear tests: rows become events at their epicentres, magnitudes and yields claims."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ..errors import Problem
from ..records import BodyRef, Claim, Event, Moment, Place, Record, Slug, Time
from .tables import (
    Clock,
    Latitude,
    Longitude,
    Number,
    Row,
    Table,
    TableSource,
    Utc,
    are_one_instant,
    gaps,
    measurement,
    unmapped,
)
from .words import date_in_words, ordinal


class NuclearTestRow(Row):
    """One test; ``utc_time`` is to the second, the local clock to the minute, a yield in kilotons of TNT."""

    utc_time: Utc
    kst_date: Moment
    kst_time: Clock
    number: int
    site: str
    lat: Latitude
    lon: Longitude
    magnitude: Number
    magnitude_agency: str
    yield_kt_low: Number | None = None
    yield_kt_high: Number | None = None
    yield_source: str | None = None
    dprk_claim: str
    source_url: str

    @property
    def moment(self) -> str:
        """The local clock time to the second, as far as the one in UTC tells it."""
        return f"{self.kst_date}T{self.kst_time}{self.utc_time[16:-1]}"

    @property
    def place(self) -> str:
        return f"{self.site}, epicentre of {date_in_words(self.kst_date)}"


class YieldHolders(Record):
    """Whose estimate the lower and the upper yield is."""

    low: BodyRef
    high: BodyRef


class NuclearTestSource(TableSource):
    """What the spellings of a table of nuclear tests mean."""

    rows: Literal["nuclear-tests"]
    site: dict[str, Slug]
    magnitude_agency: dict[str, BodyRef]
    yield_source: dict[str, YieldHolders]

    def place_id(self, row: NuclearTestRow) -> str:
        return f"{self.site[row.site]}-{row.kst_date}"


NuclearTestTable = Table[NuclearTestRow]


def nuclear_test_problems(source: NuclearTestSource, table: NuclearTestTable) -> Iterator[Problem]:
    """Everything that keeps the rows from being read as nuclear tests."""
    for column in ("site", "magnitude_agency", "yield_source"):
        yield from unmapped(table, column, getattr(source, column))
    yield from gaps(table, "number", range(1, source.expected.rows + 1))
    for row in table.rows:
        yield from _row_problems(source, table, row)


def nuclear_test_events(source: NuclearTestSource, table: NuclearTestTable) -> tuple[Event, ...]:
    return tuple(_event(source, row) for row in sorted(table.rows, key=lambda row: row.number))


def nuclear_test_claims(source: NuclearTestSource, table: NuclearTestTable) -> tuple[Claim, ...]:
    """Who vouches for which magnitude and yield."""
    rows = sorted(table.rows, key=lambda row: row.number)
    return tuple(claim for row in rows for claim in (_magnitude(source, row), *_yields(source, row)))


def nuclear_test_places(source: NuclearTestSource, table: NuclearTestTable) -> tuple[Place, ...]:
    """One place for each test: the rows give each its own epicentre, and nothing is averaged."""
    return tuple(
        Place(
            id=source.place_id(row),
            label=row.place,
            place_type="test-site",
            state=source.state,
            latitude=row.lat,
            longitude=row.lon,
        )
        for row in sorted(table.rows, key=lambda row: row.number)
    )


def _row_problems(
    source: NuclearTestSource, table: NuclearTestTable, row: NuclearTestRow
) -> Iterator[Problem]:
    if not row.id.startswith(f"{row.kst_date}-nuclear-test-"):
        yield table.problem(row, "id", f"expected {row.kst_date}-nuclear-test-1 or the like, after kst_date")
    if not are_one_instant(row.moment, source.zone, row.utc_time):
        yield table.problem(row, "kst_time", f"{row.moment} at {source.zone} is not {row.utc_time}")
    if len({one is None for one in (row.yield_kt_low, row.yield_kt_high, row.yield_source)}) > 1:
        yield table.problem(row, "yield_source", "both yields and their source must be given, or none")
    elif (row.yield_kt_low or 0) > (row.yield_kt_high or 0):
        yield table.problem(row, "yield_kt_high", f"{row.yield_kt_high} is less than {row.yield_kt_low}")


def _event(source: NuclearTestSource, row: NuclearTestRow) -> Event:
    return Event(
        id=row.id,
        kind="nuclear-test",
        label=f"{ordinal(row.number).capitalize()} North Korean nuclear test, {date_in_words(row.kst_date)}",
        time=Time(
            value=row.moment, zone=source.zone, zone_basis="derived", basis="derived", text=row.utc_time
        ),
        actors=(source.actor,),
        place=f"place/{source.place_id(row)}",
        catalogue_row=str(row.number),
        note=f"North Korea announced: {row.dprk_claim}. Source of the row: {row.source_url}",
    )


def _magnitude(source: NuclearTestSource, row: NuclearTestRow) -> Claim:
    note = f"{row.magnitude_agency}; {row.source_url}"
    return measurement(
        row, "magnitude", row.magnitude, "magnitude", source.magnitude_agency[row.magnitude_agency], note=note
    )


def _yields(source: NuclearTestSource, row: NuclearTestRow) -> Iterator[Claim]:
    """One claim, or one for each end of the range where the ends are estimates of two bodies."""
    if row.yield_kt_low is None or row.yield_kt_high is None or row.yield_source is None:
        return
    holders = source.yield_source[row.yield_source]
    low = measurement(
        row, "yield", row.yield_kt_low, "kiloton", holders.low, note=f"{row.yield_source}; {row.source_url}"
    )
    if holders.low == holders.high and row.yield_kt_low == row.yield_kt_high:
        yield low
    elif holders.low == holders.high:
        yield low.model_copy(update={"comparator": "between", "upper_value": row.yield_kt_high})
    else:
        yield low.model_copy(update={"id": f"{low.id}-low"})
        yield low.model_copy(
            update={"id": f"{low.id}-high", "value": row.yield_kt_high, "holders": (holders.high,)}
        )
