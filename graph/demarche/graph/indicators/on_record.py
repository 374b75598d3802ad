"""What counts where silence is claimed: which events an act may answer, whose acts are an actor's, who made the event.

An act **answers** an event when it answers the event itself, a part of it, a whole to which it belongs, or a
description that is matched to one of these, explicitly or presumably. What answers another part of the whole does not.
An act is an **actor's** when the actor makes it, when it is made in the actor's name, and when either holds of a body
that is part of the actor: what the Security Council does, the United Nations do. Nobody is silent on his own doing: who
**brought about** an event, or a part or whole of it, is not called silent on it, as far as the record tells who did.

``silent``, ``watched``, ``climbed``, the matrix and certificates follow this one rule; ``silent`` writes it in SPARQL.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..store import Store, Term


def answered(store: Store, event: str) -> tuple[str, ...]:
    """The events of which any answer counts: this one, its parts, its wholes, and what is matched to one of them."""
    parts, wholes = "^(dm:sameEventAs?/dm:partOf*)", "(dm:sameEventAs?/dm:partOf*/dm:sameEventAs?)"
    return _values(store, f"{Term(event).n3()} {wholes}|{parts} ?x")


def doers(store: Store, actor: str) -> tuple[str, ...]:
    """Those whose acts are the actor's: it and the bodies that are part of it."""
    return _values(store, f"?x dm:subBodyOf? {Term(actor).n3()}")


def makers(store: Store, event: str) -> frozenset[str]:
    """Those whose own doing the event was: who brought it about, and whatever these are part of."""
    found = _values(store, f"{_one_of('event', answered(store, event))} ?event dm:actor|dm:onBehalfOf ?x")
    return frozenset((*found, *_values(store, f"{_one_of('maker', found)} ?maker dm:subBodyOf ?x")))


def _one_of(name: str, things: Iterable[str]) -> str:
    return f"VALUES ?{name} {{ {' '.join(Term(one).n3() for one in things)} }}"


def _values(store: Store, pattern: str) -> tuple[str, ...]:
    return tuple(row["x"] or "" for row in store.select(f"SELECT DISTINCT ?x {{ {pattern} }} ORDER BY ?x"))
