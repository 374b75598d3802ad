"""The ontology's files and what the tests ask of them: what is declared, and what a text uses."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from rdflib import OWL, RDF, SKOS, Graph, Namespace, URIRef

from demarche.ontology import ONTOLOGY_DIR

DM = Namespace("https://w3id.org/demarche/ontology#")
CODES = Namespace("https://w3id.org/demarche/code/")
EVERY_TERM = Path(__file__).with_name("every_term.ttl")
FOREIGN_AXIOMS = Path(__file__).with_name("foreign_axioms.ttl")
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)

_PREFIX = re.compile(r"prefix\s+([\w-]*):\s*<(https://w3id\.org/demarche/(?:ontology#|code/[\w-]*/?))>", re.I)
_IRI = re.compile(r"https://w3id\.org/demarche/(?:ontology#[\w-]+|code/[\w-]+(?:/[\w-]+)?)")


def parsed(*files: str | Path) -> Graph:
    """The files in one graph; a bare name is a file of the ontology."""
    graph = Graph()
    for file in files:
        graph.parse(ONTOLOGY_DIR / file, format="turtle")
    return graph


def ontology() -> Graph:
    """A fresh graph of all that is said of our terms, shapes apart."""
    return parsed("demarche.ttl", "codes.ttl", "alignments.ttl")


@cache
def own_terms(*kinds: URIRef) -> frozenset[URIRef]:
    """The classes and properties that demarche.ttl declares, or those of some kinds."""
    return frozenset(_named(parsed("demarche.ttl"), kinds or KINDS, DM))


@cache
def declared() -> frozenset[URIRef]:
    """Every IRI of ours that may be used: terms, schemes and concepts."""
    return own_terms() | frozenset(_named(parsed("codes.ttl"), (SKOS.Concept, SKOS.ConceptScheme), CODES))


def undeclared(text: str) -> set[URIRef]:
    """The IRIs of our namespaces that a text uses, prefixed or in full, and that nobody declared."""
    bare = _PREFIX.sub("", text)
    used = {match.group() for match in _IRI.finditer(bare)}
    for prefix, namespace in {("dm", str(DM)), ("code", str(CODES)), *_PREFIX.findall(text)}:
        # A slash after a prefixed name divides scheme and concept, or two steps of a SPARQL path.
        name = r"[\w-]+(?:/[\w-]+)?" if namespace == str(CODES) else r"[\w-]+"
        used |= {namespace + one for one in re.findall(rf"(?<![\w-]){prefix}:({name})", bare)}
    return {URIRef(iri) for iri in used} - declared()


def _named(graph: Graph, kinds: Iterable[URIRef], namespace: str) -> Iterator[URIRef]:
    for kind in kinds:
        for one in graph.subjects(RDF.type, kind):
            if isinstance(one, URIRef) and one.startswith(namespace):
                yield one
