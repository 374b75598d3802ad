"""Runs the service under uvicorn until it is stopped, and says clearly when it cannot start."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import uvicorn

from demarche.graph import KnowledgeGraph
from demarche.graph.errors import StoreError
from demarche.graph.store import OxigraphStore

from .app import create_app
from .connections import protocol
from .logs import configure
from .opening import open_configured
from .scratch import WARNING, check_settings
from .settings import Settings

_log = logging.getLogger(__name__)

_STOPS = (signal.SIGINT, signal.SIGTERM)


def serve_until_stopped(settings: Settings, say: Callable[[str], None]) -> None:
    """Listen first, so that a port in use is known before anything is loaded; then open the graph and serve it."""
    check_settings(settings)
    configure(settings.log)
    if settings.log == "json":
        say = _log.info  # each line is one then, from the first
    _share_heaps()
    listener = _listen(settings.host, settings.port)
    app = create_app(settings, _opened(settings, say))
    host, port = listener.getsockname()[:2]
    say(f"Demarche is at http://{f'[{host}]' if ':' in host else host}:{port} (Ctrl-C stops it)")
    config = uvicorn.Config(
        app,
        http=protocol(settings),
        lifespan="on",  # what fails there is told; by itself uvicorn would take it for an application without one
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        log_config=None,
        access_log=False,
        root_path=settings.root_path,
        server_header=False,
        timeout_graceful_shutdown=settings.stop_seconds,
        ws="none",
    )
    _Server(config, settings.stop_seconds).run(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn's server, but a stop that was asked for is no failure: it ends with the exit code 0.

    The first signal takes no new connections and finishes the answers that are being made; the second ends at once.
    An answer that the engine is still working on when the time is over is given up with the process: no thread of
    the engine can be stopped.
    """

    def __init__(self, config: uvicorn.Config, seconds: int) -> None:
        super().__init__(config)
        self._seconds = seconds

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {one: signal.signal(one, self._stop) for one in _STOPS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.should_exit = True
        for one in _STOPS:
            signal.signal(one, signal.SIG_DFL)
        last = threading.Timer(self._seconds + 1, _give_up)
        last.daemon = True
        last.start()


def _share_heaps() -> None:
    """All threads take memory from few heaps: the GNU library's eight for each processor each keep what a page needed.

    Another C library has no such setting.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


_M_ARENA_MAX, _HEAPS = -8, 2


def _give_up() -> None:
    _log.error("stopped before all answers were made")
    os._exit(1)


def _opened(settings: Settings, say: Callable[[str], None]) -> KnowledgeGraph:
    if not settings.scratch:
        return open_configured(settings, say, writes=settings.ledger is not None)
    say(WARNING)
    return KnowledgeGraph(OxigraphStore())


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named: otherwise small answers wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # who calls before the graph is open waits, and is not refused
    except OSError as error:
        listener.close()
        raise StoreError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port"
        ) from error
    return listener
