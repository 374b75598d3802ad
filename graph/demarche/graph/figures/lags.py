"""How soon after an event who reacted: each act as the interval in which it fell, with who and with what stance."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from ..errors import NotFound
from ..reactions import Reactions, Unit
from ..targets import toward
from .canvas import (
    FAINT,
    INK,
    SOFT,
    Figure,
    bare,
    day_words,
    picture,
    place,
    plain,
    several,
    short,
    short_unit,
    stance,
    stance_legend,
    with_choice,
    wrapped,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Row = dict[str, Any]

_LINE, _MOST = 0.235, 60


def lags(
    reactions: Reactions,
    event: str,
    source: str,
    fold: Unit = "government",
    hours: int = 72,
    title: str | None = None,
) -> Figure:
    """The acts that answer an event (an IRI) and may fall within so many hours of it, by unit and time.

    A bar runs from the least to the greatest lag that the sources allow: most are as wide as the day that a document
    names. Units stand in the order of their first possible act.
    """
    answers = reactions.about(event)
    told = _timed(answers, fold)
    shown = told.filter(pl.col("lag_min") <= timedelta(hours=hours)).head(_MOST)
    if shown.is_empty():
        raise NotFound(f"no act with a known time answers {event} within {hours} hours")
    rows = list(shown.iter_rows(named=True))
    later = told["act"].n_unique() - shown["act"].n_unique()
    name = reactions.names.get(event, event)
    height = 1.6 + 0.5 + _LINE * len(rows) + 0.12 * shown["unit"].n_unique()
    begun, ended = shown["event_earliest"].min(), shown["event_latest"].max()
    subtitle = (
        f"Each bar is the time within which an act fell; one that begins before the event: only the day is known\n"
        f"The event: {_moment(begun, ended)}. "
        f"{several(shown['act'].n_unique(), 'act')} that may fall within {hours} hours"
        + (f"; {several(later, 'other')} not drawn" if later else "")
    )
    subtitle, more = with_choice(subtitle, answers.choice, reactions.names, 8.6)
    heading = title or f"How soon they reacted: {name}"
    with picture(8.6, height + more, heading, subtitle, source) as (paper, axes):
        place(axes, paper, left=1.95, right=0.3, top=0.95 + more, bottom=1.42)
        _draw(axes, rows, reactions, hours)
        shapes = (stance(*one) for one in shown.select("polarity", "elsewhere").iter_rows())
        stance_legend(paper, 0.3, shapes, "presumed" in shown["link"].to_list())
    return Figure(paper)


def _timed(reactions: Reactions, fold: Unit) -> pl.DataFrame:
    """Each act of a unit once, with units by their first possible act."""
    acts = (
        reactions.fold(fold)
        .drop_nulls(("lag_min", "lag_max", "unit"))
        .unique(("act", "unit"), keep="first", maintain_order=True)
        .with_columns(elsewhere=pl.col("act").is_in(list(toward(reactions, reactions.names))))
    )
    first = pl.col("lag_min").min().over("unit")
    return acts.with_columns(first=first).sort("first", "unit", "lag_min", "lag_max", "act").drop("first")


def _draw(axes: Axes, rows: list[Row], reactions: Reactions, hours: int) -> None:
    least = min(_hours(row["lag_min"]) for row in rows)
    left, right = max(least, -36.0) - 1, float(hours)
    wide = (right - left) * 1.55
    axes.set_xlim(left, left + wide)
    unit, y, bounds = "", 0.0, []
    for row in rows:
        if row["unit"] != unit:
            y -= 0.5 if unit else 0.0
            bounds.append(y)
            unit = row["unit"]
            label = wrapped(short_unit(reactions.names.get(unit, unit)), 24)
            axes.text(left - wide * 0.012, y, label, ha="right", va="center", size=8.5, weight="bold")
        _act(axes, row, y, left, right, reactions)
        y -= 1
    _frame(axes, y, left, right, bounds)


def _act(axes: Axes, row: Row, y: float, left: float, right: float, reactions: Reactions) -> None:
    start, end = max(_hours(row["lag_min"]), left), min(_hours(row["lag_max"]), right)
    drawn = stance(row["polarity"], row["elsewhere"])
    presumed = row["link"] == "presumed"
    axes.plot([start, end], [y, y], color=drawn.colour, linewidth=4.5, alpha=0.35, solid_capstyle="butt")
    axes.plot(
        [(start + end) / 2], [y], marker=drawn.shape, markersize=5.5, color=drawn.colour,
        markerfacecolor="white" if presumed else drawn.colour,
    )  # fmt: skip
    if _hours(row["lag_max"]) > right:
        axes.annotate(
            "",
            (right + 0.9, y),
            (right - 0.1, y),
            arrowprops={"arrowstyle": "->", "color": drawn.colour, "lw": 0.9},
        )
    who = " and ".join(short_unit(reactions.names.get(one, one)) for one in row["actors"][:2])
    if len(row["actors"]) > 2:
        who += " and others"
    words = (row["stance"] or row["kind"]).replace("-", " ")
    axes.text(
        end + (right - left) * 0.025, y, plain(f"{short(who, 50)}: {words}"), va="center", size=7.5, color=INK
    )


def _frame(axes: Axes, lowest: float, left: float, right: float, bounds: list[float]) -> None:
    axes.set_ylim(lowest + 0.3, 1.0)
    for bound in bounds[1:]:
        axes.axhline(bound + 0.75, color=FAINT, linewidth=0.6)
    axes.axvline(0, color=INK, linewidth=1)
    step = 6 if right - left <= 60 else 12 if right - left <= 130 else 24 if right - left <= 260 else 168
    ticks = [tick for tick in range(-168 * 6, int(right) + 1, step) if tick >= left]
    axes.set_xticks(ticks, [f"{tick:+d} h" if tick else "event" for tick in ticks])
    axes.set_yticks([])
    for tick in ticks:
        axes.axvline(tick, color=FAINT, linewidth=0.5, zorder=0)
    axes.set_xlabel("hours after the event, at the least and at the most", loc="left")
    bare(axes, "bottom")
    axes.xaxis.label.set_color(SOFT)


def _hours(lag: timedelta) -> float:
    return lag.total_seconds() / 3600


def _moment(begun: Any, ended: Any) -> str:
    """The time of the event in UTC, as narrow as it is known."""
    if ended - begun <= timedelta(minutes=1):
        return f"{day_words(begun)}, {begun:%H:%M} UTC"
    if begun.date() == ended.date():
        return f"{day_words(begun)}, {begun:%H:%M}-{ended:%H:%M} UTC"
    return f"{day_words(begun)} to {day_words(ended)}"
