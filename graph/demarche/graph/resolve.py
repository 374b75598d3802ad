"""What a person types becomes a term: an event by id or local date, an actor by id, code or name, a thing, a value."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches

from . import identifiers as ids
from .errors import Ambiguous, BadParameter, NotFound
from .store import Store, Term

_DATED = re.compile(r"\d{4}-\d\d-\d\d")
_SAFE = re.compile(r"[\w./:#'’() -]{1,200}")


def resolve(store: Store, kind: str, text: str) -> Term:
    """The thing of that kind that the text names; NotFound or Ambiguous with the candidates otherwise."""
    text = text.strip()
    if not _SAFE.fullmatch(text):
        raise BadParameter(f"{text[:60]!r} cannot be the name of a thing")
    match kind:
        case "event":
            return Term(_event(store, text))
        case "document":
            return Term(_of_class(store, "document", "Document", text))
        case "government" | "actor":
            return Term(_actor(store, kind, text))
        case "thing":
            return Term(_thing(store, text))
        case _ if kind in _VALUES:
            return _value(kind, text)
        case _:
            raise BadParameter(f"nothing is known of parameters of the kind {kind!r}")


# How the values of each kind are written, what to expect says the message, and the datatype.
_VALUES = {
    "year": (r"[12]\d{3}", "a year such as 2017", "gYear"),
    "date": (r"\d{4}-\d\d-\d\d", "a date such as 2016-06-30", "date"),
    "hours": (r"\d{1,5}(\.\d{1,3})?", "a number of hours such as 24", "decimal"),
    "unit": (r"actor|person|office|body|government", "actor, person, office, body or government", "string"),
}


def _value(kind: str, text: str) -> Term:
    pattern, expected, datatype = _VALUES[kind]
    if not re.fullmatch(pattern, text) or (kind == "date" and not _is_date(text)):
        raise BadParameter(f"{text!r} is not {expected}")
    return Term(text, "literal", f"http://www.w3.org/2001/XMLSchema#{datatype}")


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _event(store: Store, text: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return _event_of_day(store, text)
    identifier = ids.local(text).removeprefix("event/")
    for candidate in (identifier, f"{identifier}-1"):
        if _is_a(store, "Event", f"event/{candidate}"):
            return f"{ids.BASE}event/{candidate}"
    raise _unknown("event", text, identifier, _ids(store, "event", "Event"))


def _event_of_day(store: Store, day: str) -> str:
    """The salvo or single event of the catalogues that bears this local date."""
    found = store.select(
        f"""SELECT DISTINCT ?event WHERE {{
            ?catalogue a dm:Catalogue . GRAPH ?catalogue {{ ?event a dm:Event ; dm:localDate "{day}"^^xsd:date }}
            FILTER NOT EXISTS {{ ?event dm:partOf ?whole . ?whole dm:localDate "{day}"^^xsd:date }}
        }} ORDER BY ?event"""
    )
    events = [row["event"] or "" for row in found]
    if len(events) == 1:
        return events[0]
    if not events:
        raise NotFound(f"no launch or test has the local date {day}")
    names = tuple(ids.local(event).removeprefix("event/") for event in events)
    raise Ambiguous(f"{len(names)} events have the local date {day}", names)


def _of_class(store: Store, prefix: str, name: str, text: str) -> str:
    identifier = ids.local(text).removeprefix(f"{prefix}/")
    if _is_a(store, name, f"{prefix}/{identifier}"):
        return f"{ids.BASE}{prefix}/{identifier}"
    raise _unknown(prefix, text, identifier, _ids(store, prefix, name))


def _actor(store: Store, kind: str, text: str) -> str:
    name = "Government" if kind == "government" else "Actor"
    reference = ids.local(text)
    for candidate in (reference, f"body/{reference.lower()}", f"person/{reference.lower()}"):
        if _is_a(store, name, candidate):
            return ids.BASE + candidate
    actors = _called(store, f"?thing a dm:{name} ; rdfs:label|skos:altLabel|dm:stateCode ?label", text)
    if len(actors) == 1:
        return actors[0]
    if actors:
        raise Ambiguous(f"several actors are called {text!r}", tuple(map(ids.local, actors)))
    raise _unknown(kind, text, text, _names(store, name))


def _thing(store: Store, text: str) -> str:
    """Whatever has that reference or is called so; only what nothing is called is told with what comes near it."""
    reference, near = ids.local(text), list[str]()
    for candidate in (reference, *(f"{prefix}/{reference}" for prefix in _PREFIXES)):
        if _exists(store, candidate, "?class"):
            return ids.BASE + candidate
    for kind in ("event", "actor", "document"):
        try:
            return resolve(store, kind, text).value
        except NotFound:
            continue
        except Ambiguous as error:
            near += error.candidates
    named = _called(store, "?thing rdfs:label|skos:altLabel ?label", text)
    if len(named) == 1:
        return named[0]
    if named or near:
        raise Ambiguous(
            f"not one thing alone is called {text!r}", tuple(map(ids.local, named)) or tuple(near)
        )
    raise NotFound(f"nothing is called {text!r}")


_PREFIXES = ("act", "office", "place", "weapon")


def _called(store: Store, pattern: str, text: str) -> list[str]:
    """Every ``thing`` of ours with that ``label``, in upper or lower case."""
    wanted = Term(text.casefold(), "literal").n3()
    found = store.select(
        f"""SELECT DISTINCT ?thing WHERE {{ {pattern}
            FILTER(LCASE(STR(?label)) = {wanted} && STRSTARTS(STR(?thing), "{ids.BASE}")) }} ORDER BY ?thing"""
    )
    return [row["thing"] or "" for row in found]


def _is_a(store: Store, name: str, reference: str) -> bool:
    return _exists(store, reference, f"dm:{name}")


def _exists(store: Store, reference: str, kind: str) -> bool:
    """Whether a thing of that class has that reference; no IRI has a blank, so a name in several words is none."""
    return " " not in reference and store.ask(f"ASK {{ {Term(ids.BASE + reference).n3()} a {kind} }}")


def _unknown(kind: str, text: str, identifier: str, known: frozenset[str]) -> Ambiguous | NotFound:
    near = [name for name in sorted(known) if identifier and name.startswith(identifier)][:10]
    least = 0.75 if _DATED.match(identifier) else 0.6  # digits alone make any two ids with a date alike
    near = near or get_close_matches(identifier, sorted(known), n=5, cutoff=least)
    if near:
        return Ambiguous(f"there is no {kind} {text!r}", tuple(near))
    return NotFound(f"there is no {kind} {text!r}")


def _ids(store: Store, prefix: str, name: str) -> frozenset[str]:
    found = store.select(
        f"SELECT DISTINCT ?x WHERE {{ ?x a dm:{name} FILTER(STRSTARTS(STR(?x), '{ids.BASE}{prefix}/')) }}"
    )
    return frozenset(ids.local(row["x"] or "").removeprefix(f"{prefix}/") for row in found)


def _names(store: Store, name: str) -> frozenset[str]:
    found = store.select(
        f"SELECT DISTINCT ?label WHERE {{ ?x a dm:{name} ; rdfs:label|skos:altLabel ?label }}"
    )
    return frozenset(row["label"] or "" for row in found)
