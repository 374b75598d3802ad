"""Triples as RDF for people and programs: with prefixes, and with every value spelt as the store holds it.

Imported only by what serialises: rdflib is slow to import.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import Any

from rdflib import XSD, BNode, Graph, Literal, URIRef
from rdflib.plugins.serializers.turtle import TurtleSerializer
from rdflib.term import Node

from demarche.graph.store import PREFIXES, Term
from demarche.ontology import path as ontology_file

from .negotiate import JSON, JSON_LD, N_TRIPLES, RDF_XML, TURTLE


class ExactTurtle(TurtleSerializer):
    """rdflib's Turtle, but for decimals without a point: rdflib writes 5 as 5.0, which is another literal."""

    def label(self, node: Node, position: int) -> str:
        if isinstance(node, Literal) and node.datatype == XSD.decimal and "." not in node:
            return f'"{node}"^^<{XSD.decimal}>'
        return str(super().label(node, position))


def serialised(graph: Graph, media_type: str, about: str | None = None) -> bytes:
    """The graph as Turtle, N-Triples, RDF/XML, or JSON-LD in the words of our context.

    JSON-LD that is ``about`` one thing has it at the top, and what else is told beside it in ``@included``.
    """
    if media_type == TURTLE:
        return _turtle(graph)
    if media_type in {JSON_LD, JSON}:
        return json.dumps(_framed(_json_ld(graph), about), ensure_ascii=False).encode()
    return graph.serialize(format=_NAMES[media_type], encoding="utf-8")


def graph_of(triples: Iterable[tuple[Term, ...]]) -> Graph:
    graph = Graph(bind_namespaces="none")
    for prefix, base in PREFIXES.items():
        graph.bind(prefix, base)
    for subject, prop, value in triples:
        graph.add((_node(subject), _node(prop), _node(value)))
    return graph


_NAMES = {N_TRIPLES: "nt", RDF_XML: "xml"}


def _turtle(graph: Graph) -> bytes:
    out = BytesIO()
    ExactTurtle(graph).serialize(out, encoding="utf-8")
    return out.getvalue()


def _json_ld(graph: Graph) -> dict[str, Any]:
    written = graph.serialize(format="json-ld", context=_context(), auto_compact=False)
    found: dict[str, Any] = json.loads(written)
    return found


def _framed(document: dict[str, Any], about: str | None) -> dict[str, Any]:
    nodes = sorted(document.get("@graph", ()), key=lambda node: str(node["id"]))
    top = next((node for node in nodes if _full(node["id"]) == about), None)
    if top is None:
        return document | ({"@graph": nodes} if "@graph" in document else {})
    others = [node for node in nodes if node is not top]
    included = {"@included": others} if others else {}
    return {"@context": document["@context"], **top, **included}


def _full(name: str) -> str:
    """The IRI, which may be shortened to a prefix of the context and the rest."""
    prefix, _, rest = name.partition(":")
    base = _context().get(prefix)
    return base + rest if isinstance(base, str) else name


@cache
def _context() -> Any:
    return json.loads(ontology_file("context.jsonld").read_text(encoding="utf-8"))["@context"]


def _node(term: Term) -> URIRef | BNode | Literal:
    if term.type == "uri":
        return URIRef(term.value)
    if term.type == "bnode":
        return BNode(term.value)
    plain = term.language or term.datatype == str(XSD.string)
    datatype = None if plain or not term.datatype else URIRef(term.datatype)
    return Literal(term.value, lang=term.language, datatype=datatype, normalize=False)
