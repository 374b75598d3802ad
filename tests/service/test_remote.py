"""The service on a store elsewhere: the same answers as on its own, and clear words when that store is away."""

import json
import logging
import re
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import StoreError, TooLarge
from demarche.graph.questions import questions
from demarche.graph.remote import RemoteStore
from demarche.graph.store import ResultKind
from demarche.service.opening import open_configured
from demarche.service.settings import Settings
from tests.graph.engines import oxigraph_server
from tests.service.conftest import served
from tests.service.test_cache import put

MUSUDAN = "2016-06-22-musudan"
PAGES = [
    "/",
    "/questions",
    f"/launches/{MUSUDAN}",
    f"/id/event/{MUSUDAN}.nt",
    f"/id/event/{MUSUDAN}.html",
    "/id/act/2016-06-22-japan-times/kirby.html",
    "/code/level.nt",
    "/ontology.html",
]
QUERIES = [
    "SELECT ?act ?level { ?act a dm:Reaction ; dm:level ?level } ORDER BY ?act",
    'ASK { ?s rdfs:label "Japan"@en }',
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
]


@pytest.fixture(scope="module")
def remote(seed_cache: Path, repository: Path) -> Iterator[httpx.Client]:
    """The service as `DEMARCHE_STORE=http://127.0.0.1:...` opens it, on an empty server that it fills."""
    with oxigraph_server() as url:
        settings = Settings(store=f"{url}/query", seed_data=repository / "seed_data", cache=seed_cache)
        with served(open_configured(settings, str), settings) as client:
            yield client


EMPTY = {"echo"}
"""The quotations that the record may show of this event share no phrase; attached texts would."""


@pytest.mark.parametrize("name", questions())
def test_each_question_has_the_same_answer_on_a_store_elsewhere(
    remote: httpx.Client, client: httpx.Client, name: str
) -> None:
    (listed,) = (one for one in client.get("/questions").json() if one["name"] == name)
    for _ in range(2):
        for accept in ("application/json", "text/csv"):
            there, here = (one.get(listed["example"], headers={"Accept": accept}) for one in (remote, client))
            assert (there.status_code, there.text) == (200, here.text)
    if name not in EMPTY:
        assert len(here.text.splitlines()) > 1, "the example is answered by nothing"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_the_same_on_a_store_elsewhere(
    remote: httpx.Client, client: httpx.Client, path: str
) -> None:
    there, here = remote.get(path), client.get(path)
    assert there.status_code == here.status_code == 200
    assert sorted(unversioned(there.text)) == sorted(unversioned(here.text))


def unversioned(page: str) -> list[str]:
    """The lines without the version, which over there leaves out what is kept apart."""
    version = page.partition('data-record="')[2].partition('"')[0]
    return (page.replace(version, "") if version else page).splitlines()


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_answered_alike_on_a_store_elsewhere(
    remote: httpx.Client, client: httpx.Client, query: str
) -> None:
    there, here = (one.get("/sparql", params={"query": query}).json() for one in (remote, client))
    if "COUNT" not in query:  # a store elsewhere has no word about what is kept apart
        assert there == here
    assert there.keys() == here.keys()


def test_a_query_that_does_not_parse_is_the_callers_fault_there_too(
    remote: httpx.Client, client: httpx.Client
) -> None:
    """And the place of the fault is that in the query which was sent, without what is put before it."""
    for query in ("SELECT WHERE {", "SELECT *\nWHERE {"):
        there, here = (one.get("/sparql", params={"query": query}) for one in (remote, client))
        assert (there.status_code, here.status_code) == (400, 400)
        places = [re.findall(r"error at (\d+:\d+)", one.json()["detail"]) for one in (there, here)]
        assert places[0] == places[1] != []


def test_a_dump_has_the_leads_that_are_kept_apart_from_a_store_elsewhere(
    remote: httpx.Client, client: httpx.Client
) -> None:
    leads = f" <{ids.LEADS_GRAPH}> .\n"
    there, here = (one.get("/dumps/demarche.nq").text for one in (remote, client))
    assert there.count(leads) == here.count(leads) > 2000
    union = remote.get("/dumps/demarche.nt").text
    assert "/lead/" not in union


def test_another_clients_write_to_the_store_elsewhere_is_seen_at_once() -> None:
    with oxigraph_server() as url:
        store = RemoteStore(f"{url}/query")
        with served(KnowledgeGraph(store)) as client:
            ask = {"query": 'ASK { ?s rdfs:label "new" }'}
            for _ in range(2):
                assert client.get("/sparql", params=ask).json()["boolean"] is False
            put(RemoteStore(f"{url}/query"), "new")
            assert client.get("/sparql", params=ask).json()["boolean"] is True


def test_a_store_whose_default_graph_is_no_union_is_refused_before_anything_is_written(
    seed_cache: Path, repository: Path
) -> None:
    with oxigraph_server(union=False) as url:
        settings = Settings(store=f"{url}/query", seed_data=repository / "seed_data", cache=seed_cache)
        store = RemoteStore(f"{url}/query")
        for held in ((), ("urn:g",)):
            with pytest.raises(StoreError, match="oxigraph serve --union-default-graph"):
                open_configured(settings, str)
            assert store.graphs() == held
            store.replace("urn:g", ["<urn:a> <urn:b> _:c ."])


def test_leads_are_told_beside_a_store_elsewhere_and_never_in_it(remote: httpx.Client) -> None:
    assert remote.get("/sparql", params={"query": "ASK { ?lead a dm:Lead }"}).json()["boolean"] is False
    named = {"query": "ASK { GRAPH <https://w3id.org/demarche/id/graph/leads> { ?lead a dm:Lead } }"}
    assert remote.get("/sparql", params=named).json()["boolean"] is True
    for asked in (
        {"query": "ASK FROM <https://w3id.org/demarche/id/graph/leads> { ?lead a dm:Lead }"},
        {
            "query": "ASK { ?lead a dm:Lead }",
            "default-graph-uri": "https://w3id.org/demarche/id/graph/leads",
        },
    ):
        assert remote.get("/sparql", params=asked).json()["boolean"] is True


def test_a_store_that_goes_away_is_a_503_until_it_is_back(
    seed_cache: Path, repository: Path, tmp_path: Path
) -> None:
    path = f"/questions/who-reacted?event={MUSUDAN}"
    with oxigraph_server(folder=tmp_path) as url:
        settings = Settings(store=f"{url}/query", seed_data=repository / "seed_data", cache=seed_cache)
        graph = open_configured(settings, str)
    with served(graph, settings) as client:
        for asked in (path, "/ready", "/sparql?query=ASK%7B%7D"):
            reply = client.get(asked)
            assert (reply.status_code, reply.headers["content-type"]) == (503, "application/problem+json")
            assert f"the store at {url}/query cannot be reached" in reply.json()["detail"]
        assert client.get("/health").status_code == 200
        with oxigraph_server(url, tmp_path):
            assert client.get("/ready").status_code == 200
            assert len(client.get(path).json()["rows"]) > 5
        assert client.get(path).status_code == 503  # and what was kept is not told of a store that is away


class Elsewhere(BaseHTTPRequestHandler):
    """A server that answers every request as it is told to, and remembers what it was sent."""

    reply: ClassVar[tuple[int, dict[str, str], bytes]]
    seen: ClassVar[list[str]]
    wait: ClassVar[threading.Event | None]

    def do_POST(self) -> None:
        self.seen.append(self.headers.get("Authorization", ""))
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.wait:
            self.wait.wait(20)
        status, headers, body = self.reply
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def elsewhere(
    status: int, headers: dict[str, str], body: bytes, wait: threading.Event | None = None
) -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []
    answers = {"reply": (status, headers, body), "seen": seen, "wait": wait}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Told", (Elsewhere,), answers))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}/sparql", seen
    finally:
        if wait:
            wait.set()
        server.shutdown()
        thread.join(10)
        server.server_close()


RESULTS = {"Content-Type": "application/sparql-results+json"}
YES = json.dumps({"head": {}, "boolean": True}).encode()


def test_name_and_password_are_sent_to_the_store_and_told_to_nobody(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with elsewhere(200, RESULTS, YES) as (place, seen):
        store = RemoteStore(f"http://reader:s%23cret@{place}")
        assert store.ask("ASK {}")
    assert b64decode(seen[0].removeprefix("Basic ")) == b"reader:s#cret"
    with pytest.raises(StoreError) as away:
        store.ask("ASK {}")
    with elsewhere(403, {}, b"not for you") as (place, _), pytest.raises(StoreError) as refused:
        RemoteStore(f"http://reader:s%23cret@{place}").ask("ASK {}")
    with pytest.raises(StoreError) as plain:
        RemoteStore("http://reader:s%23cret@store.example/sparql")
    told = " ".join([*map(str, (away.value, refused.value, plain.value)), caplog.text])
    assert "answered 403: not for you" in told
    assert "http://store.example/sparql: a store is reached by https" in told
    assert not {part for part in ("cret", "reader:", seen[0]) if part in told}


@pytest.mark.parametrize(
    "url", ["https://a:b#c@store.example/", "https://a:b/c@store.example/", "https://a:b?c@x/"]
)
def test_a_password_that_spoils_the_url_is_not_shown(url: str) -> None:
    with pytest.raises(StoreError, match="%23") as told:
        RemoteStore(url)
    assert "store.example" not in str(told.value)


def test_the_store_may_not_send_us_elsewhere() -> None:
    with (
        elsewhere(200, RESULTS, YES) as (other, seen),
        elsewhere(302, {"Location": f"http://{other}"}, b"") as (place, _),
        pytest.raises(StoreError, match="answered 302"),
    ):
        RemoteStore(f"http://reader:secret@{place}").ask("ASK {}")
    assert seen == []


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'"x"', b"\xff"])
def test_what_is_no_answer_is_the_stores_fault(body: bytes) -> None:
    with elsewhere(200, {"Content-Type": "text/html"}, body) as (place, _):
        store = RemoteStore(f"http://{place}")
        for call in (store.ask, store.select):
            with pytest.raises(StoreError, match="answered"):
                call("ASK {}")


def test_of_an_answer_that_is_too_long_no_more_is_read_than_tells_so(monkeypatch: pytest.MonkeyPatch) -> None:
    read, reading = list[int | None](), HTTPResponse.read

    def watched(reply: HTTPResponse, most: int | None = None) -> bytes:
        read.append(most)
        return reading(reply, most)

    monkeypatch.setattr(HTTPResponse, "read", watched)
    media_types: dict[ResultKind, str] = {"solutions": "text/csv", "boolean": "text/csv", "graph": "text/csv"}
    with (
        elsewhere(200, {"Content-Type": "text/csv"}, b"n" * 2000) as (place, _),
        pytest.raises(TooLarge, match="1000 bytes"),
    ):
        RemoteStore(f"http://{place}").answer("SELECT * {}", media_types, most=1000)
    assert read == [1001]


def test_a_store_that_does_not_answer_in_time_is_given_up() -> None:
    with elsewhere(200, RESULTS, YES, threading.Event()) as (place, _):
        store = RemoteStore(f"http://{place}", timeout=0.3)
        with served(KnowledgeGraph(store)) as client:
            reply = client.get("/sparql", params={"query": "ASK {}"})
            assert (reply.status_code, reply.headers["content-type"]) == (504, "application/problem+json")
            assert "did not answer in time" in reply.json()["detail"]
            assert client.get("/health").status_code == 200
