"""Opens the knowledge graph that the settings describe: in memory, in a folder, or on a server elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

from demarche.graph import KnowledgeGraph, open_graph
from demarche.graph.store import OxigraphStore, Store

from .settings import Settings


def open_configured(settings: Settings, progress: Callable[[str], object]) -> KnowledgeGraph:
    """The graph in the store of the settings, filled with the record if the store is empty."""
    return open_graph(settings.seed_data, _store(settings.store), settings.cache, progress)


class Opening:
    """A graph that is opened on a thread of its own: loading is the engine's work, and ours goes on meanwhile."""

    def __init__(self, settings: Settings, progress: Callable[[str], object]) -> None:
        self._opened: KnowledgeGraph | BaseException | None = None
        self._thread = Thread(target=self._open, args=(settings, progress), daemon=True)
        self._thread.start()

    def graph(self) -> KnowledgeGraph:
        """The graph once it is open; what went wrong while opening it is raised here."""
        self._thread.join()
        if not isinstance(self._opened, KnowledgeGraph):
            raise self._opened or RuntimeError("the graph was not opened")
        return self._opened

    def _open(self, settings: Settings, progress: Callable[[str], object]) -> None:
        try:
            self._opened = open_configured(settings, progress)
        except BaseException as error:  # noqa: BLE001 - carried over to the thread that asks for the graph
            self._opened = error


def _store(name: str | None) -> Store | None:
    if name is None:
        return None
    if "://" in name:
        from demarche.graph.remote import RemoteStore

        return RemoteStore(name)
    return OxigraphStore(Path(name))
