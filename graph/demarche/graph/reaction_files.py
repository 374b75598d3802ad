"""The reaction table as files for other programs: CSV and Parquet, with names beside the IRIs.

Both have the columns of ``reactions.SCHEMA``, but for the lags, which are whole seconds (``lag_min_seconds``,
``lag_max_seconds``: not every reader knows lengths of time), and the names of the event and of the actors. In CSV the
IRIs and codes of a list are parted by a space, names by a semicolon and a space; times are in UTC.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import polars as pl

from .errors import BadParameter
from .reactions import Reactions
from .spreadsheet import spreadsheet


def reactions_csv(reactions: Reactions) -> bytes:
    """Comma-separated values: for machines; nothing is escaped for spreadsheets."""
    lists = [name for name, kind in reactions.frame.schema.items() if isinstance(kind, pl.List)]
    flat = _in_seconds(reactions.to_polars()).with_columns(
        pl.col(lists).list.join(" "), pl.col("actor_names").list.join("; ")
    )
    return flat.write_csv(datetime_format="%Y-%m-%dT%H:%M:%SZ").encode()


def reactions_spreadsheet(reactions: Reactions) -> bytes:
    """The same for a spreadsheet, in which no cell becomes a formula."""
    return spreadsheet(reactions_csv(reactions).decode()).encode()


def reactions_parquet(reactions: Reactions) -> bytes:
    """Parquet, lists as lists; the version of the record stands in the metadata as ``demarche.record``."""
    out = io.BytesIO()
    version = reactions.store.version()
    _in_seconds(reactions.to_polars()).write_parquet(out, metadata={"demarche.record": version})
    return out.getvalue()


REACTION_FORMATS: Mapping[str, Callable[[Reactions], bytes]] = {
    "csv": reactions_csv,
    "spreadsheet": reactions_spreadsheet,
    "parquet": reactions_parquet,
}


def reactions_file(reactions: Reactions, name: str) -> bytes:
    """The table in the format of that name."""
    found = REACTION_FORMATS.get(name)
    if found is None:
        formats = ", ".join(REACTION_FORMATS)
        raise BadParameter(f"no format for reactions is called {name!r}; there are: {formats}")
    return found(reactions)


def _in_seconds(table: pl.DataFrame) -> pl.DataFrame:
    """The lags as whole seconds, where they stood."""
    seconds = {
        name: pl.col(name).dt.total_seconds().alias(f"{name}_seconds") for name in ("lag_min", "lag_max")
    }
    return table.select(seconds.get(name, pl.col(name)) for name in table.columns)
