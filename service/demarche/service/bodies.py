"""What clients send, read with care: no longer than it may be, in UTF-8, and of a type that is understood."""

from __future__ import annotations

from collections.abc import Collection

from starlette.exceptions import HTTPException
from starlette.requests import Request

from demarche.graph.errors import BadQuery

FORM = "application/x-www-form-urlencoded"


def media_type_of(request: Request, known: Collection[str]) -> str:
    """The media type of the body; 415 where it is another one or in another character set than UTF-8."""
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    if media_type.strip() not in known:
        raise HTTPException(415, f"the body has to be one of: {', '.join(sorted(known))}")
    charset = next(
        (
            one.partition("=")[2].strip(' "')
            for one in parameters.split(";")
            if one.strip().startswith("charset=")
        ),
        "utf-8",
    )
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise HTTPException(415, f"the body has to be in UTF-8, not in {charset}")
    return media_type.strip()


async def body_of(request: Request, most: int) -> bytes:
    """The body, refused as soon as it is longer than it may be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413, f"the body may have {most} bytes")
    return bytes(body)


def text_of(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise BadQuery(f"this is not UTF-8: {error}") from error
