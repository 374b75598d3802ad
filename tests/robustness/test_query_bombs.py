"""Sixty families of query bombs among good queries: each bomb ends by its limit, each good answer is right."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.robustness.bombs import ENDLESS, FAMILIES, NOWHERE, REFUSED
from tests.service.canaries import Canary
from tests.service.processes import Served, serving

SECONDS = 1.0
LATEST = SECONDS + max(1.0, SECONDS / 4)
WORKERS = 4
ENDED = {504, 507}
ALL_FAMILIES = [*REFUSED.items(), *ENDLESS.items()]
STOPPED = {400, 413, *ENDED}  # the guard knows most of them; the limits end what it lets pass
STATEMENTS = "SELECT ({} AS ?n) (COUNT(*) AS ?m) {{ ?s a dm:Statement }}"


@dataclass(frozen=True)
class Told:
    """How a bomb went off."""

    family: str
    status: int
    seconds: float
    media_type: str
    text: str


@pytest.fixture(scope="module")
def server(seed_cache: Path) -> Iterator[Served]:
    limits = {"QUERY_SECONDS": SECONDS, "QUERY_MEMORY_BYTES": 400_000_000, "QUERY_WORKERS": WORKERS + 1}
    with serving(CACHE=seed_cache, QUERY_RESULT_BYTES=20_000_000, CLIENT_SECONDS=0, **limits) as one:
        one.client.get("/sparql", params={"query": "ASK {}"}).raise_for_status()
        yield one


def test_there_are_sixty_families() -> None:
    assert FAMILIES >= 60
    assert len({*REFUSED.values(), *ENDLESS.values()}) == FAMILIES


def test_each_bomb_ends_by_its_limit_and_each_good_answer_is_right(
    server: Served, soak: int, canary: Canary
) -> None:
    before = listener(server)
    assert before[0] == server.process.pid
    bombs = [(family, query.replace(NOWHERE, canary.url)) for family, query in ALL_FAMILIES] * soak
    random.Random(7).shuffle(bombs)  # noqa: S311
    done = threading.Event()
    address = str(server.client.base_url)
    expected = server.client.get("/sparql", params={"query": STATEMENTS.format(0), "format": "csv"})
    number = expected.text.split()[1].partition(",")[2]
    with ThreadPoolExecutor(WORKERS + 1) as threads:
        health = threads.submit(healthy, address, done)
        good = [threads.submit(asked, address, done, number, start) for start in (10**6, 2 * 10**6)]
        # As many threads as places: who would wait for a turn would wait longer than the limit says.
        told = list(threads.map(lambda one: set_off(address, *one), bombs))
        done.set()
        answered = [health.result(), *(one.result() for one in good)]
    assert [one for one in told if one.status not in (STOPPED if one.family in REFUSED else ENDED)] == []
    assert [one for one in told if one.seconds >= LATEST] == []
    for one in told:
        assert one.media_type == "application/problem+json", one
    assert min(answered) > 5, answered
    assert server.process.poll() is None
    assert listener(server) == before
    assert canary.calls == []


def test_bombs_leave_nothing_behind(server: Served, soak: int) -> None:
    """Descriptors and memory of the service are after many bombs what they were after some."""
    some = [
        REFUSED["groups"],
        ENDLESS["count of a product"],
        ENDLESS["product as answer"],
        "ASK {}",
        "nonsense",
    ]
    sizes = []
    for _ in range(3):
        with ThreadPoolExecutor(WORKERS) as threads:
            list(
                threads.map(lambda query: set_off(str(server.client.base_url), "one", query), some * soak * 2)
            )
        sizes.append((descriptors(server), resident(server)))
    assert sizes[-1][0] <= sizes[0][0] + WORKERS
    assert sizes[-1][1] < sizes[0][1] * 1.2


def descriptors(server: Served) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


def resident(server: Served) -> int:
    """Pages of memory."""
    return int(Path(f"/proc/{server.process.pid}/statm").read_text("utf-8").split()[1])


def asked(address: str, done: threading.Event, number: str, start: int) -> int:
    """How many good queries were answered rightly until all bombs had gone off; each is another, so none is kept."""
    count = 0
    with httpx.Client(base_url=address, timeout=60) as client:
        while not done.is_set():
            query = STATEMENTS.format(start + count)
            reply = client.get("/sparql", params={"query": query, "format": "csv"})
            assert (reply.status_code, reply.text.split()[1]) == (200, f"{start + count},{number}"), (
                reply.text
            )
            count += 1
    return count


def healthy(address: str, done: threading.Event) -> int:
    """How many times the service said in time that it lives, until all bombs had gone off."""
    count = 0
    with httpx.Client(base_url=address, timeout=LATEST) as client:
        while not done.wait(0.05):
            client.get("/health").raise_for_status()
            count += 1
    return count


def set_off(address: str, family: str, query: str) -> Told:
    with httpx.Client(base_url=address, timeout=60) as client:
        begin = time.monotonic()
        reply = client.post("/sparql", data={"query": query})
        seconds = time.monotonic() - begin
    return Told(family, reply.status_code, seconds, reply.headers["content-type"], reply.text[:300])


def listener(server: Served) -> tuple[int, int]:
    """The process that has the socket of the port, as the kernel tells it, with the moment when it began."""
    port = f":{server.client.base_url.port:04X}"
    listening = [line.split() for line in Path("/proc/net/tcp").read_text("utf-8").splitlines()]
    socket = next(f"socket:[{line[9]}]" for line in listening if line[1].endswith(port) and line[3] == "0A")
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # of somebody else, or gone
            if any(str(one.readlink()) == socket for one in (process / "fd").iterdir()):
                begun = (process / "stat").read_text("utf-8").rpartition(")")[2].split()[19]
                return int(process.name), int(begun)
    raise AssertionError("nobody has the socket any more")


@pytest.mark.parametrize("body", [b"ASK { ?s ?p '\xff' }", b"\xff\xfe", b"ASK {}\xc3", b"\xed\xa0\x80"])
def test_what_is_no_utf_8_is_refused(server: Served, body: bytes) -> None:
    reply = server.client.post("/sparql", content=body, headers={"Content-Type": "application/sparql-query"})
    assert (reply.status_code, "UTF-8" in reply.json()["detail"]) == (400, True)
    asked = server.client.get(f"/sparql?query={quote(body)}")
    assert (asked.status_code, "UTF-8" in asked.json()["detail"]) == (400, True)
