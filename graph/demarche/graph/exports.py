"""Answers and graphs in the formats that other tools read: a name leads to a function, and nothing is printed here."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from . import identifiers as ids
from .errors import BadParameter
from .question import Question
from .spreadsheet import spreadsheet
from .store import OxigraphStore, Store, Table, Term

if TYPE_CHECKING:
    from polars import DataFrame

_XSD = "http://www.w3.org/2001/XMLSchema#"
_RESULTS = "http://www.w3.org/2005/sparql-results#"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Plain = str | int | float | bool | None


def plain(term: Term | None) -> Plain:
    """The value that a JSON reader expects: numbers and booleans as such, all else as text, unbound as null."""
    if term is None or term.type != "literal" or not term.datatype:
        return term.value if term else None
    convert = _CONVERT.get(term.datatype.removeprefix(_XSD))
    return convert(term.value) if convert else term.value


def records(table: Table) -> list[dict[str, Plain]]:
    return [dict(zip(table.variables, map(plain, row), strict=True)) for row in table.rows]


def answer_json(question: Question, given: Mapping[str, str], table: Table, indent: int | None = None) -> str:
    """The question as it was asked, the columns of the answer, and each row as an object of plain values."""
    body = {
        "question": question.name,
        "text": question.text,
        "parameters": dict(given),
        "columns": table.variables,
        "rows": records(table),
    }
    return json.dumps(body, ensure_ascii=False, indent=indent)


def table_json(table: Table, indent: int | None = None) -> str:
    """A table that answers no question: its columns, and each row as an object of texts and numbers."""
    told = {"columns": list(table.variables), "rows": records(table)}
    return json.dumps(told, ensure_ascii=False, indent=indent)


def table_csv(table: Table) -> str:
    """Comma-separated values with exact texts: for machines; nothing is escaped for spreadsheets."""
    out = io.StringIO()
    plain, quoted = (
        csv.writer(out, lineterminator="\n", quoting=how) for how in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)
    )
    plain.writerow(table.variables)
    for row in table.rows:
        cells = [_bare(term) for term in row]
        # A carriage return ends a row for who reads it; that the writer quotes only where it ends its own rows.
        (quoted if any("\r" in cell for cell in cells) else plain).writerow(cells)
    return out.getvalue()


def table_spreadsheet(table: Table) -> str:
    """The same for a spreadsheet, in which no cell becomes a formula."""
    return spreadsheet(table_csv(table))


def table_tsv(table: Table) -> str:
    """Tab-separated values as SPARQL has them: each term as Turtle writes it, so that nothing is lost."""
    lines = ["\t".join(f"?{name}" for name in table.variables)]
    lines += ["\t".join(term.n3() if term else "" for term in row) for row in table.rows]
    return "".join(f"{line}\n" for line in lines)


def results_json(table: Table) -> str:
    """The SPARQL results format in JSON."""
    bindings = [
        {name: _binding(term) for name, term in zip(table.variables, row, strict=True) if term}
        for row in table.rows
    ]
    return json.dumps({"head": {"vars": table.variables}, "results": {"bindings": bindings}})


def results_xml(table: Table) -> str:
    """The SPARQL results format in XML."""
    root = ElementTree.Element("sparql", {"xmlns": _RESULTS})
    head, results = ElementTree.SubElement(root, "head"), ElementTree.SubElement(root, "results")
    for name in table.variables:
        ElementTree.SubElement(head, "variable", {"name": name})
    for row in table.rows:
        result = ElementTree.SubElement(results, "result")
        for name, term in zip(table.variables, row, strict=True):
            if term:
                _xml_term(ElementTree.SubElement(result, "binding", {"name": name}), term)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written.decode()


TABLE_FORMATS: dict[str, Callable[[Table], str]] = {
    "csv": table_csv,
    "tsv": table_tsv,
    "srj": results_json,
    "srx": results_xml,
    "spreadsheet": table_spreadsheet,
}
"""By the ending that names the format, on the command line as over HTTP."""


def frame_records(frame: DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: days and instants as ISO 8601 writes them, lengths of time in seconds."""
    return _told(frame).to_dicts()


def frame_csv(frame: DataFrame) -> bytes:
    """Rows as comma-separated values; the values of a list are parted by spaces."""
    import polars as pl

    lists = [name for name, kind in frame.schema.items() if isinstance(kind, pl.List)]
    return _told(frame).with_columns(pl.col(lists).list.join(" ")).write_csv().encode()


def frame_spreadsheet(frame: DataFrame) -> bytes:
    return spreadsheet(frame_csv(frame).decode()).encode()


def frame_parquet(frame: DataFrame) -> bytes:
    """Rows with their types, lists and instants as such."""
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


FRAME_FORMATS: dict[str, Callable[[DataFrame], bytes]] = {
    "csv": frame_csv,
    "parquet": frame_parquet,
    "spreadsheet": frame_spreadsheet,
}


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
    """The whole graph; Turtle, N-Triples and RDF/XML hold the triples without the names of graphs, and no lead."""
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


def _told(frame: DataFrame) -> DataFrame:
    import polars as pl

    kinds = frame.schema.items()
    return frame.with_columns(
        pl.col([name for name, kind in kinds if isinstance(kind, pl.Duration)]).dt.total_seconds(),
        pl.col([name for name, kind in kinds if isinstance(kind, pl.Datetime)]).dt.strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        ),
        pl.col([name for name, kind in kinds if kind == pl.Date]).dt.to_string("%Y-%m-%d"),
    )


def _bare(term: Term | None) -> str:
    if term is None:
        return ""
    return f"_:{term.value}" if term.type == "bnode" else term.value


def _binding(term: Term) -> dict[str, str]:
    found = {"type": term.type, "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif term.datatype and term.datatype != f"{_XSD}string":
        found["datatype"] = term.datatype
    return found


def _xml_term(parent: ElementTree.Element, term: Term) -> None:
    found = _binding(term)
    attributes = {_XML_LANG: found["xml:lang"]} if "xml:lang" in found else {}
    if "datatype" in found:
        attributes = {"datatype": found["datatype"]}
    element = ElementTree.SubElement(parent, term.type, attributes)
    element.text = _NOT_XML.sub("\ufffd", term.value)


def _number(text: str) -> float | str:
    """JSON has no infinity and no NaN: such a value stays the text that it is."""
    return float(text) if text[-1:].isdigit() or text.endswith(".") else text


_CONVERT: Mapping[str, Callable[[str], Plain]] = {
    "integer": int,
    "decimal": _number,
    "double": _number,
    "boolean": lambda text: text in {"true", "1"},
}
