"""The cells of a computed answer: plain values as the terms that a SELECT would have given."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ..store import Term

_XSD = "http://www.w3.org/2001/XMLSchema#"


def text(value: str | None) -> Term | None:
    """A plain text; nothing where there is none."""
    return Term(value, "literal") if value else None


def iri(value: str | None) -> Term | None:
    return Term(value) if value else None


def integer(value: int | None) -> Term | None:
    return None if value is None else Term(str(value), "literal", f"{_XSD}integer")


def day(value: date | None) -> Term | None:
    return None if value is None else Term(value.isoformat(), "literal", f"{_XSD}date")


def instant(value: datetime | None) -> Term | None:
    """An instant in UTC, as the store writes it."""
    return None if value is None else Term(f"{value:%Y-%m-%dT%H:%M:%SZ}", "literal", f"{_XSD}dateTime")


def hours(value: timedelta) -> Term:
    """A length of time in hours, to the hundredth.

    >>> hours(timedelta(minutes=90)).value, hours(timedelta(days=1)).value
    ('1.5', '24')
    """
    found = f"{value / timedelta(hours=1):.2f}".rstrip("0").rstrip(".")
    return Term(found, "literal", f"{_XSD}decimal")
