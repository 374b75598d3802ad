"""Answers that nobody reads: what they hold of the memory has bounds, and who reads gets the whole."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response, StreamingResponse

from demarche.service import connections
from demarche.service.connections import protocol
from demarche.service.settings import Settings
from tests.robustness.sockets import connected, rest
from tests.service.conftest import served_app

MOST = 120_000_000
"""What the system's own buffers take of an answer, a few megabytes, makes no difference to it."""
PLACES, PIECE = 3, 1_000_000


@dataclass
class Large:
    """A service of answers that are as large as one asks, and which of them were made."""

    client: httpx.Client
    made: list[int] = field(default_factory=list)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Iterator[Large]:
    monkeypatch.setattr(connections, "MAX_UNREAD_BYTES", MOST)
    app = FastAPI()
    made: list[int] = []

    @app.get("/{size}")
    def answer(size: int) -> Response:
        made.append(size)
        return Response(bytes(size))

    @app.get("/in-pieces/{size}")
    def in_pieces(size: int) -> Response:
        return StreamingResponse(pieces(size))

    with served_app(app, http=protocol(Settings(connections=PLACES))) as client:
        yield Large(client, made)


async def pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // PIECE):
        yield bytes(PIECE)


def asked(size: int, at: str = "", last: bool = True) -> bytes:
    end = b"Connection: close\r\n" if last else b""
    return b"GET %b/%d HTTP/1.1\r\nHost: x\r\n%b\r\n" % (at.encode(), size, end)


def test_of_answers_that_are_too_much_together_the_largest_is_given_up(large: Large) -> None:
    sizes = (40_000_000, 60_000_000, 40_000_000)
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(large, receive_buffer=4096)) for _ in sizes]
        for one, size in zip(clients, sizes, strict=True):
            one.sendall(asked(size))
            assert one.recv(15) == b"HTTP/1.1 200 OK"
        whole = [len(rest(one)) > size for one, size in zip(clients, sizes, strict=True)]
    assert whole == [True, False, True]


def test_one_answer_alone_may_be_as_large_as_it_is(large: Large) -> None:
    with connected(large) as one:
        one.sendall(asked(MOST + 10_000_000))
        assert len(rest(one)) > MOST + 10_000_000


def test_no_answer_is_made_while_the_one_before_is_left_unread(large: Large) -> None:
    with connected(large, receive_buffer=4096) as one:
        one.sendall(asked(40_000_000, last=False) + asked(30_000_000))
        assert one.recv(15) == b"HTTP/1.1 200 OK"
        time.sleep(0.3)
        assert large.made == [40_000_000]
        assert len(rest(one)) > 70_000_000
    assert large.made == [40_000_000, 30_000_000]


def test_who_leaves_an_answer_unread_longest_makes_room_where_nobody_waits(large: Large) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(large, receive_buffer=4096)) for _ in range(PLACES)]
        for one in clients:
            one.sendall(asked(20_000_000, "/in-pieces"))
            assert one.recv(15) == b"HTTP/1.1 200 OK"
        with connected(large) as newcomer:
            newcomer.sendall(asked(5))
            assert rest(newcomer).startswith(b"HTTP/1.1 200 OK")
        assert [len(rest(one)) > 20_000_000 for one in clients] == [False, True, True]
