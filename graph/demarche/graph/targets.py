"""Toward what acts take their stance: the event that they answer and those who made it, or something else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from .reactions import Reactions
from .store import Store, Term

SIGNS: Mapping[int, str] = {-2: "▼▼", -1: "▼", 0: "●", 1: "▲", 2: "▲▲"}
"""Polarity as a sign that needs no colour."""

ELSEWHERE = "◆"
SIGNS_SAID = (
    "▼ against the launch or test or those who made it, ▲ for them or conciliatory, as an offer or a call "
    f"for dialogue, doubled when strong; ● neither; {ELSEWHERE} toward something else"
)
"""What the signs mean, for the key of whatever shows them."""


def sign(polarity: int | None, elsewhere: Iterable[str] = ()) -> str:
    """The sign of an act: who supports a resolution against a launch is not for the launch.

    >>> sign(-2), sign(1), sign(1, ["a resolution"]), sign(0, ["a resolution"]), sign(None)
    ('▼▼', '▲', '◆', '●', '')
    """
    if polarity is None:
        return ""
    return ELSEWHERE if polarity and list(elsewhere) else SIGNS[polarity]


def elsewhere(reactions: Reactions, names: Mapping[str, str]) -> dict[tuple[str, str], list[str]]:
    """By act and event the names of an act's targets, of acts at none of: the event, its parts and wholes, its actor.

    ``names`` are those of all things, which a part of the table would read again. An act without a target is left out
    as well: what it answers stands for what it is directed at.
    """
    pairs = list(reactions.frame.select("act", "event").unique(maintain_order=True).iter_rows())
    targets = _pointed_at(reactions.store, "dm:target", {act for act, _event in pairs})
    own = _own(reactions, {event for _act, event in pairs})
    return {
        (act, event): sorted(names.get(one, one) for one in targets[act])
        for act, event in pairs
        if act in targets and not targets[act] & own[event]
    }


def toward(reactions: Reactions, names: Mapping[str, str]) -> dict[str, list[str]]:
    """By act the same names, of acts that are directed at something else whichever event of these they answer."""
    found = elsewhere(reactions, names)
    at_one = {
        act for act, event in reactions.frame.select("act", "event").iter_rows() if (act, event) not in found
    }
    return {act: names for (act, _event), names in found.items() if act not in at_one}


def _own(reactions: Reactions, events: set[str]) -> dict[str, set[str]]:
    """Each event with its parts, its wholes, what is matched to one of them, and who made them."""
    own = {event: {event} for event in events}
    for part, whole in reactions.parts.select("part", "whole").iter_rows():
        for one, other in ((part, whole), (whole, part)):
            if one in own:
                own[one].add(other)
    actors = _pointed_at(reactions.store, "dm:actor", set().union(*own.values()))
    return {event: found.union(*(actors.get(one, ()) for one in found)) for event, found in own.items()}


def _pointed_at(store: Store, path: str, things: set[str]) -> dict[str, set[str]]:
    """What each of the things points at by that property."""
    values = " ".join(Term(one).n3() for one in sorted(things))
    query = (
        f"SELECT DISTINCT ?one ?to WHERE {{ VALUES ?one {{ {values} }} ?one {path} ?to }} ORDER BY ?one ?to"
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in store.select(query):
        found[row["one"] or ""].add(row["to"] or "")
    return dict(found)
