"""A table of solutions as bytes: JSON for programs that read no RDF, CSV and TSV, and the SPARQL results formats."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

from demarche.graph.store import Table, Term

from .negotiate import CSV, RESULTS_JSON, RESULTS_XML, TSV

_XSD = "http://www.w3.org/2001/XMLSchema#"
_RESULTS = "http://www.w3.org/2005/sparql-results#"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Plain = str | int | float | bool | None


def plain(term: Term | None) -> Plain:
    """The value that a JSON reader expects: numbers and booleans as such, all else as text."""
    if term is None or term.type != "literal" or not term.datatype:
        return term.value if term else None
    convert = _CONVERT.get(term.datatype.removeprefix(_XSD))
    return convert(term.value) if convert else term.value


def records(table: Table) -> list[dict[str, Plain]]:
    return [dict(zip(table.variables, map(plain, row), strict=True)) for row in table.rows]


def written(table: Table, media_type: str) -> bytes:
    """The table in one of the formats of WRITERS."""
    return WRITERS[media_type](table)


def _csv(table: Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.variables)
    writer.writerows([_bare(term) for term in row] for row in table.rows)
    return out.getvalue().encode()


def _tsv(table: Table) -> bytes:
    lines = ["\t".join(f"?{name}" for name in table.variables)]
    lines += ["\t".join(term.n3() if term else "" for term in row) for row in table.rows]
    return "".join(f"{line}\n" for line in lines).encode()


def _json(table: Table) -> bytes:
    bindings = [
        {name: _binding(term) for name, term in zip(table.variables, row, strict=True) if term}
        for row in table.rows
    ]
    return json.dumps({"head": {"vars": table.variables}, "results": {"bindings": bindings}}).encode()


def _xml(table: Table) -> bytes:
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
    return written


WRITERS: Mapping[str, Callable[[Table], bytes]] = {
    CSV: _csv,
    TSV: _tsv,
    RESULTS_JSON: _json,
    RESULTS_XML: _xml,
}


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
