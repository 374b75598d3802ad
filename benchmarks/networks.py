"""Network measures through our backend against plain networkx, on the network of actors in the ICEWS event files."""

from __future__ import annotations

import csv
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from measure import medians

from demarche.graph.network.backend import NAME, Backend, enrol

if TYPE_CHECKING:
    import networkx

    Network = networkx.Graph[str]

ROUNDS = 3
FILES = Path(__file__).parents[2] / "shared" / "data" / "icews"
OURS, PLAIN = "plain call, served by the backend", 'backend="networkx"'
WANTED = {
    "betweenness, 100 sources": 50.0,
    "pagerank": 10.0,
    "core numbers": 10.0,
    "eigenvector": 10.0,
    "louvain": 10.0,
}
"""How many times as fast as networkx a measure is to be; all others are to be no slower, a fifth allowed for noise."""


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
    near = networkx.node_connected_component(graph, first[0]).intersection(first)
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
            networkx.shortest_path(graph, first[0], node, **to) for node in sorted(near)
        ],
    }  # fmt: skip


def main() -> None:
    if not any(FILES.glob("*.tsv")):
        sys.exit(f"skipped: no event files in {FILES.name}, beside the checkout")
    enrol()
    graph = network(FILES)
    print(f"{len(graph)} actors, {graph.number_of_edges()} ties")
    compiling = _compiling(graph)
    print(f"{'building the compiled form, once for the list':<44} {compiling * 1000:10.2f} ms\n")
    totals, missed = {OURS: compiling, PLAIN: 0.0}, []
    for name, call in measures(graph).items():
        found = medians({OURS: call, PLAIN: partial(call, backend="networkx")}, ROUNDS)
        times = found[PLAIN] / found[OURS]
        held = WANTED.get(name, 0.8)  # two runs of the same code differ by so much
        missed += [name] if times < held else []
        for rival in totals:
            totals[rival] += found[rival]
        print(
            f"{name:<44} {found[OURS] * 1000:10.2f} ms  networkx {found[PLAIN] * 1000:10.2f} ms  {times:7.1f}x"
        )
        print(f"{'':<44} {_compared(graph, call(), call(backend='networkx'))}")
    print(f"\nthe list, the compiled form included: {totals[PLAIN] / totals[OURS]:.1f}x")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    print(f"missed: {', '.join(missed)}" if missed else "every measure is as fast as it is held to be")


def _compiling(graph: Network) -> float:
    """The median time of building the compiled form with its weights; the last one is kept for the measures."""
    taken = []
    for _ in range(5):
        graph.__networkx_cache__.clear()
        begin = time.perf_counter()
        Backend.convert_from_nx(graph, edge_attrs={"weight": 1})
        taken.append(time.perf_counter() - begin)
    return sorted(taken)[2]


def _compared(graph: Network, ours: Any, theirs: Any) -> str:
    """How far the values are from networkx's; of communities, how good both are."""
    import networkx

    if isinstance(ours, dict):
        return f"greatest difference {max(abs(ours[node] - theirs[node]) for node in graph):.1e}"
    if ours and isinstance(ours[0], set):
        one, other = (networkx.community.modularity(graph, found) for found in (ours, theirs))
        return f"modularity {one:.4f}, networkx {other:.4f}: another partition, as chance has it"
    return "equal" if ours == theirs else "DIFFERENT"


if __name__ == "__main__":
    print(f"backend {NAME}, {ROUNDS} rounds in turns, medians")
    main()
