"""The W3C's tests of protocol, graph store, service description and result formats, against a real scratch server."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from rdflib import RDF, BNode, Graph, Namespace, URIRef
from rdflib.compare import isomorphic

from tests.conformance.manifests import MF, Exchange, Test, gathered
from tests.service.processes import serving

DAWG = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SUITES = Path(__file__).parents[3] / "shared/conformance/sparql11"
EXPECTED = {
    "protocol": 34,
    "graph-store-protocol/direct": 5,
    "graph-store-protocol/indirect": 9,
    "service-description": 3,
    "json-res": 4,
    "csv-tsv-res": 6,
}
_BY_VALUE = (
    "the engine keeps numbers by their value: 1.0E6 comes back as 1000000, and a number of a type derived from "
    "xsd:integer as an xsd:integer; all values are equal"
)
EXCEPTIONS = {"csv03": _BY_VALUE, "tsv03": _BY_VALUE}
"""Name of a test -> why we do not pass it to the letter."""

NOT_RUN = {
    "http-rdf-update": "deprecated by the W3C, in favour of graph-store-protocol: no request is given but in prose"
}
"""Folder of tests -> why none of them is run; each of its tests says so itself."""
DEPRECATED = 18

FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        "application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values",
    },
    "RDF": {"application/rdf+xml", "text/turtle", "application/n-triples"},
}  # fmt: skip


def manifest(suite: str) -> Path:
    folder, _, part = suite.partition("/")
    return SUITES / folder / (f"manifest-{part}.ttl" if part else "manifest.ttl")


def cases(*suites: str) -> list[object]:
    """The tests as parameters; without the shared folder one that says why there are none."""
    if not SUITES.is_dir():
        return [
            pytest.param(
                None, marks=pytest.mark.skip(reason="needs the shared data folder beside the checkout")
            )
        ]
    return [
        pytest.param(test, id=f"{suite}:{test.name}")
        for suite in suites
        for test in gathered(manifest(suite))
    ]


@pytest.fixture(scope="module")
def server() -> Iterator[httpx.Client]:
    with serving("--scratch") as served:
        yield served.client


@pytest.fixture(autouse=True)
def _empty(server: httpx.Client) -> None:
    assert server.post("/sparql", data={"update": "DROP ALL"}).status_code == 204


@pytest.mark.parametrize("suite", EXPECTED)
def test_each_suite_has_as_many_tests_as_expected(suite: str, shared: Path) -> None:
    assert (shared / "conformance").is_dir()
    names = [test.name for test in gathered(manifest(suite))]
    assert len(names) == len(set(names)) == EXPECTED[suite]


def test_no_exception_names_a_test_that_there_is_not(shared: Path) -> None:
    assert (shared / "conformance").is_dir()
    assert EXCEPTIONS.keys() <= {test.name for suite in EXPECTED for test in gathered(manifest(suite))}


def test_every_folder_is_run_or_named_with_its_reason(shared: Path) -> None:
    assert (shared / "conformance").is_dir()
    run = {suite.partition("/")[0] for suite in EXPECTED}
    assert {folder.name for folder in SUITES.iterdir()} == run | NOT_RUN.keys()


def test_all_tests_that_are_not_run_are_deprecated(shared: Path) -> None:
    assert (shared / "conformance").is_dir()
    for suite in NOT_RUN:
        told = Graph().parse(manifest(suite), format="turtle")
        assert set(told.subjects(MF.name)) == set(told.subjects(DAWG.approval, DAWG.Deprecated))
        assert len(gathered(manifest(suite))) == DEPRECATED


@pytest.mark.parametrize("test", cases("protocol"))
def test_the_protocol(server: httpx.Client, test: Test) -> None:
    for name, file in test.data.items():
        put = server.put("/store", params={"graph": name}, content=file.read_bytes(), headers=N_TRIPLES)
        assert put.status_code == 201
    for exchange in test.exchanges:
        _check(exchange, _sent(server, exchange, exchange.path.replace("/sparql/", "/sparql", 1)))


@pytest.mark.parametrize("test", cases("graph-store-protocol/direct", "graph-store-protocol/indirect"))
def test_the_graph_store_protocol(server: httpx.Client, test: Test) -> None:
    places: dict[str, str] = {}
    for exchange in test.exchanges:
        path = exchange.path.replace("/gsp", "/store", 1)
        for name, place in places.items():
            path = path.replace(name, place)
        reply = _sent(server, exchange, path)
        _check(exchange, reply)
        if exchange.location:
            places[exchange.location] = reply.headers["location"]


def test_a_get_without_a_query_returns_rdf(server: httpx.Client, shared: Path) -> None:
    assert (shared / "conformance").is_dir()
    assert len(_description(server)) > 0


def test_the_description_names_the_endpoint(server: httpx.Client, shared: Path) -> None:
    assert (shared / "conformance").is_dir()
    found = _description(server)
    assert (None, SD.endpoint, URIRef(f"{str(server.base_url).rstrip('/')}/sparql")) in found


def test_the_description_keeps_to_its_schema(server: httpx.Client, shared: Path) -> None:
    """What the specification's sections 3.2 to 3.4 say of the terms that we use."""
    assert (shared / "conformance").is_dir()
    server.put("/store?graph=urn:g", content=b"<urn:a> <urn:b> 1 .", headers={"Content-Type": "text/turtle"})
    found = _description(server)
    (service,) = found.subjects(RDF.type, SD.Service)
    assert isinstance(service, BNode)
    assert set(found.predicates(service)) == {
        RDF.type, SD.endpoint, SD.supportedLanguage, SD.resultFormat, SD.inputFormat, SD.feature, SD.defaultDataset,
    }  # fmt: skip
    assert set(found.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query, SD.SPARQL11Update}
    (dataset,) = found.objects(service, SD.defaultDataset)
    (default,) = found.objects(dataset, SD.defaultGraph)
    (named,) = found.objects(dataset, SD.namedGraph)
    assert {(dataset, SD.Dataset), (default, SD.Graph), (named, SD.NamedGraph), (service, SD.Service)} == set(
        found.subject_objects(RDF.type)
    )
    assert list(found.objects(named, SD.name)) == [URIRef("urn:g")]


@pytest.mark.parametrize("test", cases("json-res", "csv-tsv-res"))
def test_the_result_formats(server: httpx.Client, test: Test) -> None:
    query, data, result = (test.files[name] for name in ("query", "data", "result"))
    loaded = server.put("/store?default", content=data.read_bytes(), headers={"Content-Type": "text/turtle"})
    assert loaded.status_code == 204
    reply = server.get("/sparql", params={"query": query.read_text("utf-8"), "format": result.suffix[1:]})
    assert reply.status_code == 200, reply.text
    read = READERS[result.suffix]
    ours, theirs = read(reply.content), read(result.read_bytes())
    if test.name in EXCEPTIONS:
        assert ours != theirs, "this is no exception any more"
        ours, theirs = _by_value(ours), _by_value(theirs)
    assert ours == theirs


N_TRIPLES = {"Content-Type": "application/n-triples"}


def _sent(server: httpx.Client, exchange: Exchange, path: str) -> httpx.Response:
    """The request as the manifest has it: its path is not encoded a second time."""
    request = server.build_request(
        exchange.method, "/", headers=exchange.request.headers, content=exchange.request.body
    )
    request.url = request.url.copy_with(raw_path=path.encode())
    if "accept" not in exchange.request.headers:
        request.headers.pop("accept", None)
    return server.send(request)


def _check(exchange: Exchange, reply: httpx.Response) -> None:
    told = f"{exchange.method} {exchange.path}: {reply.status_code} {reply.text[:300]}"
    assert str(reply.status_code).startswith(exchange.statuses), told
    media_type = reply.headers.get("content-type", "").partition(";")[0]
    if exchange.format:
        assert media_type in FORMATS[exchange.format], told
    if exchange.boolean is not None:
        assert reply.json()["boolean"] is exchange.boolean, told
    for name, value in exchange.reply.headers.items():
        assert reply.headers[name] == value, told
    if exchange.location:
        assert reply.headers["location"], told
    if exchange.reply.body is not None:
        assert isomorphic(_graph(reply.content), _graph(exchange.reply.body)), told


def _graph(body: bytes) -> Graph:
    return Graph().parse(data=body, format="turtle")


def _description(server: httpx.Client) -> Graph:
    reply = server.get("/sparql")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/turtle; charset=utf-8")
    return _graph(reply.content)


Rows = Counter[frozenset[tuple[str, str]]]


def _srj(body: bytes) -> tuple[bool | None, list[str], Rows]:
    """Variables in any order, rows as a bag, blank nodes without their names."""
    found = json.loads(body)
    rows = found.get("results", {}).get("bindings", [])
    named = [
        frozenset(
            (name, "bnode" if term["type"] == "bnode" else json.dumps(term, sort_keys=True))
            for name, term in row.items()
        )
        for row in rows
    ]
    return found.get("boolean"), sorted(found["head"].get("vars", [])), Counter(named)


def _separated(body: bytes, separator: str) -> Rows:
    text = body.decode()
    rows = csv.DictReader(
        io.StringIO(text), delimiter=separator, quoting=csv.QUOTE_NONE if separator == "\t" else 0
    )
    return Counter(
        frozenset((name, "bnode" if value.startswith("_:") else value) for name, value in row.items())
        for row in rows
    )


def _csv(body: bytes) -> Rows:
    return _separated(body, ",")


def _tsv(body: bytes) -> Rows:
    return _separated(body, "\t")


def _by_value(rows: object) -> Counter[frozenset[tuple[str, object]]]:
    """The same rows with each number as a number, whatever its type and spelling."""
    assert isinstance(rows, Counter)
    return Counter(frozenset((name, _number(value)) for name, value in row) for row in rows.elements())


def _number(value: str) -> object:
    lexical = re.sub(r'^"(.*)"\^\^<.*XMLSchema#(?:double|negativeInteger)>$', r"\1", value)
    try:
        return float(lexical)
    except ValueError:
        return value


READERS: dict[str, Callable[[bytes], object]] = {".srj": _srj, ".csv": _csv, ".tsv": _tsv}
