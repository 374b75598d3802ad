"""Queries made to kill or hog the service: each is refused or ended, and meanwhile everybody else is answered."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.service.processes import Served, serving

SECONDS = 4.0
WORKERS = 4
ALLOWED = SECONDS + max(1.0, SECONDS / 4)
CARTESIAN = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
REFUSED = {
    "nested braces": ("ASK " + "{" * 10_000 + "}" * 10_000, "nested 64 deep"),
    "joined patterns": ("ASK { " + "?a <urn:b> ?c . " * 300 + "}", "'.' 128 times, not 300 times"),
    "escaped service": (
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SERVICE is not allowed",
    ),
}
ENDED = {
    "Cartesian count": CARTESIAN,
    "sorted product": "SELECT ?a { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY DESC(STRLEN(CONCAT(STR(?c), STR(?f))))",
    "distinct product": "SELECT (COUNT(DISTINCT CONCAT(STR(?c), STR(?f))) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "long path": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)+ ?b . ?c (!<urn:x>|^!<urn:x>)+ ?d }",
    "endless answer": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "slow pattern": 'SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), "(.*a){12}$")) }',
}
LIMITS = {504, 507}


@pytest.fixture(scope="module")
def served(seed_cache: Path) -> Iterator[Served]:
    limits = {"QUERY_SECONDS": SECONDS, "QUERY_MEMORY_BYTES": 300_000_000, "QUERY_WORKERS": WORKERS}
    with serving(CACHE=seed_cache, TRUSTED_PROXIES="127.0.0.1", **limits) as one:
        one.client.get("/sparql", params={"query": "ASK {}"}).raise_for_status()
        yield one


@pytest.mark.parametrize(("query", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_bomb_that_the_guard_knows_is_refused(served: Served, query: str, reason: str) -> None:
    reply = served.client.post("/sparql", data={"query": query})
    assert (reply.status_code, served.process.poll()) == (400, None)
    assert reason in reply.json()["detail"]


@pytest.mark.parametrize("query", ENDED.values(), ids=ENDED)
def test_a_bomb_that_the_guard_does_not_know_is_ended_by_a_limit(served: Served, query: str) -> None:
    begin = time.monotonic()
    reply = served.client.post("/sparql", data={"query": query})
    taken = time.monotonic() - begin
    assert (reply.status_code in LIMITS, served.process.poll()) == (True, None), reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert taken < ALLOWED


def test_while_one_client_fills_all_places_with_bombs_everybody_else_is_answered(served: Served) -> None:
    burning = threading.Event()
    address = str(served.client.base_url)

    def burn(query: str) -> int:
        """The status of the answer; 0 of a bomb that has still to wait for its turn when the first have ended."""
        with suppress(httpx.ReadTimeout), httpx.Client(base_url=address, timeout=ALLOWED) as client:
            return client.post("/sparql", data={"query": query}, headers=of("192.0.2.1")).status_code
        return 0

    def ask(number: int) -> list[tuple[int, str]]:
        query = f"SELECT ({number} AS ?n) (COUNT(*) AS ?m) {{ ?s a <https://w3id.org/demarche/ontology#Statement> }}"
        answers = []
        with httpx.Client(base_url=address, timeout=60, headers=of(f"192.0.2.{number + 2}")) as client:
            while not burning.is_set():
                reply = client.get("/sparql", params={"query": query, "format": "csv"})
                answers.append((reply.status_code, reply.text.splitlines()[-1].partition(",")[0]))
                assert client.get("/questions").status_code == 200
        return answers

    with ThreadPoolExecutor(3 * WORKERS + 4) as threads:
        good = [threads.submit(ask, number) for number in range(3)]
        refused = threads.submit(burn, REFUSED["nested braces"][0])
        bombs = [threads.submit(burn, CARTESIAN) for _ in range(3 * WORKERS)]
        statuses = [bomb.result() for bomb in bombs]
        burning.set()
        assert (refused.result(), set(statuses)) == (400, {0, 504})
        assert statuses.count(504) == WORKERS - 1
        for number, one in enumerate(good):
            assert len(one.result()) > 10
            assert set(one.result()) == {(200, str(number))}
    assert served.process.poll() is None


def of(client: str) -> dict[str, str]:
    """What a proxy says of the client for whom it asks."""
    return {"X-Forwarded-For": client}


def test_who_comes_when_all_is_full_is_told_to_come_again(seed_cache: Path) -> None:
    with serving(
        CACHE=seed_cache, QUERY_SECONDS=3, QUERY_WORKERS=1, QUERY_QUEUE=1, QUERY_PATIENCE_SECONDS=1
    ) as served:

        def burn(_: int) -> httpx.Response:
            return httpx.get(f"{served.client.base_url}/sparql", params={"query": CARTESIAN}, timeout=60)

        with ThreadPoolExecutor(3) as threads:
            replies = list(threads.map(burn, range(3)))
        assert sorted(reply.status_code for reply in replies) == [503, 503, 504]
        reasons = {reply.json()["detail"].partition(";")[0] for reply in replies if reply.status_code == 503}
        assert reasons == {"too many queries at once", "other queries take too long"}
        assert {reply.headers.get("retry-after") for reply in replies} == {"5", None}
        assert served.client.get("/sparql", params={"query": "ASK {}"}).json()["boolean"] is True
