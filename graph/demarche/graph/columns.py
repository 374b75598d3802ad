"""What a store tells, in columns: the solutions of a query as texts. The engine writes CSV, polars reads it."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polars import DataFrame, Expr

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


def local_days() -> dict[str, Expr]:
    """From ``local_date`` as printed, ``zone`` and ``latest``: the first local day of an act, and its ``local_last``.

    What is printed is a day, a month or a year, of an interval the first. The last is the local day of the last
    instant; where no zone is known, a day ends last in the furthest west, see ``intervals.bounds``.
    """
    import polars as pl

    printed, zone = pl.col("local_date"), pl.col("zone").fill_null("-12:00")
    first = (printed + pl.lit("-01-01").str.slice(printed.str.len_chars() - 4)).str.to_date("%Y-%m-%d")
    hours, minutes = (zone.str.slice(at, 2).cast(pl.Int64) for at in (1, 4))
    offset = pl.duration(hours=hours, minutes=minutes) * pl.when(zone.str.starts_with("-")).then(
        -1
    ).otherwise(1)
    last = (pl.col("latest") + offset - pl.duration(microseconds=1)).dt.date()
    return {"local_date": first, "local_last": pl.max_horizontal(first, last)}
