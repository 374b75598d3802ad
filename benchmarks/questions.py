"""Each question in SPARQL: our store against rdflib's own engine, on the same graph, with equal answers."""

from __future__ import annotations

import statistics

from measure import medians, summed_up
from rdflib import Dataset

from demarche.graph import open_graph
from demarche.graph.store import PREFIXES, Store

ROUNDS = 5


def main() -> None:
    graph = open_graph()
    peer = Dataset(default_union=True)
    peer.parse(data=graph.store.dump().decode(), format="nquads")
    print(f"{'question':<20} {'ours':>10} {'rdflib':>12} {'times':>8}   on {len(peer)} triples")
    ratios = [
        _ratio(one.name, one.query, graph.store, peer)
        for one in graph.questions.values()
        if one.query is not None
    ]
    median = statistics.median(ratios)
    print(f"{'median of the ratios':<45} {median:6.0f}x   (to reach: at least 10x)")
    summed_up([f"median of the ratios: {median:.1f}x, 10x wanted"] if median < 10 else [])


def _ratio(name: str, query: str, store: Store, peer: Dataset) -> float:
    def ours() -> int:
        return len(store.select(query).rows)

    def theirs() -> int:
        return len(list(peer.query(query, initNs=PREFIXES)))

    assert ours() == theirs(), f"{name}: {ours()} rows, rdflib has {theirs()}"
    found = medians({"ours": ours, "rdflib": theirs}, ROUNDS)
    ratio = found["rdflib"] / found["ours"]
    print(f"{name:<20} {found['ours'] * 1e3:7.2f} ms {found['rdflib'] * 1e3:9.2f} ms {ratio:7.0f}x")
    return ratio


if __name__ == "__main__":
    main()
