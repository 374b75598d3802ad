"""Dates as sources print them, and the interval of instants that each can mean; no clock of this machine is read."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from .errors import BadParameter

_FORMS = {
    "year": ("%Y", r"\d{4}"),
    "month": ("%Y-%m", r"\d{4}-\d\d"),
    "day": ("%Y-%m-%d", r"\d{4}-\d\d-\d\d"),
    "minute": ("%Y-%m-%dT%H:%M", r"\d{4}-\d\d-\d\dT\d\d:\d\d"),
    "second": ("%Y-%m-%dT%H:%M:%S", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"),
}
_FIRST_YEAR, _LAST_YEAR = 1001, 9998
"""Of what is printed: whatever the zone, its bounds in UTC have four digits too, and are instants that there are."""
_FURTHEST_EAST, _FURTHEST_WEST = "+14:00", "-12:00"


@dataclass(frozen=True)
class Moment:
    """A date or clock time as printed, to the unit that was printed."""

    text: str
    precision: str
    start: datetime
    """The naive beginning of the unit, in the source's own zone."""

    @property
    def end(self) -> datetime:
        """The naive instant at which the unit is over: a day ends at 24:00."""
        match self.precision:
            case "year":
                return self.start.replace(year=self.start.year + 1)
            case "month":
                return (self.start + timedelta(days=32)).replace(day=1)
            case "day":
                return self.start + timedelta(days=1)
            case "minute":
                return self.start + timedelta(minutes=1)
            case _:
                return self.start + timedelta(seconds=1)


@dataclass(frozen=True)
class Bounds:
    """The interval in UTC in which something happened."""

    earliest: datetime
    latest: datetime

    @property
    def utc_date(self) -> str | None:
        """The one calendar date in UTC on which the whole interval falls, if there is one."""
        first, last = self.earliest.date(), (self.latest - timedelta(microseconds=1)).date()
        return first.isoformat() if first == last else None


def parse_moment(text: str) -> Moment:
    """Read ``2016``, ``2016-06``, ``2016-06-22``, ``2016-06-22T05:57`` or ``...:05``; ValueError on anything else."""
    for precision, (form, pattern) in _FORMS.items():
        if re.fullmatch(pattern, text, re.ASCII):
            with suppress(ValueError):  # a month 13 or a 30th of February has the form only
                start = datetime.strptime(text, form)  # noqa: DTZ007 - the zone comes later
                if _FIRST_YEAR <= start.year <= _LAST_YEAR:
                    return Moment(text, precision, start)
    raise ValueError(
        f"{text!r} is no date: expected YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDTHH:MM "
        f"of the years {_FIRST_YEAR} to {_LAST_YEAR}"
    )


def printed_days(text: str) -> tuple[date, date]:
    """The first and the last day of a day, month or year as a person types it; BadParameter on anything else."""
    try:
        moment = parse_moment(text)
    except ValueError as error:
        raise BadParameter(
            f"{text[:40]!r} is no date; give a day, a month or a year such as 2017-07-04"
        ) from error
    return moment.start.date(), (moment.end - timedelta(microseconds=1)).date()


def bounds(value: str, until: str | None = None, zone: str | None = None) -> Bounds:
    """Earliest and latest instant of a printed time.

    With an unknown zone a day runs from 00:00+14:00, where it begins first, to 24:00-12:00, where it ends last.
    """
    begin, end = parse_moment(value), parse_moment(until or value)
    return Bounds(
        begin.start.replace(tzinfo=_offset(zone or _FURTHEST_EAST)).astimezone(UTC),
        end.end.replace(tzinfo=_offset(zone or _FURTHEST_WEST)).astimezone(UTC),
    )


def utc_text(instant: datetime) -> str:
    """An instant as an ``xsd:dateTime`` in UTC: ``2016-06-21T20:57:00Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _offset(zone: str) -> timezone:
    sign = -1 if zone[0] == "-" else 1
    hours, minutes = zone[1:].split(":")
    return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))
