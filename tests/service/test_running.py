"""How the service is run: what it tells of itself, what it logs, and how it stops."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families as parsed

from demarche.graph import KnowledgeGraph
from demarche.graph.errors import StoreError
from demarche.graph.store import OxigraphStore, Table
from tests.service.conftest import served

QUESTION = "/questions/who-reacted?event=2016-06-22-musudan"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?a != ?d) }"  # minutes, if nobody stops it


@contextmanager
def running(
    cache: Path, folder: Path, **variables: str
) -> Iterator[tuple["subprocess.Popen[str]", httpx.Client]]:
    """A real `demarche serve` in a process of its own, and a client of it."""
    server = subprocess.Popen(
        [sys.executable, "-m", "demarche.service", "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "DEMARCHE_CACHE": str(cache), **variables},
    )
    assert server.stderr is not None
    first = server.stderr.readline()
    told = re.search(r"http://127\.0\.0\.1:\d+", first)
    assert first.startswith("{") == (variables.get("DEMARCHE_LOG") == "json")
    try:
        assert told, "the server does not say where it is"
        with httpx.Client(base_url=told[0], timeout=30) as client:
            yield server, client
    finally:
        server.kill()
        server.wait(20)
        server.stderr.close()


def value(client: httpx.Client, name: str, **labels: str) -> float:
    families = parsed(client.get("/metrics").text)
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())


def test_metrics_count_requests_by_route_status_and_whether_they_were_kept(
    seed_graph: KnowledgeGraph,
) -> None:
    with served(seed_graph) as client:
        for path in (QUESTION, QUESTION, "/nowhere/1", "/nowhere/2", "/id/event/nothing"):
            client.get(path)
        client.request("PROPFIND", "/questions")
        count = "demarche_requests_total"
        question = {"route": "/questions/who-reacted", "method": "GET", "status": "200"}
        assert value(client, count, **question, cached="no") == 1
        assert value(client, count, **question, cached="yes") == 1
        assert value(client, count, route="none", status="404") == 2
        assert value(client, count, route="/id/{reference:path}", status="404") == 1
        assert value(client, count, method="other", status="405") == 1
        assert value(client, "demarche_request_seconds_count", route="/questions/who-reacted") == 2
        bucket = "demarche_request_seconds_bucket"
        assert value(client, bucket, route="/questions/who-reacted", le="+Inf") == 2
        assert value(client, "demarche_requests_in_flight") == 1  # the one that asks


def test_metrics_tell_what_is_served(client: httpx.Client, seed_graph: KnowledgeGraph) -> None:
    ready = client.get("/ready").json()
    assert value(client, "demarche_store_up") == 1
    assert value(client, "demarche_store_triples") == ready["triples"]
    assert value(client, "demarche_store_info", version=seed_graph.store.version()) == 1
    assert value(client, "process_resident_memory_bytes") > 0


def test_metrics_are_told_in_the_newer_format_to_who_asks_for_it(client: httpx.Client) -> None:
    reply = client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert reply.headers["content-type"].startswith("application/openmetrics-text")
    families = openmetrics.text_string_to_metric_families(reply.text)  # type: ignore[no-untyped-call]
    names = {family.name for family in families}
    assert {"demarche_requests", "demarche_request_seconds", "demarche_store"} <= names


class Away(OxigraphStore):
    """A store that is away until it is said to be back."""

    away = True

    def select(self, query: str) -> Table:
        if self.away:
            raise StoreError("the store is away")
        return super().select(query)


def test_a_service_whose_store_is_away_lives_and_is_not_ready() -> None:
    store = Away()
    with served(KnowledgeGraph(store)) as client:
        assert client.get("/health").status_code == 200
        assert client.get("/ready").status_code == 503
        assert value(client, "demarche_store_up") == 0
        store.away = False
        assert client.get("/ready").status_code == 200
        assert value(client, "demarche_store_up") == 1


def test_a_failure_of_ours_is_counted_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Table:
        raise ZeroDivisionError

    store = OxigraphStore()
    monkeypatch.setattr(store, "select", fail)
    with served(KnowledgeGraph(store)) as client:
        client.get("/ready")
        monkeypatch.undo()
        assert value(client, "demarche_requests_total", route="/ready", status="500") == 1


def test_a_process_for_queries_is_ready_before_anybody_asks_and_ends_with_the_service(
    seed_graph: KnowledgeGraph,
) -> None:
    before = children()
    with served(seed_graph) as client:
        deadline = time.monotonic() + 20
        while not client.get("/ready").json()["queries"]["ready"]:
            assert time.monotonic() < deadline, "no process for queries is started"
            time.sleep(0.05)
        assert client.get("/sparql?query=ASK%7B%7D").status_code == 200
        (keeper,) = children() - before
    deadline = time.monotonic() + 20
    while keeper in children():
        assert time.monotonic() < deadline, "the process for queries goes on without the service"
        time.sleep(0.05)


def children() -> set[str]:
    """The processes that this one has started, from any of its threads, and that have not ended."""
    return {
        child
        for told in Path("/proc/self/task").glob("*/children")
        for child in told.read_text(encoding="ascii").split()
    }


def test_the_log_in_json_has_a_line_for_each_request_and_no_query(seed_cache: Path, tmp_path: Path) -> None:
    with running(seed_cache, tmp_path, DEMARCHE_LOG="json", DEMARCHE_LOG_REQUESTS="true") as (server, client):
        replies = [client.get(QUESTION, headers={"X-Request-ID": "mine-1"}) for _ in range(2)]
        made = client.get(
            "/sparql", params={"query": 'ASK { ?s ?p "secret" }'}, headers={"X-Request-ID": "a b"}
        )
        server.send_signal(signal.SIGTERM)
        log = server.communicate(timeout=30)[1]
    lines = [json.loads(line) for line in log.splitlines()]
    assert [reply.headers["x-request-id"] for reply in replies] == ["mine-1", "mine-1"]
    assert re.fullmatch(r"[0-9a-f]{32}", made.headers["x-request-id"])
    assert [(line["request"], line["route"], line["status"], line["cached"]) for line in lines] == [
        ("mine-1", "/questions/who-reacted", 200, False),
        ("mine-1", "/questions/who-reacted", 200, True),
        (made.headers["x-request-id"], "/sparql", 200, False),
    ]
    assert lines[0].keys() >= {"time", "level", "event", "method", "path", "ms", "bytes"}
    assert "secret" not in log


def test_the_log_as_text_keeps_to_one_line_whatever_is_asked(seed_cache: Path, tmp_path: Path) -> None:
    with running(seed_cache, tmp_path, DEMARCHE_LOG_REQUESTS="true") as (server, client):
        client.get("/nowhere/a%0Alevel=error%20event=forged%E2%80%A8")
        server.send_signal(signal.SIGTERM)
        (line,) = server.communicate(timeout=30)[1].splitlines()
    assert 'path="/nowhere/a\\nlevel=error event=forged\\u2028"' in line
    assert line.startswith("time=20")
    assert " status=404 " in line


def test_a_stop_finishes_what_is_being_answered_and_ends_with_zero(seed_cache: Path, tmp_path: Path) -> None:
    pairs = "{ SELECT ?a { ?a ?p ?o } LIMIT 3000 } { SELECT ?b { ?b ?q ?r } LIMIT 1000 }"
    count = f"SELECT (COUNT(*) AS ?n) {{ {pairs} FILTER(STRLEN(CONCAT(STR(?a), STR(?b))) > 9999) }}"
    with running(seed_cache, tmp_path) as (server, client):
        replies: list[httpx.Response] = []
        asking = threading.Thread(
            target=lambda: replies.append(client.get("/sparql", params={"query": count}))
        )
        asking.start()
        wait_until_answering(client)
        server.send_signal(signal.SIGTERM)
        asking.join(60)
        assert [reply.status_code for reply in replies] == [200]
        assert server.wait(20) == 0
        assert server.stderr is not None
        assert server.stderr.read() == ""


def test_a_second_signal_ends_at_once(seed_cache: Path, tmp_path: Path) -> None:
    with running(seed_cache, tmp_path) as (server, client):
        asking = threading.Thread(target=lambda: ask_in_vain(client))
        asking.start()
        wait_until_answering(client)
        server.send_signal(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            server.wait(1)  # it waits for the answer
        server.send_signal(signal.SIGTERM)
        assert server.wait(5) == -signal.SIGTERM
        asking.join(20)


def test_a_stop_waits_no_longer_than_it_is_set_to(seed_cache: Path, tmp_path: Path) -> None:
    with running(seed_cache, tmp_path, DEMARCHE_STOP_SECONDS="1") as (server, client):
        replies: list[httpx.Response] = []
        asking = threading.Thread(
            target=lambda: replies.append(client.get("/sparql", params={"query": SLOW}))
        )
        asking.start()
        wait_until_answering(client)
        server.send_signal(signal.SIGTERM)
        told = server.communicate(timeout=15)[1]
        assert "timeout graceful shutdown exceeded" in told
        assert "Traceback" not in told
        assert server.returncode == 0  # a query runs in a process of its own, and could be ended
        asking.join(20)
        (reply,) = replies
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "10")
        assert "is being stopped" in reply.json()["detail"]


def ask_in_vain(client: httpx.Client) -> None:
    with pytest.raises(httpx.HTTPError):
        client.get("/sparql", params={"query": SLOW}).raise_for_status()


def wait_until_answering(client: httpx.Client) -> None:
    """Until the service says that it answers something beside this."""
    deadline = time.monotonic() + 20
    while value(client, "demarche_requests_in_flight") < 2:
        assert time.monotonic() < deadline, "the query does not begin, or ends too soon"
        time.sleep(0.02)
