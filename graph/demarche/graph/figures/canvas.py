"""What all figures share: paper, letters, colours with their symbols, the line of the source, and how one is saved.

No symbol is told by its colour alone: each stance has a shape, presumed links are hollow. The colours are those of
Okabe and Ito, which readers with any of the common kinds of colour blindness tell apart. Equal records give equal
bytes: no clock, no chance, and letters that matplotlib itself brings.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..choice import Choice
from ..errors import BadParameter, NotInstalled
from ..network_files import clean
from ..store import Store
from ..targets import ELSEWHERE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Paper

INK, SOFT, FAINT = "#1a1a1a", "#6b6b6b", "#d9d9d9"
BLUE, GREEN, ORANGE, RED, GREY, PURPLE = "#0072b2", "#009e73", "#e69f00", "#d55e00", "#767676", "#cc79a7"


@dataclass(frozen=True)
class Stance:
    """How a polarity is drawn: the same shape and colour in every figure."""

    shape: str | tuple[tuple[float, float], ...]
    colour: str
    words: str


# The ▼▼ of the pages, one above the other.
_TWICE_DOWN = ((-0.8, 1), (0.8, 1), (0, 0), (0.8, 0), (0, -1), (-0.8, 0), (0, 0), (-0.8, 1))
STANCES: dict[int | str | None, Stance] = {
    -2: Stance(_TWICE_DOWN, RED, "condemns, threatens, defies"),
    -1: Stance("v", ORANGE, "criticises, demands, warns"),
    0: Stance("o", BLUE, "reports, reassures, urges restraint"),
    1: Stance("^", GREEN, "supports, justifies, offers, calls for dialogue"),
    ELSEWHERE: Stance("D", PURPLE, "toward something else, as a resolution"),
    None: Stance("s", GREY, "no stance coded"),
}


@dataclass(frozen=True)
class Figure:
    """A drawn figure: ``saved("svg")`` or ``saved("png")`` gives its bytes."""

    paper: Paper

    def saved(self, kind: str) -> bytes:
        if kind not in _METADATA:
            raise BadParameter(f"a figure is saved as {' or '.join(_METADATA)}, not as {kind!r}")
        out = io.BytesIO()
        with _style():
            self.paper.savefig(out, format=kind, metadata=_METADATA[kind])
        return out.getvalue()

    def _repr_svg_(self) -> str:
        """How a notebook shows the figure."""
        return self.saved("svg").decode()


_METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": "Demarche"},
    "png": {"Software": "Demarche"},
}
KINDS = tuple(_METADATA)
_DPI = 200
_LINE = 0.17
"""The height of a line of the subtitle, in inches."""


def stance(polarity: int | None, elsewhere: bool = False) -> Stance:
    """How a stance is drawn: praise like a welcome, and what is ``elsewhere`` directed as ``targets`` says."""
    return STANCES[lane(polarity, elsewhere)]


def lane(polarity: int | None, elsewhere: bool = False) -> int | str | None:
    """The key of the stance in ``STANCES``."""
    if polarity is None:
        return None
    return ELSEWHERE if polarity and elsewhere else min(polarity, 1)


def credit(store: Store) -> str:
    """The line that says from which record a figure is, and of what day: the latest on which a document was coded."""
    told = store.select("SELECT (MAX(STR(?day)) AS ?last) { ?document dm:codedOn ?day }")
    last = next((row["last"] for row in told), None)
    coded = f", as coded on {day_words(date.fromisoformat(last))}" if last else ""
    return f"Source: Demarche record {store.version()}{coded}"


@contextmanager
def picture(
    width: float, height: float, title: str, subtitle: str, source: str
) -> Iterator[tuple[Paper, Axes]]:
    """A sheet of so many inches with title, subtitle and source; what is drawn within has our letters and lines."""
    with _style():
        from matplotlib.figure import Figure as Paper

        paper = Paper(figsize=(width, height), dpi=_DPI, layout="none")
        top = height - 0.14
        paper.text(0.14 / width, top / height, plain(title), size=13, weight="bold", va="top")
        paper.text(
            0.14 / width,
            (top - 0.28) / height,
            plain(subtitle),
            size=9,
            color=SOFT,
            va="top",
            linespacing=1.35,
        )
        paper.text(0.14 / width, 0.12 / height, plain(source), size=7, color=SOFT, va="bottom")
        axes = paper.add_axes((0.1, 0.1, 0.8, 0.8))
        yield paper, axes


def with_choice(subtitle: str, choice: Choice, names: Mapping[str, str], width: float) -> tuple[str, float]:
    """The subtitle with what was left out beneath, and how many inches more it takes on a sheet that wide."""
    lines = wrap(plain(choice.words(names)), int(width * 12), max_lines=2, placeholder=" …")
    return "\n".join([subtitle, *lines]), _LINE * len(lines)


def place(axes: Axes, paper: Paper, left: float, right: float, top: float, bottom: float) -> None:
    """Leave margins of so many inches around the axes."""
    width, height = paper.get_size_inches()
    axes.set_position(
        (left / width, bottom / height, (width - left - right) / width, (height - top - bottom) / height)
    )


def stance_legend(
    paper: Paper, bottom: float, drawn: Iterable[Stance], hollow: bool, more: Iterable[Any] = ()
) -> None:
    """What the shapes mean, for those that are drawn; ``bottom`` is in inches from the lower edge."""
    from matplotlib.lines import Line2D

    shown = set(drawn)
    marks: list[Any] = [
        Line2D([], [], marker=one.shape, color=one.colour, linestyle="", markersize=6, label=one.words)
        for one in STANCES.values()
        if one in shown
    ]
    if hollow:
        marks.append(
            Line2D(
                [],
                [],
                marker="o",
                color=SOFT,
                markerfacecolor="white",
                linestyle="",
                markersize=6,
                label="hollow: link presumed",
            )
        )
    width, height = paper.get_size_inches()
    paper.legend(
        handles=[*marks, *more], loc="lower left", bbox_to_anchor=(0.08 / width, bottom / height),
        ncols=min(3, max(1, int(width / 2.9))), frameon=False, fontsize=8, handletextpad=0.4, columnspacing=1.4,
        borderaxespad=0.2,
    )  # fmt: skip


def bare(axes: Axes, *kept: str) -> None:
    """Only the named sides of the frame are drawn."""
    for name, side in axes.spines.items():
        side.set_visible(name in kept)
        side.set_color(FAINT)
    axes.tick_params(length=0, colors=INK, labelsize=8)


def plain(text: str) -> str:
    """The text without line breaks and control characters, and whatever our letters lack as a box."""
    return "\n".join(" ".join(clean(line).split()) for line in text.split("\n"))


def short(text: str, length: int) -> str:
    """The text, cut where it would be longer than so many characters."""
    text = " ".join(clean(text).split())
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def wrapped(text: str, width: int) -> str:
    """The text on at most two lines of about so many characters."""
    return "\n".join(wrap(plain(text), width, max_lines=2, placeholder=" …"))


def event_words(label: str) -> tuple[str, str]:
    """An event in few words, and its day: ``Hwasong-14 launch of 28 July 2017`` is ``Hwasong-14`` and ``28 July 2017``.

    The day is empty where the label does not end with one.
    """
    words = _LAUNCH.sub(", ", plain(label)).replace("North Korean nuclear test", "nuclear test")
    found = _DAY.fullmatch(words)
    return (found[1], found[2]) if found else (words, "")


def day_words(day: date) -> str:
    """The day as it is written: 28 July 2017."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def several(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def short_unit(label: str) -> str:
    """A government by its country; every other name as it is."""
    for opening in ("Government of the ", "Government of "):
        if label.startswith(opening):
            return label.removeprefix(opening)
    return label


_LAUNCH = re.compile(r"(?: satellite)? launch(?:es)? of (?=\d)")
_DAY = re.compile(r"(.+), (\d{1,2} [A-Z][a-z]+ \d{4})")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "axes.labelsize": 8.5,
    "text.parse_math": False,
    "svg.hashsalt": "demarche",
    "svg.fonttype": "none",
    "axes.axisbelow": True,
    "timezone": "UTC",
}


@contextmanager
def _style() -> Iterator[None]:
    try:
        import matplotlib
    except ImportError:
        raise NotInstalled("a figure", "matplotlib", "plot") from None
    with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Glyph .* missing from font"
        )  # drawn as a box; SVG keeps the letter
        yield
