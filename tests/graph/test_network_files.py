"""Networks as files: what is written is read back by programs that share no code with ours."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import gexfpy
import igraph
import networkx as nx
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from demarche.graph.errors import BadParameter
from demarche.graph.network_files import NETWORK_FORMATS, clean, network_file

HOSTILE = [
    "",
    " ",
    "\x00\x1b",
    '<a href="x">&amp;\'',
    "😀",
    "حرب\u202e",
    "\r\n\ttab",
    "]]>",
    "=1+1",
    "x" * 20_000,
    "\ufffe",
]


class Read(NamedTuple):
    """A graph as a reader gives it back: label by node, weight by edge, and whether edges have a direction."""

    labels: dict[str, str]
    weights: dict[tuple[str, str], float]
    directed: bool


def from_graphml(data: bytes, folder: Path) -> Read:
    (folder / "graph.graphml").write_bytes(data)
    graph = igraph.Graph.Read_GraphML(str(folder / "graph.graphml"))
    names = graph.vs["id"]
    weights = graph.es["weight"] if graph.ecount() else []
    ends = [(names[edge.source], names[edge.target]) for edge in graph.es]
    return Read(
        dict(zip(names, graph.vs["label"], strict=True)),
        dict(zip(ends, weights, strict=True)),
        graph.is_directed(),
    )


def from_gexf(data: bytes, folder: Path) -> Read:
    (folder / "graph.gexf").write_bytes(data)
    graph = gexfpy.parse(str(folder / "graph.gexf")).graph
    nodes = {str(node.id): node.label for node in graph.nodes[0].node}
    weights = {(str(edge.source), str(edge.target)): edge.weight for edge in graph.edges[0].edge}
    return Read(nodes, weights, graph.defaultedgetype.value == "directed")


def from_cytoscape(data: bytes, _: Path) -> Read:
    told = json.loads(data)
    nodes = [node["data"] for node in told["elements"]["nodes"]]
    edges = [edge["data"] for edge in told["elements"]["edges"]]
    assert all(isinstance(one["id"], str) for one in (*nodes, *edges))
    assert len({one["id"] for one in (*nodes, *edges)}) == len(nodes) + len(edges)
    return Read(
        {one["id"]: one["name"] for one in nodes},
        {(one["source"], one["target"]): one["weight"] for one in edges},
        told["directed"],
    )


def from_cytoscape_by_networkx(data: bytes, _: Path) -> Read:
    graph = nx.cytoscape_graph(json.loads(data))
    names = {node: told["name"] for node, told in graph.nodes(data=True)}
    return Read(names, weights_of(graph), graph.is_directed())


def from_node_link(data: bytes, _: Path) -> Read:
    graph = nx.node_link_graph(json.loads(data), edges="edges")
    return Read(labels_of(graph), weights_of(graph), graph.is_directed())


READERS: dict[str, Callable[[bytes, Path], Read]] = {
    "graphml": from_graphml,
    "gexf": from_gexf,
    "cytoscape": from_cytoscape,
    "nodelink": from_node_link,
}
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.mark.parametrize(("name", "read"), [*READERS.items(), ("cytoscape", from_cytoscape_by_networkx)])
@settings(max_examples=60, deadline=None)
@given(
    labels=st.lists(TEXTS, min_size=1, max_size=6),
    ties=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.floats(0.5, 1e6)), max_size=8),
    directed=st.booleans(),
)
@example(labels=HOSTILE, ties=[(0, 1, 2.5)], directed=True)
def test_nodes_edges_labels_and_weights_come_back_from_an_independent_reader(
    name: str,
    read: Callable[[bytes, Path], Read],
    labels: list[str],
    ties: list[tuple[int, int, float]],
    directed: bool,
    folder: Path,
) -> None:
    graph = network(labels, ties, directed)
    found = read(network_file(graph, name), folder)
    assert found.directed == directed
    assert found.labels == {node: clean(label) for node, label in labels_of(graph).items()}
    assert {ends(pair, directed): weight for pair, weight in found.weights.items()} == {
        ends(pair, directed): pytest.approx(weight) for pair, weight in weights_of(graph).items()
    }


@settings(max_examples=60, deadline=None)
@given(labels=st.lists(TEXTS, min_size=1, max_size=6))
@example(labels=HOSTILE)
def test_nodes_and_edges_come_back_from_csv_as_pandas_reads_it(labels: list[str]) -> None:
    graph = network(labels, [(0, len(labels) - 1, 2.5)], True)
    nodes = pd.read_csv(io.BytesIO(network_file(graph, "nodes-csv")), dtype=str, keep_default_na=False)
    edges = pd.read_csv(io.BytesIO(network_file(graph, "edges-csv")))
    told = {node: clean(label) for node, label in labels_of(graph).items()}
    assert dict(zip(nodes["id"], nodes["label"], strict=True)) == told
    assert list(edges.itertuples(index=False, name=None)) == [
        (*pair, weight) for pair, weight in weights_of(graph).items()
    ]


TOLD: dict[str, Any] = {
    "day": date(2017, 7, 28),
    "time": datetime(2017, 7, 28, 14, 42, tzinfo=UTC),
    "lag": timedelta(minutes=47),
    "acts": ["a b", "c"],
    "stances": {"condemn": 2},
    "kinds": frozenset({"b", "a"}),
    "unknown": None,
    "certain": True,
    "many": 2**70,
    "mixed": 1,
    "number": 1,
}


def test_values_that_graph_files_do_not_know_are_told_in_those_that_they_do(folder: Path) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_node("a", **TOLD)
    graph.add_node("b", mixed="text", number=0.5)
    (folder / "told.graphml").write_bytes(network_file(graph, "graphml"))
    read = igraph.Graph.Read_GraphML(str(folder / "told.graphml")).vs[0].attributes()
    assert read == {
        "id": "a", "day": "2017-07-28", "time": "2017-07-28T14:42:00+00:00", "lag": 2820.0, "acts": '["a b", "c"]',
        "stances": '{"condemn": 2}', "kinds": '["a", "b"]', "certain": True, "many": str(2**70), "mixed": "1",
        "number": 1.0,
    }  # fmt: skip
    node = json.loads(network_file(graph, "nodelink"))["nodes"][0]
    assert (node["acts"], node["stances"], node["many"]) == (["a b", "c"], {"condemn": 2}, 2**70)
    assert "unknown" not in node


def test_infinity_is_a_number_in_xml_and_a_text_in_json(folder: Path) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_node("a", label="a", lag=float("inf"), doubt=float("nan"))
    (folder / "infinite.graphml").write_bytes(network_file(graph, "graphml"))
    read = igraph.Graph.Read_GraphML(str(folder / "infinite.graphml")).vs[0].attributes()
    assert read["lag"] == float("inf")
    assert read["doubt"] != read["doubt"]
    assert json.loads(network_file(graph, "cytoscape"))["elements"]["nodes"][0]["data"]["lag"] == "INF"


@pytest.mark.parametrize("name", NETWORK_FORMATS)
def test_equal_networks_give_equal_bytes_and_an_empty_one_is_a_file(name: str) -> None:
    graph = network(HOSTILE, [(0, 1, 2.0), (2, 2, 1.0)], True)
    assert network_file(graph, name) == network_file(graph.copy(), name)
    assert network_file(nx.Graph(), name)


@pytest.mark.parametrize("name", ["gexf", "graphml"])
def test_no_day_of_writing_stands_in_a_file(name: str) -> None:
    assert not re.search(rb"20\d\d-\d\d-\d\d", network_file(network(["a"], [], False), name))


def test_several_edges_between_two_nodes_are_all_written(folder: Path) -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_edge("a", "b", weight=1)
    graph.add_edge("a", "b", weight=2)
    (folder / "multi.graphml").write_bytes(network_file(graph, "graphml"))
    assert sorted(igraph.Graph.Read_GraphML(str(folder / "multi.graphml")).es["weight"]) == [1.0, 2.0]
    assert len(list(csv.reader(io.StringIO(network_file(graph, "edges-csv").decode())))) == 3
    again = nx.cytoscape_graph(json.loads(network_file(graph, "cytoscape")))
    assert sorted(edge["weight"] for *_, edge in again.edges(data=True)) == [1, 2]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"id": 1}, "node a: 'id'"),
        ({"what": object()}, "node a: what: a object cannot be written"),
        ({"x\x00": 1, "x␀": 2}, "two attributes"),
    ],
)
def test_what_no_file_can_tell_is_refused_by_name(told: dict[str, Any], said: str) -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_node("a", **told)
    with pytest.raises(BadParameter, match=re.escape(said)):
        network_file(graph, "gexf")


def test_nodes_that_no_file_can_tell_apart_are_refused() -> None:
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(["a\x00", "a␀"])
    with pytest.raises(BadParameter, match="tell apart"):
        network_file(graph, "graphml")


def test_an_unknown_format_is_told_with_those_that_there_are() -> None:
    with pytest.raises(BadParameter, match="graphml, gexf"):
        network_file(nx.Graph(), "dot")


def network(labels: list[str], ties: list[tuple[int, int, float]], directed: bool) -> "nx.Graph[str]":
    graph: nx.Graph[str] = nx.DiGraph() if directed else nx.Graph()
    for number, label in enumerate(labels):
        graph.add_node(f"https://example.org/{number}", label=label)
    for start, end, weight in ties:
        if max(start, end) < len(labels):
            graph.add_edge(f"https://example.org/{start}", f"https://example.org/{end}", weight=weight)
    return graph


def ends(pair: tuple[str, str], directed: bool) -> tuple[str, ...]:
    return pair if directed else tuple(sorted(pair))


def labels_of(graph: "nx.Graph[str]") -> dict[str, str]:
    return {node: told["label"] for node, told in graph.nodes(data=True)}


def weights_of(graph: "nx.Graph[str]") -> dict[tuple[str, str], float]:
    return {(start, end): told["weight"] for start, end, told in graph.edges(data=True)}
