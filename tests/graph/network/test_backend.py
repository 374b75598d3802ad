"""What the backend serves has the values of plain networkx, and what it cannot serve stays with networkx."""

import math
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any, TypeAlias

import networkx
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from demarche.graph.network.backend import NAME, PAYS_FROM, Backend, enrol

Graph: TypeAlias = "networkx.Graph[Any]"
SERVED: dict[str, Any] = {}
PLAIN: dict[str, Any] = {"backend": "networkx"}
PRIORITY: Any = networkx.config.backend_priority

EXACT: dict[str, dict[str, Any]] = {
    "betweenness_centrality": {},
    "closeness_centrality": {},
    "core_number": {},
    "eigenvector_centrality": {"tol": 1e-13, "max_iter": 20000},
    "pagerank": {"tol": 1e-14, "max_iter": 5000},
}
"""The measures with one right value, and how far plain networkx must go to reach it."""


@pytest.fixture(autouse=True, scope="module")
def _enrolled() -> Iterator[None]:
    """Leaves the configuration of networkx, which is one for the whole process, as it was."""
    ignored = set(networkx.config.warnings_to_ignore)
    enrol()
    yield
    _forget()
    networkx.config.warnings_to_ignore = ignored


def _forget() -> None:
    for name in PAYS_FROM:
        if name in PRIORITY:
            del PRIORITY[name]


@st.composite
def graphs(draw: st.DrawFn, directed: bool | None = None, loops: bool = True) -> Graph:
    """Directed or not, with weights or without, in pieces, with loops and lonely nodes; nodes are texts or numbers."""
    chosen = draw(st.booleans()) if directed is None else directed
    graph: Graph = networkx.DiGraph() if chosen else networkx.Graph()
    names = draw(
        st.lists(st.one_of(st.text(max_size=3), st.integers()), unique=True, min_size=1, max_size=14)
    )
    graph.add_nodes_from(names)
    ends = st.tuples(st.sampled_from(names), st.sampled_from(names))
    for start, end in draw(st.lists(ends, max_size=40)):
        if loops or start != end:
            told = draw(st.one_of(st.none(), st.integers(1, 9), st.floats(0.125, 8)))
            graph.add_edge(start, end, **({} if told is None else {"weight": told}))
    return graph


def measured(name: str, graph: Graph, *, backend: str = NAME, **options: Any) -> Any:
    """By that backend at whatever size, and by networkx where the backend declines, as networkx goes about it."""
    try:
        return getattr(networkx, name)(graph, **options, backend=backend)
    except NotImplementedError:
        return getattr(networkx, name)(graph, **options, backend="networkx")


def outcome(name: str, graph: Graph, **options: Any) -> tuple[str, Any]:
    """The values, or the name of the error: networkx's own where it serves itself."""
    try:
        return "values", measured(name, graph, **options)
    except networkx.NetworkXException as error:
        return type(error).__name__, None


@pytest.mark.parametrize("name", EXACT)
@settings(deadline=None)
@given(graph=graphs())
def test_a_plain_call_gives_the_values_of_networkx(name: str, graph: Graph) -> None:
    ours = outcome(name, graph, **EXACT[name])
    theirs = outcome(name, graph, **EXACT[name], backend="networkx")
    assume(theirs[0] != "PowerIterationFailedConvergence")
    assert ours[0] == theirs[0]
    if theirs[1] is not None:
        assert list(ours[1]) == list(graph)
        assert ours[1] == pytest.approx(theirs[1], abs=1e-9)


@settings(deadline=None)
@given(graph=graphs(), weighted=st.booleans(), alpha=st.floats(0.05, 0.95))
def test_pagerank_of_any_damping_and_weight_is_that_of_networkx(
    graph: Graph, weighted: bool, alpha: float
) -> None:
    options = {"alpha": alpha, "weight": "weight" if weighted else None, **EXACT["pagerank"]}
    ours, theirs = (measured("pagerank", graph, **options, backend=one) for one in (NAME, "networkx"))
    assert ours == pytest.approx(theirs, abs=1e-9)


@settings(deadline=None)
@given(graph=graphs(loops=False))
def test_eigenvector_centrality_with_weights_is_that_of_networkx(graph: Graph) -> None:
    options = {"weight": "weight", **EXACT["eigenvector_centrality"]}
    theirs = outcome("eigenvector_centrality", graph, **options, backend="networkx")
    assume(theirs[1] is not None)
    assert measured("eigenvector_centrality", graph, **options) == pytest.approx(theirs[1], abs=1e-8)


@settings(deadline=None)
@given(graph=graphs(), data=st.data(), normalized=st.booleans(), seed=st.integers(0, 99))
def test_sampled_betweenness_draws_the_sources_that_networkx_draws(
    graph: Graph, data: st.DataObject, normalized: bool, seed: int
) -> None:
    assume(len(graph) >= 2)
    options = {"k": data.draw(st.integers(2, len(graph))), "normalized": normalized, "seed": seed}
    ours, theirs = (
        measured("betweenness_centrality", graph, **options, backend=one) for one in (NAME, "networkx")
    )
    assert ours == pytest.approx(theirs, abs=1e-9)


@settings(deadline=None)
@given(graph=graphs(), improved=st.booleans())
def test_closeness_is_that_of_networkx_in_both_of_its_scales(graph: Graph, improved: bool) -> None:
    ours, theirs = (
        measured("closeness_centrality", graph, wf_improved=improved, backend=one)
        for one in (NAME, "networkx")
    )
    assert ours == pytest.approx(theirs, abs=1e-9)


@settings(deadline=None)
@given(graph=graphs(), data=st.data())
def test_a_search_from_one_node_of_a_compiled_graph_finds_the_distances_of_networkx(
    graph: Graph, data: st.DataObject
) -> None:
    source = data.draw(st.sampled_from(list(graph)))
    measured("closeness_centrality", graph)
    ours, theirs = (
        measured("single_source_shortest_path_length", graph, source=source, backend=one)
        for one in (NAME, "networkx")
    )
    assert ours == theirs


@pytest.mark.parametrize("method", ["louvain", "leiden"])
@settings(deadline=None)
@given(graph=graphs(directed=False), seed=st.integers(0, 99))
def test_communities_part_the_nodes_and_depend_on_the_seed_alone(
    method: str, graph: Graph, seed: int
) -> None:
    assume(graph.number_of_edges())
    search = getattr(networkx.community, f"{method}_communities")
    found = search(graph, seed=seed, backend=NAME)
    assert sorted(map(repr, graph)) == sorted(repr(node) for group in found for node in group)
    assert found == search(graph.copy(), seed=seed, backend=NAME)
    together = [set(graph)]
    assert (
        networkx.community.modularity(graph, found) >= networkx.community.modularity(graph, together) - 1e-9
    )


@pytest.mark.parametrize("method", ["louvain", "leiden"])
def test_communities_that_nobody_would_dispute_are_found(method: str) -> None:
    graph = networkx.connected_caveman_graph(12, 8)
    found = getattr(networkx.community, f"{method}_communities")(graph, seed=1)
    assert {frozenset(group) for group in found} == {
        frozenset(range(start, start + 8)) for start in range(0, 96, 8)
    }
    if method == "louvain":
        plain = networkx.community.louvain_communities(graph, seed=1, backend="networkx")
        assert {frozenset(group) for group in found} == {frozenset(group) for group in plain}


def large(nodes: int = 300) -> Graph:
    graph: Graph = networkx.gnm_random_graph(nodes, 3 * nodes, seed=1)
    return graph


CALLS: dict[str, Callable[[Graph], Any]] = {
    "betweenness_centrality": lambda graph: networkx.betweenness_centrality(graph, k=5, seed=1),
    "closeness_centrality": networkx.closeness_centrality,
    "core_number": networkx.core_number,
    "eigenvector_centrality": networkx.eigenvector_centrality,
    "leiden_communities": lambda graph: networkx.community.leiden_communities(graph, seed=1),
    "louvain_communities": lambda graph: networkx.community.louvain_communities(graph, seed=1),
    "pagerank": networkx.pagerank,
}


@pytest.mark.parametrize("name", CALLS)
def test_a_plain_call_on_a_large_graph_is_served_here(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    served, original = [], getattr(Backend, name)

    def spied(*args: Any, **kwargs: Any) -> Any:
        served.append(name)
        return original(*args, **kwargs)

    monkeypatch.setattr(Backend, name, staticmethod(spied))
    CALLS[name](large(1500))
    assert served == [name]


@pytest.mark.parametrize("name", sorted(CALLS.keys() - {"leiden_communities"}))
def test_a_small_graph_stays_with_networkx(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backend, "convert_from_nx", _never)
    assert CALLS[name](networkx.path_graph(6))


def test_a_list_of_measures_compiles_the_graph_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from demarche.graph.network import backend

    built, original = [], backend._structure

    def counted(graph: Graph) -> Any:
        built.append(graph)
        return original(graph)

    monkeypatch.setattr(backend, "_structure", counted)
    graph = large(1500)
    for call in CALLS.values():
        call(graph)
    assert len(built) == 1


def test_a_graph_that_has_changed_is_compiled_again() -> None:
    graph = large()
    before = networkx.core_number(graph)
    graph.add_edges_from((0, other) for other in range(1, 300))
    after = networkx.core_number(graph)
    assert after != before
    assert after == networkx.core_number(graph, backend="networkx")


def test_a_weight_that_is_changed_in_place_counts_at_the_next_call() -> None:
    graph = networkx.gnm_random_graph(1000, 6000, seed=1)
    before = networkx.pagerank(graph)
    assert NAME in graph.__networkx_cache__
    start, end = next(iter(graph.edges))
    graph[start][end]["weight"] = 100
    after = networkx.pagerank(graph, tol=1e-12)
    assert after[start] > 2 * before[start]
    assert after == pytest.approx(networkx.pagerank(graph, tol=1e-12, backend="networkx"), abs=1e-9)
    graph[start][end]["weight"] = 0
    assert networkx.pagerank(graph)[start] < after[start]


def test_without_a_cache_nothing_is_kept() -> None:
    graph = large()
    with networkx.config(cache_converted_graphs=False):
        networkx.core_number(graph)
    assert not graph.__networkx_cache__


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("betweenness_centrality", {"endpoints": True}),
        ("betweenness_centrality", {"weight": "weight"}),
        ("closeness_centrality", {"u": 0}),
        ("closeness_centrality", {"distance": "weight"}),
        ("eigenvector_centrality", {"nstart": dict.fromkeys(range(300), 1)}),
        ("pagerank", {"personalization": {0: 1}}),
        ("pagerank", {"dangling": {0: 1}}),
    ],
)
def test_an_argument_that_igraph_has_no_like_of_leaves_the_call_to_networkx(
    name: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = large()
    expected = measured(name, graph, **options, backend="networkx")
    monkeypatch.setattr(Backend, "convert_from_nx", _never)
    assert measured(name, graph, **options) == expected


@pytest.mark.parametrize("weight", [0, -1, math.inf, math.nan, None, "three"])
def test_a_weight_that_igraph_takes_otherwise_is_declined(weight: object) -> None:
    graph: Graph = networkx.Graph()
    graph.add_edge(0, 1, weight=weight)
    graph.add_edge(1, 2)
    with pytest.raises(NotImplementedError):
        networkx.pagerank(graph, backend=NAME)


def test_a_weight_of_zero_counts_as_networkx_counts_it() -> None:
    graph = large()
    networkx.set_edge_attributes(graph, {edge: index % 3 for index, edge in enumerate(graph.edges)}, "weight")
    ours, theirs = (networkx.pagerank(graph, tol=1e-14, max_iter=999, **one) for one in (SERVED, PLAIN))
    assert ours == theirs


def test_parallel_edges_and_a_directed_search_for_communities_stay_with_networkx() -> None:
    parallel: Graph = networkx.MultiGraph([(0, 1), (0, 1)])
    assert Backend.can_run("pagerank", (parallel,), {}) is not True
    assert Backend.can_run("louvain_communities", (networkx.DiGraph([(0, 1)]),), {}) is not True


def test_two_components_of_equal_rank_leave_eigenvector_centrality_to_networkx() -> None:
    graph = networkx.disjoint_union(networkx.complete_graph(20), networkx.complete_graph(20))
    ours, theirs = (networkx.eigenvector_centrality(graph, **one) for one in (SERVED, PLAIN))
    assert ours == theirs
    assert ours[0] == pytest.approx(ours[39])


def test_without_igraph_all_is_served_by_networkx(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demarche.graph.network.backend.find_spec", lambda _: None)
    monkeypatch.setattr(Backend, "convert_from_nx", _never)
    _forget()
    enrol()
    assert "pagerank" not in PRIORITY
    PRIORITY["core_number"] = [NAME]
    assert networkx.core_number(large())


def test_who_has_put_another_backend_first_keeps_it_there(monkeypatch: pytest.MonkeyPatch) -> None:
    _forget()
    monkeypatch.setattr(PRIORITY, "algos", ["networkx"])
    PRIORITY["pagerank"] = []
    enrol()
    enrol()
    assert PRIORITY["core_number"] == ["networkx", NAME]
    assert PRIORITY["pagerank"] == [NAME]
    assert PRIORITY.algos == ["networkx"]
    assert "shortest_path" not in PRIORITY


def test_searches_in_several_threads_find_what_one_finds_alone() -> None:
    graphs = [networkx.gnm_random_graph(400, 1600, seed=seed) for seed in range(4)]
    search = networkx.community.louvain_communities
    alone = [search(graph, seed=7) for graph in graphs]
    found: dict[int, Any] = {}
    threads = [
        Thread(target=lambda index=index: found.update({index: search(graphs[index], seed=7)}))
        for index in range(len(graphs))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[index] for index in range(len(graphs))] == alone


def _never(*_: Any, **__: Any) -> Any:
    raise AssertionError("the graph was compiled")
