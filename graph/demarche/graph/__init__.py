"""Records in, answers out: the knowledge graph as a library, with no HTTP and no printing."""

from .knowledge import KnowledgeGraph, open_graph

__all__ = ["KnowledgeGraph", "open_graph"]
