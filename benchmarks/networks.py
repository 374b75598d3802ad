"""Network measures through our backend against plain networkx, on the network of actors in the ICEWS event files."""

from __future__ import annotations

import csv
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from measure import medians, summed_up

from demarche.graph.network.backend import NAME, Backend, enrol

if TYPE_CHECKING:
    import networkx

    Network = networkx.Graph[str]

ROUNDS, ROUNDS_OF_PATHS = 3, 101
FILES = Path(__file__).parents[2] / "shared" / "data" / "icews"
OURS, PLAIN = "plain call, served by the backend", 'backend="networkx"'
WANTED = {
    "betweenness, 100 sources": 50.0,
    "pagerank": 10.0,
    "core numbers": 10.0,
    "eigenvector": 10.0,
    "louvain": 10.0,
}
"""How many times as fast as networkx a measure is to be; all others are to be no slower."""
NOISE = 0.05
"""What is left to networkx runs the same code twice: two medians of that differ by so much."""
SAME = {"pagerank": 1e-9, "eigenvector": 1e-9, "eigenvector, at networkx's own tolerance": 1e-2}
"""How far a value may be from networkx's; all else is equal to 1e-9. Its own tolerance stops it far from the end."""


def network(folder: Path) -> Network:
    """Two actors are tied when one acted on the other; the weight is the number of events."""
    import networkx

    graph: Network = networkx.Graph()
    for file in sorted(folder.glob("*.tsv")):
        with file.open(encoding="utf-8", newline="") as lines:
            for actor, _, target, _ in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if actor != target:
                    before = graph.get_edge_data(actor, target, {"weight": 0})["weight"]
                    graph.add_edge(actor, target, weight=before + 1)
    return graph


def measures(graph: Network) -> dict[str, Callable[..., Any]]:
    """Each measure, to the precision to which the values are compared; ``backend`` is handed on to networkx."""
    import networkx

    first = sorted(graph)[:20]
    connected = sorted(networkx.node_connected_component(graph, max(graph, key=graph.degree)))
    pairs = list(pairwise(Random(1).sample(connected, 21)))  # noqa: S311 - a sample, no secret
    exact: dict[str, Any] = {"tol": 1e-12, "max_iter": 1000}
    return {
        "betweenness, 100 sources": lambda **to: networkx.betweenness_centrality(graph, k=100, seed=1, **to),
        "pagerank": lambda **to: networkx.pagerank(graph, **exact, **to),
        "core numbers": lambda **to: networkx.core_number(graph, **to),
        "eigenvector": lambda **to: networkx.eigenvector_centrality(graph, **exact, **to),
        "eigenvector, at networkx's own tolerance": lambda **to: networkx.eigenvector_centrality(graph, **to),
        "louvain": lambda **to: networkx.community.louvain_communities(graph, seed=1, **to),
        "20 searches from one node": lambda **to: [
            networkx.single_source_shortest_path_length(graph, node, **to) for node in first
        ],
        "20 paths between two nodes": lambda **to: [
            networkx.shortest_path(graph, one, other, **to) for one, other in pairs
        ],
    }  # fmt: skip


def compared(folder: Path) -> list[str]:
    """Measure both, print each, and tell what was missed; values that differ stop the run."""
    enrol()
    graph = network(folder)
    print(f"\n(d) measures of a network of {len(graph)} actors and {graph.number_of_edges()} ties")
    compiling = _compiling(graph)
    print(f"{'building the compiled form, once for the list':<44} {compiling * 1000:10.2f} ms\n")
    totals, missed = {OURS: compiling, PLAIN: 0.0}, []
    for name, call in measures(graph).items():
        rounds = ROUNDS_OF_PATHS if "paths" in name else ROUNDS
        found = medians({OURS: call, PLAIN: partial(call, backend="networkx")}, rounds)
        times = found[PLAIN] / found[OURS]
        wanted = WANTED.get(name, 1.0)
        if times < wanted - (0 if name in WANTED else NOISE):
            missed.append(f"(d) {name}: {times:.2f}x, {wanted:g}x wanted")
        for rival in totals:
            totals[rival] += found[rival]
        print(
            f"{name:<44} {found[OURS] * 1000:10.2f} ms  networkx {found[PLAIN] * 1000:10.2f} ms  {times:7.1f}x"
        )
        print(f"{'':<44} {_compared(graph, call(), call(backend='networkx'), SAME.get(name, 1e-9))}")
    print(f"\nthe list, the compiled form included: {totals[PLAIN] / totals[OURS]:.1f}x")
    return missed


def main() -> None:
    if not any(FILES.glob("*.tsv")):
        sys.exit(f"skipped: no event files in {FILES.name}, beside the checkout")
    missed = compared(FILES)
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    summed_up(missed)


def _compiling(graph: Network) -> float:
    """The median time of building the compiled form with its weights; the last one is kept for the measures."""
    taken = []
    for _ in range(5):
        graph.__networkx_cache__.clear()
        begin = time.perf_counter()
        made = Backend.convert_from_nx(graph, edge_attrs={"weight": 1})
        assert made.weights("weight")
        assert made.structure.ties.nnz == 2 * graph.number_of_edges()
        taken.append(time.perf_counter() - begin)
    return sorted(taken)[2]


def _compared(graph: Network, ours: Any, theirs: Any, within: float) -> str:
    """How far the values are from networkx's, which is held; of communities, how good both are."""
    import networkx

    if isinstance(ours, dict):
        most = max(abs(ours[node] - theirs[node]) for node in graph)
        assert most <= within, f"a value differs from networkx's by {most:.1e}"
        return f"greatest difference {most:.1e}, {within:g} allowed"
    if ours and isinstance(ours[0], set):
        one, other = (networkx.community.modularity(graph, found) for found in (ours, theirs))
        assert one > 0.99 * other, f"modularity {one:.4f}, networkx {other:.4f}"
        return f"modularity {one:.4f}, networkx {other:.4f}: another partition, as chance has it"
    same = (
        [dict(one) for one in ours] == [dict(one) for one in theirs]
        if ours and isinstance(ours[0], dict)
        else (list(map(len, ours)) == list(map(len, theirs)))
    )
    assert same, "another answer than networkx's"
    return "equal"


if __name__ == "__main__":
    print(f"backend {NAME}, {ROUNDS} rounds in turns, medians")
    main()
