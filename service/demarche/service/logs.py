"""The log on stderr: a line for each event, as key=value or JSON, and the id by which a request is found in it.

No line holds a query, a body, a header or the address of a store: of an address it has the path alone.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from starlette.types import Message, Scope, Send

Form = Literal["text", "json"]

_access = logging.getLogger("demarche.requests")
_request: ContextVar[str] = ContextVar("request", default="")
_GIVEN = re.compile(rb"[\w.-]{1,64}")
_PLAIN = re.compile(r"[^\s\"=]+")


class Requests:
    """Gives each request an id, its caller's own where it is fit, and writes a line when it is answered."""

    def named(self, scope: Scope, send: Send) -> Send:
        """A ``send`` that tells the caller the id."""
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        name = given if _GIVEN.fullmatch(given) else uuid4().hex.encode()
        _request.set(name.decode())

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), (b"x-request-id", name)]}
            await send(message)

        return telling

    def note(self, scope: Scope, route: str, status: int, seconds: float, size: int, *, cached: bool) -> None:
        _access.info(
            "answered",
            extra={
                "fields": {
                    "method": scope["method"],
                    "path": scope["path"],
                    "route": route,
                    "status": status,
                    "ms": round(seconds * 1000, 2),
                    "bytes": size,
                    "cached": cached,
                }
            },
        )


class Lines(logging.Formatter):
    """A record as one line; a traceback stays inside of it, with its line ends written out."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        fields = _fields(record)
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        if self._form == "json":
            return json.dumps(fields)
        return " ".join(f"{name}={_value(value)}" for name, value in fields.items())


def configure(form: Form) -> None:
    """Send what this service and its server log to stderr, a line each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(form))
    for name, level in (("demarche", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    fields = {"time": moment, "level": record.levelname.lower(), "event": record.getMessage()}
    if name := _request.get():
        fields["request"] = name
    return fields | getattr(record, "fields", {})


def _value(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text)
