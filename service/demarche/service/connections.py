"""What a connection may do before it has asked anything, and after: deadlines for slow clients, and room for others.

The server itself waits without end for the rest of a request and for a client that does not read. Here a request has so
long to come, its head so many bytes, and an answer has to be taken at some pace. When there are too many connections,
the one that has waited longest without a whole request makes room, else the one whose answer is left unread longest.
What the parser makes of a request is never less than what the client sent: a body that it passes over would be read as
the next request.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain
from typing import ClassVar, Literal

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .settings import Settings

MAX_HEAD_BYTES = 256 * 1024
"""Of the request line with all headers, and of what follows a body in chunks: its trailers."""

MAX_ADDRESS_BYTES = 2**16 - 1
"""Of the address in a request line: the parser reads no longer ones."""

PACE = 16 * 1024
"""How many bytes of a waiting answer a client has to take in each stretch of ``Limits.stall``."""

MAX_UNREAD_BYTES = 256 * 1024 * 1024
"""What all of them together may leave unread; beyond, the one that leaves most is closed, but never the only one."""


@dataclass(frozen=True)
class Limits:
    """Seconds for the head of a request, for its body, and for a stretch of reading; connections at once."""

    head: float
    body: float
    stall: float
    connections: int


def protocol(settings: Settings) -> type[HttpToolsProtocol]:
    """The protocol of one server, with its limits and its own lists of those who wait and who do not read."""
    limits = Limits(
        settings.request_head_seconds,
        settings.request_body_seconds,
        settings.reader_seconds,
        settings.connections,
    )
    return type("Limited", (_Limited,), {"limits": limits, "waiting": {}, "unread": {}})


class _Limited(HttpToolsProtocol):
    """One connection. It is in ``waiting``, the oldest first, while it has no whole request that is being answered.

    It is in ``unread`` while more of an answer waits for its client than the server sends ahead.
    """

    limits: ClassVar[Limits]
    waiting: ClassVar[dict[_Limited, None]]
    unread: ClassVar[dict[_Limited, None]]

    _deadline: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None
    _part: Literal["head", "body", "tail"] = "head"
    _counted = 0
    _unread = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._within, self.app = self.app, self._in_turn
        self.waiting[self] = None
        self._expect(self.limits.head)
        if len(self.connections) > self.limits.connections:
            others = (one for one in self.waiting if one is not self)
            next(chain(others, self.unread, [self]))._leave()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect(None)
        if self._stall:
            self._stall.cancel()
        self._forget()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._deadline is None and self._is_idle():
            self._expect(self.limits.head)  # what comes may be blank lines only, which begin no request
        self._unset_keepalive_if_required()
        before = self._part
        self._read(data)
        if self._part == "head" or self._part == before == "tail":
            self._counted += len(data)
            if self._counted > MAX_HEAD_BYTES:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        self._part, self._counted = "head", 0
        self._expect(self.limits.head)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_ADDRESS_BYTES:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A trailer is no header: no proxy has looked at it, and the request is being answered."""
        if self._part == "head":
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():
            return  # it is read anew
        self._part = "body"
        self._expect(self.limits.body)
        super().on_headers_complete()

    def on_chunk_header(self) -> None:
        """What comes is a part of the body, or after the last one the trailers."""
        self._part, self._counted = "tail", 0

    def on_body(self, body: bytes) -> None:
        self._part = "body"
        super().on_body(body)

    def on_message_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        self._part = "body"
        self._expect(None)
        self.waiting.pop(self, None)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.pipeline:
            self.waiting[self] = None
        if self.transport.is_closing():
            self._watch_reader()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.unread[self] = None
        self._watch_reader()
        self._bound_unread()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.unread.pop(self, None)

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._watch_reader()

    def _read(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as asked:
            self._read_anew(data[asked.args[0] :])
        except HttpParserError:
            self._refuse(HTTPStatus.BAD_REQUEST)

    def _read_anew(self, rest: bytes) -> None:
        """Go on as if no other protocol had been asked for: we speak none, and the parser drops the body of who asks.

        CONNECT asks for one without that header; what follows it is no request.
        """
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        if method == b"CONNECT":
            self._refuse(HTTPStatus.NOT_IMPLEMENTED)
            return
        lines = [b"%b: %b" % (name, value) for name, value in self.headers if name != b"upgrade"]
        self.parser = HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as the server has it
        self._read(b"\r\n".join([b"%b %b HTTP/%b" % (method, self.url, version), *lines, b"", rest]))

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Make no answer while the one before is left unread: it would wait beside it."""
        await self.flow.drain()
        await self._within(scope, receive, send)

    def _bound_unread(self) -> None:
        """The answer that is being sent stays, so that each has its chance."""
        sizes = {one: one.transport.get_write_buffer_size() for one in self.unread}
        while sum(sizes.values()) > MAX_UNREAD_BYTES and len(sizes) > 1:
            largest = max((one for one in sizes if one is not self), key=sizes.__getitem__)
            del sizes[largest]
            largest._leave()

    def _leave(self) -> None:
        """End the connection at once; of those who come together each has another one make room."""
        self._forget()
        self.transport.abort()

    def _forget(self) -> None:
        self.waiting.pop(self, None)
        self.unread.pop(self, None)

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]

    def _expect(self, seconds: float | None) -> None:
        """The next part of the request within so many seconds; None where nothing is waited for."""
        if self._deadline:
            self._deadline.cancel()
        self._deadline = None if seconds is None else self.loop.call_later(seconds, self._late)

    def _late(self) -> None:
        self._deadline = None
        self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, status: HTTPStatus) -> None:
        """Close, and say why where no answer has begun."""
        self._expect(None)
        if self.transport.is_closing():
            return
        if self._is_idle() or not self.cycle.response_started:
            self.transport.write(
                f"HTTP/1.1 {status.value} {status.phrase}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
            )
            self.transport.close()
            self._watch_reader()
        else:
            self.transport.abort()

    def _watch_reader(self) -> None:
        if self._stall is None:
            self._unread = self.transport.get_write_buffer_size()
            self._stall = self.loop.call_later(self.limits.stall, self._look)

    def _look(self) -> None:
        """End a connection whose client has not taken its due; look again later while something waits."""
        self._stall = None
        unread = self.transport.get_write_buffer_size()
        if not unread:
            return
        if self._unread - unread < min(PACE, self._unread):
            self.transport.abort()
        else:
            self._watch_reader()
