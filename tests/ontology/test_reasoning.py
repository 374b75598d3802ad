"""The ontology contradicts neither itself nor the vocabularies it is aligned to, and reasoners find it if it does."""

import shutil
from pathlib import Path

import owlready2
import owlrl
import pytest
from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import FOAF, PROV

from tests.ontology.vocabulary import DM, EVERY_TERM, FOREIGN_AXIOMS, ontology, parsed

Triple = tuple[URIRef, URIRef, URIRef]

THING = "https://w3id.org/demarche/id/"
ACT = URIRef(f"{THING}act/example/p")
LAUNCH = URIRef(f"{THING}event/launch")
SERIES = URIRef(f"{THING}event/series")
PERSON = URIRef(f"{THING}person/p")
DOCUMENT = URIRef(f"{THING}document/example")
PLACE = URIRef(f"{THING}place/site")
GEOMETRY = URIRef("http://www.opengis.net/ont/geosparql#Geometry")
ERRORS = Namespace("http://www.daml.org/2002/03/agents/agent-ont#")

# OWL 2 has no such datatypes and HermiT refuses their values.
UNKNOWN_TO_HERMIT = {
    *(XSD.date, XSD.gYear, XSD.gYearMonth, XSD.duration),
    URIRef("http://www.opengis.net/ont/geosparql#wktLiteral"),
}

CONTRADICTIONS: dict[str, Triple] = {
    "an act both reacts to and anticipates one event": (ACT, DM.anticipates, LAUNCH),
    "an individual is both a person and a body": (PERSON, RDF.type, DM.Body),
    "a place is an authority": (PLACE, RDF.type, DM.Government),
    "a statement is more than words": (ACT, RDF.type, DM.MaterialAct),
}
FALSE_ALIGNMENTS: dict[str, Triple] = {
    "a document is an activity": (DM.Document, RDFS.subClassOf, PROV.Activity),
    "a government is a person": (DM.Government, RDFS.subClassOf, FOAF.Person),
    "what holds an office is what it belongs to": (
        DM.inBody,
        RDFS.subPropertyOf,
        URIRef("http://www.w3.org/ns/org#member"),
    ),
    "a place is its geometry": (PLACE, RDF.type, GEOMETRY),
}


@pytest.fixture(scope="module")
def everything() -> Graph:
    """The ontology, its alignments and codes, an individual of every class, and what other vocabularies say."""
    return ontology() + parsed(EVERY_TERM, FOREIGN_AXIOMS)


# The rules of OWL 2 RL


@pytest.fixture(scope="module")
def closure(everything: Graph) -> Graph:
    return _closed(Graph() + everything)


def test_the_closure_under_owl_rl_finds_no_error(closure: Graph) -> None:
    assert _errors(closure) == []


@pytest.mark.parametrize(
    "entailed",
    [
        (ACT, RDF.type, DM.Reaction),
        (ACT, DM.respondsTo, LAUNCH),
        (ACT, RDF.type, PROV.Activity),
        (ACT, PROV.wasAssociatedWith, PERSON),
        (LAUNCH, DM.partOf, SERIES),
        (PERSON, RDF.type, FOAF.Agent),
    ],
)
def test_what_a_reader_expects_is_entailed(closure: Graph, entailed: Triple) -> None:
    assert entailed in closure


def test_what_anticipates_an_event_is_no_reaction(closure: Graph) -> None:
    assert (URIRef(f"{THING}act/example/order"), RDF.type, DM.Reaction) not in closure


def test_the_closure_makes_no_two_things_one(closure: Graph) -> None:
    assert [(one, other) for one, other in closure.subject_objects(OWL.sameAs) if one != other] == []


@pytest.mark.parametrize("triple", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_the_closure_reports_a_contradiction(triple: Triple) -> None:
    assert _errors(_closed(_with(parsed("demarche.ttl", EVERY_TERM), triple))) != []


# OWL 2 DL, by HermiT

needs_java = pytest.mark.skipif(not shutil.which("java"), reason="HermiT needs Java, and there is none")


@needs_java
def test_the_ontology_and_its_alignments_are_consistent_in_owl_dl(everything: Graph, tmp_path: Path) -> None:
    world = _reasoned(everything, tmp_path)
    assert list(world.inconsistent_classes()) == []
    assert DM.Reaction in {URIRef(kind.iri) for kind in world[str(ACT)].is_a}


@needs_java
def test_the_ontology_is_consistent_without_the_other_vocabularies(tmp_path: Path) -> None:
    assert list(_reasoned(parsed("demarche.ttl"), tmp_path).inconsistent_classes()) == []


@needs_java
@pytest.mark.parametrize("triple", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_hermit_catches_a_contradiction_without_help_from_other_vocabularies(
    triple: Triple, tmp_path: Path
) -> None:
    own = parsed("demarche.ttl", EVERY_TERM)
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        _reasoned(_with(own, triple), tmp_path)


@needs_java
@pytest.mark.parametrize("triple", FALSE_ALIGNMENTS.values(), ids=FALSE_ALIGNMENTS)
def test_hermit_catches_an_alignment_that_the_other_vocabulary_contradicts(
    everything: Graph, triple: Triple, tmp_path: Path
) -> None:
    with pytest.raises(owlready2.OwlReadyInconsistentOntologyError):
        _reasoned(_with(everything, triple), tmp_path)


# What the tests look with


def _with(graph: Graph, triple: Triple) -> Graph:
    copy = Graph() + graph
    copy.add(triple)
    return copy


def _closed(graph: Graph) -> Graph:
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return graph


def _errors(graph: Graph) -> list[str]:
    found = graph.subjects(RDF.type, ERRORS.ErrorMessage)
    return [str(text) for one in found for text in graph.objects(one, ERRORS.error)]


def _reasoned(graph: Graph, folder: Path) -> owlready2.World:
    """A world of its own in which HermiT has classified the graph; raises if it is inconsistent."""
    file = folder / "ontology.nt"
    seen = Graph()
    for triple in graph:
        if not (isinstance(triple[2], Literal) and triple[2].datatype in UNKNOWN_TO_HERMIT):
            seen.add(triple)
    seen.serialize(file, format="nt", encoding="utf-8")
    world = owlready2.World()
    loaded = world.get_ontology(file.as_uri()).load(format="ntriples")
    with loaded:
        owlready2.sync_reasoner_hermit(world, debug=0)
    return world
