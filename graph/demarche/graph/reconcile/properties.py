"""The properties by which a match is narrowed, and whose values a table is extended with: one query for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import BadParameter


@dataclass(frozen=True)
class Property:
    """``pattern`` binds ?x, the thing, and ?v, a value; ``entities`` is the type of values that are things."""

    name: str
    description: str
    types: tuple[str, ...]
    pattern: str
    entities: str | None = None

    @property
    def query(self) -> str:
        """Thing, value and the label of the value, in a steady order."""
        return (
            "SELECT DISTINCT ?x ?v ?label WHERE { "
            f"{self.pattern} OPTIONAL {{ ?v skos:prefLabel ?label }} }} ORDER BY ?x ?v ?label"
        )


PROPERTIES: Mapping[str, Property] = {
    "government": Property(
        "government",
        "The government that the person, office or body stands under.",
        ("Person", "Office", "Body", "Government", "GovernmentBody"),
        """{ ?x dm:ofGovernment? ?v } UNION { ?x dm:inBody/dm:ofGovernment? ?v }
           UNION { ?t dm:person ?x ; dm:inBody/dm:ofGovernment? ?v } ?v a dm:Government""",
        "Government",
    ),
    "office": Property(
        "office",
        "An office that the person holds or held.",
        ("Person",),
        "?t dm:person ?x ; dm:office ?v",
        "Office",
    ),
    "person": Property(
        "person",
        "A person who holds or held the office.",
        ("Office",),
        "?t dm:office ?x ; dm:person ?v",
        "Person",
    ),
    "body": Property(
        "body",
        "The body in which the office is, or in which the person holds or held one.",
        ("Person", "Office"),
        "{ ?x a dm:Office ; dm:inBody ?v } UNION { ?t dm:person ?x ; dm:inBody ?v }",
        "Body",
    ),
    "date": Property(
        "date",
        "The local day of an event, or the day on which a document appeared. Of a person or an office it asks "
        "who held it on that day: a year, a month or a day.",
        ("Event", "Document", "Person", "Office"),
        "{ ?x a dm:Event ; dm:localDate ?v } UNION { ?x a dm:Document ; dm:publicationDate ?v }",
    ),
    "kind": Property("kind of event", "What sort of event it is.", ("Event",), "?x a dm:Event ; dm:kind ?v"),
    "weapon": Property(
        "weapon", "The weapon that was launched.", ("Event",), "?x dm:weapon ?v", "WeaponSystem"
    ),
    "place": Property(
        "place", "Where it began: the launch or test site.", ("Event",), "?x a dm:Event ; dm:place ?v", "Place"
    ),
    "part_of": Property("part of", "The salvo or series it is part of.", ("Event",), "?x dm:partOf ?v", "Event"),
    "publisher": Property(
        "publisher", "Who published the document.", ("Document",), "?x a dm:Document ; dm:publisher ?v", "Body"
    ),
    "url": Property("URL", "Where the document was published.", ("Document",), "?x a dm:Document ; dm:url ?v"),
    "state_code": Property(
        "state code", "ISO 3166-1 alpha-3, of a government.", ("Government",), "?x dm:stateCode ?v"
    ),
    "body_type": Property("type of body", "The sort of body it is.", ("Body",), "?x dm:bodyType ?v"),
    "seniority": Property("seniority", "The standing of an office.", ("Office",), "?x dm:seniority ?v"),
    "alias": Property(
        "alias", "Another name of it.", ("Actor", "Office", "WeaponSystem", "Place"), "?x skos:altLabel ?v"
    ),
    "wikidata": Property(
        "Wikidata", "The same thing in Wikidata.", ("Actor", "Office", "Place"), "?x <https://schema.org/sameAs> ?v"
    ),
}  # fmt: skip


class NotOffered(BadParameter):
    """A type or a property that the service does not have."""


def property_named(name: str) -> Property:
    """NotOffered, with the names that there are, for another."""
    if name not in PROPERTIES:
        raise NotOffered(f"no property is called {name[:60]!r}; there are: {', '.join(PROPERTIES)}")
    return PROPERTIES[name]
