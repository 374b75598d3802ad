"""Runs the service under uvicorn until it is stopped, and says clearly when it cannot start."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from demarche.graph import KnowledgeGraph
from demarche.graph.errors import StoreError
from demarche.graph.store import OxigraphStore

from .app import create_app
from .opening import open_configured
from .scratch import WARNING, check_settings
from .settings import Settings


def serve_until_stopped(settings: Settings, say: Callable[[str], None]) -> None:
    """Listen first, so that a port in use is known before anything is loaded; then open the graph and serve it."""
    check_settings(settings)
    listener = _listen(settings.host, settings.port)
    app = create_app(settings, _opened(settings, say))
    host, port = listener.getsockname()[:2]
    say(f"Demarche is at http://{f'[{host}]' if ':' in host else host}:{port} (Ctrl-C stops it)")
    config = uvicorn.Config(app, log_level="warning", root_path=settings.root_path, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def _opened(settings: Settings, say: Callable[[str], None]) -> KnowledgeGraph:
    if not settings.scratch:
        return open_configured(settings, say)
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
