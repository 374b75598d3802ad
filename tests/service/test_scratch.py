"""The scratch store: who may reach it, what it takes, and that it says what it is."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from demarche.graph.errors import BadParameter
from demarche.service.scratch import check_settings
from demarche.service.settings import Settings
from tests.service.processes import serving

TURTLE = {"Content-Type": "text/turtle"}
XML = {"Content-Type": "application/rdf+xml"}
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>"""


@pytest.fixture(scope="module")
def scratch() -> Iterator[httpx.Client]:
    with serving("--scratch") as served:
        assert "A scratch store: it is empty" in served.said[0]
        yield served.client


@pytest.fixture(autouse=True)
def _empty(scratch: httpx.Client) -> None:
    assert scratch.post("/sparql", data={"update": "DROP ALL"}).status_code == 204


def _triples(scratch: httpx.Client) -> int:
    query = "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"
    return int(scratch.get("/sparql", params={"query": query, "format": "csv"}).text.splitlines()[1])


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"host": "0.0.0.0"}, "listens on 127.0.0.1, not on 0.0.0.0"),  # noqa: S104
        ({"host": "example.org"}, "not on example.org"),
        ({"root_path": "/demarche"}, "no proxy may show it"),
        ({"store": "folder"}, "--scratch keeps nothing"),
        ({"ledger": "ledger.db"}, "--scratch keeps nothing"),
    ],
)
def test_a_scratch_store_is_for_this_machine_and_keeps_nothing(settings: dict[str, str], reason: str) -> None:
    with pytest.raises(BadParameter, match=reason):
        check_settings(Settings(scratch=True, **settings))  # type: ignore[arg-type]
    check_settings(Settings(**settings))  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.1.2.3"])
def test_a_scratch_store_may_listen_on_any_loopback_address(host: str) -> None:
    check_settings(Settings(scratch=True, host=host))


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Origin": "https://example.org"}, 403), ({"Host": "example.org"}, 421), ({"Origin": "null"}, 403)],
)
def test_a_page_of_another_site_cannot_write(
    scratch: httpx.Client, headers: dict[str, str], status: int
) -> None:
    update = {"update": "INSERT DATA { <urn:a> <urn:b> 1 }"}
    assert scratch.post("/sparql", data=update, headers=headers).status_code == status
    reply = scratch.put("/store?default", content=b"<urn:a> <urn:b> 1 .", headers=TURTLE | headers)
    assert reply.status_code == status
    assert _triples(scratch) == 0
    assert (
        scratch.post("/sparql", data=update, headers={"Origin": "http://localhost:3000"}).status_code == 204
    )
    assert _triples(scratch) == 1


def test_an_update_sees_the_default_graph_and_no_union(scratch: httpx.Client) -> None:
    scratch.post(
        "/sparql", data={"update": "INSERT DATA { <urn:a> <urn:b> 1 GRAPH <urn:g> { <urn:a> <urn:b> 2 } }"}
    )
    reply = scratch.get("/sparql", params={"query": "SELECT ?o { ?s ?p ?o }", "format": "csv"})
    assert reply.text.split() == ["o", "1"]


@pytest.mark.parametrize(
    ("body", "headers", "status", "reason"),
    [
        (b"<urn:a> <urn:b> ", TURTLE, 400, "this is no text/turtle"),
        (b"<urn:a> <urn:b> 1 .", {"Content-Type": "text/plain"}, 415, "has to be one of"),
        (b"\\xff", {"Content-Type": "text/turtle; charset=latin-1"}, 415, "UTF-8"),
        (LAUGHS, XML, 400, "document type in RDF/XML"),
        (
            b'{"@context": "http://127.0.0.1:9/", "@id": "urn:a"}',
            {"Content-Type": "application/ld+json"},
            400,
            "context",
        ),
        (b"nothing", {"Content-Type": "multipart/form-data"}, 400, "no parts"),
        (b"#" * (16 * 2**20 + 1), TURTLE, 413, "may have 16777216 bytes"),
    ],
)
def test_a_document_that_cannot_be_read_changes_nothing(
    scratch: httpx.Client, body: bytes, headers: dict[str, str], status: int, reason: str
) -> None:
    scratch.put("/store?graph=urn:g", content=b"<urn:a> <urn:b> 1 .", headers=TURTLE)
    reply = scratch.put("/store?graph=urn:g", content=body, headers=headers)
    assert reply.status_code == status, reply.text
    assert reason in reply.json()["detail"]
    assert _triples(scratch) == 1


def test_an_update_that_the_engine_refuses_changes_nothing(scratch: httpx.Client) -> None:
    for update in (
        "INSERT DATA { <urn:a> <urn:b> 1 } ; DROP GRAPH <urn:nothing>",
        "INSERT DATA {",
        "SELECT * {}",
    ):
        reply = scratch.post("/sparql", data={"update": update})
        assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")
    assert _triples(scratch) == 0


def test_the_scratch_store_has_no_record(scratch: httpx.Client) -> None:
    assert scratch.get("/questions").status_code == 404
    assert scratch.get("/openapi.json").status_code == 200


def test_nothing_is_left_in_the_next_scratch_store(tmp_path: Path) -> None:
    for _ in range(2):
        with serving("--scratch", CACHE=tmp_path) as served:
            assert _triples(served.client) == 0
            served.client.post("/sparql", data={"update": "INSERT DATA { <urn:a> <urn:b> 1 }"})
            assert _triples(served.client) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_scratch_store_is_ready_too(scratch: httpx.Client) -> None:
    assert scratch.get("/health").json() == {"status": "ok"}
    ready = scratch.get("/ready").json()
    assert ready.pop("queries")["running"] == 0
    assert ready == {"status": "ready", "scratch": True}
