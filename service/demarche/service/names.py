"""What a page calls things and properties: their labels, or what makes a thing without one known to a reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from demarche.graph import identifiers as ids
from demarche.graph.store import Store, Term

from .description import labels

_RDF, _RDFS, _OWL = (
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://www.w3.org/2000/01/rdf-schema#",
    "http://www.w3.org/2002/07/owl#",
)
_SKOS, _DCTERMS = "http://www.w3.org/2004/02/skos/core#", "http://purl.org/dc/terms/"
_GEO, _SCHEMA, _PROV = (
    "http://www.opengis.net/ont/geosparql#",
    "https://schema.org/",
    "http://www.w3.org/ns/prov#",
)

STANDARD: Mapping[str, tuple[str, str]] = {
    f"{_RDF}type": ("is a", "things of this kind"),
    f"{_RDFS}label": ("called", "called so"),
    f"{_RDFS}comment": ("comment", "comment on"),
    f"{_RDFS}domain": ("of", "has the properties"),
    f"{_RDFS}range": ("leads to", "reached by"),
    f"{_RDFS}subClassOf": ("narrower than", "wider than"),
    f"{_RDFS}subPropertyOf": ("implies", "implied by"),
    f"{_RDFS}seeAlso": ("see also", "seen also from"),
    f"{_OWL}sameAs": ("the same as", "the same as"),
    f"{_OWL}inverseOf": ("the other way round", "the other way round"),
    f"{_OWL}deprecated": ("no longer used", "no longer used"),
    f"{_OWL}disjointWith": ("never also", "never also"),
    f"{_OWL}propertyDisjointWith": ("never also", "never also"),
    f"{_OWL}versionIRI": ("address of this version", "version of"),
    f"{_OWL}versionInfo": ("version", "version of"),
    f"{_SKOS}prefLabel": ("called", "called so"),
    f"{_SKOS}altLabel": ("also called", "also called so"),
    f"{_SKOS}notation": ("code", "code of"),
    f"{_SKOS}definition": ("definition", "defined by"),
    f"{_SKOS}example": ("example", "example of"),
    f"{_SKOS}editorialNote": ("note of the editors", "note on"),
    f"{_SKOS}scopeNote": ("note on its use", "note on"),
    f"{_SKOS}inScheme": ("in the code list", "its concepts"),
    f"{_SKOS}topConceptOf": ("at the top of", "its top concepts"),
    f"{_SKOS}hasTopConcept": ("its top concepts", "at the top of"),
    f"{_SKOS}broader": ("narrower than", "wider than"),
    f"{_SKOS}narrower": ("wider than", "narrower than"),
    f"{_SKOS}exactMatch": ("the same elsewhere", "the same elsewhere"),
    f"{_SKOS}closeMatch": ("nearly the same elsewhere", "nearly the same elsewhere"),
    f"{_SKOS}broadMatch": ("wider elsewhere", "narrower elsewhere"),
    f"{_SKOS}narrowMatch": ("narrower elsewhere", "wider elsewhere"),
    f"{_SKOS}relatedMatch": ("related elsewhere", "related elsewhere"),
    f"{_SKOS}Concept": ("concept", "concepts"),
    f"{_SKOS}ConceptScheme": ("code list", "code lists"),
    f"{_DCTERMS}title": ("title of the record", "title of"),
    f"{_DCTERMS}description": ("description", "description of"),
    f"{_DCTERMS}language": ("language", "language of"),
    f"{_DCTERMS}license": ("licence of the record", "licence of"),
    f"{_DCTERMS}isReplacedBy": ("replaced by", "replaces"),
    f"{_GEO}hasGeometry": ("position", "position of"),
    f"{_GEO}asWKT": ("coordinates", "coordinates of"),
    f"{_GEO}Geometry": ("position", "positions"),
    f"{_SCHEMA}sameAs": ("the same elsewhere", "the same elsewhere"),
    f"{_PROV}Entity": ("entity", "entities"),
}
"""The terms of others in our record: what they are called where a thing has them, and where it is the value."""


def names(store: Store, iris: Iterable[str]) -> dict[str, str]:
    """What to call each IRI of which something is known; a document by its outlet, its day and its title."""
    wanted = set(iris)
    known = {iri: forward for iri, (forward, _) in STANDARD.items() if iri in wanted}
    known |= labels(store, wanted - known.keys())
    for kind, pattern in _NAMELESS.items():
        some = " ".join(Term(iri).n3() for iri in sorted(wanted) if iri.startswith(f"{ids.BASE}{kind}/"))
        if some:
            query = (
                f"SELECT ?x (MIN(?told) AS ?name) WHERE {{ VALUES ?x {{ {some} }} {pattern} }} GROUP BY ?x"
            )
            known |= {row["x"]: row["name"] for row in store.select(query) if row["x"] and row["name"]}
    return known


def sources(store: Store, graphs: Iterable[str]) -> dict[str, str]:
    """What to call the graphs that say something: a document by its outlet and day alone."""
    known = names(store, graphs)
    return {iri: name.partition(": ")[0] if _is_document(iri) else name for iri, name in known.items()}


def inverse(prop: str, known: Mapping[str, str]) -> str:
    """What to call a property where the thing is its value."""
    return STANDARD[prop][1] if prop in STANDARD else f"under “{known.get(prop) or ids.local(prop)}”"


def _is_document(iri: str) -> bool:
    return iri.startswith(f"{ids.BASE}document/")


_DOCUMENT = (
    'dm:publisher/rdfs:label ?by ; dm:publicationDate ?day . BIND(CONCAT(?by, ", ", STR(?day)) AS ?document)'
)
_SPAN = "dm:start ?start ; dm:end ?end ; dm:inDocument ?in . ?in " + _DOCUMENT
_AT = 'CONCAT(?document, ", characters ", STR(?start), "–", STR(?end))'
_NAMELESS = {
    "document": f"""?x {_DOCUMENT} OPTIONAL {{ ?x rdfs:label ?title FILTER(!STRSTARTS(?title, "untitled ")) }}
        BIND(CONCAT(?document, IF(BOUND(?title), CONCAT(": ", ?title), "")) AS ?told)""",
    "span": f"?x {_SPAN} BIND({_AT} AS ?told)",
    "quotation": f'?x dm:span ?span . ?span {_SPAN} BIND(CONCAT("words at ", {_AT}) AS ?told)',
    "report": f"""?x dm:reports/rdfs:label ?act ; dm:inDocument ?in . ?in {_DOCUMENT}
        BIND(CONCAT("report in ", ?document, ": ", ?act) AS ?told)""",
    "mention": f"""?x dm:denotes|dm:mayDenote ?thing ; dm:span ?span . ?thing rdfs:label ?of . ?span {_SPAN}
        BIND(CONCAT("mention of ", ?of, " at ", {_AT}) AS ?told)""",
    "assertion": "?x dm:paraphrase ?told",
    "tenure": """?x dm:person/rdfs:label ?who ; dm:office/rdfs:label ?what .
        OPTIONAL { ?x dm:heldFrom ?from } OPTIONAL { ?x dm:heldUntil ?until }
        BIND(IF(BOUND(?from), CONCAT(", ", IF(BOUND(?until), "from ", "since "), STR(?from)), "") AS ?begun)
        BIND(CONCAT(?who, ", ", ?what, ?begun, IF(BOUND(?until), CONCAT(" until ", STR(?until)), "")) AS ?told)""",
    "link": """?x dm:linkFrom/rdfs:label ?one ; dm:linkProperty/rdfs:label ?tie ; dm:linkTo/rdfs:label ?other
        BIND(CONCAT(?one, " – ", ?tie, " – ", ?other) AS ?told)""",
    "claim": """?x dm:about/rdfs:label ?event ; dm:quantity/skos:prefLabel ?what
        { ?x dm:value ?value } UNION { ?x dm:outcome/skos:prefLabel ?value }
        OPTIONAL { ?x dm:unit/skos:prefLabel ?unit }
        OPTIONAL { ?x dm:comparator/skos:prefLabel ?sign FILTER(?sign != "equal") }
        BIND(CONCAT(?what, " of ", ?event, ": ", IF(BOUND(?sign), CONCAT(?sign, " "), ""), STR(?value),
            IF(BOUND(?unit), CONCAT(" ", ?unit), "")) AS ?told)""",
    "coverage": f'?x dm:watchedDocument ?in . ?in {_DOCUMENT} BIND(CONCAT("what was sought in ", ?document) AS ?told)',
    "geometry": '?place geo:hasGeometry ?x ; rdfs:label ?of BIND(CONCAT("position of ", ?of) AS ?told)',
}
"""By the kind that an IRI begins with: what a thing that has no label for readers is called."""
