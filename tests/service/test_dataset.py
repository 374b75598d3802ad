"""The record as a whole: VoID and DCAT that tell the truth, and dumps that hold what the store holds."""

import asyncio
import gzip

import httpx
import pyoxigraph
import pytest
from pyld import jsonld
from rdflib import Graph, Literal, Namespace, URIRef
from starlette.requests import Request
from starlette.types import Message

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.store import OxigraphStore
from demarche.service.dataset import DCAT, VOID
from demarche.service.dumps import FORMATS, Dumps
from demarche.service.routes.dataset import sent
from demarche.service.settings import Settings
from tests.service.conftest import read, served

RDF_NAMES = {"ttl": "turtle", "jsonld": "json-ld", "json": "json-ld", "nt": "nt", "rdf": "xml"}
V, D = Namespace(VOID), Namespace(DCAT)
WHOLE = {
    "nq": pyoxigraph.RdfFormat.N_QUADS,
    "trig": pyoxigraph.RdfFormat.TRIG,
    "jsonld": pyoxigraph.RdfFormat.JSON_LD,
}
UNION = {
    "ttl": pyoxigraph.RdfFormat.TURTLE,
    "nt": pyoxigraph.RdfFormat.N_TRIPLES,
    "rdf": pyoxigraph.RdfFormat.RDF_XML,
}


def _void(client: httpx.Client) -> tuple[Graph, URIRef]:
    graph = read(client.get("/.well-known/void"), "turtle")
    return graph, URIRef(str(client.base_url.join("/.well-known/void#record")))


def test_the_description_says_the_same_in_every_format(client: httpx.Client) -> None:
    graphs = [read(client.get(f"/.well-known/void.{ending}"), name) for ending, name in RDF_NAMES.items()]
    assert all(set(graph) == set(graphs[0]) for graph in graphs)
    accepted = client.get("/.well-known/void", headers={"Accept": "application/n-triples"})
    assert set(read(accepted, "nt")) == set(graphs[0])
    assert accepted.headers["content-location"] == "/.well-known/void.nt"
    assert client.get("/.well-known/void.csv").status_code == 404
    assert (
        client.get("/.well-known/void", headers={"If-None-Match": accepted.headers["etag"]}).status_code
        == 200
    )
    again = {"If-None-Match": accepted.headers["etag"], "Accept": "application/n-triples"}
    assert client.get("/.well-known/void", headers=again).status_code == 304


def test_its_counts_are_those_that_the_endpoint_gives(client: httpx.Client) -> None:
    graph, record = _void(client)

    def counted(query: str) -> int:
        reply = client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
        return int(reply.text.splitlines()[1])

    assert _int(graph, record, V.triples) == counted(
        "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }"
    )
    assert _int(graph, record, V.documents) == counted(
        "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d a dm:Document }"
    )
    by_class = {
        str(graph.value(part, V["class"])): _int(graph, part, V.entities)
        for part in graph.objects(record, V.classPartition)
    }
    assert by_class[f"{ids.ONTOLOGY}#Person"] == counted(
        "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d a dm:Person }"
    )
    assert len(by_class) == _int(graph, record, V.classes)
    by_property = [_int(graph, part, V.triples) for part in graph.objects(record, V.propertyPartition)]
    assert len(by_property) == _int(graph, record, V.properties)
    assert sum(by_property) == _int(graph, record, V.triples)


def test_every_address_that_it_names_answers(client: httpx.Client) -> None:
    graph, record = _void(client)
    dumps = set(graph.objects(record, V.dataDump))
    assert dumps == set(graph.objects(None, D.downloadURL))
    assert len(dumps) == len(FORMATS)
    for one in dumps:
        assert client.head(str(one)).headers["content-type"] == "application/gzip"
    endpoint = str(graph.value(record, V.sparqlEndpoint))
    assert client.get(endpoint, params={"query": "ASK {}"}).json()["boolean"]
    example = str(graph.value(record, V.exampleResource))
    assert client.get(f"/id/{ids.local(example)}").status_code == 200


def test_behind_a_proxy_it_names_addresses_under_the_prefix(seed_graph: KnowledgeGraph) -> None:
    with served(seed_graph, Settings(host="127.0.0.1", port=0, root_path="/demarche")) as client:
        graph = read(client.get("/.well-known/void"), "turtle")
        base = str(client.base_url.join("/demarche/"))
        assert all(str(one).startswith(base) for one in graph.objects(None, V.dataDump))


def test_the_dumps_hold_what_the_store_holds(client: httpx.Client, seed_graph: KnowledgeGraph) -> None:
    everything = set(pyoxigraph.parse(seed_graph.store.dump(), format=pyoxigraph.RdfFormat.N_QUADS))
    union = {quad.triple for quad in everything if quad.graph_name.value not in ids.APART}
    assert any(quad.graph_name.value in ids.APART for quad in everything)
    assert WHOLE.keys() | UNION.keys() == FORMATS.keys()
    for ending, name in WHOLE.items():
        data = gzip.decompress(client.get(f"/dumps/demarche.{ending}.gz").content)
        assert set(pyoxigraph.parse(data, format=name)) == everything, ending
    for ending, name in UNION.items():
        data = gzip.decompress(client.get(f"/dumps/demarche.{ending}.gz").content)
        assert {quad.triple for quad in pyoxigraph.parse(data, format=name)} == union, ending


def test_what_two_graphs_say_is_one_triple_of_a_dump_without_graphs(client: httpx.Client) -> None:
    lines = gzip.decompress(client.get("/dumps/demarche.nt.gz").content).splitlines()
    assert len(lines) == len(set(lines))


def test_the_dump_in_json_ld_is_read_by_an_independent_processor(tiny: KnowledgeGraph) -> None:
    lines = [f'<{ids.BASE}person/x> <http://www.w3.org/2000/01/rdf-schema#label> "Ann Lee"@en .']
    tiny.store.replace(ids.DIRECTORY_GRAPH, lines)
    with served(tiny) as client:
        found = jsonld.to_rdf(client.get("/dumps/demarche.jsonld").json(), {"format": "application/n-quads"})
    assert found.strip() == f"{lines[0].removesuffix(' .')} <{ids.DIRECTORY_GRAPH}> ."


def test_a_dump_comes_as_a_file_whole_or_in_part_compressed_or_not(client: httpx.Client) -> None:
    packed = client.get("/dumps/demarche.ttl.gz", headers={"Origin": "https://elsewhere.example"})
    assert packed.headers["content-disposition"] == 'attachment; filename="demarche.ttl.gz"'
    assert packed.headers["access-control-allow-origin"] == "*"
    assert int(packed.headers["content-length"]) == len(packed.content)
    assert "content-encoding" not in packed.headers
    part = client.get("/dumps/demarche.ttl.gz", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, packed.content[10:20])
    plain = client.get("/dumps/demarche.ttl", headers={"Accept-Encoding": "identity"})
    assert plain.content == gzip.decompress(packed.content)
    assert "content-encoding" not in plain.headers
    encoded = client.get("/dumps/demarche.ttl", headers={"Accept-Encoding": "gzip"})
    assert (encoded.headers["content-encoding"], encoded.content) == ("gzip", plain.content)
    for one in (plain, encoded):
        assert one.headers["content-type"] == "text/turtle; charset=utf-8"
        assert one.headers["content-disposition"] == 'attachment; filename="demarche.ttl"'
    assert len({one.headers["etag"] for one in (packed, plain, encoded)}) == 3


@pytest.mark.parametrize("file", ["demarche.nq.gz", "demarche.nq"])
def test_a_dump_that_has_not_changed_is_not_sent_again(client: httpx.Client, file: str) -> None:
    tag = client.head(f"/dumps/{file}").headers["etag"]
    assert client.get(f"/dumps/{file}", headers={"If-None-Match": tag}).status_code == 304
    assert client.get(f"/dumps/{file}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_all_dumps_are_listed_and_no_other_is_there(client: httpx.Client) -> None:
    listed = client.get("/dumps", headers={"Accept": "application/json"}).json()["dumps"]
    assert [one["name"] for one in listed] == [form.file for form in FORMATS.values()]
    page = client.get("/dumps", headers={"Accept": "text/html"}).text
    for one in listed:
        assert f'href="{one["address"]}"' in page
        assert client.head(one["compressed"]).status_code == 200
    for path in (
        "/dumps/demarche.xlsx",
        "/dumps/other.ttl",
        "/dumps/..%2Fsettings.py",
        "/dumps/demarche.ttl.gz.gz",
    ):
        assert client.get(path).status_code == 404, path


def test_a_dump_follows_the_store_and_the_files_do_not_pile_up() -> None:
    store = OxigraphStore()
    dumps = Dumps(store)
    read = [dumps.of(FORMATS["nt"])]  # by somebody who is slow
    paths = [read[0].path]
    for n in (1, 2, 3, 2):
        said = [f'<{ids.DIRECTORY_GRAPH}> <{ids.ONTOLOGY}#contentDigest> "{n}" .']
        store.replace(ids.DIRECTORY_GRAPH, [f'<{ids.BASE}person/x> <urn:p> "{n}" .'], said)
        dump = dumps.of(FORMATS["nt"])
        assert dumps.of(FORMATS["nt"]) is dump
        assert f'"{n}"'.encode() in b"".join(dump.lines())
        paths.append(dump.path)
    assert [path.exists() for path in paths] == [True, False, False, False, True]
    assert b"".join(read.pop().lines()) == b""
    assert not paths[0].exists()


@pytest.mark.parametrize("form", ["packed", "plain", "encoded"])
def test_a_dump_is_sent_though_two_writes_come_before_its_file_is_opened(form: str) -> None:
    store = OxigraphStore()
    dumps = Dumps(store)
    headers = [(b"accept-encoding", b"gzip" if form == "encoded" else b"identity")]
    request = Request({"type": "http", "method": "GET", "headers": headers})
    replies = []
    for n in range(3):
        said = [f'<{ids.DIRECTORY_GRAPH}> <{ids.ONTOLOGY}#contentDigest> "{n}" .']
        store.replace(ids.DIRECTORY_GRAPH, [f'<{ids.BASE}person/x> <urn:p> "{n}" .'], said)
        replies.append(sent(request, dumps, FORMATS["nt"], compressed=form == "packed"))
    found: list[bytes] = []

    async def take(message: Message) -> None:
        found.append(message.get("body", b""))

    async def ask() -> Message:
        await asyncio.sleep(60)
        raise AssertionError

    asyncio.run(replies[0]({**request.scope, "extensions": {}}, ask, take))
    body = b"".join(found)
    assert b'"0"' in (body if form == "plain" else gzip.decompress(body))


def _int(graph: Graph, subject: object, prop: URIRef) -> int:
    value = graph.value(subject, prop)  # type: ignore[call-overload]
    assert isinstance(value, Literal)
    return int(value)
