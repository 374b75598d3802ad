"""The service as its users meet it: a real server on a free port, and a client that talks to it over HTTP."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pyld import jsonld
from rdflib import Graph

from demarche.graph import KnowledgeGraph
from demarche.graph.store import OxigraphStore
from demarche.service.app import create_app
from demarche.service.settings import Settings


@contextmanager
def served(graph: KnowledgeGraph, settings: Settings | None = None) -> Iterator[httpx.Client]:
    """A client of the service on that graph, for as long as the block lasts."""
    settings = settings or Settings(host="127.0.0.1", port=0)
    with served_app(create_app(settings, graph), settings.root_path) as client:
        yield client


@contextmanager
def served_app(
    app: FastAPI, root_path: str = "", http: type[asyncio.Protocol] | Literal["auto"] = "auto"
) -> Iterator[httpx.Client]:
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        root_path=root_path,
        http=http,
        log_level="critical",
        ws="none",
        lifespan="on",
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the server stopped while starting"
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(20)
    assert not thread.is_alive(), "the server does not stop"


def read(reply: httpx.Response, name: str) -> Graph:
    """The triples of an answer; those of JSON-LD as PyLD reads them, which shares no code with the service."""
    if name != "json-ld":
        return Graph().parse(data=reply.content, format=name)
    quads = jsonld.to_rdf(reply.json(), {"format": "application/n-quads"})
    return Graph().parse(data=quads, format="nt")


@pytest.fixture(scope="session")
def client(seed_graph: KnowledgeGraph) -> Iterator[httpx.Client]:
    with served(seed_graph) as client:
        yield client


@pytest.fixture
def tiny() -> KnowledgeGraph:
    """A graph of its own for a test that writes."""
    return KnowledgeGraph(OxigraphStore())
