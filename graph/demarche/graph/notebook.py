"""What a notebook shows of answers and tables: HTML and SVG without JavaScript, and pandas where it is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias

from .errors import NotInstalled
from .network_files import clean

if TYPE_CHECKING:
    import pandas

    Frame: TypeAlias = pandas.DataFrame

SHOWN_ROWS = 10
_MARKS: dict[int | None, tuple[str, str]] = {
    -2: ("▼▼", "#d55e00"), -1: ("▼", "#b37a00"), 0: ("●", "#0072b2"), 1: ("▲", "#00805e"), None: ("■", "#767676"),
}  # fmt: skip
"""The shapes of the figures; the colours are somewhat darker, for small print."""
_WIDTH, _LANE, _MOST_MARKS = 640, 14, 1000


def pandas_frame(columns: Mapping[str, Sequence[Any]]) -> Frame:
    """The columns as pandas has them; what is unknown is missing there."""
    try:
        import pandas
    except ImportError:
        raise NotInstalled("to_pandas()", "pandas", "notebook") from None
    frame: Frame = pandas.DataFrame(dict(columns))
    return frame


def html_table(headings: Sequence[str], rows: Iterable[Sequence[str]], number: int) -> str:
    """The first rows as an HTML table, and how many there are of all; every text is escaped."""
    head = "".join(f"<th>{_text(one)}</th>" for one in headings)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    rest = (
        f"<p>{number} rows, the first {SHOWN_ROWS} shown</p>"
        if number > SHOWN_ROWS
        else f"<p>{number} rows</p>"
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


@dataclass(frozen=True)
class Mark:
    """One act on the strip: when it may have fallen, the polarity of its stance, and what is told on hovering."""

    earliest: datetime
    latest: datetime
    polarity: int | None
    told: str


def strip(marks: Sequence[Mark]) -> str:
    """The acts along the time as a small SVG: a line for the interval, a shape for the stance, one height for each."""
    if not marks:
        return ""
    shown = marks[:_MOST_MARKS]
    first, last = min(mark.earliest for mark in shown), max(mark.latest for mark in shown)
    lanes = [one for one in _MARKS if any(_lane(mark) == one for mark in shown)]
    height = _LANE * len(lanes) + 26
    drawn = "".join(_mark(mark, first, last, lanes.index(_lane(mark))) for mark in shown)
    ends = (
        f'<text x="8" y="{height - 6}">{first:%Y-%m-%d}</text>'
        f'<text x="{_WIDTH - 8}" y="{height - 6}" text-anchor="end">{last:%Y-%m-%d}</text>'
    )
    label = f"{len(shown)} acts from {first:%Y-%m-%d} to {last:%Y-%m-%d}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" aria-label="{label}" font-family="sans-serif" font-size="11" fill="currentColor">'
        f"{drawn}{ends}</svg>"
    )


def _mark(mark: Mark, first: datetime, last: datetime, lane: int) -> str:
    def place(moment: datetime) -> float:
        whole = (last - first).total_seconds() or 1.0
        return round(12 + (_WIDTH - 24) * (moment - first).total_seconds() / whole, 1)

    shape, colour = _MARKS[_lane(mark)]
    start, end, y = place(mark.earliest), place(mark.latest), _LANE * lane + 12
    return (
        f'<g fill="{colour}" stroke="none"><title>{_text(mark.told)}</title>'
        f'<rect x="{start}" y="{y - 5}" width="{round(end - start, 1)}" height="2" fill-opacity="0.5"/>'
        f'<text x="{round((start + end) / 2, 1)}" y="{y}" text-anchor="middle">{shape}</text></g>'
    )


def _lane(mark: Mark) -> int | None:
    return None if mark.polarity is None else min(mark.polarity, 1)


def _text(text: str) -> str:
    return escape(clean(text))
