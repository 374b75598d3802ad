"""Which requests are looked at at all: for a host that we are, from no foreign site that would write, not compressed.

A page of another site can make a browser on this machine call us: under a name of its own that it points to us (DNS
rebinding), or with a write that nobody sees. The first names the wrong host, the second a foreign origin.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.types import Scope

from .addresses import is_loopback
from .settings import Settings

# Asked by POST and nothing changed; who sends an update to /sparql is looked at again there.
_ASKING = ("/sparql", "/reconcile")
_READS = {"GET", "HEAD", "OPTIONS"}

Admission = Callable[[Scope], None]
"""Raises HTTPException for a request that goes no further."""


def admission(settings: Settings) -> Admission:
    known = _Names(settings)

    def admit(scope: Scope) -> None:
        host = origin = encoding = None
        for name, value in scope["headers"]:
            if name == b"host":
                if host is not None:
                    raise HTTPException(400, "a request names one host")
                host = value
            elif name == b"origin":
                origin = value
            elif name == b"content-encoding":
                encoding = value
        if not known.host(host):
            raise HTTPException(
                421, "this service does not go by that name; DEMARCHE_ALLOWED_HOSTS names more"
            )
        if encoding is not None and encoding.strip().lower() != b"identity":
            raise HTTPException(
                415, "a body is sent as it is, not compressed", headers={"Accept-Encoding": "identity"}
            )
        if origin is not None and _writes(scope) and not known.origin(origin, host):
            raise HTTPException(403, "a page of another site may ask, but change nothing")

    return admit


class _Names:
    """The names that we go by: on this machine those of this machine, elsewhere any, and those of the settings."""

    def __init__(self, settings: Settings) -> None:
        given = {name.strip().lower() for name in settings.allowed_hosts.split(",")} - {""}
        self._given = given - {"*"}
        self._local = is_loopback(settings.host)
        self._any = "*" in given or (not given and not self._local)
        self._seen: set[bytes | None] = set()

    def host(self, host: bytes | None) -> bool:
        """Whether we go by that name; remembered, because nearly all requests say the same."""
        if self._any or host in self._seen:
            return True
        if not self._ours(_hostname(f"//{(host or b'').decode('latin-1')}")):
            return False
        if len(self._seen) < 64:
            self._seen.add(host)
        return True

    def origin(self, origin: bytes, host: bytes | None) -> bool:
        text = origin.decode("latin-1")
        same = host is not None and text.partition("://")[2].lower() == host.decode("latin-1").lower()
        return same or self._ours(_hostname(text))

    def _ours(self, name: str | None) -> bool:
        return bool(name) and (name in self._given or (self._local and is_loopback(name or "")))


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:  # brackets that hold no address
        return None


def _writes(scope: Scope) -> bool:
    path: str = scope["path"].removeprefix(scope.get("root_path") or "")
    return scope["method"] not in _READS and not (scope["method"] == "POST" and path in _ASKING)
