"""The table of launches: rows become events and claims, a day's rows of one missile a salvo."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from demarche.ontology.codes import Basis, EventKind, MissileClass, Outcome

from ..errors import Problem
from ..intervals import parse_moment
from ..records import (
    BodyRef,
    Claim,
    Event,
    Moment,
    Place,
    PlaceRef,
    Record,
    Slug,
    Time,
    WeaponSystem,
    Words,
)
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
    varying,
)
from .words import cardinal, date_in_words, ordinal

_MENDED = re.compile(r".+ \(source had (?P<printed>.+)\)")
_SALVO_NOTE = "Grouped by rule: the catalogue's rows of one missile name on one local day."
_UNIDENTIFIED_NOTE = f"{_SALVO_NOTE} The missiles are unidentified and need not be of one type."


class LaunchRow(Row):
    """One missile. ``kst_`` marks the local date and clock; ``range_km`` is the distance flown."""

    source_row: int
    utc_time: Utc | None = None
    kst_date: Moment
    kst_time: Clock | None = None
    date_precision: Literal["day", "month"]
    kst_date_basis: str
    correction: str | None = None
    missile: str
    missile_class: str
    site: str
    site_lat: Latitude
    site_lon: Longitude
    site_known: Literal["yes", "no"]
    outcome: str
    apogee_km: Number | None = None
    range_km: Number | None = None
    bearing_deg: Number | None = None
    landing: str

    @property
    def counter(self) -> int:
        return int(self.id.rpartition("-")[2])

    @property
    def moment(self) -> str:
        return f"{self.kst_date}T{self.kst_time}" if self.kst_time else self.kst_date

    @property
    def printed(self) -> str:
        """The time as the source had it before anything was mended."""
        mended = _MENDED.fullmatch(self.correction or "")
        return mended["printed"] if mended else self.utc_time or self.kst_date


class Known(Record):
    """What we call a missile or a site; without a label, what the source calls it."""

    id: Slug
    label: Words | None = None
    aliases: tuple[Words, ...] = ()


class DateBasis(Record):
    """How the local date of a row came about."""

    has_clock: bool
    basis: Basis
    zone_basis: Basis
    note: Words | None = None


class ClassMeaning(Record):
    code: MissileClass
    kind: EventKind


class LaunchSource(TableSource):
    """What the spellings of a table of launches mean; None stands for no such thing."""

    rows: Literal["launches"]
    bearing_holder: BodyRef
    kst_date_basis: dict[str, DateBasis]
    missile: dict[str, Known | None]
    missile_class: dict[str, ClassMeaning]
    outcome: dict[str, Outcome]
    site: dict[str, Known | None]
    landing: dict[str, PlaceRef | None]
    places: tuple[Place, ...] = ()

    def slug(self, missile: str) -> str:
        known = self.missile[missile]
        return known.id if known else "unknown"

    def name(self, missile: str) -> str | None:
        known = self.missile[missile]
        return (known.label or missile) if known else None


LaunchTable = Table[LaunchRow]


def launch_problems(source: LaunchSource, table: LaunchTable) -> Iterator[Problem]:
    """Everything that keeps the rows from being read as launches."""
    columns = ("kst_date_basis", "missile", "missile_class", "outcome", "site", "landing")
    unknown = [one for column in columns for one in unmapped(table, column, getattr(source, column))]
    yield from unknown
    if not (unknown or table.problems):
        yield from _salvo_problems(source, table)
    yield from varying(table, "site", "site_lat", "site_lon", "site_known")
    yield from varying(table, "missile", "missile_class")
    yield from gaps(table, "source_row", range(source.expected.rows))
    sizes = _sizes(table.rows)
    for row in table.rows:
        yield from _time_problems(source, table, row)
        yield from _name_problems(source, table, row, sizes[row.id])


def launch_events(source: LaunchSource, table: LaunchTable) -> tuple[Event, ...]:
    """The launches in the order of the source's rows, then their salvos by id."""
    rows = sorted(table.rows, key=lambda row: row.source_row)
    salvos = launch_salvos(source, rows)
    sizes = _sizes(rows)
    salvo_of = {row.id: name for name, members in salvos.items() for row in members}
    return (
        *(_launch(source, row, sizes[row.id], salvo_of.get(row.id)) for row in rows),
        *(_salvo(source, name, members) for name, members in sorted(salvos.items())),
    )


def launch_salvos(source: LaunchSource, rows: Iterable[LaunchRow]) -> dict[str, list[LaunchRow]]:
    """Salvo id -> its launches: at least two missiles of one name on one local day. A month is no day."""
    missiles = (row for row in rows if source.missile_class[row.missile_class].kind == "missile-launch")
    return {
        f"{date}-{source.slug(missile)}": members
        for (date, missile), members in _by_day_and_missile(missiles).items()
        if len(members) > 1 and members[0].date_precision == "day"
    }


def launch_claims(source: LaunchSource, table: LaunchTable) -> tuple[Claim, ...]:
    """Who vouches for what in each row."""
    rows = sorted(table.rows, key=lambda row: row.source_row)
    return tuple(claim for row in rows for claim in _claims(source, row))


def launch_places(source: LaunchSource, table: LaunchTable) -> tuple[Place, ...]:
    """The launch sites with the coordinates of their rows, and the places that the folder adds."""
    sites = {row.site: row for row in table.rows}
    return (
        *source.places,
        *(_site(source, row, known) for name, row in sorted(sites.items()) if (known := source.site[name])),
    )


def launch_weapons(source: LaunchSource, table: LaunchTable) -> tuple[WeaponSystem, ...]:
    classes = {row.missile: source.missile_class[row.missile_class].code for row in table.rows}
    return tuple(
        WeaponSystem(
            id=known.id,
            label=known.label or name,
            aliases=_aliases(name, known),
            missile_class=code,
        )
        for name, code in sorted(classes.items())
        if (known := source.missile[name])
    )


# ---------------------------------------------------------------- what a row must agree with


def _time_problems(source: LaunchSource, table: LaunchTable, row: LaunchRow) -> Iterator[Problem]:
    basis = source.kst_date_basis.get(row.kst_date_basis)
    if parse_moment(row.kst_date).precision != row.date_precision:
        yield table.problem(row, "date_precision", f"{row.kst_date} is no date to the {row.date_precision}")
    if bool(row.utc_time) != bool(row.kst_time):
        yield table.problem(row, "kst_time", "utc_time and kst_time must both be given, or neither")
    elif row.utc_time and not _agrees(row, source.zone):
        yield table.problem(row, "kst_time", f"{row.moment} at {source.zone} is not {row.utc_time}")
    if basis and basis.has_clock != bool(row.utc_time):
        yield table.problem(row, "kst_date_basis", f"{row.kst_date_basis!r} does not fit the clock time")
    if row.correction and not _MENDED.fullmatch(row.correction):
        yield table.problem(row, "correction", "does not end with what was mended: (source had ...)")


def _salvo_problems(source: LaunchSource, table: LaunchTable) -> Iterator[Problem]:
    want, have = source.expected.salvos, len(launch_salvos(source, table.rows))
    if want != have:
        yield Problem(str(table.path), "expected", "salvos", f"{want} salvos expected, {have} found")


def _agrees(row: LaunchRow, zone: str) -> bool:
    return row.date_precision == "day" and are_one_instant(row.moment, zone, row.utc_time or "")


def _name_problems(source: LaunchSource, table: LaunchTable, row: LaunchRow, count: int) -> Iterator[Problem]:
    if row.missile in source.missile:
        stem = f"{row.kst_date}-{source.slug(row.missile)}"
        if row.id not in {f"{stem}-{number}" for number in range(1, count + 1)}:
            yield table.problem(row, "id", f"expected {stem}-1 to {stem}-{count}, after kst_date and missile")
    if row.site in source.site and (source.site[row.site] is None) != (row.site_known == "no"):
        yield table.problem(row, "site_known", f"{row.site_known!r} does not fit the site {row.site!r}")


# ---------------------------------------------------------------- events


def _by_day_and_missile(rows: Iterable[LaunchRow]) -> dict[tuple[str, str], list[LaunchRow]]:
    groups: dict[tuple[str, str], list[LaunchRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.source_row):
        groups[row.kst_date, row.missile].append(row)
    return groups


def _sizes(rows: Iterable[LaunchRow]) -> dict[str, int]:
    """How many rows share the day and the missile name of a row."""
    return {row.id: len(group) for group in _by_day_and_missile(rows).values() for row in group}


def _launch(source: LaunchSource, row: LaunchRow, count: int, salvo: str | None) -> Event:
    kind = source.missile_class[row.missile_class].kind
    known, site = source.missile[row.missile], source.site[row.site]
    return Event(
        id=row.id,
        kind=kind,
        label=_launch_label(source, row, count),
        time=_launch_time(source, row),
        actors=(source.actor,),
        place=f"place/{site.id}" if site else None,
        landing_place=source.landing[row.landing],
        weapon=f"weapon/{known.id}" if known else None,
        part_of=(f"event/{salvo}",) if salvo else (),
        catalogue_row=str(row.source_row),
        correction=row.correction,
        note=source.kst_date_basis[row.kst_date_basis].note,
    )


def _launch_time(source: LaunchSource, row: LaunchRow) -> Time:
    """A mended date rests on other sources than the catalogue."""
    basis = source.kst_date_basis[row.kst_date_basis]
    return Time(
        value=row.moment,
        zone=source.zone,
        zone_basis=basis.zone_basis,
        basis="external" if row.correction else basis.basis,
        text=row.printed,
    )


def _launch_label(source: LaunchSource, row: LaunchRow, count: int) -> str:
    name, date = source.name(row.missile), date_in_words(row.kst_date)
    which = f", {ordinal(row.counter)} of {cardinal(count)}" if count > 1 else ""
    if name is None:
        return f"Launch of an unidentified missile, {date}{which}"
    launch = source.missile_class[row.missile_class].kind.removeprefix("missile-").replace("-", " ")
    return f"{name} {launch} of {date}{which}"


def _salvo(source: LaunchSource, name: str, rows: list[LaunchRow]) -> Event:
    launches = [_launch(source, row, len(rows), None) for row in rows]
    return Event(
        id=name,
        kind="missile-launch-salvo",
        label=_salvo_label(source, rows),
        time=_salvo_time(source, rows),
        actors=(source.actor,),
        place=_common(launch.place for launch in launches),
        landing_place=_common(launch.landing_place for launch in launches),
        weapon=launches[0].weapon,
        note=_SALVO_NOTE if launches[0].weapon else _UNIDENTIFIED_NOTE,
    )


def _salvo_time(source: LaunchSource, rows: list[LaunchRow]) -> Time:
    """From the first launch to the last; the whole day as soon as one of them has no clock time."""
    moments = sorted(row.moment for row in rows)
    is_clocked = all(row.kst_time for row in rows)
    first, last = (moments[0], moments[-1]) if is_clocked else (rows[0].kst_date, rows[0].kst_date)
    bases = {source.kst_date_basis[row.kst_date_basis].zone_basis for row in rows}
    return Time(
        value=first,
        until=last if last != first else None,
        zone=source.zone,
        zone_basis="derived" if bases == {"derived"} else "inferred",
        basis="derived",
    )


def _salvo_label(source: LaunchSource, rows: list[LaunchRow]) -> str:
    name, date, count = source.name(rows[0].missile), date_in_words(rows[0].kst_date), cardinal(len(rows))
    what = f"{name} launches of" if name else "launches of unidentified missiles,"
    return f"{count.capitalize()} {what} {date}"


def _common(places: Iterable[str | None]) -> str | None:
    """The one place that all have, or None when they differ."""
    found = set(places)
    return found.pop() if len(found) == 1 else None


# ---------------------------------------------------------------- claims, sites


def _claims(source: LaunchSource, row: LaunchRow) -> Iterator[Claim]:
    yield Claim(
        id=f"{row.id}-outcome",
        about=(f"event/{row.id}",),
        quantity="outcome",
        outcome=source.outcome[row.outcome],
        outcome_status="asserted",
        holders=(source.publisher,),
    )
    if row.kst_time:
        rest = {"zone": source.zone, "note": row.correction}
        yield measurement(row, "launch-time", row.moment, "datetime", source.publisher, **rest)
    if row.apogee_km is not None:
        yield measurement(row, "apogee", row.apogee_km, "km", source.publisher)
    if row.range_km is not None:
        yield measurement(row, "distance", row.range_km, "km", source.publisher)
    if row.bearing_deg is not None:
        yield measurement(row, "bearing", row.bearing_deg, "degree", source.bearing_holder)


def _site(source: LaunchSource, row: LaunchRow, known: Known) -> Place:
    return Place(
        id=known.id,
        label=known.label or row.site,
        aliases=_aliases(row.site, known),
        place_type="launch-site",
        state=source.state,
        latitude=row.site_lat,
        longitude=row.site_lon,
    )


def _aliases(spelling: str, known: Known) -> tuple[str, ...]:
    """The source's own spelling is kept where we use another."""
    return (*known.aliases, spelling) if known.label else known.aliases
