"""How a computed frame becomes the answer to a question: which reactions are asked about, and cells as RDF terms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import cast

import polars as pl
from polars import DataFrame, Expr

from .. import identifiers as ids
from ..columns import selected
from ..intervals import utc_text
from ..question import Graph
from ..reactions import Reactions, Unit
from ..store import Store, Table, Term


def asked(graph: Graph, values: Mapping[str, Term], name: str = "event") -> Reactions:
    """The reactions to the event that was given, all under its name; or, if none was, to every occasion."""
    table = graph.reactions()
    if name not in values:
        return table.by_occasion
    event = values[name].value
    about = table.about(event)
    named_alike = about.frame.with_columns(event=pl.lit(event))
    return about.with_rows(named_alike.sort("earliest", "act", nulls_last=True))


def unit_of(values: Mapping[str, Term]) -> Unit:
    """Who is counted as one; governments, unless something else was asked for."""
    return cast(Unit, values["unit"].value) if "unit" in values else "government"


def of_year(reactions: Reactions, values: Mapping[str, Term]) -> Reactions:
    """The reactions that certainly fell into the year that was given; all of them if none was."""
    if "year" not in values:
        return reactions
    year = int(values["year"].value)
    return reactions.between(date(year, 1, 1), date(year, 12, 31))


def table(frame: DataFrame) -> Table:
    """The frame as an answer: what stands in a column that ends in ``_id`` is an IRI, durations become hours."""
    kinds = [_TERMS.get(kind.base_type(), _text) for kind in frame.dtypes]
    makers = [Term if name.endswith("_id") else kind for name, kind in zip(frame.columns, kinds, strict=True)]
    rows = (
        tuple(None if cell is None else make(cell) for make, cell in zip(makers, row, strict=True))
        for row in frame.with_columns(hours(pl.col(pl.Duration))).iter_rows()
    )
    return Table(tuple(frame.columns), tuple(rows))


def hours(duration: Expr) -> Expr:
    """A duration as a number of hours."""
    return duration.dt.total_microseconds() / 3_600_000_000


def named(names: Mapping[str, str], column: str) -> Expr:
    """What the things of a column are called; what has no name is called by its reference."""
    reference = pl.col(column).str.strip_prefix(ids.BASE)
    return pl.col(column).replace_strict(names, default=reference, return_dtype=pl.String)


def code(scheme: str, column: str) -> Expr:
    """The IRIs of the codes of a column."""
    return (pl.lit(ids.code(scheme, "")) + pl.col(column)).alias(column)


def coded(store: Store, scheme: str, column: str) -> Expr:
    """What the codes of a column are called."""
    pattern = f"?code skos:inScheme <{ids.CODE}{scheme}> ; skos:prefLabel ?label"
    labels = dict(selected(store, pattern).select("code", "label").iter_rows())
    return code(scheme, column).replace_strict(labels, default=None, return_dtype=pl.String)


_XSD = "http://www.w3.org/2001/XMLSchema#"


def _text(cell: object) -> Term:
    return Term(str(cell), "literal")


def _boolean(cell: object) -> Term:
    return Term(str(cell).lower(), "literal", f"{_XSD}boolean")


def _integer(cell: object) -> Term:
    return Term(str(cell), "literal", f"{_XSD}integer")


def _decimal(cell: object) -> Term:
    return Term(f"{cell:.2f}", "literal", f"{_XSD}decimal")


def _date(cell: date) -> Term:
    return Term(cell.isoformat(), "literal", f"{_XSD}date")


def _instant(cell: datetime) -> Term:
    return Term(utc_text(cell), "literal", f"{_XSD}dateTime")


_TERMS: Mapping[object, Callable[..., Term]] = {
    pl.Boolean: _boolean, pl.Int8: _integer, pl.Int32: _integer, pl.Int64: _integer, pl.UInt32: _integer,
    pl.Float64: _decimal, pl.Duration: _decimal, pl.Date: _date, pl.Datetime: _instant,
}  # fmt: skip
