"""The JSON-LD context has a key for every term, and JSON that uses it holds the same triples."""

import json
from typing import Any

import pytest
from pyld import jsonld
from rdflib import OWL, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from demarche.ontology import ONTOLOGY_DIR
from tests.ontology.vocabulary import CODES, DM, EVERY_TERM, own_terms, parsed

THING = "https://w3id.org/demarche/id/"
CONTEXT = json.loads((ONTOLOGY_DIR / "context.jsonld").read_text(encoding="utf-8"))
KEYS: dict[str, Any] = CONTEXT["@context"]

# The code lists from which each coded property draws; `kind` draws on two and names the list with the concept.
SCHEMES = {
    **{name: name for name in ("basis", "channel", "comparator", "fidelity", "level", "mode", "outcome")},
    **{name: name for name in ("quantity", "seniority", "stance", "unit", "verification")},
    **dict.fromkeys(("fidelityBasis", "publicationDateBasis", "timeBasis", "zoneBasis"), "basis"),
    "bodyType": "body-type",
    "outcomeStatus": "outcome-status",
    "placeType": "place-type",
    "timePrecision": "precision",
    "weaponClass": "missile-class",
}
DAYS = {"attestedAt", "codedOn", "heldFrom", "heldUntil", "localDate", "publicationDate", "utcDate"}
# No datatype is coerced: a claim's value is a number or a time, and what has a string needs none.
FREE = {"value"}


@pytest.fixture(autouse=True)
def _offline() -> None:
    def refuse(url: str, _: object) -> None:
        raise AssertionError(f"asked for {url}: a context is never fetched")

    jsonld.set_document_loader(refuse)


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return parsed("demarche.ttl")


def test_every_term_has_its_local_name_as_key() -> None:
    assert {term for term in own_terms() if _iri(term.removeprefix(DM)) != term} == set()


def test_no_key_stands_for_a_term_that_is_not_declared() -> None:
    ours = {_iri(key) for key in KEYS if str(_iri(key)).startswith(DM)} - {URIRef(DM)}
    assert ours == own_terms()


def test_every_key_that_leads_to_a_thing_says_so(ontology: Graph) -> None:
    wrong = {
        prop
        for prop in _properties(OWL.ObjectProperty)
        if _coercion(prop) != ("@vocab" if _is_coded(ontology, prop) else "@id")
    }
    assert wrong == set()


def test_every_key_of_a_value_has_the_datatype_of_its_range(ontology: Graph) -> None:
    expected = {prop: _datatype(ontology, prop) for prop in _properties(OWL.DatatypeProperty)}
    assert {prop: _coercion(prop) for prop in expected} == expected


def test_the_coded_properties_of_the_ontology_are_those_of_this_table(ontology: Graph) -> None:
    coded = {prop for prop in _properties(OWL.ObjectProperty) if _is_coded(ontology, prop)}
    assert coded == {*SCHEMES, "kind"}


@pytest.mark.parametrize("prop", SCHEMES)
def test_every_concept_may_be_written_by_its_name_within_its_list(prop: str) -> None:
    scheme = CODES[SCHEMES[prop]]
    concepts = {str(one) for one in parsed("codes.ttl").subjects(SKOS.inScheme, scheme)}
    names = sorted(one.removeprefix(f"{scheme}/") for one in concepts)
    read = jsonld.expand({**CONTEXT, "id": f"{THING}x", prop: names})
    assert {one["@id"] for one in read[0][str(DM[prop])]} == concepts


def test_a_kind_is_written_with_its_list() -> None:
    read = jsonld.expand({**CONTEXT, "id": f"{THING}x", "kind": ["act-kind/threat", "event-kind/summit"]})
    assert [one["@id"] for one in read[0][str(DM.kind)]] == [
        f"{CODES}act-kind/threat",
        f"{CODES}event-kind/summit",
    ]


@pytest.mark.parametrize("file", [EVERY_TERM, "codes.ttl"], ids=["every term", "the code lists"])
def test_a_graph_survives_being_compacted_and_expanded(file: Any) -> None:
    graph = parsed(file)
    document = _compacted(graph)
    assert isomorphic(_triples(jsonld.expand(document)), graph)
    assert isomorphic(_triples(document), graph)


@pytest.mark.parametrize("file", [EVERY_TERM, "codes.ttl"], ids=["every term", "the code lists"])
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_rdflib_and_pyld_read_what_the_other_wrote(file: Any) -> None:
    graph = parsed(file)
    assert isomorphic(Graph().parse(data=json.dumps(_compacted(graph)), format="json-ld"), graph)
    written = graph.serialize(format="json-ld", context=KEYS)
    assert isomorphic(_triples(json.loads(written)), graph)


def test_a_graph_is_written_with_short_keys_alone() -> None:
    keys = {key for node in _compacted(parsed(EVERY_TERM))["@graph"] for key in node}
    coarse = {f"dm:{name}" for name in ("heldFrom", "heldUntil", "localDate", "utcDate")}
    assert {key for key in keys if ":" in key} == coarse


def test_the_wrong_datatype_in_the_context_would_be_seen() -> None:
    graph = parsed(EVERY_TERM)
    document = _compacted(graph)
    document["@context"] = {**KEYS, "intensity": {"@id": "dm:intensity", "@type": "xsd:decimal"}}
    assert not isomorphic(_triples(document), graph)


def test_a_label_keeps_its_language_and_may_have_none() -> None:
    graph = Graph()
    labels = {Literal("Tokyo", lang="en"), Literal("Tokio", lang="de"), Literal("東京")}
    for label in labels:
        graph.add((URIRef(f"{THING}place/tokyo"), RDFS.label, label))
    assert _compacted(graph)["label"] == {"en": "Tokyo", "de": "Tokio", "@none": "東京"}
    assert isomorphic(_triples(_compacted(graph)), graph)


def test_a_bare_date_is_a_day_and_a_month_keeps_its_type() -> None:
    month = {"type": "xsd:gYearMonth", "@value": "2016-06"}
    document = {**CONTEXT, "id": f"{THING}x", "localDate": "2016-06-22", "dm:localDate": month}
    assert set(_triples(document).objects(None, DM.localDate)) == {
        Literal("2016-06-22", datatype=XSD.date),
        Literal("2016-06", datatype=XSD.gYearMonth),
    }


# What the tests look with


def _iri(key: str) -> URIRef:
    """The IRI, or the keyword, for which a key stands."""
    definition = str(KEYS[key]["@id"] if isinstance(KEYS[key], dict) else KEYS[key])
    prefix, _, name = definition.partition(":")
    return URIRef(KEYS[prefix] + name if prefix in KEYS else definition)


def _coercion(name: str) -> str | None:
    found = KEYS[name]
    return found.get("@type") if isinstance(found, dict) else None


def _properties(kind: URIRef) -> set[str]:
    return {one.removeprefix(DM) for one in own_terms(kind)}


def _is_coded(graph: Graph, name: str) -> bool:
    return (DM[name], RDFS.range, SKOS.Concept) in graph


def _datatype(graph: Graph, name: str) -> str | None:
    """The coercion that a datatype property wants: strings need none, dates have no range that OWL knows."""
    if name in DAYS:
        return "xsd:date"
    if name == "upperValue":
        return "xsd:decimal"
    datatype = graph.value(DM[name], RDFS.range)
    assert (datatype is None) == (name in FREE), f"{name} has no range: is it a day?"
    return None if datatype in {None, XSD.string} else str(datatype).replace(str(XSD), "xsd:")


def _compacted(graph: Graph) -> dict[str, Any]:
    document: dict[str, Any] = jsonld.compact(jsonld.from_rdf(graph.serialize(format="nt")), CONTEXT)
    return document


def _triples(document: Any) -> Graph:
    return Graph().parse(data=jsonld.to_rdf(document, {"format": "application/n-quads"}), format="nt")
