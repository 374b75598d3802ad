"""The launches, salvos and tests of the catalogues, as a list or a timeline shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .store import Store

Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Launch:
    """A launch, salvo or test. What its own sources leave open is None; a salvo has what its launches have together."""

    iri: str
    label: str
    kind: str
    """The code of its kind: missile-launch, missile-launch-salvo, satellite-launch, nuclear-test."""
    date: str
    """The local date as the catalogue has it: YYYY-MM-DD, or less where less is known."""
    earliest: str
    weapon: str | None = None
    weapon_class: str | None = None
    distance: float | None = None
    """Kilometres flown: the furthest that a source claims."""
    outcomes: tuple[str, ...] = ()
    """Each outcome that a source claims of it, or of one of its launches."""
    whole: str | None = None
    """The salvo that a launch is part of."""
    parts: tuple[str, ...] = ()
    reactions: int = 0
    """How many acts answer it, one of its parts, or what a document tells of and is matched to them; presumed too."""
    explicit: int = 0
    """How many of these the words of a source tie to it."""


def launches(store: Store) -> tuple[Launch, ...]:
    """Everything of the catalogues, newest first, a salvo before its launches."""
    wholes = {row["part"] or "": row["whole"] or "" for row in store.select(_WHOLES)}
    distances, outcomes = _claims(store, wholes)
    parts: dict[str, list[str]] = defaultdict(list)
    for part, whole in wholes.items():
        parts[whole].append(part)
    answered = {
        row["whole"]: (int(row["n"] or 0), int(row["explicit"] or 0)) for row in store.select(_REACTIONS)
    }
    rows = {row["event"] or "": row for row in store.select(_LAUNCHES)}
    found = [
        Launch(
            iri,
            row["label"] or "",
            _code(row["kind"]) or "",
            row["date"] or "",
            row["earliest"] or "",
            *_weapon(rows, iri, parts.get(iri, [])),
            max(distances.get(iri, ()), default=None),
            tuple(sorted(outcomes.get(iri, ()))),
            wholes.get(iri),
            tuple(sorted(parts.get(iri, ()))),
            *answered.get(iri, (0, 0)),
        )
        for iri, row in rows.items()
    ]
    found.sort(key=lambda one: (one.whole or one.iri, bool(one.whole), one.iri))
    return tuple(sorted(found, key=lambda one: one.date, reverse=True))


def single(found: Iterable[Launch]) -> list[Launch]:
    """What the list shows: salvos, and what is part of none."""
    return [one for one in found if one.whole is None]


def _weapon(rows: Mapping[str, Row], iri: str, parts: Iterable[str]) -> tuple[str | None, str | None]:
    """The weapon of an event and its class; of a salvo that of its first launch, for it has one missile by its rule."""
    named = next((rows[one] for one in (iri, *sorted(parts)) if rows[one]["weapon"]), rows[iri])
    return named["weapon"], _code(named["class"])


def _claims(store: Store, wholes: Mapping[str, str]) -> tuple[dict[str, set[float]], dict[str, set[str]]]:
    """Distances in kilometres and outcomes that are claimed of each event, those of a launch for its salvo too."""
    distances: dict[str, set[float]] = defaultdict(set)
    outcomes: dict[str, set[str]] = defaultdict(set)
    for row in store.select(_CLAIMS):
        event = row["event"] or ""
        for one in {event, wholes.get(event, event)}:
            if row["value"]:
                distances[one].add(float(row["value"]))
            if row["outcome"]:
                outcomes[one].add(_code(row["outcome"]) or "")
    return distances, outcomes


def _code(iri: str | None) -> str | None:
    return iri.rpartition("/")[2] if iri else None


_LAUNCHES = """
SELECT ?event (MIN(?name) AS ?label) (MIN(?code) AS ?kind) (MIN(STR(?day)) AS ?date) (MIN(?begin) AS ?earliest)
    (MIN(?called) AS ?weapon) (MIN(?type) AS ?class)
WHERE {
    ?catalogue a dm:Catalogue .
    GRAPH ?catalogue { ?event a dm:Event ; rdfs:label ?name ; dm:kind ?code ; dm:localDate ?day ; dm:earliest ?begin }
    OPTIONAL { GRAPH ?catalogue { ?event dm:weapon ?system } ?system rdfs:label ?called ; dm:weaponClass ?type }
}
GROUP BY ?event ORDER BY ?event
"""
_WHOLES = """
SELECT DISTINCT ?part ?whole WHERE { ?catalogue a dm:Catalogue . GRAPH ?catalogue { ?part dm:partOf ?whole } }
ORDER BY ?part ?whole
"""
_CLAIMS = """
SELECT ?event ?value ?outcome WHERE {
    ?catalogue a dm:Catalogue .
    GRAPH ?catalogue { ?event a dm:Event }
    ?about dm:sameEventAs? ?event .
    ?claim dm:about ?about ; dm:quantity ?quantity .
    FILTER(STRENDS(STR(?quantity), "/quantity/distance") || STRENDS(STR(?quantity), "/quantity/outcome"))
    OPTIONAL { ?claim dm:value ?value } OPTIONAL { ?claim dm:outcome ?outcome }
}
ORDER BY ?event ?value ?outcome
"""
_REACTIONS = """
SELECT ?whole (COUNT(DISTINCT ?act) AS ?n) (COUNT(DISTINCT ?tied) AS ?explicit) WHERE {
    ?act dm:respondsTo ?event . ?event dm:sameEventAs?/dm:partOf* ?whole
    OPTIONAL { ?act dm:reactsTo ?event BIND(?act AS ?tied) }
} GROUP BY ?whole
"""
