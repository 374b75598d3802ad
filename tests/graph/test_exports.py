"""Tables of solutions as bytes: whatever the values are, an independent reader gets them back."""

import csv
import io
import json
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from rdflib import Variable
from rdflib.plugins.sparql.results.tsvresults import TSVResultParser

from demarche.graph.exports import plain, records, results_json, results_xml, table_csv, table_tsv
from demarche.graph.store import Table, Term

XSD = "http://www.w3.org/2001/XMLSchema#"
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    max_size=30,
)
LINES = st.text(st.sampled_from("ab\"'\n\t,;\\ é𝔸"), max_size=20)
VALUES = TEXT | LINES


def _table(values: list[str]) -> Table:
    return Table(("x", "empty"), tuple((Term(value, "literal", f"{XSD}string"), None) for value in values))


@given(st.lists(VALUES, min_size=1))
def test_csv_is_read_back(values: list[str]) -> None:
    read = list(csv.DictReader(io.StringIO(table_csv(_table(values)), newline="")))
    assert [(row["x"], row["empty"]) for row in read] == [(value, "") for value in values]


@given(st.lists(VALUES, min_size=1))
def test_sparql_json_is_read_back(values: list[str]) -> None:
    read = json.loads(results_json(_table(values)))
    assert read["head"] == {"vars": ["x", "empty"]}
    assert read["results"]["bindings"] == [{"x": {"type": "literal", "value": value}} for value in values]


@given(st.lists(VALUES, min_size=1))
def test_sparql_xml_is_read_back(values: list[str]) -> None:
    root = ElementTree.fromstring(results_xml(_table(values)))  # noqa: S314
    found = root.findall(".//{http://www.w3.org/2005/sparql-results#}literal")
    assert [one.text or "" for one in found] == values


@given(st.lists(TEXT, min_size=1))
def test_tsv_is_read_back(values: list[str]) -> None:
    read = TSVResultParser().parse(io.BytesIO(table_tsv(_table(values)).encode()))  # type: ignore[no-untyped-call]
    assert [str(row[Variable("x")]) for row in read.bindings] == values


def test_json_has_plain_values() -> None:
    terms = {
        Term("7", "literal", f"{XSD}integer"): 7,
        Term("0.85", "literal", f"{XSD}decimal"): 0.85,
        Term("INF", "literal", f"{XSD}double"): "INF",
        Term("true", "literal", f"{XSD}boolean"): True,
        Term("2016-06-22", "literal", f"{XSD}date"): "2016-06-22",
        Term("urn:a"): "urn:a",
        Term("ja", "literal", None, "ja"): "ja",
    }
    assert {term: plain(term) for term in terms} == terms
    assert records(Table(("a", "b"), ((None, Term("urn:a")),))) == [{"a": None, "b": "urn:a"}]


def test_a_character_that_xml_cannot_hold_is_replaced() -> None:
    assert "a\ufffdb" in results_xml(_table(["a\x01b"]))
