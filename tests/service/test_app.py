"""The application as a whole: errors as problems, conditional requests, HEAD, health and the API's own page."""

import re

import httpx
import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import errors as graph_errors
from demarche.graph import identifiers as ids
from demarche.graph.errors import DemarcheError, StoreError
from demarche.graph.store import OxigraphStore, Table
from demarche.service.app import STATUS
from tests.service.conftest import served

CONDITIONAL = [
    "/",
    "/launches/2016-06-22-musudan",
    "/questions",
    "/questions/who-reacted?event=2016-06-22-musudan",
    "/id/event/2016-06-22-musudan",
    "/ontology",
    "/ontology/context.jsonld",
]


def test_every_error_of_the_graph_has_its_status() -> None:
    kinds = {
        one for one in vars(graph_errors).values() if isinstance(one, type) and issubclass(one, DemarcheError)
    }
    assert kinds - STATUS.keys() == {DemarcheError}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("DELETE", "/questions", 405),
        ("GET", "/search?start=many", 422),
        ("GET", "/id/x", 404),
    ],
)
def test_an_error_is_a_problem_that_says_its_status(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    reply = client.request(method, path)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json().keys() >= {"type", "title", "status", "detail"}
    assert reply.json()["status"] == status
    page = client.request(method, path, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (status, "text/html")


def test_a_method_that_is_not_allowed_is_told_which_are(client: httpx.Client) -> None:
    for path, methods in {
        "/health": "GET, HEAD, OPTIONS",
        "/records/x": "DELETE, GET, HEAD, OPTIONS, PUT",
        "/reconcile": "GET, HEAD, OPTIONS, POST",
        "/sparql": "GET, HEAD, OPTIONS, POST",
    }.items():
        refused = client.request("PATCH", path)
        assert (refused.status_code, refused.headers["allow"]) == (405, methods)
        told = client.options(path)
        assert (told.status_code, told.headers["allow"]) == (204, methods)
    assert client.options("/nowhere").status_code == 404


class Broken(OxigraphStore):
    """A store that fails as it is told to."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def select(self, query: str) -> Table:  # noqa: ARG002
        raise self.error

    def image(self) -> bytes:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (StoreError("the store is away"), 503, "the store is away"),
        (ZeroDivisionError("secret"), 500, "in its log"),
    ],
)
def test_a_store_that_fails_is_a_problem_and_not_the_end(error: Exception, status: int, told: str) -> None:
    with served(KnowledgeGraph(Broken(error))) as client:
        for path in ("/ready", "/id/event/x", "/sparql?query=ASK%7B%7D"):
            reply = client.get(path)
            assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
            assert told in reply.json()["detail"]
            assert "secret" not in reply.text
        assert client.get("/openapi.json").status_code == 200


@pytest.mark.parametrize("path", CONDITIONAL)
def test_what_the_client_holds_is_not_sent_again(client: httpx.Client, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


def test_each_format_has_its_own_tag(client: httpx.Client) -> None:
    tags = {
        client.get(f"/id/event/2016-06-22-musudan.{one}").headers["etag"] for one in ("ttl", "nt", "html")
    }
    assert len(tags) == 3


def test_a_change_of_the_graph_changes_the_tag(tiny: KnowledgeGraph) -> None:
    graph, label = f"{ids.BASE}document/d", "<http://www.w3.org/2000/01/rdf-schema#label>"

    def put(text: str) -> None:
        about = f'<{graph}> <{ids.ONTOLOGY}#contentDigest> "{text}" .'
        tiny.store.replace(graph, [f'<{ids.BASE}event/e> {label} "{text}" .'], [about])

    put("before")
    with served(tiny) as client:
        tag = client.get("/id/event/e.nt").headers["etag"]
        put("after")
        reply = client.get("/id/event/e.nt", headers={"If-None-Match": tag})
        assert reply.status_code == 200
        assert "after" in reply.text


@pytest.mark.parametrize(
    "path", ["/", "/health", "/id/event/2016-06-22-musudan.ttl", "/static/style.css", "/nowhere"]
)
def test_head_says_what_get_would(client: httpx.Client, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"]


def test_health_asks_nothing_of_the_store() -> None:
    with served(KnowledgeGraph(Broken(StoreError("the store is away")))) as client:
        assert client.get("/health").json() == {"status": "ok"}


def test_ready_tells_what_is_served(client: httpx.Client, seed_graph: KnowledgeGraph) -> None:
    found = client.get("/ready").json()
    assert (found["status"], found["version"]) == ("ready", seed_graph.store.version())
    assert found["graphs"] == len(seed_graph.store.graphs())
    (quads,) = seed_graph.store.select("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
    assert found["triples"] == int(quads["n"] or 0)


def test_the_page_of_the_api_tells_every_operation_and_runs_nothing_foreign(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.")
    reply = client.get("/docs")
    assert "unsafe-inline" not in reply.headers["content-security-policy"]
    told = set(re.findall(r"<dt><b>(\w+)</b> <code>([^<]*)</code>", reply.text))
    assert told == {(method.upper(), path) for path, ways in described["paths"].items() for method in ways}
    assert "A centrality that each node is to carry" in reply.text


def test_large_answers_are_compressed(client: httpx.Client) -> None:
    assert client.get("/ontology.nt").headers["content-encoding"] == "gzip"
    for refused in ("gzip;q=0", "br, gzip; q=0.0", "identity"):
        for _ in range(2):
            reply = client.get("/ontology.nt", headers={"Accept-Encoding": refused})
            assert "content-encoding" not in reply.headers
