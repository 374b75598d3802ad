"""What stands before all routes and their middleware: kept answers, HEAD, and the count of every request.

An answer that is kept costs neither Starlette nor FastAPI anything: this is where the service is as fast as its server.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from demarche.graph.errors import DemarcheError
from demarche.graph.store import Store

from .addresses import path_below_root
from .cache import Answers, Call, Headers, Kept, Key, kept, key_of, not_modified, with_vary
from .guard import MAX_BYTES
from .logs import Requests
from .metrics import Meter
from .negotiate import takes_gzip
from .replies import matches

MAX_POSTED = 3 * MAX_BYTES + 1024  # a query of which every byte is escaped
# Nothing under these lasts, and who asks for them may not wait for a store elsewhere.
_ALOOF = ("/static/", "/favicon.ico", "/health", "/ready", "/metrics")
_QUERIES = (b"application/x-www-form-urlencoded", b"application/sparql-query")


class Front:
    """Refuses what may not come in, answers what is kept, and has the application answer the rest.

    It watches that answer, and keeps it where it lasts; every request is counted.
    """

    def __init__(
        self,
        app: ASGIApp,
        refusal: Callable[[Scope], ASGIApp | None],
        store: Store,
        answers: Answers,
        meter: Meter,
        requests: Requests | None = None,
    ) -> None:
        self._refusal = refusal
        self._app, self._store, self._answers, self._meter, self._requests = (
            app,
            store,
            answers,
            meter,
            requests,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begin = perf_counter()
        scope["headers"] = _heard(scope["headers"])
        if self._requests:
            send = self._requests.named(scope, send)
        refusal = self._refusal(scope)
        asks = scope["method"] == "POST" and refusal is None
        body, receive = await _posted(scope, receive) if asks else (None, receive)
        lasts = self._answers.limit and refusal is None and _may_last(scope, body)
        key = key_of(scope, body) if lasts else None
        state = await self._state() if key else None
        found = self._answers.get(key, state) if key and state else None
        if found:
            status, route, size = *await _sent(found, scope, send), len(found.body["body"])
        else:
            app = refusal or self._app
            status, route, size = await self._made(app, scope, receive, send, key, state)
        seconds = perf_counter() - begin
        self._meter.count(route, scope["method"], status, seconds, cached=bool(found))
        if self._requests:
            self._requests.note(scope, route, status, seconds, size, cached=bool(found))

    async def _made(
        self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, key: Key | None, state: str | None
    ) -> tuple[int, str, int]:
        """Have the application answer, keep what lasts, and tell status, route and size."""
        call = Call()
        inner = call.scope(scope)
        watch = Watch(call, scope, send, self._answers.largest if state else 0)
        if scope["method"] == "HEAD":
            inner["method"] = "GET"
        self._meter.in_flight += 1
        try:
            await app(inner, receive, watch)
        finally:
            self._meter.in_flight -= 1
        route = _route(inner)
        answer = watch.answer(route)
        if key and state and answer and await self._state() == state:
            self._answers.keep(key, state, answer)
        return watch.status, route, watch.size

    async def _state(self) -> str | None:
        """The state of the store, asked for on a thread where it lies elsewhere; None where it cannot be told."""
        if self._store.at_hand:
            return self._store.state()
        try:
            return await run_in_threadpool(self._store.state)
        except DemarcheError:
            return None  # the route will find out too, and say so


class Watch:
    """Sends an answer on, without its body where none is wanted, and holds its parts while it may be kept."""

    def __init__(self, call: Call, scope: Scope, send: Send, largest: int) -> None:
        self._call, self._scope, self._send, self._largest = call, scope, send, largest
        self.status, self.size = 500, 0
        self._silent = scope["method"] == "HEAD"
        self._made = 500
        self._headers: Headers = []
        self._parts: list[bytes] | None = []
        self._whole = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = self._started(message)
        elif message["type"] == "http.response.body":
            message = self._continued(message)
        await self._send(message)

    def answer(self, route: str) -> Kept | None:
        """The whole answer, if it may be kept."""
        if not (self._whole and self._call.lasts and self._made == 200) or self._parts is None:
            return None
        return kept(self._headers, b"".join(self._parts), route)

    def _started(self, message: Message) -> Message:
        self.status = self._made = message["status"]
        self._headers = list(message.get("headers", ()))
        if not self._call.lasts:
            return message
        self._headers = with_vary(self._headers)
        tag = next((value for name, value in self._headers if name == b"etag"), None)
        if self._made == 200 and _held(self._scope, tag):
            self.status, self._silent = 304, True
            return {**message, "status": 304, "headers": not_modified(self._headers)}
        return {**message, "headers": self._headers}

    def _continued(self, message: Message) -> Message:
        part: bytes = message.get("body", b"")
        self.size += len(part)
        self._whole = not message.get("more_body", False)
        if self._call.lasts and self.size <= self._largest and self._parts is not None:
            self._parts.append(part)
        else:
            self._parts = None
        return {**message, "body": b""} if self._silent else message


async def _sent(found: Kept, scope: Scope, send: Send) -> tuple[int, str]:
    """Send a kept answer, or that the client holds it; the status and the route."""
    if _held(scope, found.tag):
        await send({"type": "http.response.start", "status": 304, "headers": not_modified(found.headers)})
        await send({"type": "http.response.body", "body": b""})
        return 304, found.route
    await send(found.start)
    await send({"type": "http.response.body", "body": b""} if scope["method"] == "HEAD" else found.body)
    return 200, found.route


def _held(scope: Scope, tag: bytes | None) -> bool:
    """Whether the client holds the answer of that tag, and asks for it only if it does not."""
    return (
        tag is not None
        and scope["method"] != "POST"
        and matches(_header(scope, b"if-none-match"), tag.decode())
    )


def _may_last(scope: Scope, body: bytes | None) -> bool:
    if scope["method"] not in {"GET", "HEAD"}:
        return body is not None
    return not path_below_root(scope).startswith(_ALOOF)


async def _posted(scope: Scope, receive: Receive) -> tuple[bytes | None, Receive]:
    """The query that is posted, and a ``receive`` that tells it again; None where it is no query or too long."""
    kind = _header(scope, b"content-type").partition(";")[0].strip().lower().encode()
    length = _header(scope, b"content-length")
    if (
        path_below_root(scope) != "/sparql"
        or kind not in _QUERIES
        or not length.isdecimal()
        or int(length) > MAX_POSTED
    ):
        return None, receive
    messages = [await receive()]
    while messages[-1].get("more_body", False):
        messages.append(await receive())
    whole = messages[-1]["type"] == "http.request"
    body = b"".join(message.get("body", b"") for message in messages) if whole else None
    return body, _again(messages, receive)


def _again(messages: list[Message], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def again() -> Message:
        message = next(waiting, None)
        return await receive() if message is None else message

    return again


def _heard(headers: Headers) -> Headers:
    """Without the gzip that a client refuses: what compresses takes the word alone for a wish."""
    codings = b",".join(value for name, value in headers if name == b"accept-encoding")
    if b"q=0" not in codings or takes_gzip(codings.decode("latin-1")):
        return headers
    return [(name, value) for name, value in headers if name != b"accept-encoding"]


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _route(scope: Scope) -> str:
    """The pattern of the route that answered, of which there are few, never the address, of which there are many."""
    path = getattr(scope.get("route"), "path", None)
    if isinstance(path, str):
        return path
    return "/static" if path_below_root(scope).startswith("/static/") else "none"
