"""What all answers share: entity tags from the store's version, conditional requests, and the headers of a choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version

from starlette.requests import Request
from starlette.responses import Response

from demarche.graph.store import Store
from demarche.graph.texts import NO_TEXTS, Texts

from .budgets import charged
from .cache import lasting
from .negotiate import ENDINGS, HTML, best, named
from .pages import STATIC


def choice(request: Request, offers: tuple[str, ...], fixed: str | None = None) -> str:
    """The media type to answer in: that of the address, else of ``?format=``, else of the Accept header."""
    asked = request.query_params.get("format")
    if fixed:
        return fixed
    return named(asked, offers) if asked else best(request.headers.get("accept"), offers)


def conditional(
    request: Request,
    store: Store,
    media_type: str,
    make: Callable[[], bytes],
    headers: Mapping[str, str] | None = None,
    texts: Texts = NO_TEXTS,
) -> Response:
    """The answer that ``make`` makes, or 304 without making it where the client holds the present one.

    ``texts`` are those whose words the answer may show: with others, it is another answer.
    """
    lasting(request.scope)
    held = None if request.method == "POST" else request.headers.get("if-none-match")

    def made() -> tuple[str, bytes | None]:
        tag = entity_tag(store, media_type, texts)
        if matches(held, tag):
            return tag, None
        with charged():
            return tag, make()

    tag, body = store.steady(made)
    shared = {"ETag": tag, "Vary": "Accept", "Cache-Control": "no-cache", **(headers or {})}
    if body is None:
        return Response(status_code=304, headers=shared)
    return Response(body, headers=shared, media_type=with_charset(media_type))


NOT_KEPT: Mapping[str, str] = {"Vary": "Accept", "Cache-Control": "no-store"}
"""The headers of what gives another answer each time: it has no tag and is not kept."""


def headers_of_query(request: Request, store: Store, media_type: str) -> dict[str, str]:
    """The headers of the answer to a query, to be had before it runs: its tag must not be younger than it."""
    lasting(request.scope)
    return {"ETag": entity_tag(store, media_type), "Vary": "Accept", "Cache-Control": "no-cache"}


def page(body: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status, {**(headers or {}), "Vary": "Accept"}, media_type=with_charset(HTML))


def entity_tag(store: Store, media_type: str, texts: Texts = NO_TEXTS) -> str:
    """Weak, because the bytes may still be compressed; of the code too, because it makes the pages."""
    return f'W/"{store.version()}{texts.version}-{_code_version()}-{_name(media_type)}"'


def matches(header: str | None, tag: str) -> bool:
    """Whether a client holds what bears the tag, by its If-None-Match."""
    held = {part.strip().removeprefix("W/") for part in (header or "").split(",")}
    return "*" in held or tag.removeprefix("W/") in held


def with_charset(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def _name(media_type: str) -> str:
    """A short name, for a tag; of the general types, which have no ending, the type itself."""
    return next((key for key, value in ENDINGS.items() if value == media_type), media_type)


@cache
def _code_version() -> str:
    built = STATIC / "ui" / "built-from.txt"
    pages = built.read_bytes() if built.is_file() else b""
    return sha256(version("demarche").encode() + pages).hexdigest()[:4]
