"""Whether the service can answer, and from what."""

from fastapi import APIRouter

from demarche.graph import KnowledgeGraph


def router(graph: KnowledgeGraph) -> APIRouter:
    routes = APIRouter(tags=["running"])

    @routes.get("/health", summary="Whether the service can answer, and from what")
    def health() -> dict[str, str | int]:
        found = graph.store.select("SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }")
        counted = next(iter(found))["n"] or "0"
        graphs = len(graph.store.graphs())
        return {"status": "ok", "version": graph.store.version(), "graphs": graphs, "triples": int(counted)}

    return routes
