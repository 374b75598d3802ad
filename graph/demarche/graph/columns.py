"""What a store tells, in columns: the solutions of a query as texts. The engine writes CSV, polars reads it."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polars import DataFrame

    from .store import Store


def solutions(store: Store, query: str, *names: str) -> DataFrame:
    """The solutions of a SELECT of these variables. What is not bound is null."""
    import polars as pl

    answer = store.answer(query, {"solutions": "text/csv", "boolean": "text/csv", "graph": "text/turtle"})
    return pl.read_csv(io.BytesIO(answer.body), schema=dict.fromkeys(names, pl.String))


def selected(store: Store, pattern: str, documents: list[str] | None = None, within: str = "") -> DataFrame:
    """All solutions of a pattern, with the graph as ``document``: sources that hold the same triple give a row each."""
    names = list(dict.fromkeys(("document", *re.findall(r"\?(\w+)", pattern))))
    chosen = f"VALUES ?document {{ {' '.join(f'<{one}>' for one in documents)} }}" if documents else ""
    variables = " ".join(f"?{name}" for name in names)
    return solutions(
        store, f"SELECT {variables} {{ {within} {chosen} GRAPH ?document {{ {pattern} }} }}", *names
    )
