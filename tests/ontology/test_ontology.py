"""Every term of the ontology is declared, explained and used within OWL 2 DL."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS
from rdflib.term import Node

from demarche.ontology import ONTOLOGY_DIR
from tests.ontology.vocabulary import (
    CODES,
    DM,
    EVERY_TERM,
    FOREIGN_AXIOMS,
    KINDS,
    declared,
    ontology,
    own_terms,
    parsed,
    undeclared,
)

SEM = Namespace("http://semanticweb.cs.vu.nl/2009/11/sem/")
REPOSITORY = Path(__file__).parents[2]
TURTLE_FILES = {"alignments.ttl", "codes.ttl", "demarche.ttl", "shapes.ttl"}

# Where a term of ours may stand; a test in Python may name one that does not exist, to see it refused.
SOURCES = {
    "ontology": ("*.ttl", "*.jsonld", "*.py"),
    "graph": ("*.rq", "*.py"),
    "service": ("*.py",),
    "docs": ("*.md",),
    "tests": ("*.ttl", "*.trig", "*.rq"),
}

# The datatypes of OWL 2 that a reasoner has to know; xsd:date and its kin are not among them.
DATATYPES = {XSD.anyURI, XSD.boolean, XSD.dateTime, XSD.decimal, XSD.integer, XSD.string}

BUILT_IN = (str(RDF), str(RDFS), str(OWL))
MATCHES = (SKOS.broadMatch, SKOS.closeMatch, SKOS.exactMatch, SKOS.narrowMatch, SKOS.relatedMatch)
SIMPLE_ONLY = (
    OWL.AsymmetricProperty,
    OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty,
    OWL.IrreflexiveProperty,
)
CARDINALITIES = (
    OWL.cardinality,
    OWL.hasSelf,
    OWL.maxCardinality,
    OWL.maxQualifiedCardinality,
    OWL.minCardinality,
    OWL.minQualifiedCardinality,
    OWL.qualifiedCardinality,
)


@pytest.fixture(scope="module")
def graph() -> Graph:
    return ontology()


# Terms


@pytest.mark.parametrize("name", sorted(TURTLE_FILES))
def test_a_file_of_the_ontology_is_turtle(name: str) -> None:
    assert len(parsed(name)) > 0


def test_the_ontology_has_no_other_turtle_file() -> None:
    assert {file.name for file in ONTOLOGY_DIR.glob("*.ttl")} == TURTLE_FILES


def test_every_term_has_one_english_label_and_one_english_definition(graph: Graph) -> None:
    wanting = {
        term
        for term in own_terms()
        for prop in (RDFS.label, SKOS.definition)
        if [one.language for one in _literals(graph, term, prop)] != ["en"]
    }
    assert wanting == set()


def test_every_definition_is_a_sentence_that_says_more_than_the_label(graph: Graph) -> None:
    wanting = {
        one: definition
        for one in declared()
        for definition in _literals(graph, one, SKOS.definition)
        if not _explains(definition, _label(graph, one))
    }
    assert wanting == {}


@pytest.mark.parametrize(
    "definition",
    ["A body.", "The body of that body.", "A group that acts in its own name", "a group that acts."],
)
def test_a_synonym_or_a_fragment_is_no_definition(definition: str) -> None:
    assert not _explains(definition, "body")


def test_no_two_terms_share_a_label_unless_one_is_a_class_and_one_a_property(graph: Graph) -> None:
    classes = set(graph.subjects(RDF.type, OWL.Class))
    labels = [(_label(graph, term), term in classes) for term in own_terms()]
    assert {one for one in labels if labels.count(one) > 1} == set()


def test_no_file_uses_a_term_or_concept_that_nobody_declared() -> None:
    wrong = {file: undeclared(file.read_text(encoding="utf-8")) for file in _sources()}
    assert {str(file.relative_to(REPOSITORY)): terms for file, terms in wrong.items() if terms} == {}


def test_the_files_that_may_use_terms_were_gathered() -> None:
    gathered = {file.name for file in _sources()}
    assert {*TURTLE_FILES, "context.jsonld", "triples.py", "ontology.md", EVERY_TERM.name} <= gathered


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("?s dm:speakr ?o", {DM.speakr}),
        ("?s dm:speakr/dm:madeBy/dm:speekr ?o", {DM.speakr, DM.speekr}),
        ("<https://w3id.org/demarche/ontology#speakr>", {DM.speakr}),
        ("<https://w3id.org/demarche/code/level/loud>", {CODES["level/loud"]}),
        ("PREFIX l: <https://w3id.org/demarche/code/level/>\n?s ?p l:loud , l:verbal", {CODES["level/loud"]}),
        ("@prefix c: <https://w3id.org/demarche/code/> .\nc:levels", {CODES.levels}),
        ('"outcome": "code:quantity/outcom"', {CODES["quantity/outcom"]}),
        ("dm:madeBy , pdm:speakr , <https://w3id.org/demarche/code/level/verbal>", set()),
    ],
)
def test_an_undeclared_term_is_found_however_it_is_written(text: str, found: set[URIRef]) -> None:
    assert undeclared(text) == found


def test_the_terms_that_a_parser_sees_are_declared_too() -> None:
    used = chain.from_iterable(parsed(*TURTLE_FILES, EVERY_TERM))
    ours = {one for one in used if isinstance(one, URIRef) and str(one).startswith((DM, CODES))}
    assert ours - declared() == set()


def test_the_example_uses_every_term() -> None:
    assert own_terms() - set(chain.from_iterable(parsed(EVERY_TERM))) == set()


def test_a_deprecated_term_names_the_one_that_replaces_it(graph: Graph) -> None:
    assert _unreplaced(graph) == set()


def test_a_term_that_is_deprecated_without_a_replacement_is_found(graph: Graph) -> None:
    old = Graph() + graph
    old.add((DM.level, OWL.deprecated, Literal(True)))
    assert _unreplaced(old) == {DM.level}
    old.add((DM.level, DCTERMS.isReplacedBy, DM.rung))
    assert _unreplaced(old) == {DM.level}
    old.set((DM.level, DCTERMS.isReplacedBy, DM.stance))
    assert _unreplaced(old) == set()


# The profile: OWL 2 RL inside OWL 2 DL


def test_nothing_is_imported(graph: Graph) -> None:
    assert set(graph.objects(None, OWL.imports)) == set()


def test_every_range_of_a_datatype_property_is_a_datatype_of_owl(graph: Graph) -> None:
    ranges = {
        found
        for prop in graph.subjects(RDF.type, OWL.DatatypeProperty)
        for found in graph.objects(prop, RDFS.range)
    }
    assert ranges == DATATYPES


def test_an_object_property_leads_to_a_declared_class(graph: Graph) -> None:
    classes = {*graph.subjects(RDF.type, OWL.Class), OWL.Thing}
    properties = set(graph.subjects(RDF.type, OWL.ObjectProperty))
    ends = {end for prop in properties for end in graph.objects(prop, RDFS.domain | RDFS.range)}
    assert ends - classes == set()


def test_a_superclass_is_always_a_declared_class_as_owl_rl_asks(graph: Graph) -> None:
    classes = set(graph.subjects(RDF.type, OWL.Class))
    assert set(graph.objects(None, RDFS.subClassOf)) - classes == set()
    assert set(graph.subject_objects(OWL.equivalentClass)) == set()


def test_every_property_in_use_is_declared_as_one_kind() -> None:
    graph = ontology() + parsed(EVERY_TERM)
    used = {prop for prop in graph.predicates() if not str(prop).startswith(BUILT_IN)}
    used |= set(graph.objects(None, RDFS.subPropertyOf))
    kinds = {prop: [kind for kind in KINDS if (prop, RDF.type, kind) in graph] for prop in used}
    assert {prop: found for prop, found in kinds.items() if len(found) != 1 or found == [OWL.Class]} == {}


def test_a_property_and_the_one_above_it_are_of_one_kind(graph: Graph) -> None:
    mixed = {
        (lower, upper)
        for lower, upper in graph.subject_objects(RDFS.subPropertyOf)
        if {*graph.objects(lower, RDF.type)} & {*KINDS} != {*graph.objects(upper, RDF.type)} & {*KINDS}
    }
    assert mixed == set()


def test_every_class_in_use_is_declared() -> None:
    graph = ontology() + parsed(EVERY_TERM)
    used = {kind for kind in graph.objects(None, RDF.type) if not str(kind).startswith(BUILT_IN)}
    assert used - set(graph.subjects(RDF.type, OWL.Class)) == set()


def test_no_transitive_property_is_used_where_owl_dl_wants_a_simple_one() -> None:
    graph = ontology() + parsed(FOREIGN_AXIOMS)
    assert DM.partOf in _not_simple(graph)
    assert _not_simple(graph) & _must_be_simple(graph) == set()


@pytest.mark.parametrize(
    "slip",
    [
        (DM.partOf, RDF.type, OWL.IrreflexiveProperty),
        (DM.partOf, OWL.propertyDisjointWith, DM.before),
        (SEM.subEventOf, RDF.type, OWL.FunctionalProperty),
        (DM.partOf, RDFS.subPropertyOf, DM.respondsTo),
    ],
)
def test_a_transitive_property_in_a_wrong_place_is_found(slip: tuple[URIRef, URIRef, URIRef]) -> None:
    graph = ontology()
    graph.add(slip)
    assert _not_simple(graph) & _must_be_simple(graph) != set()


# Alignments


def test_an_alignment_starts_from_a_term_or_concept_of_ours() -> None:
    graph = parsed("alignments.ttl")
    stated = (RDFS.subClassOf, RDFS.subPropertyOf, *MATCHES)
    starts = {subject for prop in stated for subject in graph.subjects(prop)}
    assert starts - declared() == set()


def test_an_alignment_leads_to_another_vocabulary() -> None:
    graph = parsed("alignments.ttl")
    ends = {str(value) for prop in MATCHES for value in graph.objects(None, prop)}
    assert {one for one in ends if one.startswith((DM, CODES))} == set()


def test_no_two_alignments_say_both_that_a_term_is_under_another_and_that_it_is_merely_near() -> None:
    graph = parsed("alignments.ttl")
    pairs = [(subject, value) for subject, prop, value in graph if prop != RDF.type]
    assert {pair for pair in pairs if pairs.count(pair) > 1} == set()


def test_codes_are_never_tied_to_the_types_of_sem() -> None:
    words = {str(one) for one in chain.from_iterable(ontology()) if str(one).startswith(SEM)}
    assert {one for one in words if one.lower().endswith("type")} == set()


@pytest.mark.parametrize(
    "prefix", ["aida", "foaf", "gaf", "geo", "grasp", "oa", "opengov", "org", "prov", "schema", "sem", "time"]
)
def test_each_vocabulary_of_the_design_is_aligned(prefix: str) -> None:
    graph = parsed("alignments.ttl")
    namespace = dict(graph.namespaces())[prefix]
    stated = (RDFS.subClassOf, RDFS.subPropertyOf, *MATCHES)
    assert any(str(value).startswith(namespace) for prop in stated for value in graph.objects(None, prop))


def test_schema_org_is_written_with_https() -> None:
    assert str(dict(parsed("alignments.ttl").namespaces())["schema"]) == "https://schema.org/"


# What the tests look with


def _sources() -> Iterator[Path]:
    for folder, patterns in SOURCES.items():
        for pattern in patterns:
            found = (REPOSITORY / folder).rglob(pattern)
            yield from sorted(file for file in found if not _may_be_wrong(file))
    yield REPOSITORY / "README.md"


def _may_be_wrong(file: Path) -> bool:
    """Other people's code, and the data that breaks the rule that a concept is one of its scheme."""
    return "node_modules" in file.parts or file.match("shapes/invalid/*InScheme.ttl")


def _literals(graph: Graph, subject: Node, prop: URIRef) -> list[Literal]:
    return [one for one in graph.objects(subject, prop) if isinstance(one, Literal)]


def _label(graph: Graph, term: Node) -> str:
    return str(graph.value(term, RDFS.label) or graph.value(term, SKOS.prefLabel))


def _explains(definition: str, label: str) -> bool:
    """Whether it is a sentence with a word of weight that the label has not."""
    words = re.findall(r"[\w-]+", definition.lower())
    own_words = {word for word in words if len(word) > 3} - {"that", "this", "which", "with"}
    is_sentence = re.fullmatch(r"[^\Wa-z].*\w\)?\.", definition) and len(words) >= 4
    return bool(is_sentence and own_words - set(re.findall(r"\w+", label.lower())))


def _unreplaced(graph: Graph) -> set[Node]:
    """The deprecated terms whose replacement is missing or is itself not declared."""
    replaced = {old for old, new in graph.subject_objects(DCTERMS.isReplacedBy) if new in declared()}
    return set(graph.subjects(OWL.deprecated, Literal(True))) - replaced


def _not_simple(graph: Graph) -> set[Node]:
    """The transitive properties and all that lie above them."""
    transitive = graph.subjects(RDF.type, OWL.TransitiveProperty)
    found = (graph.transitive_objects(prop, RDFS.subPropertyOf) for prop in transitive)
    return {above for several in found for above in several if above is not None}


def _must_be_simple(graph: Graph) -> set[Node]:
    kinds = {prop for kind in SIMPLE_ONLY for prop in graph.subjects(RDF.type, kind)}
    disjoint = set(chain.from_iterable(graph.subject_objects(OWL.propertyDisjointWith)))
    restricted = {restriction for word in CARDINALITIES for restriction in graph.subjects(word)}
    return kinds | disjoint | {prop for one in restricted for prop in graph.objects(one, OWL.onProperty)}
