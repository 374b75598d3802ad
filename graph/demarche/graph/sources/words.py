"""Numbers and dates in English words, for labels, whatever language the machine speaks."""

from __future__ import annotations

from ..intervals import parse_moment

_CARDINALS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ORDINALS = (
    "",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def cardinal(count: int) -> str:
    """``two``; digits above ten."""
    return _CARDINALS[count] if count < len(_CARDINALS) else str(count)


def ordinal(number: int) -> str:
    """``second``; ``number 11`` above ten."""
    return _ORDINALS[number] if number < len(_ORDINALS) else f"number {number}"


def date_in_words(date: str) -> str:
    """``22 June 2016``, or ``September 1984`` where no day is known."""
    moment = parse_moment(date)
    day = f"{moment.start.day} " if moment.precision == "day" else ""
    return f"{day}{_MONTHS[moment.start.month - 1]} {moment.start.year}"
