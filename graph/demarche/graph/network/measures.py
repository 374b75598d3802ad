"""Measures of a network: who is central in it, who belongs together, and who is near. They change no network.

Each is a call of networkx; what is heavy is served by compiled code where that is installed (see ``backend``), with the
same values. Weights count for PageRank, eigenvector centrality, strength and communities, where more means closer; for
betweenness and closeness a path is as long as its ties are many, because a weight is a strength and no distance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..errors import BadParameter, NotFound
from ..store import Table, Term

if TYPE_CHECKING:
    import networkx

    Network = networkx.Graph[str]

_XSD = "http://www.w3.org/2001/XMLSchema#"
EXACT, ROUNDS = 1e-10, 1000
"""At which change for each node the iterations of networkx end, and after how many rounds they give up."""

WORK = 20_000_000
"""Of how many nodes times ties betweenness and closeness may be asked: some seconds without compiled code."""


def degree(graph: Network) -> dict[str, float]:
    """The share of the other nodes to which a node is tied: d(v) / (n - 1); both directions count. Freeman 1979."""
    import networkx

    return dict(networkx.degree_centrality(graph))


def strength(graph: Network) -> dict[str, float]:
    """The sum of the weights of the ties of a node: s(v) = Σ w(v, u); both directions count. Barrat et al. 2004."""
    return {node: float(total) for node, total in graph.degree(weight="weight")}


def pagerank(graph: Network) -> dict[str, float]:
    """Where a reader ends who follows ties by their weight and starts anew with probability 0.15.

    x(v) = 0.15 / n + 0.85 Σ x(u) w(u, v) / s(u), all x together 1; who has no tie onwards passes on to all.
    Brin and Page 1998.
    """
    import networkx

    return dict(networkx.pagerank(graph, alpha=0.85, tol=EXACT, max_iter=ROUNDS, weight="weight"))


def betweenness(graph: Network) -> dict[str, float]:
    """On which share of the shortest paths between two others a node lies: Σ p(s, t | v) / p(s, t) over all pairs.

    p counts shortest paths. Divided by the number of pairs of others. Freeman 1977, computed as Brandes 2001.
    """
    import networkx

    return dict(networkx.betweenness_centrality(_bearable(graph)))


def closeness(graph: Network) -> dict[str, float]:
    """How near a node is to those who reach it: (r / Σ d(u, v)) · (r / (n - 1)), r being their number.

    The second factor, of Wasserman and Faust 1994, keeps small components from seeming central. Freeman 1979.
    """
    import networkx

    return dict(networkx.closeness_centrality(_bearable(graph)))


def eigenvector(graph: Network) -> dict[str, float]:
    """Central is who is tied to the central: λ x(v) = Σ x(u) w(u, v), of length 1, for the greatest λ. Bonacich 1987.

    Zero outside of the component that leads; BadParameter where no component does, as in a directed network without
    circles.
    """
    import networkx

    try:
        return dict(networkx.eigenvector_centrality(graph, max_iter=ROUNDS, tol=EXACT, weight="weight"))
    except networkx.PowerIterationFailedConvergence as error:
        raise BadParameter(
            "eigenvector centrality does not settle on this network; ask for pagerank"
        ) from error


def core(graph: Network) -> dict[str, float]:
    """The greatest k so that a node belongs to a part in which all have k ties or more.

    Seidman 1983, computed as Batagelj and Zaveršnik 2003; both directions count.
    """
    import networkx

    return dict(networkx.core_number(graph))


CENTRALITIES: Mapping[str, Callable[[Network], dict[str, float]]] = {
    one.__name__: one for one in (degree, strength, pagerank, betweenness, closeness, eigenvector, core)
}
"""All centralities by name; what each is, its docstring says in one sentence, a formula and a source."""

METHODS = ("louvain", "leiden")


def centrality(graph: Network, name: str) -> dict[str, float]:
    """The value of each node, in the order of the nodes; a network without nodes has none."""
    found = CENTRALITIES.get(name)
    if found is None:
        raise BadParameter(f"no centrality is called {name!r}; there are: {', '.join(CENTRALITIES)}")
    if len(graph) == 0:
        return {}
    values = found(graph)
    return {node: values[node] for node in graph}


def ranked(graph: Network, name: str) -> list[dict[str, Any]]:
    """The nodes by a centrality, the most central first and equal ones with equal rank: a row for each.

    Values that differ by less than the ninth digit are equal: they are the same on every machine to that.
    """
    values = {node: round(value, 9) for node, value in centrality(graph, name).items()}
    ordered = sorted(values, key=lambda node: (-values[node], graph.nodes[node].get("label", node), node))
    rows: list[dict[str, Any]] = []
    for place, node in enumerate(ordered, start=1):
        rank = rows[-1]["rank"] if rows and rows[-1]["value"] == values[node] else place
        told = {name: graph.nodes[node].get(name) for name in ("label", "kind", "acts", "first", "last")}
        rows.append({"rank": rank, **told, "value": values[node], "id": node})
    return rows


def ranking(graph: Network, name: str) -> Table:
    """The nodes by a centrality as a table, with the columns of ``RANKING``."""
    rows = (
        tuple(None if row[column] is None else _term(column, row[column]) for column in RANKING)
        for row in ranked(graph, name)
    )
    return Table(RANKING, tuple(rows))


RANKING = ("rank", "label", "kind", "value", "acts", "first", "last", "id")


def communities(
    graph: Network, method: str = "louvain", seed: int = 1, resolution: float = 1.0
) -> list[list[str]]:
    """Who belongs together: groups with more weight inside than chance would bring, the largest group first.

    Both methods look for the greatest modularity, Q = Σ (w(c) / m - r (s(c) / 2m)²) with the resolution r, and find a
    great one, not always the greatest; with the same seed the same. Louvain: Blondel et al. 2008. Leiden, whose groups
    always hang together: Traag, Waltman and van Eck 2019; it needs igraph. In a directed network the weights of both
    directions add up.
    """
    import networkx

    if method not in METHODS:
        raise BadParameter(f"no method is called {method!r}; there are: {', '.join(METHODS)}")
    if not resolution > 0:
        raise BadParameter("the resolution is a number above zero")
    joined = _undirected(graph)
    if not joined.number_of_edges():
        return [[node] for node in sorted(joined)]
    try:
        found = getattr(networkx.community, f"{method}_communities")(joined, seed=seed, resolution=resolution)
    except NotImplementedError as error:
        raise BadParameter('leiden needs igraph: pip install "demarche[fast]", or ask for louvain') from error
    return sorted((sorted(group) for group in found), key=lambda group: (-len(group), group))


def modularity(graph: Network, groups: list[list[str]]) -> float:
    """How much more weight is inside of the groups than chance would bring; 0 where there are no ties."""
    import networkx

    joined = _undirected(graph)
    return (
        float(networkx.community.modularity(joined, [set(group) for group in groups]))
        if joined.number_of_edges()
        else 0.0
    )


def ego(graph: Network, node: str, radius: int = 1) -> Network:
    """The node, those at most ``radius`` ties away in whatever direction, and all ties between them."""
    import networkx

    if node not in graph:
        raise NotFound(f"{node} is not in this network")
    found: Network = networkx.ego_graph(graph, node, radius=radius, undirected=True)
    return found


def _term(column: str, value: str | int | float) -> Term:
    if column == "id":
        return Term(str(value))
    if isinstance(value, float):
        return Term(f"{value:.9f}".rstrip("0").rstrip("."), "literal", f"{_XSD}decimal")
    return Term(str(value), "literal", f"{_XSD}integer" if isinstance(value, int) else None)


def _undirected(graph: Network) -> Network:
    """The network without directions; what leads both ways adds up."""
    import networkx

    if not graph.is_directed():
        return graph
    joined: Network = networkx.Graph()
    joined.add_nodes_from(graph.nodes(data=True))
    for start, end, weight in graph.edges(data="weight", default=1):
        before = joined.get_edge_data(start, end, {"weight": 0})["weight"]
        joined.add_edge(start, end, weight=before + weight)
    return joined


def _bearable(graph: Network) -> Network:
    work = len(graph) * graph.number_of_edges()
    if work > WORK:
        raise BadParameter(
            f"the network has {len(graph)} nodes and {graph.number_of_edges()} ties, too many for all shortest paths; "
            "narrow its dates or fold it, or ask for pagerank or core"
        )
    return graph
