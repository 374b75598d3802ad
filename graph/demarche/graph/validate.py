"""Holds triples against the shapes: violations that name file, record and rule. The only home of pyshacl."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import pyshacl
from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query
from rdflib.query import Result
from rdflib.term import Node

from demarche.ontology import path

from .errors import ValidationError, Violation
from .store import Store, Term
from .triples import NamedGraph

_BATCH = 400
_one_at_a_time = threading.Lock()
"""The rules are SPARQL, and rdflib's parser of it fails when its first uses in a process come at once."""


def check(graph: NamedGraph, store: Store, file: str) -> tuple[Violation, ...]:
    """The warnings, where nothing worse was found; else ValidationError with everything that was found."""
    found = violations(graph, store, file)
    if any(violation.severity == "violation" for violation in found):
        raise ValidationError(found)
    return found


def violations(graph: NamedGraph, store: Store, file: str) -> tuple[Violation, ...]:
    """Every broken shape of a graph, in the order of the records.

    What the graph refers to but does not describe (a person of the directory, a launch of the catalogue) is
    read from the store, one step far, so that rules can look at it; it is not validated again.
    """
    data = _Data()
    for triple in graph.triples | _context(graph, store):
        data.add(triple)
    with _one_at_a_time:
        _, results, _ = pyshacl.validate(data, shacl_graph=_shapes(), inplace=True, allow_warnings=True)
    assert isinstance(results, Graph)
    said_here = _said_here(graph)
    found = {
        _violation(results, result, graph, file)
        for result in results.subjects(RDF.type, SH.ValidationResult)
        if said_here(results.value(result, SH.focusNode), results.value(result, SH.value))
    }
    return tuple(sorted(found, key=lambda one: (one.severity, one.record, one.rule, one.message)))


class _Data(Graph):
    """Parses the query of a rule once: the engine hands it over anew for every node that the rule checks."""

    def query(self, query_object: Any, *args: Any, **named: Any) -> Result:
        prepared = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(prepared, *args, **named)


def _violation(results: Graph, result: Node, graph: NamedGraph, file: str) -> Violation:
    wanted = (SH.focusNode, SH.sourceShape, SH.resultSeverity, SH.resultMessage)
    focus, shape, severity, message = (results.value(result, prop) for prop in wanted)
    record = graph.records.get(focus, str(focus)) if isinstance(focus, URIRef) else str(focus)
    rule = re.split(r"[#/]", str(shape))[-1]
    return Violation(file, record, rule, str(message), "warning" if severity == SH.Warning else "violation")


def _said_here(graph: NamedGraph) -> Callable[[Node | None, Node | None], bool]:
    """Whether a fault is this graph's: it describes the node, or ties another graph's node to the value."""
    described = {subject for subject, prop, _ in graph.triples if prop == RDF.type}
    tied = {(subject, value) for subject, _, value in graph.triples}
    return lambda focus, value: focus in described or (focus, value) in tied


def _context(graph: NamedGraph, store: Store) -> set[tuple[URIRef, URIRef, URIRef | Literal]]:
    described = {subject for subject, prop, _ in graph.triples if prop == RDF.type}
    wanted = sorted({value for _, _, value in graph.triples if isinstance(value, URIRef)} - described)
    found = set()
    for start in range(0, len(wanted), _BATCH):
        nodes = " ".join(f"<{node}>" for node in wanted[start : start + _BATCH])
        answer = store.select(f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {nodes} }} ?s ?p ?o }}")
        for row in answer.rows:
            subject, prop, value = (_rdflib(term) for term in row if term)
            assert isinstance(subject, URIRef)
            assert isinstance(prop, URIRef)
            found.add((subject, prop, value))
    return found


def _rdflib(term: Term) -> URIRef | Literal:
    if term.type == "uri":
        return URIRef(term.value)
    return Literal(term.value, lang=term.language, datatype=None if term.language else term.datatype)


@cache
def _shapes() -> Graph:
    return Graph().parse(path("shapes.ttl"))


@cache
def _prepared(query: str) -> Query:
    return prepareQuery(query)
