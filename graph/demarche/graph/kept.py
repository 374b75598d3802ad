"""What is made from all of a store, and kept until the store says something else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from .store import Store

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """Called, it gives what ``make`` makes of the store as it is now: once for each version, and from one state of it.

    ``make`` is given what it made of the version before, at first None. While one thread makes it the others wait.
    """

    def __init__(self, store: Store, make: Callable[[Made | None], Made]) -> None:
        self._store, self._make = store, make
        self._making = threading.Lock()
        self._last: tuple[str, Made] | None = None

    def __call__(self) -> Made:
        with self._making:
            self._last = self._store.steady(self._present)
            return self._last[1]

    def _present(self) -> tuple[str, Made]:
        version = self._store.version()
        if self._last and self._last[0] == version:
            return self._last
        return version, self._make(self._last[1] if self._last else None)
