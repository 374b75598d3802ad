"""Answers and graphs in the formats that other tools read: a name leads to a function, and nothing is printed here."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

from . import identifiers as ids
from .errors import BadParameter
from .store import OxigraphStore, Store, Table


def table_json(table: Table) -> str:
    """The columns, and each row as an object of texts and numbers; unbound is null."""
    rows = [{name: _plain(table, row, name) for name in table.variables} for row in table.rows]
    return json.dumps({"columns": table.variables, "rows": rows}, ensure_ascii=False, indent=2)


def table_csv(table: Table) -> str:
    """Comma-separated values with exact texts: for machines; nothing is escaped for spreadsheets."""
    return _separated(table, ",")


def table_tsv(table: Table) -> str:
    """Tab-separated values; a text with a tab or a line break is quoted."""
    return _separated(table, "\t")


TABLE_FORMATS: dict[str, Callable[[Table], str]] = {"json": table_json, "csv": table_csv, "tsv": table_tsv}


def nquads(store: Store) -> bytes:
    """Every quad, sorted: equal graphs give equal bytes."""
    return store.dump()


def _as(media_type: str) -> Callable[[Store], bytes]:
    def write(store: Store) -> bytes:
        if not isinstance(store, OxigraphStore):
            local = OxigraphStore()
            local.load(store.dump())
            store = local
        return store.serialise(media_type)

    return write


GRAPH_EXPORTS: dict[str, Callable[[Store], bytes]] = {
    "nquads": nquads,
    "trig": _as("application/trig"),
    "turtle": _as("text/turtle"),
    "ntriples": _as("application/n-triples"),
    "rdfxml": _as("application/rdf+xml"),
    "jsonld": _as("application/ld+json"),
}


def export(store: Store, name: str) -> bytes:
    """The whole graph; Turtle, N-Triples and RDF/XML hold the triples without the names of their graphs."""
    found = GRAPH_EXPORTS.get(name)
    if found is None:
        raise BadParameter(f"no export is called {name!r}; there are: {', '.join(GRAPH_EXPORTS)}")
    return found(store)


def describe(store: Store, iris: list[str]) -> bytes:
    """All triples with one of the things as subject, as Turtle."""
    nodes = " ".join(f"<{iri}>" for iri in iris)
    query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {nodes} }} ?s ?p ?o }}"
    return store.answer(query, {"graph": "text/turtle", "solutions": "text/csv", "boolean": "text/csv"}).body


def things(table: Table) -> list[str]:
    """The things of ours that the rows name, in the order in which they appear."""
    terms = (term for row in table.rows for term in row if term and term.type == "uri")
    return list(dict.fromkeys(term.value for term in terms if term.value.startswith(ids.BASE)))


def _separated(table: Table, separator: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(table.variables)
    writer.writerows([["" if term is None else term.value for term in row] for row in table.rows])
    return out.getvalue()


_NUMBERS = {"integer": int, "decimal": float, "double": float}


def _plain(table: Table, row: tuple[object, ...], name: str) -> str | int | float | bool | None:
    term = row[table.variables.index(name)]
    datatype = getattr(term, "datatype", None) or ""
    text: str | None = getattr(term, "value", None)
    if text is None:
        return None
    kind = datatype.rsplit("#", 1)[-1]
    if kind == "boolean":
        return text == "true"
    return _NUMBERS[kind](text) if kind in _NUMBERS else text
