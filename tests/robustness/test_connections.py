"""Where one request ends and the next begins: what is sent as a part of one is never read as anything else."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from demarche.graph.ledger import Ledger
from demarche.graph.tokens import Tokens
from tests.robustness.sockets import connected, rest
from tests.service.processes import Served, serving

HIDDEN = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
LAST = b"GET /ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
UPGRADES = [
    b"Connection: Upgrade\r\nUpgrade: foo\r\n",
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
    b"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
]


CHUNKED = b"%b HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n%b\r\n"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    Ledger.create(path)
    return path


@pytest.fixture(scope="module")
def server(seed_cache: Path, ledger: Path) -> Iterator[Served]:
    with serving(CACHE=seed_cache, LEDGER=ledger) as one:
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


def chunked(start: bytes, trailers: bytes, headers: bytes = b"Connection: close\r\n") -> tuple[bytes, bytes]:
    """A request whose trailers come after its head."""
    return CHUNKED % (start, headers), b"0\r\n" + trailers + b"\r\n"


def test_a_trailer_is_no_header(server: Served, ledger: Path) -> None:
    token = Tokens.of(ledger).add("admin", "admin").encode()
    bearer = b"Authorization: Bearer %b\r\n" % token
    assert answers(server, *chunked(b"GET /curators", bearer)) == [b"401 Unauthorized"]
    assert answers(server, b"".join(chunked(b"GET /curators", bearer))) == [b"401 Unauthorized"]
    with_bearer = chunked(b"GET /curators", b"X: y\r\n", b"Connection: close\r\n" + bearer)
    assert answers(server, *with_bearer) == [b"200 OK"]


def test_the_last_trailer_is_no_header_of_the_request_that_follows(server: Served, ledger: Path) -> None:
    bearer = b"Authorization: Bearer %b\r\n" % Tokens.of(ledger).add("another", "admin").encode()
    following = b"GET /curators HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    first = b"".join(chunked(b"GET /health", bearer, headers=b""))
    assert answers(server, first + following) == [b"200 OK", b"401 Unauthorized"]


@pytest.mark.parametrize(
    "trailer", [b"X: " + b"y" * 200_000 + b"\r\n", b"X: y\r\n" * 20_000], ids=["long", "many"]
)
def test_trailers_are_no_longer_than_a_head(server: Served, trailer: bytes) -> None:
    head, end = chunked(b"POST /sparql", b"", b"Content-Type: application/sparql-query\r\n")
    with connected(server) as one:
        one.sendall(head + b"6\r\nASK {}\r\n" + end[:3])
        with suppress(OSError):
            for _ in range(10):
                one.sendall(trailer)
        assert one.recv(100).startswith(b"HTTP/1.1 431 ")
    assert server.client.get("/health").status_code == 200
