"""Where one request ends and the next begins: what is sent as a part of one is never read as anything else."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.robustness.sockets import connected, rest
from tests.service.processes import Served, serving

HIDDEN = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
LAST = b"GET /ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
UPGRADES = [
    b"Connection: Upgrade\r\nUpgrade: foo\r\n",
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
    b"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
]


@pytest.fixture(scope="module")
def server(seed_cache: Path) -> Iterator[Served]:
    with serving(CACHE=seed_cache) as one:
        one.client.get("/sparql", params={"query": "ASK {}"}).raise_for_status()
        yield one


def posted(headers: bytes, length: int, method: bytes = b"POST /sparql") -> bytes:
    head = method + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/sparql-query\r\n"
    return head + headers + b"Content-Length: %d\r\n\r\n" % length


def answers(server: Served, *parts: bytes) -> list[bytes]:
    """The status lines of all answers to what is sent in these parts, with a rest between them."""
    with connected(server) as one:
        for part in parts:
            one.sendall(part)
            time.sleep(0.2)
        return [part.partition(b"\r\n")[0] for part in rest(one).split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("upgrade", UPGRADES)
def test_a_body_is_a_body_though_its_request_asks_for_another_protocol(
    server: Served, upgrade: bytes
) -> None:
    head = posted(upgrade, len(HIDDEN))
    assert answers(server, head, HIDDEN, LAST) == [b"400 Bad Request", b"200 OK"]
    assert answers(server, head + HIDDEN + LAST) == [b"400 Bad Request", b"200 OK"]


@pytest.mark.parametrize("upgrade", UPGRADES)
def test_a_request_that_asks_for_another_protocol_is_answered_in_ours(server: Served, upgrade: bytes) -> None:
    query, without_body = b"ASK {}", HIDDEN.replace(b"\r\n\r\n", b"\r\n" + upgrade + b"\r\n")
    chunked = posted(upgrade, 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    for whole in (
        without_body,
        posted(upgrade, len(query)) + query,
        chunked + b"%x\r\n%b\r\n0\r\n\r\n" % (len(query), query),
    ):
        assert answers(server, whole, LAST) == [b"200 OK", b"200 OK"]
        assert answers(server, whole + LAST) == [b"200 OK", b"200 OK"]


def test_nothing_that_follows_a_refused_tunnel_is_read(server: Served) -> None:
    assert answers(server, posted(b"", len(HIDDEN), b"CONNECT 127.0.0.1:80"), HIDDEN) == [
        b"501 Not Implemented"
    ]
