"""Figures: what is drawn can be read, tells its source, needs no colour, and is the same every time."""

import io
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
from matplotlib.image import imread
from matplotlib.text import Text

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter, NotFound, NotInstalled
from demarche.graph.figures import Figure, credit, lags, matrix, network, timeline
from demarche.graph.figures.canvas import STANCES, event_words, short, short_unit, stance, wrapped
from demarche.graph.indicators.stance_matrix import stance_matrix
from demarche.graph.reactions import Reactions
from demarche.graph.targets import ELSEWHERE, SIGNS_SAID, elsewhere

ICBM = f"{ids.BASE}event/2017-07-28-hwasong-14-1"
SOURCE = "Source: Demarche record 0123456789abcdef, as coded on 1 January 2030"
HOSTILE = ["$x_{2}$ \\frac", "<b>&amp;\"'", "\x00\x1b\r\n", "", "x" * 500, "حرب\u202e", "😀"]


@pytest.fixture(scope="module")
def table(seed_graph: KnowledgeGraph) -> Reactions:
    return seed_graph.reactions()


def co_reaction(table: Reactions) -> "nx.Graph[str]":
    """A network of governments like those that the record's projections draw."""
    graph: nx.Graph[str] = nx.Graph(projection="co-reaction", definition="Who answered the same event.")
    for units in table.fold("government").group_by("event", maintain_order=True).agg("unit")["unit"]:
        for one, other in combinations(sorted(set(units)), 2):
            weight = graph.get_edge_data(one, other, {"weight": 0})["weight"]
            graph.add_edge(one, other, weight=weight + 1)
    for node in graph:
        graph.nodes[node].update(label=table.names.get(node, node), kind="government")
    return graph


DRAWINGS: Mapping[str, Callable[[Reactions], Figure]] = {
    "lags": lambda table: lags(table, ICBM, SOURCE),
    "lags by person, in weeks": lambda table: lags(table, ICBM, SOURCE, fold="person", hours=24 * 14),
    "matrix": lambda table: matrix(table, SOURCE),
    "matrix of one quarter": lambda table: matrix(table.between(date(2017, 7, 1), date(2017, 9, 30)), SOURCE),
    "timeline": lambda table: timeline(table, SOURCE),
    "timeline of one year": lambda table: timeline(table, SOURCE, date(2017, 1, 1), date(2017, 12, 31)),
    "network": lambda table: network(co_reaction(table), SOURCE),
    "directed network": lambda table: network(co_reaction(table).to_directed(), SOURCE),
}


@pytest.fixture(scope="module")
def drawn(table: Reactions) -> Mapping[str, Figure]:
    return {name: draw(table) for name, draw in DRAWINGS.items()}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_figure_is_svg_with_its_title_and_source_and_a_png_of_the_same_shape(
    name: str, drawn: Mapping[str, Figure]
) -> None:
    figure = drawn[name]
    svg = ElementTree.fromstring(figure.saved("svg"))  # noqa: S314 - our own file
    texts = ["".join(text.itertext()).strip() for text in svg.iter("{http://www.w3.org/2000/svg}text")]
    assert SOURCE in texts
    assert sum(len(text) > 10 for text in texts) > 3
    height, width = imread(io.BytesIO(figure.saved("png"))).shape[:2]
    assert width / height == pytest.approx(
        float(svg.attrib["width"][:-2]) / float(svg.attrib["height"][:-2]), rel=0.01
    )


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_text_lies_on_the_paper(name: str, drawn: Mapping[str, Figure]) -> None:
    figure = drawn[name]
    paper = extent(figure)
    for text, (left, low, right, high) in boxes(figure):
        assert (left >= 0, low >= 0, right <= paper[0], high <= paper[1]) == (True,) * 4, text


@pytest.mark.parametrize(
    "name", [name for name in DRAWINGS if "network" not in name and "matrix" not in name]
)
def test_no_text_lies_over_another(name: str, drawn: Mapping[str, Figure]) -> None:
    """Turned texts are left out: the upright box round one holds much that is empty."""
    found = boxes(drawn[name])
    over = [
        (one, other)
        for (one, a), (other, b) in combinations(found, 2)
        if a[0] < b[2] - 1 and b[0] < a[2] - 1 and a[1] < b[3] - 1 and b[1] < a[3] - 1
    ]
    assert over == []


@pytest.mark.parametrize("name", DRAWINGS)
def test_equal_tables_give_equal_bytes(name: str, drawn: Mapping[str, Figure], table: Reactions) -> None:
    again = DRAWINGS[name](table)
    assert again.saved("svg") == drawn[name].saved("svg")
    assert again.saved("png") == drawn[name].saved("png")


def test_another_process_draws_the_same_bytes(seed_cache: Path, repository: Path) -> None:
    program = (
        "import sys, hashlib; from pathlib import Path; from demarche.graph import open_graph;"
        "from demarche.graph.figures import matrix;"
        "table = open_graph(Path(sys.argv[1]), cache=Path(sys.argv[2])).reactions();"
        "print(hashlib.sha256(matrix(table, 'x').saved('svg')).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", program, str(repository / "seed_data"), str(seed_cache)],
            capture_output=True, text=True, check=True, timeout=120,
            env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(told) == 1


def test_every_stance_has_a_shape_of_its_own_so_that_no_colour_is_needed() -> None:
    assert len({one.shape for one in STANCES.values()}) == len(STANCES)
    assert len({one.colour for one in STANCES.values()}) == len(STANCES)


def test_who_reacted_to_the_icbm_test_stands_in_its_figure(table: Reactions) -> None:
    svg = lags(table, ICBM, SOURCE, hours=24).saved("svg").decode()
    for words in (
        "28 July 2017, 14:42 UTC",
        "Australia",
        "North Korea",
        "Donald Trump: criticise",
        "hollow: link presumed",
    ):
        assert words in svg, words
    assert "Nikki Haley" not in svg


def test_a_cell_of_the_matrix_is_the_highest_level_of_the_ladder(
    table: Reactions, seed_graph: KnowledgeGraph
) -> None:
    """Japan protested on 22 June 2016 (3), and more than words: as the question of the ladder has it."""
    figure = matrix(table.about(f"{ids.BASE}event/2016-06-22-musudan"), SOURCE)
    ladder = {row["government"]: row["rank"] for row in seed_graph.ask("ladder", event="2016-06-22-musudan")}
    axes = figure.paper.axes[0]
    units = [label.get_text() for label in axes.get_yticklabels()]
    drawn = {units[int(text.get_position()[1])]: text.get_text() for text in axes.texts}
    assert {f"Government of {unit}": drawn[unit] for unit in ("Japan", "South Korea")} == {
        f"Government of {unit}": ladder[f"Government of {unit}"] for unit in ("Japan", "South Korea")
    }


def test_a_cell_is_hollow_where_the_link_of_its_act_is_presumed(table: Reactions) -> None:
    """Australia's sanctions and Japan's protest are tied to the launch of 4 July 2017 by the coder alone."""
    axes = matrix(table.about(f"{ids.BASE}event/2017-07-04-hwasong-14-1"), SOURCE).paper.axes[0]
    units = [label.get_text() for label in axes.get_yticklabels()]
    hollow = {
        units[int(mark.get_ydata()[0])]: mark.get_markerfacecolor() != mark.get_color()
        for mark in axes.lines
        if mark.get_marker() in {one.shape for one in STANCES.values()}
    }
    assert (hollow["Australia"], hollow["Japan"], hollow["United States"]) == (True, True, False)


def test_the_matrix_draws_what_its_question_answers(table: Reactions, drawn: Mapping[str, Figure]) -> None:
    """Level, stance and link of every cell; a matched description has no column of its own."""
    axes = drawn["matrix"].paper.axes[0]
    units, events = (
        [label.get_text() for label in labels] for labels in (axes.get_yticklabels(), axes.get_xticklabels())
    )
    levels = [text.get_text() for text in axes.texts]
    marks = [mark for mark in axes.lines if mark.get_marker() in {one.shape for one in STANCES.values()}]
    found = {
        (events[int(mark.get_xdata()[0])], units[int(mark.get_ydata()[0])]): (
            level, mark.get_marker(), mark.get_markerfacecolor() != mark.get_color(),
        )
        for level, mark in zip(levels, marks, strict=True)
    }  # fmt: skip
    toward = elsewhere(table.by_occasion, table.names)
    asked = {
        (_column(table.names[row["event"]]), wrapped(short_unit(table.names[row["unit"]]), 28)): (
            str(row["level_rank"]), stance(row["polarity"], (row["act"], row["event"]) in toward).shape,
            row["link"] == "presumed",
        )
        for row in stance_matrix(table.by_occasion).iter_rows(named=True)
    }  # fmt: skip
    assert len(events) == len(set(events))
    assert found == {cell: asked[cell] for cell in found}
    assert len(found) > 80


def _column(event: str) -> str:
    what, day = event_words(event)
    return f"{short(what, 26)}, {day}" if day else short(what, 44)


def test_what_is_toward_a_resolution_is_drawn_apart_from_what_is_for_the_test(table: Reactions) -> None:
    """Wang of China supported sanctions in April 2017, Mogherini welcomed a resolution of March 2016."""
    welcome, support = (
        table.with_rows(table.frame.filter(act=f"{ids.BASE}act/{one}"))
        for one in ("2016-03-03-reuters/mogherini-welcomes", "2017-04-28-fox/wang-support")
    )
    answered = f"{ids.BASE}event/2016-01-06-nuclear-test-1"
    for figure in (
        matrix(support, SOURCE), timeline(support, SOURCE), lags(welcome, answered, SOURCE, hours=24 * 90),
    ):  # fmt: skip
        shapes = {mark.get_marker() for axes in figure.paper.axes for mark in axes.lines}
        assert STANCES[ELSEWHERE].shape in shapes
        assert stance(1).shape not in shapes
        assert STANCES[ELSEWHERE].words in figure.saved("svg").decode()


def test_the_key_is_true_of_a_call_for_dialogue(table: Reactions) -> None:
    calls = table.frame.filter(stance="call-for-dialogue")
    assert set(calls["polarity"]) == {1}
    for words in (STANCES[1].words, SIGNS_SAID):
        assert "for dialogue" in words


def test_every_figure_tells_what_was_left_out(table: Reactions) -> None:
    """Of the reactions to one launch of July 2017, explicit links only: no title of one's own hides it."""
    launch = f"{ids.BASE}event/2017-07-04-hwasong-14-1"
    chosen = table.about(launch).between(date(2017, 7, 1), date(2017, 7, 31)).explicit()
    for figure in (
        lags(chosen, launch, SOURCE, title="x"),
        matrix(chosen, SOURCE, title="x"),
        timeline(chosen, SOURCE, title="x"),
        network(chosen.to_networkx("co-reaction"), SOURCE, title="x"),
    ):
        paper, told = extent(figure), dict(boxes(figure))
        (subtitle,) = (text for text in told if "Only" in text)
        assert " ".join(subtitle.split()).endswith(
            "Only acts from 2017-07-01 to 2017-07-31; explicit links; answers to: Hwasong-14 launch of 4 July 2017"
        )
        assert told[subtitle][2] <= paper[0]


@pytest.mark.parametrize("name", DRAWINGS)
def test_hostile_labels_are_drawn_and_break_no_file(
    name: str, table: Reactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = {iri: HOSTILE[number % len(HOSTILE)] for number, iri in enumerate(sorted(table.names))}
    monkeypatch.setattr(Reactions, "names", labels)
    ElementTree.fromstring(DRAWINGS[name](replace(table)).saved("svg"))  # noqa: S314 - our own file


EMPTY: Mapping[str, Callable[[Reactions], Figure]] = {
    "act with a known time answers": lambda table: lags(table, f"{ids.BASE}event/nowhere", SOURCE),
    "no act of a known level": lambda table: matrix(
        table.between(date(1900, 1, 1), date(1900, 1, 2)), SOURCE
    ),
    "no act with a known time": lambda table: timeline(table, SOURCE, date(1900, 1, 1), date(1900, 1, 2)),
    "the network has no ties": lambda _: network(nx.Graph(), SOURCE),
}


@pytest.mark.parametrize("said", EMPTY)
def test_where_nothing_is_to_be_drawn_the_error_says_so(said: str, table: Reactions) -> None:
    with pytest.raises(NotFound, match=said):
        EMPTY[said](table)


def test_an_unknown_kind_of_file_is_told(table: Reactions) -> None:
    with pytest.raises(BadParameter, match="svg or png"):
        lags(table, ICBM, SOURCE).saved("gif")


def test_without_matplotlib_the_error_says_how_it_is_installed(
    table: Reactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(NotInstalled, match=r"pip install 'demarche\[plot\]'"):
        lags(table, ICBM, SOURCE)


def test_the_source_tells_the_version_of_the_record_and_its_day(seed_graph: KnowledgeGraph) -> None:
    assert credit(seed_graph.store).startswith(
        f"Source: Demarche record {seed_graph.store.version()}, as coded on "
    )


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("Hwasong-14 launch of 28 July 2017", ("Hwasong-14", "28 July 2017")),
        ("Unha-3 satellite launch of 7 February 2016", ("Unha-3", "7 February 2016")),
        (
            "Two launches of unidentified missiles, 15 June 2023",
            ("Two launches of unidentified missiles", "15 June 2023"),
        ),
        ("Sixth North Korean nuclear test, 3 September 2017", ("Sixth nuclear test", "3 September 2017")),
        ("A summit", ("A summit", "")),
    ],
)
def test_an_event_is_told_in_few_words(label: str, words: tuple[str, str]) -> None:
    assert event_words(label) == words


def boxes(figure: Figure) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every text that is drawn, with its place in dots: left, low, right, high."""
    canvas = prepared(figure)
    beyond = {
        id(tick.label1)
        for axes in figure.paper.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    found = []
    for text in figure.paper.findobj(Text):
        if text.get_text().strip() and text.get_visible() and id(text) not in beyond:
            box = text.get_window_extent(canvas)
            found.append((text.get_text(), (box.x0, box.y0, box.x1, box.y1)))
    return found


def prepared(figure: Figure) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure.paper)
    canvas.draw()
    return canvas.get_renderer()


def extent(figure: Figure) -> tuple[float, float]:
    return figure.paper.bbox.width, figure.paper.bbox.height
