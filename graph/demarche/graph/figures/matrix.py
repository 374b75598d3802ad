"""Who met which event with what: units by rows, events by columns, in each cell the highest level and its stance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from demarche.ontology.codes import LEVEL_RANK

from ..errors import NotFound
from ..indicators.stance_matrix import stance_matrix
from ..reactions import Reactions, Unit
from ..targets import elsewhere
from .canvas import (
    FAINT,
    INK,
    SOFT,
    Figure,
    bare,
    event_words,
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

_SHADES = ("#f3f3f3", "#e3ecf5", "#c9dcee", "#a6c8e4", "#7fb0d8", "#5796c8", "#357ab3", "#1d5b92")
"""One for each level, from none to force: light to dark, so that they keep their order in grey."""

_ROWS, _COLUMNS = 18, 22


def matrix(reactions: Reactions, source: str, fold: Unit = "government", title: str | None = None) -> Figure:
    """The highest level that each unit reached on each occasion, and the stance of that act: see ``stance_matrix``.

    An empty cell means that the record knows of no act, and not that there was none.
    """
    told = reactions.by_occasion
    cells = stance_matrix(told, fold).drop_nulls(("unit", "level_rank"))
    if cells.is_empty():
        raise NotFound("no act of a known level is left to be drawn")
    events = _most(cells, "event", _COLUMNS)
    kept = cells.filter(pl.col("event").is_in(events.implode()))
    units = _most(kept, "unit", _ROWS)
    kept = _signed(kept.filter(pl.col("unit").is_in(units.implode())), told)
    columns = (
        told.frame.filter(pl.col("event").is_in(events.implode()))
        .group_by("event")
        .agg(pl.col("event_earliest").min())
        .sort("event_earliest", "event", nulls_last=True)
    )
    rows = units.to_list()
    height = 4.45 + 0.36 * len(rows)
    width = max(7.2, 2.25 + 0.46 * len(columns) + 1.6)
    subtitle = _subtitle(cells, len(rows), len(columns))
    subtitle, more = with_choice(subtitle, reactions.choice, reactions.names, width)
    heading = title or "Who met which event with what"
    with picture(width, height + more, heading, subtitle, source) as (paper, axes):
        place(axes, paper, left=2.25, right=width - 2.25 - 0.46 * len(columns), top=3.05 + more, bottom=1.4)
        _draw(axes, kept, rows, columns["event"].to_list(), reactions)
        _legend(paper, kept)
    return Figure(paper)


def _signed(cells: pl.DataFrame, told: Reactions) -> pl.DataFrame:
    """The cells with whether the act takes its stance ``elsewhere`` than toward the event of its column."""
    found = elsewhere(told, told.names)
    pairs = zip(cells["act"], cells["event"], strict=True)
    return cells.with_columns(elsewhere=pl.Series([pair in found for pair in pairs], dtype=pl.Boolean))


def _most(cells: pl.DataFrame, column: str, number: int) -> pl.Series:
    """Those that most of the others meet, then with most acts."""
    counted = cells.group_by(column).agg(pl.len().alias("met"), pl.col("acts").sum())
    return counted.sort("met", "acts", column, descending=[True, True, False])[column].head(number)


def _subtitle(cells: pl.DataFrame, rows: int, columns: int) -> str:
    units, events = cells["unit"].n_unique(), cells["event"].n_unique()
    lines = [
        "In each cell the highest level of reaction (number and shade) and the stance of that act (shape)"
    ]
    if rows < units or columns < events:
        lines.append(
            f"Drawn: the {columns} of {several(events, 'event')} that most actors answered, "
            f"and the {rows} of {units} who answered most of them"
        )
    return "\n".join([*lines, "An empty cell: the record knows of no act"])


def _draw(axes: Axes, cells: pl.DataFrame, rows: list[str], columns: list[str], reactions: Reactions) -> None:
    from matplotlib.patches import Rectangle

    for row in cells.iter_rows(named=True):
        x, y = columns.index(row["event"]), rows.index(row["unit"])
        rank = row["level_rank"]
        axes.add_patch(Rectangle((x + 0.03, y + 0.03), 0.94, 0.94, facecolor=_SHADES[rank], edgecolor="none"))
        _cell(axes, x, y, row)
    axes.set_xlim(0, len(columns))
    axes.set_ylim(len(rows), 0)
    axes.set_xticks(
        [number + 0.5 for number in range(len(columns))], [_event(one, reactions) for one in columns]
    )
    axes.xaxis.tick_top()
    for label in axes.get_xticklabels():
        label.set(rotation=50, ha="left", va="bottom", rotation_mode="anchor")
    names = [wrapped(short_unit(reactions.names.get(one, one)), 28) for one in rows]
    axes.set_yticks([number + 0.5 for number in range(len(rows))], names)
    for number in range(len(rows) + 1):
        axes.axhline(number, color=FAINT, linewidth=0.5)
    for number in range(len(columns) + 1):
        axes.axvline(number, color=FAINT, linewidth=0.5)
    bare(axes)


def _cell(axes: Axes, x: int, y: int, row: dict[str, Any]) -> None:
    dark = row["level_rank"] >= 5
    ink = "white" if dark else INK
    drawn = stance(row["polarity"], row["elsewhere"])
    axes.text(x + 0.32, y + 0.52, str(row["level_rank"]), ha="center", va="center", size=8.5, color=ink)
    colour = "white" if dark else drawn.colour
    inside = _SHADES[row["level_rank"]] if row["link"] == "presumed" else colour
    axes.plot(
        [x + 0.67], [y + 0.5], marker=drawn.shape, markersize=5.5, color=colour, markerfacecolor=inside,
        markeredgewidth=1.1,
    )  # fmt: skip


def _event(event: str, reactions: Reactions) -> str:
    """What heads a column: the event and its day."""
    what, day = event_words(reactions.names.get(event, event.rpartition("/")[2]))
    return f"{short(what, 26)}, {day}" if day else short(what, 44)


def _legend(paper: Paper, cells: pl.DataFrame) -> None:
    from matplotlib.patches import Patch

    drawn = set(cells["level_rank"])
    levels = [
        Patch(
            facecolor=_SHADES[rank], edgecolor=SOFT, linewidth=0.4, label=f"{rank}  {name.replace('-', ' ')}"
        )
        for name, rank in LEVEL_RANK.items()
        if rank in drawn
    ]
    shapes = (stance(*one) for one in cells.select("polarity", "elsewhere").iter_rows())
    stance_legend(paper, 0.3, shapes, "presumed" in cells["link"].to_list(), levels)
