"""Whether the process lives, and whether it can answer and from what."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from demarche.graph.kept import Kept
from demarche.graph.store import Store

from ..metrics import Census
from ..workers import Runner, is_scratch


def kept_census(store: Store) -> Kept[Census]:
    return Kept(store, lambda _before: _census(store))


def _census(store: Store) -> Census:
    found = store.select("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
    return store.version(), len(store.graphs()), int(next(iter(found))["n"] or 0)


def router(store: Store, running: Runner) -> APIRouter:
    routes, counted = APIRouter(tags=["running"]), kept_census(store)

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
        version, graphs, triples = counted()
        return queries | {"version": version, "graphs": graphs, "triples": triples}

    return routes
