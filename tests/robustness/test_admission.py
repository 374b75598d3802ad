"""Which requests are looked at: hosts, origins, compressed bodies, document types; and safe headers on all."""

import gzip
import zlib
from collections.abc import Iterator

import httpx
import pytest
from starlette.exceptions import HTTPException

from demarche.graph import KnowledgeGraph
from demarche.service.admission import admission
from demarche.service.settings import Settings
from tests.service.conftest import served
from tests.service.processes import Served, serving

FOREIGN = "https://elsewhere.example"


@pytest.fixture(scope="module")
def scratch() -> Iterator[Served]:
    with serving("--scratch") as one:
        yield one


@pytest.mark.parametrize("path", ["/", "/questions", "/health", "/sparql?query=ASK{}", "/metrics", "/none"])
@pytest.mark.parametrize("host", ["rebound.example", "127.0.0.1.rebound.example", "[", "10.0.0.1:8000", ""])
def test_under_a_foreign_name_nothing_is_answered(client: httpx.Client, path: str, host: str) -> None:
    client.get(path)  # so that an answer may be kept for those who name us
    reply = client.get(path, headers={"Host": host})
    assert reply.status_code == 421
    assert reply.json()["title"] == "Misdirected Request"


def test_what_is_refused_is_counted(client: httpx.Client) -> None:
    def refused() -> list[str]:
        lines = client.get("/metrics").text.splitlines()
        return [
            line for line in lines if line.startswith("demarche_requests_total") and 'status="421"' in line
        ]

    before = refused()
    client.get("/questions", headers={"Host": "rebound.example"})
    assert refused() != before


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:1", "127.9.9.9", "[::1]:8000"])
def test_the_names_of_this_machine_are_ours(client: httpx.Client, host: str) -> None:
    assert client.get("/health", headers={"Host": host}).status_code == 200


def test_the_names_of_the_settings_are_ours_too(seed_graph: KnowledgeGraph) -> None:
    settings = Settings(allowed_hosts="one.example, Two.example")
    with served(seed_graph, settings) as client:
        for host, status in (
            ("one.example", 200),
            ("two.example:80", 200),
            ("localhost", 200),
            ("x.example", 421),
        ):
            assert client.get("/health", headers={"Host": host}).status_code == status


def test_a_service_for_others_goes_by_any_name_unless_it_is_told_its_names() -> None:
    public = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", b"any.example")]}
    admission(Settings(host="0.0.0.0"))(public)  # noqa: S104
    with pytest.raises(HTTPException, match="does not go by that name"):
        admission(Settings(host="0.0.0.0", allowed_hosts="mine.example"))(public)  # noqa: S104


def test_a_request_that_names_two_hosts_is_refused() -> None:
    twice = [(b"host", b"localhost"), (b"host", b"rebound.example")]
    with pytest.raises(HTTPException, match="names one host"):
        admission(Settings())({"type": "http", "method": "GET", "path": "/", "headers": twice})


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
@pytest.mark.parametrize("origin", [FOREIGN, "null", "http://127.0.0.1.rebound.example", "http://["])
def test_a_page_of_another_site_writes_nothing(client: httpx.Client, method: str, origin: str) -> None:
    reply = client.request(method, "/store?default", headers={"Origin": origin})
    assert reply.status_code == 403
    assert "another site" in reply.json()["detail"]


def test_a_page_of_another_site_may_ask(client: httpx.Client) -> None:
    asked = {"query": "ASK {}"}
    assert client.get("/questions", headers={"Origin": FOREIGN}).status_code == 200
    assert client.post("/sparql", data=asked, headers={"Origin": FOREIGN}).status_code == 200
    assert client.post("/reconcile", data={"queries": "{}"}, headers={"Origin": FOREIGN}).status_code == 200


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "GZIP"])
def test_a_compressed_body_is_refused_before_a_byte_of_it_is_inflated(scratch: Served, encoding: str) -> None:
    bomb = gzip.compress(zlib.compress(b" " * 20_000_000))
    headers = {"Content-Encoding": encoding, "Content-Type": "text/turtle"}
    for method, path in (("PUT", "/store?default"), ("POST", "/sparql")):
        reply = scratch.client.request(method, path, content=bomb, headers=headers)
        assert (reply.status_code, reply.headers["accept-encoding"]) == (415, "identity")


def test_a_body_that_says_that_it_is_not_compressed_is_read(client: httpx.Client) -> None:
    headers = {"Content-Encoding": "identity", "Content-Type": "application/sparql-query"}
    assert client.post("/sparql", content=b"ASK {}", headers=headers).status_code == 200


RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e#"><rdf:Description '
    'rdf:about="urn:a"><e:b>{}</e:b></rdf:Description></rdf:RDF>'
)
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
TYPES = {
    "entity": f'<!DOCTYPE x [<!ENTITY a "ha">]>{RDF.format("&a;")}',
    "small letters": f'<!doctype x [<!ENTITY a "ha">]>{RDF.format("&a;")}',
    "mixed letters": f'<!dOcTyPe x [<!ENTITY a "ha">]>{RDF.format("&a;")}',
    "billion laughs": f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>{RDF.format("&a9;")}',
    "quadratic": f'<!DocType x [<!ENTITY a "{"h" * 50_000}">]>{RDF.format("&a;" * 50_000)}',
    "a file": f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///proc/version">]>{RDF.format("&a;")}',
    "an address": f'<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/">]>{RDF.format("&a;")}',
    "outside type": f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">{RDF.format("")}',
    "parameter": f'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/"> %a;]>{RDF.format("")}',
    "after a comment": f'<!-- a --><!DOCTYPE x [<!ENTITY a "ha">]>{RDF.format("&a;")}',
    "inside": RDF.format('<!DOCTYPE x [<!ENTITY a "ha">]>&a;'),
    "bare": f"<!DOCTYPE x>{RDF.format('')}",
}


@pytest.mark.parametrize("document", TYPES.values(), ids=TYPES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-7"])
def test_no_document_with_a_type_is_read(scratch: Served, document: str, encoding: str) -> None:
    before = scratch.client.get("/store?default").content
    declared = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>{document}'
    reply = scratch.client.put(
        "/store?default",
        content=declared.encode(encoding),
        headers={"Content-Type": "application/rdf+xml"},
    )
    assert reply.status_code == 400
    assert scratch.client.get("/store?default").content == before
    assert scratch.process.poll() is None


def test_a_document_without_a_type_is_read(scratch: Served) -> None:
    document = f"<?xml version='1.0'?><!-- DOCTYPE -->{RDF.format('<![CDATA[a]]>')}"
    headers = {"Content-Type": "application/rdf+xml"}
    assert scratch.client.put("/store?graph=urn:g", content=document, headers=headers).status_code == 201
    assert '"a"' in scratch.client.get("/store?graph=urn:g", headers={"Accept": "text/turtle"}).text


ANYWHERE = [
    "/",
    "/questions",
    "/questions/who-reacted?event=2016-06-22-musudan",
    "/launches/2016-06-22-musudan",
    "/id/event/2016-06-22-musudan",
    "/id/event/2016-06-22-musudan.ttl",
    "/events?format=csv",
    "/sparql",
    "/sparql?query=ASK{}",
    "/sparql?query=SELECT",
    "/ontology",
    "/docs",
    "/openapi.json",
    "/static/style.css",
    "/dumps",
    "/dumps/demarche.ttl.gz",
    "/reconcile",
    "/metrics",
    "/health",
    "/nowhere",
    "/store?graph=urn:none",
]


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
@pytest.mark.parametrize("path", ANYWHERE)
def test_every_answer_has_the_headers_that_keep_a_browser_safe(
    client: httpx.Client, path: str, accept: str
) -> None:
    for host in (None, "rebound.example"):
        reply = client.get(path, headers={"Accept": accept, **({"Host": host} if host else {})})
        assert reply.status_code == (421 if host else reply.status_code)
        policy = reply.headers["content-security-policy"]
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["cross-origin-opener-policy"] == "same-origin"
        allowed = {name: values for name, *values in (one.split() for one in policy.split(";"))}
        assert allowed["default-src"] == allowed["frame-ancestors"] == allowed["base-uri"] == ["'none'"]
        assert allowed["script-src"] == allowed["style-src"] == allowed["connect-src"] == ["'self'"]
        wide = {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"}
        assert not wide & {value for values in allowed.values() for value in values}


def test_a_refusal_in_a_browser_is_a_page(client: httpx.Client) -> None:
    reply = client.get("/", headers={"Host": "rebound.example", "Accept": "text/html"})
    assert reply.headers["content-type"].startswith("text/html")
    assert "does not go by that name" in reply.text
