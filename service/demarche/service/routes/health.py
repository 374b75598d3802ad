"""Whether the process lives, and whether it can answer and from what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from demarche.graph.store import Store

from ..workers import Runner, is_scratch


class Census:
    """The version of a store with the number of its graphs and triples, counted again when the version is another."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counted: tuple[str, int, int] | None = None

    def __call__(self) -> tuple[str, int, int]:
        version, known = self._store.version(), self._counted
        if known is None or known[0] != version:
            found = self._store.select("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
            triples = int(next(iter(found))["n"] or 0)
            known = self._counted = (version, len(self._store.graphs()), triples)
        return known


def router(store: Store, running: Runner) -> APIRouter:
    routes, census = APIRouter(tags=["running"]), Census(store)

    @routes.get(
        "/health", operation_id="health", summary="Whether the process lives; asks nothing of the store"
    )
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @routes.get(
        "/ready",
        operation_id="ready",
        summary="Whether the store answers, what it holds, and how busy its queries are",
    )
    def ready() -> dict[str, Any]:
        queries = {"status": "ready", "queries": asdict(running.load())}
        if is_scratch(running):
            return queries | {"scratch": True}  # what it holds is known only to who asks it
        version, graphs, triples = census()
        return queries | {"version": version, "graphs": graphs, "triples": triples}

    return routes
