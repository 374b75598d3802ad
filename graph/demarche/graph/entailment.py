"""What the ontology entails, materialised at load, since the store infers nothing; only our own terms are inferred."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef

from demarche.ontology import DM, path

Triple = tuple[URIRef, URIRef, URIRef | Literal]


def entailed(triples: Iterable[Triple]) -> set[Triple]:
    """The triples that follow: superclasses, superproperties, symmetry, transitivity of partOf and Reaction."""
    given = set(triples)
    found = {
        (subject, above, value)
        for subject, prop, value in given
        for above in _above(RDFS.subPropertyOf).get(prop, ())
    }
    known = given | found
    found |= {
        (value, prop, subject)
        for subject, prop, value in known
        if prop in _symmetric() and isinstance(value, URIRef)
    }
    found |= _closure(known, DM.partOf) | _closure(known, DM.subBodyOf)
    found |= {(subject, RDF.type, DM.Reaction) for subject, prop, _ in known if prop == DM.respondsTo}
    found |= {
        (subject, RDF.type, above)
        for subject, prop, kind in known | found
        if prop == RDF.type
        for above in _above(RDFS.subClassOf).get(kind, ())
    }
    return found - given


def _closure(triples: set[Triple], prop: URIRef) -> set[Triple]:
    above: dict[URIRef, set[URIRef]] = {}
    for subject, predicate, value in triples:
        if predicate == prop and isinstance(value, URIRef):
            above.setdefault(subject, set()).add(value)
    return {(subject, prop, far) for subject in above for far in _reachable(subject, above)}


def _reachable(start: URIRef, above: dict[URIRef, set[URIRef]]) -> set[URIRef]:
    reached: set[URIRef] = set()
    waiting = list(above.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting.extend(above.get(node, ()))
    return reached


@cache
def _ontology() -> Graph:
    return Graph().parse(path("demarche.ttl"))


@cache
def _above(relation: URIRef) -> dict[URIRef | Literal, set[URIRef]]:
    """Every named class or property of ours, with all that lie above it."""
    direct: dict[URIRef, set[URIRef]] = {}
    for lower, upper in _ontology().subject_objects(relation):
        if isinstance(lower, URIRef) and isinstance(upper, URIRef):
            direct.setdefault(lower, set()).add(upper)
    return {lower: _reachable(lower, direct) for lower in direct}


@cache
def _symmetric() -> frozenset[URIRef]:
    found = _ontology().subjects(RDF.type, OWL.SymmetricProperty)
    return frozenset(prop for prop in found if isinstance(prop, URIRef))
