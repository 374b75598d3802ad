"""A network drawn on a circle: every name can be read, no chance decides its place, ties show their weight."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from ..choice import Choice
from ..errors import NotFound
from ..network_files import Network
from .canvas import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    RED,
    SOFT,
    Figure,
    picture,
    place,
    plain,
    several,
    short,
    short_unit,
    with_choice,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Paper

Point = tuple[float, float]

_MOST = 48
_HALF, _LETTER = 4.4, 0.066
"""Half the breadth of the drawing, and the breadth of a letter, in inches."""
_KINDS = (("o", BLUE), ("s", ORANGE), ("^", GREEN), ("D", RED), ("P", "#cc79a7"), ("X", SOFT))
"""Shape and colour of the kinds of nodes, in the order of how many there are."""


def network(graph: Network, source: str, title: str | None = None, weight: str = "weight") -> Figure:
    """The nodes with the most and heaviest ties, round a circle from the top, and all ties between them.

    The breadth of a tie shows its weight, the size of a node the weight of all its ties; an arrow shows a direction.
    """
    strength = _strengths(graph, weight)
    if not strength:
        raise NotFound("the network has no ties that could be drawn")
    shown = sorted(strength, key=lambda node: (-strength[node], node))[:_MOST]
    about = graph.graph
    left_out = (
        f"; the {len(shown)} of {len(graph)} with the heaviest are drawn" if len(shown) < len(graph) else ""
    )
    subtitle = (
        f"{short(str(about.get('definition', 'Each line is a tie; broader lines weigh more.')), 110)}\n"
        f"{several(len(graph), 'node')}, {several(len(graph.edges), 'tie')}{left_out}"
    )
    subtitle, more = with_choice(
        subtitle, _choice(about), {_text(about, "event"): _text(about, "event_name")}, 9.2
    )
    heading = title or f"Network: {about.get('projection', 'ties')}"
    with picture(9.2, 9.6 + more, heading, subtitle, source) as (paper, axes):
        place(axes, paper, left=0.1, right=0.1, top=0.95 + more, bottom=0.75)
        _draw(axes, graph, shown, strength, weight)
        _legend(paper, graph, shown, weight)
    return Figure(paper)


def _choice(about: Mapping[str, object]) -> Choice:
    """What a network says of the reactions that were chosen for it."""
    start, end = (_text(about, name) for name in ("from", "until"))
    return Choice(
        _text(about, "event") or None,
        date.fromisoformat(start) if start else None,
        date.fromisoformat(end) if end else None,
        bool(about.get("explicit_only")),
    )


def _text(about: Mapping[str, object], name: str) -> str:
    return str(about.get(name) or "")


def _strengths(graph: Network, weight: str) -> dict[str, float]:
    """The weight of all ties of each node that has any to another."""
    found: dict[str, float] = {}
    for start, end, told in graph.edges(data=True):
        if start != end:
            for node in (start, end):
                found[node] = found.get(node, 0.0) + _weight(told, weight)
    return found


def _draw(axes: Axes, graph: Network, shown: list[str], strength: dict[str, float], weight: str) -> None:
    places = _places(graph, shown, weight)
    ties = _ties(graph, places, weight)
    heaviest = max(heavy for *_, heavy in ties)
    for start, end, heavy in sorted(ties, key=lambda tie: (tie[2], tie[0], tie[1])):
        _tie(axes, places[start], places[end], heavy / heaviest, graph.is_directed())
    kinds = _kinds(graph, shown)
    most = max(strength[node] for node in shown)
    for node, (x, y) in places.items():
        shape, colour = kinds[_kind(graph, node)]
        size = 4.5 + 9 * math.sqrt(strength[node] / most)
        axes.plot(
            [x],
            [y],
            marker=shape,
            markersize=size,
            color=colour,
            markeredgecolor="white",
            markeredgewidth=0.8,
            zorder=3,
        )
        _name(axes, graph, node, x, y)
    half = _HALF * 1.09 / (_HALF - _LETTER * max(len(_label(graph, node)) for node in shown))
    axes.set_xlim(-half, half)
    axes.set_ylim(-half, half)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _places(graph: Network, shown: list[str], weight: str) -> dict[str, Point]:
    """Round the circle, each next to the one of those left to which it is tied most: neighbours share many ties."""
    ties: dict[str, dict[str, float]] = {node: {} for node in shown}
    for start, end, told in graph.edges(data=True):
        if start != end and start in ties and end in ties:
            for one, other in ((start, end), (end, start)):
                ties[one][other] = ties[one].get(other, 0.0) + _weight(told, weight)
    order, left = [shown[0]], shown[1:]
    while left:
        nearest = max(left, key=lambda node: (ties[order[-1]].get(node, 0.0), -left.index(node)))
        left.remove(nearest)
        order.append(nearest)
    turn = 2 * math.pi / len(order)
    return {node: (math.sin(turn * at), math.cos(turn * at)) for at, node in enumerate(order)}


def _ties(graph: Network, places: dict[str, Point], weight: str) -> list[tuple[str, str, float]]:
    return [
        (start, end, _weight(told, weight))
        for start, end, told in graph.edges(data=True)
        if start != end and start in places and end in places
    ]


def _tie(axes: Axes, start: Point, end: Point, heavy: float, directed: bool) -> None:
    """A curve that bends to the middle of the circle, the more the farther apart its ends are."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path

    inwards = (1 - math.dist(start, end) / 4) / 2
    bend = (inwards * (start[0] + end[0]), inwards * (start[1] + end[1]))
    near, far = _towards(start, bend), _towards(end, bend)
    curve = Path([near, bend, far], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    axes.add_patch(
        FancyArrowPatch(
            path=curve,
            arrowstyle="-|>" if directed else "-",
            mutation_scale=7,
            color=INK,
            fill=directed,
            linewidth=0.4 + 4.2 * heavy,
            alpha=0.2 + 0.5 * heavy,
            capstyle="butt",
            zorder=1,
        )
    )


def _towards(point: Point, goal: Point) -> Point:
    """A little way from the middle of a node, so that an arrow ends at its rim."""
    length = math.dist(point, goal) or 1.0
    return (point[0] + 0.05 * (goal[0] - point[0]) / length, point[1] + 0.05 * (goal[1] - point[1]) / length)


def _name(axes: Axes, graph: Network, node: str, x: float, y: float) -> None:
    """The name, outwards from the circle along its radius, never upside down."""
    angle = math.degrees(math.atan2(y, x))
    right = -90 <= angle <= 90
    axes.text(
        x * 1.075, y * 1.075, _label(graph, node), size=7.5, rotation=angle if right else angle + 180,
        rotation_mode="anchor", ha="left" if right else "right", va="center",
    )  # fmt: skip


def _label(graph: Network, node: str) -> str:
    return short(short_unit(str(graph.nodes[node].get("label") or node)), 40)


def _legend(paper: Paper, graph: Network, shown: list[str], weight: str) -> None:
    from matplotlib.lines import Line2D

    marks: list[Any] = [
        Line2D([], [], marker=shape, color=colour, linestyle="", markersize=6, label=plain(kind))
        for kind, (shape, colour) in _kinds(graph, shown).items()
        if kind
    ]
    counts = graph.graph.get(weight, "its weight")
    heaviest = max(_weight(told, weight) for *_, told in graph.edges(data=True))
    marks.append(
        Line2D(
            [],
            [],
            color=INK,
            linewidth=4,
            alpha=0.6,
            label=short(f"breadth: {counts}, up to {heaviest:g}", 90),
        )
    )
    width, height = paper.get_size_inches()
    paper.legend(
        handles=marks,
        loc="lower left",
        bbox_to_anchor=(0.08 / width, 0.28 / height),
        ncols=4,
        frameon=False,
        fontsize=8,
    )


def _kinds(graph: Network, shown: list[str]) -> dict[str, tuple[str, str]]:
    """How each kind of node is drawn; kinds beyond those that can be told apart share the last shape."""
    counted: dict[str, int] = {}
    for node in shown:
        counted[_kind(graph, node)] = counted.get(_kind(graph, node), 0) + 1
    ranked = sorted(counted, key=lambda kind: (-counted[kind], kind))
    return {kind: _KINDS[min(rank, len(_KINDS) - 1)] for rank, kind in enumerate(ranked)}


def _kind(graph: Network, node: str) -> str:
    return str(graph.nodes[node].get("kind") or "")


def _weight(told: dict[str, Any], weight: str) -> float:
    return float(told.get(weight) or 1.0)
