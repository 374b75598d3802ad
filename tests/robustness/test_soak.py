"""A service under mixed load: what it holds of memory and descriptors does not grow with the time that it serves.

A few seconds show that the load and the measuring work; `make soak` goes on for an hour (SOAK_SECONDS).
"""

import os
import random
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression, median
from typing import Any

import httpx
import pytest

from tests.robustness.bombs import ENDLESS, REFUSED
from tests.robustness.conftest import SOAK_SECONDS
from tests.robustness.curating import Curators, draft_of
from tests.service.processes import Served, serving

READS = (
    "/",
    "/launches/2016-06-22-musudan",
    "/matrix",
    "/network/co-reaction?fold=government",
    "/records",
    "/changes",
    "/events?limit=20",
    "/actors?limit=20",
    "/search?q=korea",
    "/questions/who-reacted?event=2016-06-22-musudan",
)
LEFT = (
    b"GET /health HTTP/1.1\r\nHost: 127.0.0.1",
    b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nA",
    b"GET /dumps/demarche.nt HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
)
MOST_GROWTH = 0.10 if SOAK_SECONDS >= 600 else 3.0
"""Of the second half of the time. A few seconds tell nothing but that all is measured: what may be kept is not yet."""


@dataclass
class Load:
    """What is sent, one thing after the other, until the time is over; ``told`` has the statuses."""

    address: str
    curators: Curators
    template: dict[str, Any]
    until: float
    told: dict[str, list[int]] = field(default_factory=dict)

    def go_on(self, kind: str) -> None:
        send: Callable[[httpx.Client, int], int] = getattr(self, kind)
        with httpx.Client(base_url=self.address, timeout=60) as client:
            number = 0
            while time.monotonic() < self.until:
                self.told.setdefault(kind, []).append(send(client, number))
                number += 1

    def read(self, client: httpx.Client, number: int) -> int:
        return client.get(READS[number % len(READS)]).status_code

    def ask(self, client: httpx.Client, number: int) -> int:
        query = f"SELECT ({number} AS ?n) (COUNT(*) AS ?m) {{ ?s a dm:Statement }}"
        return client.get("/sparql", params={"query": query}).status_code

    def bomb(self, client: httpx.Client, number: int) -> int:
        bombs = [*REFUSED.values(), *ENDLESS.values()]
        return client.post("/sparql", data={"query": bombs[number % len(bombs)]}).status_code

    def write(self, client: httpx.Client, number: int) -> int:
        """Draft, publish and retract a record of a few: the graph stays as large as it is."""
        time.sleep(0.2)
        name = f"soaked-{number % 3}"
        body, bearing = draft_of(self.template, name, f"number {number}"), self.curators.bearing
        made = client.post("/records", json=body, headers=bearing("draft"))
        made = client.post(f"/records/{name}/publish", headers=bearing("publish", made.json()["entry"]))
        return client.delete(f"/records/{name}", headers=bearing("publish", made.json()["entry"])).status_code

    def hang_up(self, client: httpx.Client, number: int) -> int:
        """Leave amid a head, a body or an answer."""
        time.sleep(0.05)
        host, port = client.base_url.host, client.base_url.port
        with socket.create_connection((host, port or 80), timeout=10) as one, suppress(OSError):
            one.sendall(LEFT[number % len(LEFT)])
            if number % 3 == 2:
                one.recv(random.Random(number).randrange(1, 2000))  # noqa: S311
        return 0


@pytest.fixture
def server(seed_cache: Path, ledger: Path, repository: Path) -> Iterator[Served]:
    limits = {
        "QUERY_SECONDS": 1,
        "QUERY_MEMORY_BYTES": 400_000_000,
        "CLIENT_SECONDS": 0,
        "CACHE_BYTES": 10_000_000,
    }
    with serving(LEDGER=ledger, CACHE=seed_cache, SEED_DATA=repository / "seed_data", **limits) as one:
        yield one


def test_under_mixed_load_memory_and_descriptors_stay_flat(
    server: Served, curators: Curators, template: dict[str, Any]
) -> None:
    begin = time.monotonic()
    load = Load(str(server.client.base_url), curators, template, begin + SOAK_SECONDS)
    kinds = ("read", "ask", "bomb", "write", "hang_up")
    samples: list[tuple[float, int, int]] = []
    with ThreadPoolExecutor(len(kinds)) as threads:
        sent = [threads.submit(load.go_on, kind) for kind in kinds]
        while time.monotonic() < load.until:
            samples.append((time.monotonic() - begin, *held(server.process.pid)))
            time.sleep(max(0.2, SOAK_SECONDS / 1000))
        for one in sent:
            one.result(120)
    later = samples[len(samples) // 2 :]
    grown = [growth([(one[0], float(one[which])) for one in later]) for which in (1, 2)]
    print({kind: len(told) for kind, told in load.told.items()}, f"grown: {grown}")  # noqa: T201
    allowed = {
        "read": {200},
        "ask": {200, 503},
        "bomb": {400, 413, 503, 504, 507},
        "write": {200},
        "hang_up": {0},
    }
    assert {kind: set(told) - allowed[kind] for kind, told in load.told.items()} == {
        kind: set() for kind in kinds
    }
    assert max(grown) < MOST_GROWTH, samples[:: max(1, len(samples) // 20)]
    assert server.process.poll() is None


def growth(samples: list[tuple[float, float]]) -> float:
    """By how much of its median a straight line through the samples rises from the first to the last."""
    times, values = zip(*samples, strict=True)
    return float(linear_regression(times, values).slope * (times[-1] - times[0]) / median(values))


def held(process: int) -> tuple[int, int]:
    """Pages of memory and descriptors of a process and of all that it has started."""
    pages = descriptors = 0
    for one in tree(process):
        with suppress(OSError):  # it has ended
            pages += int(Path(f"/proc/{one}/statm").read_text("utf-8").split()[1])
            descriptors += len(os.listdir(f"/proc/{one}/fd"))  # noqa: PTH208
    return pages, descriptors


def tree(process: int) -> Iterator[int]:
    yield process
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text("utf-8").split():
                yield from tree(int(child))


def test_what_grows_is_found_to_grow() -> None:
    steady = [(float(second), 1000.0 + second % 7) for second in range(100)]
    assert abs(growth(steady)) < 0.01
    assert growth([(second, value + 5 * second) for second, value in steady]) > 0.2
