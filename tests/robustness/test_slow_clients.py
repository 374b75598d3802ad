"""Clients that send or read as slowly as they can: each is closed by its deadline, and nobody else waits for them."""

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from statistics import median

import pytest

from tests.robustness.sockets import connected, rest
from tests.service.processes import Served, serving

HEAD, BODY, STALL = 2.0, 2.0, 1.0
BEGUN = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n"
POSTED = (
    b"POST /sparql HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/sparql-query\r\nContent-Length: 999\r\n\r\n"
)
WHOLE = BEGUN + b"\r\n"


@pytest.fixture(scope="module")
def server(seed_cache: Path) -> Iterator[Served]:
    limits = {"REQUEST_HEAD_SECONDS": HEAD, "REQUEST_BODY_SECONDS": BODY, "READER_SECONDS": STALL}
    with serving(CACHE=seed_cache, CONNECTIONS=60, **limits) as one:
        one.client.get("/sparql", params={"query": "ASK {}"}).raise_for_status()
        yield one


@pytest.mark.parametrize(
    ("sent", "drop", "seconds"),
    [(b"", b"", HEAD), (BEGUN, b"X: y\r\n", HEAD), (b"", b"\r\n", HEAD), (POSTED, b"x", BODY)],
    ids=["silence", "endless head", "blank lines", "slow body"],
)
def test_a_request_that_does_not_come_is_ended_by_its_deadline(
    server: Served, sent: bytes, drop: bytes, seconds: float
) -> None:
    with connected(server) as one:
        begin = time.monotonic()
        one.sendall(sent)
        one.settimeout(0.1)
        answer = None
        while answer is None and time.monotonic() < begin + 3 * seconds:
            with suppress(TimeoutError):
                answer = one.recv(100)
            with suppress(OSError):
                one.sendall(drop)
        taken = time.monotonic() - begin
    assert answer is not None
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert seconds * 0.9 <= taken < seconds + 1


def test_blank_lines_after_an_answer_keep_no_connection_open(server: Served) -> None:
    with connected(server) as one:
        one.sendall(WHOLE)
        taken_in = b""
        while not taken_in.endswith(b'{"status":"ok"}'):
            taken_in += one.recv(2**16)
        begin = time.monotonic()
        one.settimeout(0.1)
        answer = None
        while answer is None and time.monotonic() < begin + 3 * HEAD:
            with suppress(TimeoutError):
                answer = one.recv(100)
            with suppress(OSError):
                one.sendall(b"\r\n")
    assert answer is not None
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_head_without_end_is_refused_by_its_size(server: Served) -> None:
    with connected(server) as one:
        one.sendall(BEGUN)
        with suppress(OSError):
            for _ in range(40):
                one.sendall(b"X: " + b"y" * 10_000 + b"\r\n")
        with suppress(OSError):
            assert one.recv(100).startswith(b"HTTP/1.1 431 ")
    assert server.client.get("/health").status_code == 200


@pytest.mark.parametrize(("length", "status"), [(2**16 - 1, b"200 OK"), (2**16, b"414 "), (300_000, b"414 ")])
def test_an_address_has_an_end(server: Served, length: int, status: bytes) -> None:
    with connected(server) as one:
        with suppress(OSError):
            one.sendall(WHOLE.replace(b"/health", b"/health?".ljust(length, b"x")))
        assert one.recv(100).startswith(b"HTTP/1.1 " + status)


def test_a_client_that_does_not_read_is_let_go(server: Served) -> None:
    whole = len(server.client.get("/dumps/demarche.nt").content)
    with connected(server, receive_buffer=4096) as one:
        one.sendall(b"GET /dumps/demarche.nt HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        deadline = time.monotonic() + 10 * STALL
        while in_flight(server) > 1:
            assert time.monotonic() < deadline, "the answer is still held for who does not read it"
            time.sleep(0.1)
        assert len(rest(one)) < whole


def test_a_client_that_reads_slowly_but_steadily_gets_all(server: Served) -> None:
    whole = len(server.client.get("/ontology.nt").content)
    with connected(server, receive_buffer=4096) as one:
        one.sendall(b"GET /ontology.nt HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        found = bytearray()
        begin = time.monotonic()
        while part := one.recv(8192):
            found += part
            if time.monotonic() < begin + 2 * STALL:
                time.sleep(0.1)
    head, _, body = bytes(found).partition(b"\r\n\r\n")
    assert b"200 OK" in head
    assert len(body) == whole


def test_requests_sent_one_on_the_other_are_all_answered(server: Served) -> None:
    with connected(server) as one:
        one.sendall(WHOLE * 5 + BEGUN + b"Connection: close\r\n\r\n")
        assert rest(one).count(b"HTTP/1.1 200 OK") == 6


def test_slow_sockets_do_not_slow_a_ping(server: Served) -> None:
    quiet = pings(server, 100)
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(server)) for _ in range(200)]
        for number, one in enumerate(slow):
            with suppress(OSError):  # those that came first have made room
                one.sendall((BEGUN, POSTED, b"")[number % 3])
        busy = pings(server, 100)
    assert median(busy) < 3 * median(quiet) + 0.01


def test_who_waits_longest_makes_room_for_who_comes(server: Served) -> None:
    with ExitStack() as stack:
        waiting = [stack.enter_context(connected(server)) for _ in range(70)]
        assert server.client.get("/health").status_code == 200
        assert rest(waiting[0]) == b""  # closed, and long before its deadline
        newest = waiting[-1]
        newest.sendall(WHOLE)
        assert b"200 OK" in newest.recv(2**16)


def pings(server: Served, number: int) -> list[float]:
    taken = []
    for _ in range(number):
        begin = time.perf_counter()
        with connected(server) as one:
            one.sendall(WHOLE)
            assert one.recv(100).startswith(b"HTTP/1.1 200")
        taken.append(time.perf_counter() - begin)
    return taken


def in_flight(server: Served) -> float:
    told = server.client.get("/metrics").text
    return float(re.search(r"^demarche_requests_in_flight (\S+)", told, re.MULTILINE)[1])  # type: ignore[index]
