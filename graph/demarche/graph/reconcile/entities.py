"""What can be reconciled, read from the store: the things with their types, all their names and their values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .. import identifiers as ids
from ..store import Store, Table, Term
from .properties import PROPERTIES
from .tenures import Tenure, tenures

TYPES: Mapping[str, tuple[str, ...]] = {
    "Actor": (),
    "Person": ("Actor",),
    "Body": ("Actor",),
    "Government": ("Body",),
    "GovernmentBody": ("Body",),
    "InternationalBody": ("Body",),
    "MediaOrganisation": ("Body",),
    "Delegation": ("Body",),
    "Office": (),
    "Event": (),
    "Document": (),
    "WeaponSystem": (),
    "Place": (),
}
"""Each class that can be asked for, with the classes directly above it."""


@dataclass(frozen=True)
class Value:
    """One value of a property: what to show, and the thing's reference where it is one of ours."""

    text: str
    id: str | None = None


@dataclass
class Entity:
    """A thing with its names; the label stands first, and ``types`` has the narrowest class first."""

    id: str
    name: str
    types: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    links: int = 0
    """How many triples point at it: between namesakes, the one that more is told of comes first."""
    values: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    tenures: tuple[Tenure, ...] = ()

    @property
    def description(self) -> str:
        """What tells namesakes apart, in a line."""
        told = [
            value.text for name in _TELLING for value in self.values.get(name, ())[:3] if value.id != self.id
        ]
        return "; ".join(dict.fromkeys(told))


_TELLING = ("seniority", "body_type", "kind", "office", "body", "government", "publisher", "date")


def entities(store: Store) -> dict[str, Entity]:
    """All of them by reference, each with its values."""
    found = _named(store)
    for row in store.select(f"SELECT ?x (COUNT(*) AS ?n) WHERE {{ ?s ?p ?x {_OURS} }} GROUP BY ?x"):
        if entity := found.get(ids.local(row["x"] or "")):
            entity.links = int(row["n"] or 0)
    for tenure in tenures(store):
        for reference in (tenure.person, tenure.office):
            if entity := found.get(reference):
                entity.tenures += (tenure,)
    for name, known in PROPERTIES.items():
        for reference, values in _valued(store.select(known.query), found).items():
            found[reference].values[name] = values
    return found


def type_names(store: Store) -> dict[str, str]:
    """The label of each type, as the ontology has it."""
    wanted = " ".join(f"dm:{name}" for name in TYPES)
    rows = store.select(f"SELECT ?x ?l WHERE {{ VALUES ?x {{ {wanted} }} ?x rdfs:label ?l }} ORDER BY ?x ?l")
    known = {(row["x"] or "").partition("#")[2]: row["l"] or "" for row in rows}
    return {name: known.get(name, name) for name in TYPES}


def _named(store: Store) -> dict[str, Entity]:
    labels: dict[str, list[str]] = defaultdict(list)
    aliases: dict[str, list[str]] = defaultdict(list)
    classes: dict[str, list[str]] = defaultdict(list)
    for row in store.select(_NAMES):
        reference, name = ids.local(row["x"] or ""), row["name"] or ""
        (labels if row["label"] == "true" else aliases)[reference].append(name)
    for row in store.select(_CLASSES):
        classes[ids.local(row["x"] or "")].append((row["class"] or "").partition("#")[2])
    return {
        reference: Entity(
            reference, labels[reference][0], _narrowest_first(found), _others(labels, aliases, reference)
        )
        for reference, found in sorted(classes.items())
        if labels[reference]
    }


def _others(
    labels: Mapping[str, list[str]], aliases: Mapping[str, list[str]], reference: str
) -> tuple[str, ...]:
    """Every name but the first label: sources may each have their own for one event."""
    return tuple(dict.fromkeys([*labels[reference][1:], *aliases.get(reference, ())]))


def _narrowest_first(classes: Iterable[str]) -> tuple[str, ...]:
    order = list(TYPES)
    return tuple(sorted(set(classes), key=lambda name: (-_depth(name), order.index(name))))


def _depth(name: str) -> int:
    return 1 + max(map(_depth, TYPES[name]), default=0)


def _valued(table: Table, known: Mapping[str, Entity]) -> dict[str, tuple[Value, ...]]:
    found: dict[str, list[Value]] = defaultdict(list)
    for thing, term, label in table.rows:
        if thing and term and (reference := ids.local(thing.value)) in known:
            found[reference].append(_value(term, label, known))
    return {reference: tuple(dict.fromkeys(values)) for reference, values in found.items()}


def _value(term: Term, label: Term | None, known: Mapping[str, Entity]) -> Value:
    reference = ids.local(term.value)
    if reference in known:
        return Value(known[reference].name, reference)
    return Value(label.value if label else term.value)


_OURS = f'FILTER(ISIRI(?x) && STRSTARTS(STR(?x), "{ids.BASE}"))'
_KINDS = " ".join(f"dm:{name}" for name in TYPES)
# An act is an event too, but it has no name; a source without a name is never merged with another.
_WHAT = "FILTER NOT EXISTS { ?x a dm:Act } FILTER NOT EXISTS { ?x a dm:UnnamedSource }"
_CLASSES = f"SELECT DISTINCT ?x ?class WHERE {{ VALUES ?class {{ {_KINDS} }} ?x a ?class {_WHAT} {_OURS} }}"
_NAMES = f"""
SELECT DISTINCT ?x ?name ?label WHERE {{
    VALUES (?property ?label) {{ (rdfs:label true) (dcterms:title false) (skos:altLabel false) (dm:stateCode false) }}
    VALUES ?class {{ {_KINDS} }}
    ?x a ?class ; ?property ?name {_WHAT} {_OURS}
}} ORDER BY ?x ?name
"""
