"""Who may change what: nobody, but for those on this machine on a scratch store, of which nothing may be kept."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request

from demarche.graph.errors import BadParameter
from demarche.graph.store import Store

from .addresses import is_loopback
from .replies import NOT_KEPT, headers_of_query
from .settings import Settings
from .workers import Pool, Runner, is_scratch

WARNING = (
    "A scratch store: it is empty, everybody on this machine may change it, and it is gone when this stops. "
    "The record is not in it."
)


def check_settings(settings: Settings) -> None:
    """BadParameter where strangers could reach a scratch store, or where somebody hopes that it keeps something."""
    if not settings.scratch:
        return
    if not is_loopback(settings.host):
        raise BadParameter(
            f"--scratch is open to all who reach it: it listens on 127.0.0.1, not on {settings.host}"
        )
    if settings.root_path:
        raise BadParameter("--scratch is open to all who reach it: no proxy may show it")
    if settings.ledger:
        raise BadParameter("--scratch keeps nothing; to write to a ledger, leave it out")
    if settings.store:
        raise BadParameter("--scratch keeps nothing; to keep something, leave it out and say --store alone")


async def headers_of_store(
    request: Request, store: Store, running: Runner, media_type: str
) -> dict[str, str]:
    """What an answer from the store may be kept by; nothing of a scratch store, which others may change at any time."""
    if is_scratch(running):
        return dict(NOT_KEPT)
    if store.at_hand:
        return headers_of_query(request, store, media_type)
    return await run_in_threadpool(headers_of_query, request, store, media_type)


def may_change(running: Runner, request: Request) -> Pool:
    """Where the change is to be made; 403 where nothing may be changed, or where another site's page asks for it."""
    if not isinstance(running, Pool) or not running.scratch:
        raise HTTPException(
            403, "nothing is written here: this service answers, and what it tells is the ledger's"
        )
    origin = request.headers.get("origin")
    names = [request.url.hostname, *([urlsplit(origin).hostname] if origin else [])]
    if not all(name and is_loopback(name) for name in names):
        raise HTTPException(403, "a scratch store is changed by programs and pages of this machine only")
    return running
