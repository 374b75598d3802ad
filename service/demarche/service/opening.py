"""Opens the knowledge graph that the settings describe: in memory, in a folder, or on a server elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from demarche.graph import KnowledgeGraph, open_graph
from demarche.graph.store import OxigraphStore, Store

from .settings import Settings


def open_configured(
    settings: Settings, progress: Callable[[str], object], *, read_only: bool = False, writes: bool = False
) -> KnowledgeGraph:
    """The graph in the store of the settings, filled with the record if the store is empty."""
    return open_graph(
        settings.seed_data,
        _store(settings),
        settings.cache,
        progress,
        settings.texts,
        read_only=read_only,
        ledger=settings.ledger,
        writes=writes,
    )


def opening(settings: Settings, progress: Callable[[str], object]) -> Future[KnowledgeGraph]:
    """The same, to be asked only, on a thread of its own: opening is the engine's work, and ours goes on meanwhile."""
    return ThreadPoolExecutor(1).submit(open_configured, settings, progress, read_only=True)


def _store(settings: Settings) -> Store | None:
    name = settings.store
    if name is None:
        return None
    if "://" in name:
        from demarche.graph.remote import RemoteStore

        elsewhere = RemoteStore(name, settings.store_update, settings.store_timeout)
        elsewhere.check_union()
        return elsewhere
    return OxigraphStore(Path(name))
