"""The SPARQL endpoint: three ways to ask, every format read by an independent reader, and what is refused."""

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode
from xml.etree import ElementTree

import httpx
import pytest
from rdflib import URIRef

from demarche.graph import KnowledgeGraph
from demarche.service.app import create_app
from demarche.service.guard import MAX_BYTES
from demarche.service.routes.sparql import MAX_FIELDS
from demarche.service.settings import Settings
from tests.service.conftest import read, served_app

EVENT = "https://w3id.org/demarche/id/event/2016-06-22-musudan"
SELECT = f"SELECT ?label WHERE {{ GRAPH ?g {{ <{EVENT}-1> rdfs:label ?label }} }} ORDER BY ?label LIMIT 1"
CONSTRUCT = f"CONSTRUCT {{ ?part dm:partOf <{EVENT}> }} WHERE {{ ?part dm:partOf <{EVENT}> }}"
LABEL = "First Musudan launch of 22 June 2016"
PARTS = {URIRef(f"{EVENT}-1"), URIRef(f"{EVENT}-2")}
NS = {"r": "http://www.w3.org/2005/sparql-results#"}
GRAPHS = {
    "text/turtle": "turtle",
    "application/n-triples": "nt",
    "application/rdf+xml": "xml",
    "application/ld+json": "json-ld",
}


def _json(reply: httpx.Response) -> str:
    return str(reply.json()["results"]["bindings"][0]["label"]["value"])


def _xml(reply: httpx.Response) -> str:
    return ElementTree.fromstring(reply.content).findtext(".//r:literal", namespaces=NS) or ""  # noqa: S314


def _csv(reply: httpx.Response) -> str:
    return next(csv.DictReader(io.StringIO(reply.text)))["label"]


def _tsv(reply: httpx.Response) -> str:
    head, row = reply.text.splitlines()
    assert head == "?label"
    return row.removesuffix("@en").strip('"')


RESULTS = {
    "application/sparql-results+json": _json,
    "application/json": _json,
    "application/sparql-results+xml": _xml,
    "application/xml": _xml,
    "text/csv": _csv,
    "text/tab-separated-values": _tsv,
}


@pytest.mark.parametrize("media_type", RESULTS)
def test_a_select_is_answered_in_the_format_asked_for(client: httpx.Client, media_type: str) -> None:
    reply = client.get("/sparql", params={"query": SELECT}, headers={"Accept": media_type})
    assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (200, media_type)
    assert RESULTS[media_type](reply) == LABEL


@pytest.mark.parametrize("media_type", GRAPHS)
def test_a_construct_is_answered_in_the_format_asked_for(client: httpx.Client, media_type: str) -> None:
    reply = client.get("/sparql", params={"query": CONSTRUCT}, headers={"Accept": media_type})
    assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (200, media_type)
    assert set(read(reply, GRAPHS[media_type]).subjects()) == PARTS


def test_an_ask_is_answered_with_yes_or_no(client: httpx.Client) -> None:
    for query, answer in ((f"ASK {{ <{EVENT}> ?p ?o }}", True), ("ASK { <urn:nothing> ?p ?o }", False)):
        assert client.get("/sparql", params={"query": query}).json()["boolean"] is answer


def test_a_describe_is_answered_with_a_graph(client: httpx.Client) -> None:
    reply = client.get("/sparql", params={"query": f"DESCRIBE <{EVENT}>"})
    assert (URIRef(EVENT), None, None) in read(reply, "turtle")


def test_get_form_and_direct_post_give_one_answer(client: httpx.Client) -> None:
    direct = {"Content-Type": "application/sparql-query; charset=utf-8"}
    replies = [
        client.get("/sparql", params={"query": SELECT}),
        client.post("/sparql", data={"query": SELECT}),
        client.post("/sparql", content=SELECT.encode(), headers=direct),
    ]
    assert {_json(reply) for reply in replies} == {LABEL}


def test_a_form_is_decoded_once(client: httpx.Client) -> None:
    reply = client.post("/sparql", data={"query": 'SELECT ("%41+b" AS ?label) {}'})
    assert _json(reply) == "%41+b"


@pytest.mark.parametrize(
    ("query", "name", "content_type"),
    [
        (SELECT, "csv", "text/csv"),
        (SELECT, "json", "application/sparql-results+json"),
        (SELECT, "xml", "application/sparql-results+xml"),
        (CONSTRUCT, "ttl", "text/turtle"),
        (CONSTRUCT, "xml", "application/rdf+xml"),
        (CONSTRUCT, "json", "application/ld+json"),
    ],
)
def test_a_parameter_names_the_format_too(
    client: httpx.Client, query: str, name: str, content_type: str
) -> None:
    reply = client.get("/sparql", params={"query": query, "format": name})
    assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (200, content_type)


def test_a_browser_without_a_query_gets_a_form(client: httpx.Client) -> None:
    reply = client.get("/sparql", headers={"Accept": "text/html"})
    assert reply.status_code == 200
    assert '<textarea id="query" name="query"' in reply.text


@pytest.mark.parametrize(
    ("parameters", "status", "reason"),
    [
        ({"format": "csv"}, 400, "there is no query"),
        ({"query": "SELECT"}, 400, "error at"),
        ({"query": "nonsense"}, 400, "no SELECT, ASK"),
        ({"query": "SELECT * { SERVICE <http://127.0.0.1:9/> {} }"}, 400, "SERVICE is not allowed"),
        ({"query": "DROP ALL"}, 400, "DROP is not allowed"),
        ({"query": "ASK {}" + " " * MAX_BYTES}, 400, "65536 bytes"),
        (
            {"query": "ASK {}", "using-graph-uri": "urn:g"},
            400,
            "using-graph-uri is not understood with a query",
        ),
        ({"query": "ASK {}", "default-graph-uri": "a b"}, 400, "'a b' names no graph"),
        ({"query": "ASK {}", "graph": "urn:g"}, 400, "'graph' is not understood"),
        ({"query": "ASK {}", "update": "DROP ALL"}, 400, "not both"),
        ({"query": "ASK {}", "format": "ttl"}, 406, "application/sparql-results"),
        ({"update": "DROP ALL"}, 403, "nothing is written here"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_reason(
    client: httpx.Client, parameters: dict[str, str], status: int, reason: str
) -> None:
    reply = client.post("/sparql", data=parameters)
    assert reply.headers["content-type"] == "application/problem+json"
    assert (reply.status_code, reply.json()["status"]) == (status, status)
    assert reason in reply.json()["detail"]


def test_a_query_given_twice_is_refused(client: httpx.Client) -> None:
    assert client.post("/sparql?query=ASK{}", data={"query": "ASK {}"}).status_code == 400


def test_a_request_may_name_many_graphs_but_not_without_end(client: httpx.Client) -> None:
    graphs = [("named-graph-uri", f"urn:graph:{number}") for number in range(MAX_FIELDS)]
    many, most = urlencode([("query", "ASK {}"), *graphs]), urlencode([("query", "ASK {}"), *graphs[1:]])
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/sparql", content=most, headers=form).status_code == 200
    assert client.get(f"/sparql?{most}").status_code == 200
    for reply in (client.post("/sparql", content=many, headers=form), client.get(f"/sparql?{many}")):
        assert reply.status_code == 400
        assert reply.json()["detail"] == f"a request has {MAX_FIELDS} parameters at the most"


def test_a_body_of_another_kind_is_refused(client: httpx.Client) -> None:
    for content_type, status in (("application/json", 415), ("application/sparql-update", 403)):
        assert (
            client.post("/sparql", content=b"{}", headers={"Content-Type": content_type}).status_code
            == status
        )
    assert client.post("/sparql", data={"query": "x" * 4_000_000}).status_code == 413
    assert client.post("/sparql", data={"query": "x" * 250_000}).status_code == 413
    broken = {"Content-Type": "application/sparql-query"}
    assert client.post("/sparql", content=b"ASK { ?s ?p '\xff' }", headers=broken).status_code == 400


def test_a_select_that_is_wanted_as_turtle_only_is_not_acceptable(client: httpx.Client) -> None:
    reply = client.get("/sparql", params={"query": SELECT}, headers={"Accept": "text/turtle"})
    assert reply.status_code == 406
    assert "application/sparql-results+json" in reply.json()["offers"]


def test_many_clients_at_once_get_their_own_answers(client: httpx.Client) -> None:
    def ask(number: int) -> list[str]:
        query = f"SELECT ?s ({number} AS ?n) {{ ?s ?p ?o }} LIMIT 50"
        rows = client.get("/sparql", params={"query": query, "format": "csv"}).text.splitlines()[1:]
        return [row.rsplit(",", 1)[1] for row in rows]

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(200)))
    assert answers == [[str(number)] * 50 for number in range(200)]
    assert client.get("/health").json()["status"] == "ok"


def test_a_script_of_another_site_may_read_the_answer(client: httpx.Client) -> None:
    reply = client.get("/sparql", params={"query": "ASK {}"}, headers={"Origin": "https://example.org"})
    assert reply.headers["access-control-allow-origin"] == "*"
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    assert client.options("/sparql", headers=asked).status_code == 200


def test_any_character_comes_back_in_json(client: httpx.Client) -> None:
    query = 'SELECT ("\\u0001 \\"x\\" \\\\ é \\U0001D538" AS ?label) {}'
    found = json.loads(client.get("/sparql", params={"query": query}).content)
    assert found["results"]["bindings"][0]["label"]["value"] == '\x01 "x" \\ é \U0001d538'


META = "https://w3id.org/demarche/id/graph/meta"
LEADS = "https://w3id.org/demarche/id/graph/leads"
COUNT = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"


def _counted(client: httpx.Client, clause: str = "", **graphs: str | list[str]) -> int:
    parameters = {name.replace("_", "-"): value for name, value in graphs.items()}
    asked = {"query": COUNT.format(clause), "format": "csv", **parameters}
    return int(client.get("/sparql", params=asked).text.splitlines()[1])


def test_without_a_word_on_graphs_a_query_sees_all_but_the_unverified(
    client: httpx.Client, seed_graph: KnowledgeGraph
) -> None:
    (told,) = seed_graph.store.select("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert _counted(client) == int(told["n"] or 0)
    lead = "ASK { ?lead a <https://w3id.org/demarche/ontology#Lead> }"
    assert client.get("/sparql", params={"query": lead}).json()["boolean"] is False


def test_a_query_and_a_request_name_graphs_alike_and_the_request_is_heard_first(client: httpx.Client) -> None:
    meta, leads = _counted(client, default_graph_uri=META), _counted(client, default_graph_uri=LEADS)
    assert 0 < meta < leads
    assert _counted(client, f"FROM <{META}>") == meta
    assert _counted(client, f"FROM <{META}> FROM <{LEADS}>") == meta + leads
    assert _counted(client, default_graph_uri=[META, LEADS]) == meta + leads
    assert _counted(client, f"FROM <{LEADS}>", default_graph_uri=META) == meta
    assert _counted(client, named_graph_uri=META) == 0


@pytest.mark.parametrize("clause", ["FROM <URL>", "FROM NAMED <URL>", "FROM x:", "FROM <URL> FROM <META>"])
def test_a_graph_that_is_not_here_is_refused_and_not_fetched(client: httpx.Client, clause: str) -> None:
    url = "http://127.0.0.1:9/"
    query = f"PREFIX x: <{url}> {COUNT.format(clause.replace('URL', url).replace('META', META))}"
    for asked in (
        {"query": query},
        {"query": "ASK {}", "default-graph-uri": url},
        {"query": "ASK {}", "named-graph-uri": url},
    ):
        reply = client.get("/sparql", params=asked)
        assert (reply.status_code, f"no graph here is called <{url}>" in reply.text) == (400, True)


def test_graph_finds_only_what_the_request_names(client: httpx.Client) -> None:
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
    asked = {"query": query, "format": "csv", "named-graph-uri": [META, LEADS]}
    assert client.get("/sparql", params=asked).text.split() == ["g", LEADS, META]


def test_a_relative_iri_is_one_of_ours(client: httpx.Client) -> None:
    asked = {"query": "SELECT (COUNT(*) > 0 AS ?any) { <event/2016-06-22-musudan> ?p ?o }", "format": "csv"}
    assert client.get("/sparql", params=asked).text.split() == ["any", "true"]


@pytest.mark.parametrize("media_type", GRAPHS)
def test_without_a_query_the_service_describes_itself(client: httpx.Client, media_type: str) -> None:
    reply = client.get("/sparql", headers={"Accept": media_type})
    assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (200, media_type)
    found = read(reply, GRAPHS[media_type])
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert set(found.objects(None, URIRef(f"{sd}endpoint"))) == {URIRef(f"{client.base_url}/sparql")}
    assert set(found.objects(None, URIRef(f"{sd}supportedLanguage"))) == {URIRef(f"{sd}SPARQL11Query")}
    assert set(found.objects(None, URIRef(f"{sd}feature"))) == {URIRef(f"{sd}UnionDefaultGraph")}
    named = set(found.objects(None, URIRef(f"{sd}name")))
    assert (URIRef(META) in named, URIRef(LEADS) in named) == (True, False)


def test_methods_and_character_sets_that_the_protocol_does_not_know_are_refused(client: httpx.Client) -> None:
    assert client.put("/sparql?query=ASK%7B%7D").status_code == 405
    utf16 = {"Content-Type": "application/sparql-query; charset=utf-16"}
    assert client.post("/sparql", content="ASK {}".encode("utf-16"), headers=utf16).status_code == 415
    assert client.get("/sparql", params={"update": "DROP ALL"}).status_code == 400


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REQUESTS: list[tuple[str, str, dict[str, str], str]] = [
    ("GET", f"/sparql?{urlencode({'query': SELECT})}", {}, ""),
    ("GET", f"/sparql?{urlencode({'query': SELECT})}", {"Origin": "https://elsewhere.example"}, ""),
    ("GET", f"/sparql?{urlencode({'query': SELECT})}", {"Accept": "image/png"}, ""),
    ("GET", f"/sparql?{urlencode({'query': 'SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 99'})}", {}, ""),
    ("HEAD", f"/sparql?{urlencode({'query': CONSTRUCT})}", {"Accept": "text/turtle"}, ""),
    ("GET", f"/sparql?{urlencode({'query': 'SELECT nothing'})}", {}, ""),
    ("GET", f"/sparql?{urlencode({'query': 'SELECT nothing'})}", {"Accept": "text/html"}, ""),
    ("GET", "/sparql?query=ASK%20%7B%7D&quarry=1", {}, ""),
    ("GET", "/sparql?query=ASK+%7B+%3Fs+%3Fp+%22%C3%A9%22+%7D&format=xml", {}, ""),
    ("GET", "/sparql", {"Accept": "text/turtle"}, ""),
    ("GET", "/sparql", {"Accept": "text/html"}, ""),
    ("GET", "/sparql/", {}, ""),
    ("POST", "/sparql", FORM, urlencode({"query": SELECT})),
    ("POST", "/sparql", {"Content-Type": "application/sparql-query"}, SELECT),
    ("POST", "/sparql", {"Content-Type": "text/csv"}, SELECT),
    ("POST", "/sparql", FORM, urlencode({"update": "CLEAR ALL"})),
    ("PUT", "/sparql", {}, ""),
    ("OPTIONS", "/sparql", {"Origin": "https://e.example", "Access-Control-Request-Method": "POST"}, ""),
]


def test_the_short_way_to_sparql_answers_as_the_way_through_the_router(seed_graph: KnowledgeGraph) -> None:
    routed, short = (create_app(Settings(cache_bytes=0), seed_graph) for _ in range(2))
    routed.endpoint.path = "/nowhere"
    with served_app(routed) as one, served_app(short) as other:
        for method, address, headers, body in REQUESTS:
            answers = [_told(client, method, address, headers, body) for client in (one, other)]
            assert answers[0] == answers[1], (method, address, headers)


def _told(client: httpx.Client, method: str, address: str, headers: dict[str, str], body: str) -> object:
    reply = client.request(method, address, headers=headers, content=body)
    home = str(client.base_url).rstrip("/")
    told = {
        name: value.replace(home, "")
        for name, value in reply.headers.items()
        if name not in {"date", "content-length"}
    }
    return reply.status_code, told, _lines(reply.text.replace(home, ""))


def _lines(text: str) -> list[str]:
    """Without the order, and without the names that blank nodes get anew each time."""
    return sorted(line for line in text.splitlines() if "_:" not in line)
