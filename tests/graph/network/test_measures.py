"""Measures by name: values a person can check, ranks, communities, neighbours, and clear refusals."""

import networkx
import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph.errors import BadParameter, NotFound
from demarche.graph.network import (
    CENTRALITIES,
    METHODS,
    PROJECTIONS,
    Options,
    centrality,
    communities,
    ego,
    measures,
    modularity,
    project,
    ranked,
)


@pytest.fixture
def star() -> "networkx.Graph[str]":
    """A hub with three neighbours, one tie twice as strong, and one node that is tied to none."""
    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(["a", "b", "c", "hub", "z"])
    graph.add_weighted_edges_from([("hub", "a", 2), ("hub", "b", 1), ("hub", "c", 1)])
    return graph


@pytest.mark.parametrize(
    ("name", "hub", "leaf", "alone"),
    [
        ("degree", 3 / 4, 1 / 4, 0),
        ("strength", 4, 1, 0),
        ("betweenness", 3 / 6, 0, 0),
        ("closeness", 3 / 3 * 3 / 4, 3 / 5 * 3 / 4, 0),
        ("eigenvector", 0.5**0.5, 0.5**0.5 / 6**0.5, 0),
        ("core", 1, 1, 0),
    ],
)
def test_a_centrality_has_the_value_of_its_formula(
    name: str, hub: float, leaf: float, alone: float, star: "networkx.Graph[str]"
) -> None:
    found = centrality(star, name)
    assert [found[node] for node in ("hub", "b", "z")] == pytest.approx([hub, leaf, alone], abs=1e-8)
    assert list(found) == list(star)


def test_pagerank_is_a_share_and_weighs_the_ties(star: "networkx.Graph[str]") -> None:
    found = centrality(star, "pagerank")
    assert sum(found.values()) == pytest.approx(1)
    assert found["hub"] > found["a"] > found["b"] == found["c"] > found["z"]


def test_equal_values_have_an_equal_rank_and_stand_in_the_order_of_their_names(
    star: "networkx.Graph[str]",
) -> None:
    rows = ranked(star, "degree")
    assert [(row["rank"], row["id"]) for row in rows] == [(1, "hub"), (2, "a"), (2, "b"), (2, "c"), (5, "z")]


@pytest.mark.parametrize("name", CENTRALITIES)
def test_every_centrality_says_its_formula_and_its_source(name: str) -> None:
    told = CENTRALITIES[name].__doc__ or ""
    assert any(year in told for year in ("1977", "1979", "1983", "1987", "1994", "1998", "2004"))


@pytest.mark.parametrize("name", CENTRALITIES)
def test_a_network_without_nodes_has_no_central_one(name: str) -> None:
    assert centrality(networkx.Graph(), name) == {}


@pytest.mark.parametrize("projection", PROJECTIONS)
@pytest.mark.parametrize("name", CENTRALITIES)
def test_the_record_gives_each_node_one_value_or_says_why_not(
    projection: str, name: str, seed_graph: KnowledgeGraph
) -> None:
    graph = project(seed_graph.reactions(), projection, Options(fold="government"))
    if (projection, name) == ("relay", "eigenvector"):  # nobody relays in a circle
        with pytest.raises(BadParameter, match="does not settle"):
            centrality(graph, name)
    else:
        found = centrality(graph, name)
        assert list(found) == list(graph)
        assert min(found.values()) >= 0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("projection", PROJECTIONS)
def test_communities_part_the_network_the_same_way_each_time(
    method: str, projection: str, seed_graph: KnowledgeGraph
) -> None:
    graph = project(seed_graph.reactions(), projection, Options(fold="government"))
    found = communities(graph, method)
    assert sorted(node for group in found for node in group) == sorted(graph)
    assert found == communities(graph, method)
    assert [len(group) for group in found] == sorted(map(len, found), reverse=True)
    assert modularity(graph, found) >= modularity(graph, [sorted(graph)])


def test_in_a_directed_network_the_weights_of_both_directions_add_up() -> None:
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_weighted_edges_from([("a", "b", 5), ("b", "a", 5), ("c", "d", 5), ("d", "c", 5), ("b", "c", 1)])
    assert communities(graph) == [["a", "b"], ["c", "d"]]
    assert modularity(graph, [["a", "b"], ["c", "d"]]) == pytest.approx(20 / 21 - 0.5)


def test_leiden_without_igraph_says_what_to_install(
    star: "networkx.Graph[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demarche.graph.network.backend.find_spec", lambda _: None)
    assert communities(star, "louvain")
    with pytest.raises(BadParameter, match=r"demarche\[fast\]"):
        communities(star, "leiden")


def test_an_ego_network_holds_the_neighbours_in_both_directions_and_their_ties() -> None:
    graph: networkx.DiGraph[str] = networkx.DiGraph(
        [("a", "b"), ("c", "a"), ("c", "b"), ("b", "d"), ("d", "e")]
    )
    assert sorted(ego(graph, "a")) == ["a", "b", "c"]
    assert ego(graph, "a").has_edge("c", "b")
    assert sorted(ego(graph, "a", radius=2)) == ["a", "b", "c", "d"]


def test_what_cannot_be_measured_is_refused_by_name(
    star: "networkx.Graph[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadParameter, match="no centrality is called 'fame'; there are: degree"):
        centrality(star, "fame")
    with pytest.raises(BadParameter, match="no method is called 'magic'"):
        communities(star, "magic")
    with pytest.raises(BadParameter, match="above zero"):
        communities(star, resolution=0)
    with pytest.raises(NotFound, match="nobody"):
        ego(star, "nobody")
    monkeypatch.setattr(measures, "WORK", 14)
    for name in ("betweenness", "closeness"):
        with pytest.raises(BadParameter, match="5 nodes and 3 ties, too many"):
            centrality(star, name)
