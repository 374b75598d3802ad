"""One rule per kind of thing for its IRI: the same record always gets the same IRI. Strings only, no RDF library.

A thing is ``BASE`` + its reference: ``person/gen-nakatani``, ``event/2016-06-22-musudan-1``. What exists only within a
document carries the document's id: ``act/2016-06-22-japan-times/kirby``. A document's IRI also names its graph.
"""

from __future__ import annotations

import re
from hashlib import sha256

BASE = "https://w3id.org/demarche/id/"
CODE = "https://w3id.org/demarche/code/"
ONTOLOGY = "https://w3id.org/demarche/ontology"

DIRECTORY_GRAPH = f"{BASE}graph/directory"
MATCHES_GRAPH = f"{BASE}graph/matches"
META_GRAPH = f"{BASE}graph/meta"
CODES_GRAPH = f"{BASE}graph/codes"
ONTOLOGY_GRAPH = f"{BASE}graph/ontology"
COVERAGE_GRAPH = f"{BASE}graph/coverage"
LEADS_GRAPH = f"{BASE}graph/leads"

NO_IRI = re.compile(r"""[<>"{}|^`\\\x00-\x20]""")
"""A character that no IRI has."""

APART = frozenset({LEADS_GRAPH})
"""The graphs of what nobody has verified: no query sees them unless it names them."""


def iri(reference: str, document: str | None = None) -> str:
    """The IRI of a reference; ``.`` in it stands for the id of the document in hand."""
    kind, _, rest = reference.partition("/")
    head, _, tail = rest.partition("/")
    if head == ".":
        if document is None:
            raise ValueError(f"{reference!r} refers to a document, but there is none here")
        rest = f"{document}/{tail}"
    return f"{BASE}{kind}/{rest}"


def code(scheme: str, concept: str) -> str:
    return f"{CODE}{scheme}/{concept}"


def span(document: str, at: str) -> str:
    return f"{BASE}span/{document}/{at}"


def within(kind: str, document: str, *parts: str) -> str:
    """The IRI of something that exists only within one document, such as a report or a mention."""
    return f"{BASE}{kind}/{document}/" + "-".join(part.replace("/", "-") for part in parts)


def link(document: str, subject: str, prop: str, obj: str) -> str:
    """The IRI of a link's grounds in one document: a short digest of what it links, whatever its place there."""
    return f"{BASE}link/{document}/" + sha256(f"{subject} {prop} {obj}".encode()).hexdigest()[:16]


def local(text: str) -> str:
    """The reference of an IRI of ours: the inverse of ``iri``; other IRIs come back unchanged."""
    return text.removeprefix(BASE)
