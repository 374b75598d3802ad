"""The one point at which networkx hands heavy measures to compiled code: a networkx backend on python-igraph.

networkx finds it by its entry point, under the name ``demarche_igraph``, and asks three things of it: ``can_run`` (does
igraph mean the same by this measure, with these arguments?), ``should_run`` (does it pay?) and the measure itself, on
the compiled form of the graph. What shows only on the whole graph, such as a loop or a weight below zero, is found
after compiling: then NotImplementedError sends the call back to networkx. Without igraph everything stays in networkx.

The values are those of networkx. PageRank and eigenvector centrality are solved to the end, where networkx stops at its
``tol``. A community search follows chance; with a seed it gives the same communities each time, but not networkx's.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from inspect import Signature, signature
from operator import itemgetter
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import igraph
    import networkx
    import numpy
    from numpy.typing import NDArray
    from scipy.sparse import csr_array
    from threadpoolctl import ThreadpoolController

NAME = "demarche_igraph"

PAYS_FROM: Mapping[str, int] = {
    "betweenness_centrality": 100,
    "closeness_centrality": 100,
    "core_number": 500,
    "eigenvector_centrality": 200,
    "leiden_communities": 0,
    "louvain_communities": 100,
    "pagerank": 5000,
    "single_source_shortest_path_length": 5000,
}
"""From how many nodes and edges a call is handed over: measured on random graphs, compiling included, rounded up."""


def info() -> dict[str, Any]:
    """What networkx shows of us in its own documentation."""
    return {
        "backend_name": NAME,
        "project": "demarche",
        "package": "demarche",
        "short_summary": "Centralities and communities by python-igraph, with the values of networkx.",
        "functions": {name: {} for name in PAYS_FROM},
    }


def enrol() -> None:
    """Let networkx try this backend, after those that the user has put first; once is enough, more does no harm.

    networkx warns at each use of a graph that it has compiled before, since it does not see ``G[a][b]["weight"] = 2``.
    Weights are read anew from the graph at each call here, so there is nothing to warn of and the warning is off.
    """
    import networkx

    if not _installed() or NAME not in networkx.config.backends:
        return
    networkx.config.warnings_to_ignore.add("cache")
    priority: Any = networkx.config.backend_priority
    # For these and no other: networkx would ask for a backend at each call of any of its functions.
    for name in PAYS_FROM:
        before = priority.get(name, priority.algos)
        if NAME not in before:
            priority[name] = [*before, NAME]


@dataclass(frozen=True)
class Structure:
    """A graph in igraph's form, which numbers ``nodes`` and ``edges`` in their order.

    What an edge has is the graph's own and may change; the structure is made anew when networkx sees a change.
    """

    form: igraph.Graph
    nodes: list[Any]
    edges: list[dict[str, Any]]

    @cached_property
    def loops(self) -> bool:
        """Whether an edge leads back to its own node."""
        return any(self.form.is_loop())

    @cached_property
    def by_address(self) -> tuple[list[dict[str, Any]], NDArray[numpy.intp]]:
        """The edges as they lie in memory, so that all are read in a third of the time, and the place of each there."""
        import numpy

        order = numpy.argsort([id(edge) for edge in self.edges])
        places = numpy.empty_like(order)
        places[order] = numpy.arange(len(order))
        return [self.edges[number] for number in order], places

    @cached_property
    def ties(self) -> csr_array:
        """Of an undirected graph without loops: for both directions of each edge, its number."""
        import numpy
        from scipy.sparse import csr_array

        start, end = numpy.array(self.form.get_edgelist(), dtype=numpy.int32).T
        numbers, shape = numpy.arange(len(self.edges)), (len(self.nodes), len(self.nodes))
        both = numpy.r_[start, end], numpy.r_[end, start]
        return csr_array((numpy.r_[numbers, numbers], both), shape=shape)


class Compiled:
    """A graph as its structure; what an edge does not have, ``defaults`` gives."""

    __networkx_backend__ = NAME

    def __init__(
        self, structure: Structure, defaults: Mapping[str, float], source: networkx.Graph[Any]
    ) -> None:
        self.structure = structure
        self.form = structure.form
        self.nodes = structure.nodes
        self.defaults = defaults
        self.source = source

    def __len__(self) -> int:
        return len(self.nodes)

    def is_directed(self) -> bool:
        return bool(self.form.is_directed())

    def is_multigraph(self) -> bool:
        return False

    def weight_array(self, attribute: str | None) -> NDArray[numpy.float64] | None:
        """The weights of the edges as they are now; NotImplementedError where one is no number above zero."""
        if attribute is None:
            return None
        edges, places = self.structure.by_address
        try:
            found = list(map(itemgetter(attribute), edges))
        except KeyError:
            default = self.defaults[attribute]
            found = [edge.get(attribute, default) for edge in edges]
        if not _sound(found):
            raise NotImplementedError("a weight is zero, negative, infinite or no number")
        import numpy

        return numpy.array(found, dtype=float)[places]

    def weights(self, attribute: str | None) -> list[float] | None:
        """The same for igraph, which reads a list sooner than an array."""
        found = self.weight_array(attribute)
        return None if found is None else found.tolist()

    def by_node(self, values: Sequence[Any]) -> dict[Any, Any]:
        return dict(zip(self.nodes, values, strict=True))

    def without_loops(self) -> igraph.Graph:
        """The form; NotImplementedError where an edge leads back to its own node."""
        if self.structure.loops:
            raise NotImplementedError("igraph counts a loop otherwise than networkx")
        return self.form


class Backend:
    """What networkx calls, by the names that it gives its own functions."""

    @staticmethod
    def can_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool | str:
        """True where igraph means what networkx means, or the reason why it does not."""
        if not _installed():
            return "igraph is not installed"
        graph = args[0] if args else kwargs.get("G")
        if graph is None or graph.is_multigraph():
            return "igraph and networkx count parallel edges differently"
        return _unfit(name, graph, _named(name, args, kwargs)) or True

    @staticmethod
    def should_run(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool | str:
        """True where it pays: on a graph of some size; for one search from one node only if it is compiled anyway."""
        graph = args[0] if args else kwargs["G"]
        if len(graph) < PAYS_FROM[name] and len(graph) + graph.number_of_edges() < PAYS_FROM[name]:
            return "the graph is small"
        if name == "single_source_shortest_path_length" and not _is_compiled(graph):
            return "compiling the graph takes longer than one search"
        return True

    @staticmethod
    def convert_from_nx(
        graph: networkx.Graph[Any], *, edge_attrs: Mapping[str, float] | None = None, **_: Any
    ) -> Compiled:
        """The compiled graph. Its structure is built once and kept with the graph until networkx sees a change."""
        kept = _kept(graph)
        structure = kept[NAME] = kept.get(NAME) or _structure(graph)
        return Compiled(structure, edge_attrs or {}, graph)

    @staticmethod
    def convert_to_nx(result: Any, **_: Any) -> Any:
        """The graph that was compiled; all other results are networkx's already."""
        return result.source if isinstance(result, Compiled) else result

    @staticmethod
    def betweenness_centrality(
        G: Compiled,  # noqa: N803 - networkx's name of it
        k: int | None = None,
        normalized: bool = True,
        weight: str | None = None,
        endpoints: bool = False,
        seed: Random | None = None,
    ) -> dict[Any, float]:
        """By the sources that networkx would draw with that seed. Brandes 2001; see networkx for the sampled scale."""
        del weight, endpoints  # can_run lets none pass
        number = len(G)
        sources = None if k is None or k == number else _drawn(G, k, seed)
        values = G.form.betweenness(directed=G.is_directed(), sources=sources) if number else []
        if not G.is_directed():
            values = [2 * value for value in values]  # each pair in both directions, as the scale supposes
        chosen = frozenset(sources or ())
        inner, outer = _betweenness_scales(
            number, k if chosen else None, normalized=normalized, directed=G.is_directed()
        )
        return G.by_node([value * (inner if i in chosen else outer) for i, value in enumerate(values)])

    @staticmethod
    def closeness_centrality(
        G: Compiled,  # noqa: N803
        u: None = None,
        distance: None = None,
        wf_improved: bool = True,
    ) -> dict[Any, float]:
        """From the nodes that reach a node: their number by their distance; 0 for what nothing reaches."""
        del u, distance  # can_run lets none pass
        number = len(G)
        near = G.form.closeness(mode="in", normalized=True)
        if not wf_improved or number < 2:
            return G.by_node([0.0 if math.isnan(value) else value for value in near])
        reached = _reached(G)
        return G.by_node(
            [
                0.0 if math.isnan(value) else value * count / (number - 1)
                for value, count in zip(near, reached, strict=True)
            ]
        )

    @staticmethod
    def core_number(G: Compiled) -> dict[Any, int]:  # noqa: N803
        return G.by_node(G.without_loops().coreness(mode="all"))

    @staticmethod
    def eigenvector_centrality(
        G: Compiled,  # noqa: N803
        max_iter: int = 100,
        tol: float = 1e-6,
        nstart: None = None,
        weight: str | None = None,
    ) -> dict[Any, float]:
        """The leading left eigenvector of length 1; zero outside of the component that leads for certain."""
        del max_iter, tol, nstart
        form, weights = G.without_loops(), G.weights(weight)
        if G.is_directed() and not form.is_connected(mode="strong"):
            raise NotImplementedError("the graph is not strongly connected")
        _quiet_about_small_values()
        found, value = form.eigenvector_centrality(weights=weights, return_eigenvalue=True)
        inside = _leading(form, form.strength(weights=weights), value)
        length = math.hypot(*(one for one, within in zip(found, inside, strict=True) if within))
        return G.by_node([one / length if within else 0.0 for one, within in zip(found, inside, strict=True)])

    @staticmethod
    def pagerank(
        G: Compiled,  # noqa: N803
        alpha: float = 0.85,
        personalization: None = None,
        max_iter: int = 100,
        tol: float = 1e-6,
        nstart: None = None,
        weight: str | None = "weight",
        dangling: None = None,
    ) -> dict[Any, float]:
        """Of an undirected graph by its symmetric system, of a directed one by igraph."""
        del personalization, max_iter, tol, nstart, dangling
        if not G.is_directed():
            return G.by_node(_symmetric_pagerank(G, alpha, G.weight_array(weight)))
        weights = G.weights(weight)
        with _one_thread().limit(limits=1, user_api="openmp"):
            return G.by_node(G.form.pagerank(damping=alpha, weights=weights, implementation="prpack"))

    @staticmethod
    def louvain_communities(
        G: Compiled,  # noqa: N803
        weight: str | None = "weight",
        resolution: float = 1,
        threshold: float = 1e-7,
        max_level: None = None,
        seed: Random | None = None,
    ) -> list[set[Any]]:
        del threshold, max_level
        weights = G.weights(weight)
        with _chance(seed):
            found = G.form.community_multilevel(weights=weights, resolution=resolution)
        return _sets(G, found)

    @staticmethod
    def leiden_communities(
        G: Compiled,  # noqa: N803
        weight: str | None = "weight",
        resolution: float = 1,
        max_level: None = None,
        seed: Random | None = None,
    ) -> list[set[Any]]:
        """networkx names the measure and leaves it to backends. It runs until a round changes nothing."""
        del max_level
        weights = G.weights(weight)
        with _chance(seed):
            found = G.form.community_leiden(
                objective_function="modularity", weights=weights, resolution=resolution, n_iterations=-1
            )
        return _sets(G, found)

    @staticmethod
    def single_source_shortest_path_length(
        G: Compiled,  # noqa: N803
        source: Any,
        cutoff: None = None,
    ) -> dict[Any, int]:
        del cutoff
        index = G.nodes.index(source)
        (found,) = G.form.distances(source=[index], mode="out")
        return {node: int(steps) for node, steps in zip(G.nodes, found, strict=True) if not math.isinf(steps)}


def _installed() -> bool:
    return bool(find_spec("igraph") and find_spec("threadpoolctl"))


@cache
def _one_thread() -> ThreadpoolController:
    """igraph's PageRank takes seconds where its threads wait for a busy processor, and milliseconds with one thread."""
    import igraph  # noqa: F401 - the controller knows the libraries that are loaded
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _kept(graph: networkx.Graph[Any]) -> dict[str, Any]:
    """Where networkx keeps compiled forms of a graph, and forgets them when the graph changes."""
    import networkx

    kept = getattr(graph, "__networkx_cache__", None)
    return kept if kept is not None and networkx.config.cache_converted_graphs else {}


def _structure(graph: networkx.Graph[Any]) -> Structure:
    import igraph

    nodes = list(graph)
    place = dict(zip(nodes, range(len(nodes)), strict=True))
    told = list(graph.edges(data=True))
    pairs = [(place[start], place[end]) for start, end, _ in told]
    form = igraph.Graph(n=len(nodes), edges=pairs, directed=graph.is_directed())
    return Structure(form, nodes, [edge for _, _, edge in told])


def _sound(weights: list[Any]) -> bool:
    """Whether all are numbers above zero: a sum with what is infinite or no number is not below infinity."""
    try:
        return bool(sum(weights) < math.inf and min(weights, default=1) > 0)
    except TypeError:
        return False


def _named(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    bound = _signature(name).bind(*args, **kwargs)
    bound.apply_defaults()
    return bound.arguments


@cache
def _signature(name: str) -> Signature:
    return signature(getattr(Backend, name))


# Arguments that igraph has no like of: given otherwise than by default, the call stays with networkx.
_BY_DEFAULT: Mapping[str, tuple[str, ...]] = {
    "betweenness_centrality": ("weight", "endpoints"),
    "closeness_centrality": ("u", "distance"),
    "eigenvector_centrality": ("nstart",),
    "leiden_communities": ("max_level",),
    "louvain_communities": ("max_level", "threshold"),
    "pagerank": ("personalization", "nstart", "dangling"),
    "single_source_shortest_path_length": ("cutoff",),
}


def _unfit(name: str, graph: networkx.Graph[Any], given: Mapping[str, Any]) -> str | None:
    """Why this call is left to networkx, as far as its arguments and the size of the graph tell."""
    for argument in _BY_DEFAULT.get(name, ()):
        if given[argument] != _signature(name).parameters[argument].default:
            return f"igraph has nothing like {argument}={given[argument]!r}"
    if not any(graph.adj[node] for node in graph):
        return "nothing is connected"
    if name.endswith("_communities") and graph.is_directed():
        return "igraph finds communities in undirected graphs only"
    if name.endswith("_communities") and not given["resolution"] > 0:
        return "the resolution is not above zero"
    if name == "betweenness_centrality" and not (given["k"] is None or 2 <= given["k"] <= len(graph)):
        return "of so many sources networkx has its own opinion"
    if name == "pagerank" and not 0 < given["alpha"] < 1:
        return "the damping is not between zero and one"
    if name == "single_source_shortest_path_length" and given["source"] not in graph:
        return "the source is not in the graph"
    return None


def _is_compiled(graph: networkx.Graph[Any]) -> bool:
    return NAME in _kept(graph)


def _drawn(graph: Compiled, k: int, seed: Random | None) -> list[int]:
    """The places of the sources that networkx draws with that seed."""
    return (seed or Random()).sample(range(len(graph)), k)  # noqa: S311 - a sample, no secret


def _betweenness_scales(
    number: int, k: int | None, *, normalized: bool, directed: bool
) -> tuple[float, float]:
    """What to multiply by for a sampled source and for any other node, end points not counted, as networkx does."""
    others = number - 1
    if others < 2:
        return 1.0, 1.0
    halved = 1 if directed else 2
    if k is None:
        scale = 1 / (others * (others - 1)) if normalized else 1 / halved
        return scale, scale
    if normalized:
        return 1 / ((k - 1) * (others - 1)), 1 / (k * (others - 1))
    return others / ((k - 1) * halved), others / (k * halved)


def _reached(graph: Compiled) -> list[int]:
    """From how many other nodes each node is reached."""
    form = graph.form
    if graph.is_directed():
        return [size - 1 for size in form.neighborhood_size(order=len(graph), mode="in")]
    components = form.connected_components()
    sizes = components.sizes()
    return [sizes[component] - 1 for component in components.membership]


def _symmetric_pagerank(graph: Compiled, damping: float, weights: NDArray[numpy.float64] | None) -> list[Any]:
    """The shares x that are in balance, x = damping A x / degree + the rest alike, in an undirected graph.

    With y = x / root of degree that is a system of a symmetric positive matrix, which conjugate gradients solve in
    about the root of the steps that networkx's power iteration takes. A lonely node passes its share on to all.
    """
    import numpy
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import LinearOperator, cg

    graph.without_loops()
    ties, number = graph.structure.ties, len(graph)
    strengths = numpy.ones(ties.nnz) if weights is None else weights[ties.data]
    matrix = csr_array((strengths, ties.indices, ties.indptr), shape=ties.shape)
    degrees = matrix.sum(axis=1)
    root = numpy.sqrt(numpy.where(degrees > 0, degrees, 1))
    matrix.data /= root[ties.indices] * numpy.repeat(root, numpy.diff(ties.indptr))
    balance = LinearOperator((number, number), matvec=lambda y: y - damping * (matrix @ y), dtype=float)
    found, unfinished = cg(balance, 1 / root, rtol=1e-14)
    if unfinished:
        raise NotImplementedError("the shares do not come into balance")
    shares = found * root
    return list((shares / shares.sum()).tolist())


def _leading(form: igraph.Graph, strengths: list[float], value: float) -> list[bool]:
    """Which nodes have a part in the leading eigenvector, all else being zero; NotImplementedError if that is open.

    No eigenvalue of a component is above its greatest weighted degree. So where one component alone reaches the
    greatest eigenvalue by its degrees, that one leads.
    """
    if form.is_connected(mode="strong"):
        return [True] * form.vcount()
    membership = form.connected_components().membership
    able = {
        component
        for component, strength in zip(membership, strengths, strict=True)
        if strength >= 0.999 * value
    }
    if len(able) != 1:
        raise NotImplementedError("several components may lead")
    return [component in able for component in membership]


def _quiet_about_small_values() -> None:
    """igraph warns of values near zero, which lie at the end of any long branch."""
    warnings.filterwarnings("ignore", "Some eigenvector centralities are nearly zero", RuntimeWarning)


_CHANCE = Lock()


@contextmanager
def _chance(seed: Random | None) -> Iterator[None]:
    """igraph has one source of chance for the whole process: while one search has it, another waits."""
    import random

    import igraph

    with _CHANCE:
        igraph.set_random_number_generator(seed or random)
        try:
            yield
        finally:
            igraph.set_random_number_generator(random)


def _sets(graph: Compiled, found: igraph.VertexClustering) -> list[set[Any]]:
    return [{graph.nodes[place] for place in community} for community in found]
