"""Launches and tests along the time, with how many acts answer each, and beneath them who reacted when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from ..errors import NotFound
from ..intervals import parse_moment
from ..reactions import Reactions, Unit
from ..targets import ELSEWHERE, toward
from .canvas import (
    FAINT,
    INK,
    SOFT,
    Figure,
    bare,
    day_words,
    event_words,
    lane,
    picture,
    place,
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
    from matplotlib.figure import Figure as Paper
    from matplotlib.text import Text

_ROWS = 12
_ABOVE = 2.5
_CATALOGUE = """
SELECT ?event (MIN(STR(?day)) AS ?first) (COUNT(DISTINCT ?launch) AS ?launches) {
    ?launch dm:inCatalogue ?catalogue ; dm:localDate ?day FILTER NOT EXISTS { ?launch a dm:Act }
    OPTIONAL { ?launch dm:partOf ?whole . ?whole rdfs:label ?label }
    BIND(COALESCE(?whole, ?launch) AS ?event)
}
GROUP BY ?event ORDER BY ?first ?event
"""


def timeline(
    reactions: Reactions, source: str, start: date | None = None, end: date | None = None, fold: Unit = "government",
    title: str | None = None,
) -> Figure:  # fmt: skip
    """All launches and tests of the catalogues from ``start`` to ``end``, and the acts of those days that answer any.

    Above, a stem for each launch, salvo or test: as high as the number of acts (of whatever day) that answer it, and a
    tick where no known act does. Beneath, a row for each unit: a line as long as the time within which the act fell.
    """
    kept = reactions.between(start, end)
    acts = _acts(kept, fold)
    if acts.is_empty():
        raise NotFound("no act with a known time is left to be drawn")
    first = start or min(acts["local_date"].min(), acts["local_last"].min())  # type: ignore[type-var]
    last = end or max(acts["local_date"].max(), acts["local_last"].max())  # type: ignore[type-var]
    assert isinstance(first, date)
    assert isinstance(last, date)
    events = _events(reactions, first, last)
    counted = (
        acts.group_by("unit")
        .agg(pl.col("act").n_unique().alias("acts"))
        .sort("acts", "unit", descending=[True, False])
    )
    units = counted["unit"].head(_ROWS).to_list()
    shown = acts.filter(pl.col("unit").is_in(units))
    subtitle = (
        f"Above: {several(len(events), 'event')} (launches, salvoes, nuclear tests), "
        "as high as the number of acts that answer each; a tick: none known\n"
        f"Beneath: {several(shown['act'].n_unique(), 'act')} by who acted, {day_words(first)} to {day_words(last)}"
        + (f"; the {len(units)} of {len(counted)} who acted most" if len(units) < len(counted) else "")
    )
    subtitle, more = with_choice(subtitle, kept.choice, reactions.names, 10.5)
    top = 0.95 + more
    height = top + _ABOVE + 0.34 * len(units) + 1.2
    with picture(10.5, height, title or "Launches, and who reacted when", subtitle, source) as (paper, axes):
        place(axes, paper, left=1.95, right=0.35, top=top + _ABOVE, bottom=1.2)
        above = paper.add_axes((0.1, 0.5, 0.8, 0.4), sharex=axes)
        place(above, paper, left=1.95, right=0.35, top=top, bottom=height - top - _ABOVE)
        _rows(axes, shown, units, reactions)
        _days(axes, first, last)
        _stems(paper, above, events)
        shapes = (stance(*one) for one in shown.select("polarity", "elsewhere").iter_rows())
        stance_legend(paper, 0.3, shapes, "presumed" in shown["link"].to_list())
    return Figure(paper)


def _acts(reactions: Reactions, fold: Unit) -> pl.DataFrame:
    """Each act of a unit once; of several events that it answers the first. ``elsewhere``: toward none of them."""
    return (
        reactions.fold(fold)
        .drop_nulls(("earliest", "latest", "unit"))
        .sort("link", "earliest", "act", "event")
        .unique(("act", "unit"), keep="first", maintain_order=True)
        .with_columns(elsewhere=pl.col("act").is_in(list(toward(reactions, reactions.names))))
    )


def _events(reactions: Reactions, first: date, last: date) -> list[tuple[datetime, int, str]]:
    """When each event of the catalogues was, how many acts answer it, and what it is called; in the order of time."""
    told = reactions.by_occasion.frame
    answers = dict(told.group_by("event").agg(pl.col("act").n_unique()).iter_rows())
    found = []
    for row in reactions.store.select(_CATALOGUE):
        moment = parse_moment(row["first"] or "")
        event = row["event"] or ""
        if first <= moment.start.date() <= last:
            found.append((moment.start, int(answers.get(event, 0)), reactions.names.get(event, event)))
    return sorted(found)


def _rows(axes: Axes, acts: pl.DataFrame, units: list[str], reactions: Reactions) -> None:
    for row in acts.reverse().iter_rows(named=True):  # what is explicit lies on top
        _act(axes, row, units.index(row["unit"]))
    for number in range(len(units) + 1):
        axes.axhline(number - 0.5, color=FAINT, linewidth=0.5, zorder=0)
    axes.set_ylim(len(units) - 0.5, -0.5)
    names = [wrapped(short_unit(reactions.names.get(one, one)), 26) for one in units]
    axes.set_yticks(range(len(units)), names)


def _act(axes: Axes, row: dict[str, Any], y: int) -> None:
    drawn = stance(row["polarity"], row["elsewhere"])
    at = y + _LANES[lane(row["polarity"], row["elsewhere"])]
    start, end = row["earliest"], row["latest"]
    axes.plot([start, end], [at, at], color=drawn.colour, linewidth=1.6, alpha=0.7, solid_capstyle="butt")
    axes.plot(
        [start + (end - start) / 2], [at], marker=drawn.shape, markersize=4, color=drawn.colour, markeredgewidth=0.8,
        markerfacecolor="white" if row["link"] == "presumed" else drawn.colour,
    )  # fmt: skip


_LANES: dict[int | str | None, float] = {-2: -0.35, -1: -0.21, 0: -0.07, 1: 0.07, ELSEWHERE: 0.21, None: 0.35}
"""Within a row, each stance has its height: acts of one day do not hide each other unless they are alike."""


def _days(axes: Axes, first: date, last: date) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    margin = max((last - first) / 60, timedelta(hours=12))
    axes.set_xlim(_noon(first) - margin - timedelta(hours=12), _noon(last) + margin + timedelta(hours=12))
    locator = AutoDateLocator(tz=UTC, minticks=4, maxticks=10)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=UTC))
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    bare(axes, "bottom")
    axes.xaxis.get_offset_text().set(size=8, color=INK)


def _stems(paper: Paper, axes: Axes, events: list[tuple[datetime, int, str]]) -> None:
    answered = [one for one in events if one[1]]
    axes.plot(
        [day for day, count, _ in events if not count],
        [0] * (len(events) - len(answered)),
        "|",
        color=SOFT,
        markersize=7,
    )
    for day, count, _ in answered:
        axes.plot([day, day], [0, count], color=INK, linewidth=1.1)
        axes.plot([day], [count], "o", color=INK, markersize=3.5)
    highest = max((count for _, count, _ in answered), default=1)
    axes.set_ylim(0, highest * 1.28)
    axes.set_yticks(_whole_ticks(highest))
    axes.set_ylabel("acts that answer")
    axes.grid(axis="both", color=FAINT, linewidth=0.5)
    bare(axes, "bottom")
    axes.tick_params(labelbottom=False)
    axes.yaxis.label.set_color(SOFT)
    _names(paper, axes, answered)


def _names(paper: Paper, axes: Axes, answered: list[tuple[datetime, int, str]]) -> None:
    """Name as many events as there is room for, those with most acts first; no name lies over another or a stem."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.dates import date2num

    renderer = FigureCanvasAgg(paper).get_renderer()
    year = len({day.year for day, *_ in answered}) > 1
    heads = [axes.transData.transform((date2num(day), count)) for day, count, _ in answered]
    taken = [(x - 3, axes.bbox.y0, x + 3, y + 5) for x, y in heads]
    for day, count, name in sorted(answered, key=lambda one: (-one[1], one[0])):
        for side in ("left", "right"):
            shift = (5, 3) if side == "left" else (-5, 3)
            text: Text = axes.annotate(
                _event(name, year),
                (date2num(day), count),
                shift,
                textcoords="offset points",
                ha=side,
                size=7,
            )
            box = text.get_window_extent(renderer)
            edges = (box.x0, box.y0, box.x1, box.y1)
            inside = edges[0] >= axes.bbox.x0 and edges[2] <= axes.bbox.x1
            if inside and not any(_overlap(edges, other) for other in taken):
                taken.append(edges)
                break
            text.remove()


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _event(label: str, year: bool) -> str:
    """The event on two lines: what it was, and its day."""
    what, day = event_words(label)
    return f"{short(what, 26)}\n{day if year else day[:-5]}".rstrip()


def _whole_ticks(highest: int) -> list[int]:
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 10**9) if highest / step <= 5)
    return list(range(0, highest + 1, step))


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
