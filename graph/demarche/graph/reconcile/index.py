"""The index of names, built once for each version of the store: matches, suggestions and values are read from it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .. import identifiers as ids
from ..errors import BadParameter
from ..store import Store
from .entities import TYPES, Entity, Value, entities, type_names
from .matching import Asked, Candidate, Given, Likeness, Wanted, judged
from .names import alike, folded, key
from .properties import PROPERTIES, NotOffered, property_named
from .tenures import Days, days

NEAR = 88.0
"""How alike a given value must be to a name of the value that the record has."""

_BY_TENURE = frozenset({("office", "Person"), ("body", "Person"), ("person", "Office")})


@dataclass(frozen=True)
class Name:
    """One name of a thing; ``office`` is set where it names an office and means whoever holds that office."""

    entity: str
    text: str
    label: bool = False
    office: str | None = None


class Index:
    """All names of all things in one version of a store."""

    def __init__(self, store: Store) -> None:
        self.things: Mapping[str, Entity] = entities(store)
        self.type_names: Mapping[str, str] = type_names(store)
        self._names = [name for one in self.things.values() for name in _names(one, self.things)]
        self._keys = [key(name.text) for name in self._names]
        self._folded = [folded(name.text) for name in self._names]
        self._identified = _identified(self.things.values())
        self._values = {name: _values_named(name, self.things) for name in PROPERTIES}

    def candidates(self, asked: Asked) -> list[Candidate]:
        """The best first. A thing of another type is none; one that other properties fit better scores less."""
        if unknown := sorted(set(asked.types) - TYPES.keys()):
            raise NotOffered(f"no type is called {unknown[0][:60]!r}; there are: {', '.join(TYPES)}")
        for given in asked.properties:
            property_named(given.property)
        likenesses = (
            self._likenesses(asked) if asked.name.strip() else dict.fromkeys(self.things, Likeness(100.0))
        )
        fits = [_Fit(one.property, self._fitting(one), _dates(one)) for one in asked.properties]
        found = [
            Candidate(entity, likeness, tuple((fit.property, fit.of(entity)) for fit in fits))
            for reference, likeness in likenesses.items()
            if _is_of(entity := self.things[reference], asked.types)
        ]
        if not asked.name.strip():
            found = [one for one in found if any(fit for _, fit in one.fits)]
        return judged(found)[: asked.limit]

    def suggested(self, prefix: str) -> list[Entity]:
        """Things of which a name, then a word of a name begins so; after them those that are spelt like it."""
        start, rank = folded(prefix), dict[str, int]()
        if known := self.reference(prefix):
            rank[known] = 0
        for name, text in zip(self._names, self._folded, strict=True):
            if not name.office and start and (place := _begins(text, start)):
                rank[name.entity] = min(rank.get(name.entity, place), place)
        for reference in self._likenesses(Asked(prefix)):
            rank.setdefault(reference, 4)
        order = sorted(rank, key=lambda one: (rank[one], -self.things[one].links, one))
        return [self.things[reference] for reference in order]

    def values(self, identifier: str, wanted: Wanted) -> tuple[Value, ...]:
        """The values of a property; none where the record has none, and none of a thing that it does not know."""
        property_named(wanted.property)
        on = days(wanted.on) if wanted.on else None
        if wanted.on and on is None:
            raise BadParameter(
                f"{wanted.on[:40]!r} is no date; give a year, a month or a day such as 2016-06-22"
            )
        entity = self.things.get(self.reference(identifier) or "")
        found = entity.values.get(wanted.property, ()) if entity else ()
        if entity is None or on is None or (wanted.property, entity.types[0]) not in _BY_TENURE:
            return found
        then = self._by_tenure(entity, on)
        return tuple(value for value in found if value.id in then)

    def reference(self, identifier: str) -> str | None:
        """The reference of the thing that an IRI, a reference, its last part or a Wikidata id names."""
        return self._identified.get(identifier.strip().casefold())

    def _likenesses(self, asked: Asked) -> dict[str, Likeness]:
        """Thing -> how well its best name fits."""
        found: dict[str, Likeness] = defaultdict(Likeness)
        if known := self.reference(asked.name):
            found[known] = Likeness(100.0, exact=True, label=True)
        on = [one for given in asked.properties for one in _dates(given)]
        wanted = folded(asked.name)
        for at, score in alike(asked.name, self._keys).items():
            name = self._names[at]
            if name.office is None or self._held(name, on):
                likeness = Likeness(score, self._folded[at] == wanted, name.label)
                found[name.entity] = max(found[name.entity], likeness)
        return dict(found)

    def _held(self, name: Name, on: list[Days]) -> bool:
        tenures = self.things[name.entity].tenures
        return any(one.office == name.office and one.held(when) for one in tenures for when in on)

    def _by_tenure(self, entity: Entity, on: Days) -> set[str]:
        """Persons, offices and bodies that the tenures of those days link with the thing."""
        found = set[str]()
        for tenure in entity.tenures:
            if tenure.held(on):
                bodies = (
                    self.things[tenure.office].values.get("body", ()) if tenure.office in self.things else ()
                )
                found |= {tenure.person, tenure.office, *(value.id for value in bodies if value.id)}
        return found

    def _fitting(self, given: Given) -> frozenset[Value]:
        """All values of the property that are meant by one of the given texts."""
        values, keys = self._values[given.property]
        near = {
            values[at] for text in given.values for at, score in alike(text, keys).items() if score >= NEAR
        }
        meant = {self.reference(text) for text in given.values} - {None}
        same = {one for one in values if one.id in meant or one.text in given.values}
        return frozenset(near | same)


@dataclass(frozen=True)
class _Fit:
    """What fits a given property: values, or days."""

    property: str
    values: frozenset[Value]
    days: tuple[Days, ...]

    def of(self, entity: Entity) -> float:
        """1 where the thing fits, 0 where it does not; between where no source tells a tenure's end."""
        if self.property == "date":
            return max((_on(entity, when) for when in self.days), default=0.0)
        return float(not self.values.isdisjoint(entity.values.get(self.property, ())))


def _names(entity: Entity, things: Mapping[str, Entity]) -> Iterator[Name]:
    """What it is called; an office with its government too, and a person by the offices and with them."""
    yield Name(entity.id, entity.name, label=True)
    own = (entity.name, *entity.aliases)
    yield from (Name(entity.id, text) for text in entity.aliases)
    if "Office" in entity.types:
        yield from (Name(entity.id, text) for text in _with_government(entity, things))
    for office in dict.fromkeys(one.office for one in entity.tenures if one.person == entity.id):
        if held := things.get(office):
            titles = (held.name, *held.aliases)
            yield from (Name(entity.id, f"{title} {name}") for title in titles for name in own)
            by_office = (*titles, *_with_government(held, things))
            yield from (Name(entity.id, text, office=office) for text in by_office)


def _with_government(office: Entity, things: Mapping[str, Entity]) -> Iterator[str]:
    """ "Defense Minister" is what texts say; of which state, the rest of somebody's table says: "of Japan"."""
    for value in office.values.get("government", ()):
        if government := things.get(value.id or ""):
            for title in (office.name, *office.aliases):
                yield from (f"{title} of {name}" for name in government.aliases if name not in title)


def _identified(things: Iterable[Entity]) -> dict[str, str]:
    """Identifier -> reference; the last part of a reference counts where it is the last part of one only."""
    known = list(things)
    tails = Counter(entity.id.partition("/")[2] for entity in known)
    found: dict[str, str] = {}
    for entity in known:
        tail = entity.id.partition("/")[2]
        others = [value.text for value in entity.values.get("wikidata", ())]
        names = [entity.id, ids.BASE + entity.id, *others, *(one.rpartition("/")[2] for one in others)]
        found |= {one.casefold(): entity.id for one in (*names, *([tail] if tails[tail] == 1 else []))}
    return found


def _values_named(name: str, things: Mapping[str, Entity]) -> tuple[list[Value], list[str]]:
    """Every value that a property has in the record, as often as it has names, and the keys of those names."""
    known = dict.fromkeys(value for one in things.values() for value in one.values.get(name, ()))
    named = [(value, key(text)) for value in known for text in _names_of(value, things)]
    return [value for value, _ in named], [text for _, text in named]


def _names_of(value: Value, things: Mapping[str, Entity]) -> tuple[str, ...]:
    entity = things.get(value.id or "")
    return (entity.name, *entity.aliases) if entity else (value.text,)


def _dates(given: Given) -> tuple[Days, ...]:
    """The days that are given, where the property is the one that asks for days."""
    return tuple(one for text in given.values if given.property == "date" and (one := days(text)))


def _is_of(entity: Entity, types: tuple[str, ...]) -> bool:
    return not types or bool(set(types) & set(entity.types))


def _begins(text: str, start: str) -> int:
    """1 the very name, 2 it begins so, 3 a word of it does, 0 nothing of it."""
    if text == start:
        return 1
    if text.startswith(start):
        return 2
    return 3 if f" {start}" in text else 0


def _on(entity: Entity, when: Days) -> float:
    """How sure it is that the thing was of those days: an event, a document, a tenure."""
    own = [one for value in entity.values.get("date", ()) if (one := days(value.text))]
    if any(one.first <= when.last and when.first <= one.last for one in own):
        return 1.0
    return max((tenure.held(when) for tenure in entity.tenures), default=0.0)
