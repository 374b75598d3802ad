"""Reads the Turtle of these tests as the graphs that a load would validate, and stocks a store for them to refer to."""

from pathlib import Path

from rdflib import Graph, URIRef

from demarche.graph import identifiers as ids
from demarche.graph.store import OxigraphStore, Store
from demarche.graph.triples import NamedGraph
from demarche.ontology import path

HERE = Path(__file__).parent
PAGE = f"{ids.BASE}document/page"


def read(file: Path, name: str = PAGE) -> NamedGraph:
    return named(Graph().parse(file), name)


def named(graph: Graph, name: str = PAGE) -> NamedGraph:
    return NamedGraph(URIRef(name), set(graph)).close()  # type: ignore[arg-type]


def put(store: Store, graph: NamedGraph) -> None:
    store.replace(str(graph.name), [f"{s.n3()} {p.n3()} {o.n3()} ." for s, p, o in graph.triples])


def stocked_store() -> Store:
    """A store in memory that holds the codes and what ``elsewhere.ttl`` describes."""
    store = OxigraphStore()
    put(store, read(path("codes.ttl"), ids.CODES_GRAPH))
    put(store, read(HERE / "elsewhere.ttl", ids.DIRECTORY_GRAPH))
    return store
