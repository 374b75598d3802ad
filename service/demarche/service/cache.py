"""Finished answers, kept while the store stays as it is; what may be kept is said by the route that makes it.

An answer is kept under all that it may depend on: the address with host and root path, what the client accepts, whether
it asks from another site, and for a posted query its text. With the first request after a write, all answers are gone.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from starlette.types import Message, Scope

Key = tuple[Any, ...]
Headers = list[tuple[bytes, bytes]]

_CALL = "demarche.call"
# Requests that are somebody's own, that want a part, or that FastAPI must judge.
_OWN = {b"authorization", b"cookie", b"range", b"if-match", b"if-unmodified-since", b"if-range"}
# All of these are in the key; of the origin no more than that there is one, for any is allowed.
_VARY = {b"accept", b"accept-encoding", b"origin"}
_NOT_TO_BE_KEPT = (b"no-store", b"private")
_SHARE = 4  # no answer takes more than a fourth of the room
_OVERHEAD = 1500  # bytes, about, of the objects around an answer


class Call:
    """One request on its way through the service: whether the answer lasts is noted here by the route."""

    __slots__ = ("lasts",)

    def __init__(self) -> None:
        self.lasts = False

    def scope(self, scope: Scope) -> Scope:
        return {**scope, _CALL: self}


def lasting(scope: Scope) -> None:
    """Say of the answer being made that the same request gets the same answer until the store changes."""
    call = scope.get(_CALL)
    if call is not None:
        call.lasts = True


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as the server takes it, with the route that made it."""

    start: Message
    body: Message
    route: str
    tag: bytes | None

    @property
    def headers(self) -> Headers:
        found: Headers = self.start["headers"]
        return found

    @property
    def size(self) -> int:
        return (
            len(self.body["body"]) + sum(len(name) + len(value) for name, value in self.headers) + _OVERHEAD
        )


class Answers:
    """Answers to one state of the store, those least recently asked for going first when there is no room."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = self.hits = self.misses = 0
        self._state = ""
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def largest(self) -> int:
        """How many bytes an answer may have to be kept."""
        return self.limit // _SHARE

    def get(self, key: Key, state: str) -> Kept | None:
        if state != self._state:
            self._forget(state)
        found = self._kept.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, state: str, answer: Kept) -> None:
        """Keep an answer that was made while the store was in that state; one of another state is let go."""
        size = answer.size + _weight(key)
        if state != self._state or size > self.largest or key in self._kept:
            return
        self._kept[key] = answer
        self.size += size
        while self.size > self.limit:
            gone, old = self._kept.popitem(last=False)
            self.size -= old.size + _weight(gone)

    def _forget(self, state: str) -> None:
        self._kept.clear()
        self._state, self.size = state, 0


def key_of(scope: Scope, body: bytes | None = None) -> Key | None:
    """What the answer may depend on; None for a request whose answer is neither kept nor looked for."""
    listed = scope["headers"]
    headers = dict(listed)
    if len(headers) < len(listed) or not _OWN.isdisjoint(headers):
        return None
    return (
        scope["scheme"],
        headers.get(b"host"),
        scope.get("root_path"),
        scope.get("raw_path") or scope["path"],
        scope["query_string"],
        headers.get(b"accept"),
        b"gzip" in headers.get(b"accept-encoding", b""),
        b"origin" in headers,
        None if body is None else (headers.get(b"content-type"), sha256(body).digest()),
    )


def kept(headers: Headers, body: bytes, route: str) -> Kept | None:
    """An answer with status 200 in the form in which it is kept; None where its headers forbid that."""
    found = dict(headers)
    vary = {name.strip().lower() for name in found.get(b"vary", b"").split(b",")} - {b""}
    control = found.get(b"cache-control", b"").lower()
    if b"set-cookie" in found or vary - _VARY or any(word in control for word in _NOT_TO_BE_KEPT):
        return None
    return Kept(
        {"type": "http.response.start", "status": 200, "headers": headers},
        {"type": "http.response.body", "body": body},
        route,
        found.get(b"etag"),
    )


def with_vary(headers: Headers) -> Headers:
    """The headers of a lasting answer, which names all that its kind may vary with, compressed or not."""
    named = {part.strip() for name, value in headers if name == b"vary" for part in value.split(b",")}
    vary = b", ".join(sorted((named - {b""}) | {b"Accept-Encoding"}))
    return [*((name, value) for name, value in headers if name != b"vary"), (b"vary", vary)]


def not_modified(headers: Headers) -> Headers:
    """What of the headers of an answer goes with the news that the client holds it already."""
    return [(name, value) for name, value in headers if name not in _OF_THE_BODY]


_OF_THE_BODY = {b"content-type", b"content-length", b"content-encoding"}


def _weight(key: Key) -> int:
    return sum(len(part) for part in key if isinstance(part, bytes | str))
