"""Who reacts to an event within N hours of each other, with a ground to suppose that they acted together.

Compared are the acts of two governments (or of bodies that belong to none) that answer the event. For acts a and b,

    at least  max(0, a.earliest - b.latest, b.earliest - a.latest)
    at most   max(a.latest - b.earliest, b.latest - a.earliest)

lies between them. Where a is b, nothing does if it came as a joint statement, in a meeting, a call or an exercise;
else the source names both in one sentence and does not tell whether they acted together, so that the whole interval of
the act may lie between them. They are **certainly within N hours** when at most N hours lie between them, **possibly**
when at least so many do not. A ground is

* a **shared phrase**: telling words that both use, see ``echo``; of attached texts where there are any,
* a **joint act**: an act that is told of both, whatever it is about,
* a **call or meeting**: an act of the one that is addressed to the other in a telephone call or a meeting,
* a **common meeting**: a meeting in which both take part or speak.

The last three have to fall, by their local date, on the local date of an act of either of the two. For every ground
that a pair has, the two acts count that lie nearest together: at most first, then at least, then by IRI. So a
greater N keeps each row and may add some; what was possible may become certain.

Limits: a ground is a reason to look and no proof that anything was agreed, and least of all a joint act of which only
one sentence of a reporter tells: such an act is two, for all that is known. Acts, calls and meetings that are known
only to a month or a year, or not at all, are no ground; a meeting of several days counts on each of them. Who takes
part for a government takes part as that government; a person does so by the offices that the directory knows for
that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import combinations, product
from typing import Literal

from .. import identifiers as ids
from ..question import Graph, Parameter, Question
from ..store import Store, Table, Term
from . import cells
from .echo import Deed, Echo, deeds_of, echoes

Ground = Literal["shared phrase", "joint act", "call or meeting", "common meeting"]
Pair = frozenset[str]
Row = dict[str, str | None]


@dataclass(frozen=True)
class Contact:
    """Who met or spoke with whom on which local days; ``thing`` is the act or the meeting."""

    ground: Ground
    thing: str
    label: str
    days: frozenset[date]
    pairs: frozenset[Pair]


_Side = tuple[str, Deed]


@dataclass(frozen=True)
class Near:
    """Two acts of two governments, the one that may be earlier first, and the time between them."""

    first: _Side
    second: _Side
    least: timedelta
    most: timedelta


@dataclass(frozen=True)
class Found:
    """Two acts that lie near together, and the ground that connects those who did them."""

    ground: Ground
    evidence: str
    thing: str | None
    near: Near


def coordination(graph: Graph, values: Mapping[str, Term]) -> Table:
    """One row for each ground that two governments have, certain ones first, then those that lie nearest together."""
    hours = timedelta(hours=float(values["hours"].value))
    found = coordinated(graph, values["event"].value, hours)
    names = graph.reactions().names
    return Table(_COLUMNS, tuple(_row(one, hours, names) for one in found))


def coordinated(graph: Graph, event: str, within: timedelta) -> list[Found]:
    """What connects the governments that answer the event, as far as their acts may lie so near together."""
    reactions = graph.reactions().about(event)
    deeds = {
        who: [one for one in own if one.earliest and one.latest]
        for who, own in deeds_of(reactions, "government").items()
    }
    wording = (_by_wording(one) for one in echoes(graph, reactions, "government"))
    grounds = (*wording, *_by_contact(contacts(graph.store, _days(deeds)), deeds))
    found = [one for one in grounds if one and one.near.least <= within]
    return sorted(found, key=lambda one: (one.near.most > within, *_order(one)))


def _by_wording(one: Echo) -> Found | None:
    near = _nearest(
        ((one.first, mine.deed), (one.second, theirs.deed))
        for mine, theirs in product(one.first_bearers, one.second_bearers)
        if mine.deed.earliest and theirs.deed.earliest
    )
    return Found("shared phrase", " ".join(one.phrase), None, near) if near else None


def _by_contact(met: Iterable[Contact], deeds: Mapping[str, list[Deed]]) -> Iterator[Found]:
    """Each contact of two who both answer the event; contacts of the same days have the same two acts."""
    known: dict[tuple[Pair, frozenset[date]], Near | None] = {}
    for contact in met:
        for pair in contact.pairs:
            if not pair <= deeds.keys():
                continue
            key = (pair, contact.days)
            if key not in known:
                known[key] = _nearest(_on_days(contact.days, pair, deeds))
            if near := known[key]:
                yield Found(contact.ground, contact.label, contact.thing, near)


def between(one: Deed, other: Deed) -> tuple[timedelta, timedelta]:
    """The least and the most time that can lie between two dated acts; none in an act that was done together."""
    if one.act == other.act and one.together:
        return timedelta(0), timedelta(0)
    (start, end), (other_start, other_end) = _bounds(one), _bounds(other)
    least = max(start - other_end, other_start - end, timedelta(0))
    return least, max(end - other_start, other_end - start)


def _bounds(deed: Deed) -> tuple[datetime, datetime]:
    if deed.earliest is None or deed.latest is None:
        raise ValueError(f"{deed.act} has no date")
    return deed.earliest, deed.latest


def _nearest(pairs: Iterable[tuple[_Side, _Side]]) -> Near | None:
    """The two acts that lie nearest together."""
    found = min(pairs, key=_distance, default=None)
    if found is None:
        return None
    first, second = sorted(found, key=_begin)
    return Near(first, second, *between(first[1], second[1]))


def _distance(pair: tuple[_Side, _Side]) -> tuple[object, ...]:
    (first, mine), (second, theirs) = pair
    least, most = between(mine, theirs)
    return (most, least, first, second, mine.act, theirs.act)


def _begin(side: _Side) -> tuple[datetime, str]:
    return _bounds(side[1])[0], side[0]


def _order(one: Found) -> tuple[object, ...]:
    near = one.near
    sides = (near.first[0], near.second[0], near.first[1].act, near.second[1].act)
    return (near.most, near.least, *sides, one.ground, one.evidence, one.thing or "")


def _on_days(
    days: frozenset[date], pair: Pair, deeds: Mapping[str, list[Deed]]
) -> Iterator[tuple[_Side, _Side]]:
    """Every act of the one with every act of the other, where one of the two falls on these local days."""
    first, second = sorted(pair)
    for mine, theirs in product(deeds[first], deeds[second]):
        if days & {mine.day, theirs.day}:
            yield (first, mine), (second, theirs)


def _days(deeds: Mapping[str, list[Deed]]) -> frozenset[date]:
    return frozenset(one.day for own in deeds.values() for one in own if one.day)


# ---------------------------------------------------------------- who met or spoke with whom


def contacts(store: Store, days: frozenset[date]) -> list[Contact]:
    """The joint acts, calls and meetings of these local days, each with the pairs of governments that it joins."""
    if not days:
        return []
    stand = _Standing(store)
    chosen = " ".join(f'"{day}"^^xsd:date' for day in sorted(days))
    found = [
        *_acts(store.select(_ACTS.replace("$DAYS", chosen)), stand),
        *_meetings(store.select(_MEETINGS), stand),
    ]
    return [one for one in found if one.pairs and one.days & days]


def _acts(rows: Iterable[Row], stand: _Standing) -> Iterator[Contact]:
    """Each act as a joint act, where several governments make it, and as a call or meeting with those addressed."""
    for (act, day), told in _grouped(rows, "act", "day").items():
        label = min(row["label"] or "" for row in told)
        days = frozenset({date.fromisoformat(day)})
        makers = {row["maker"] or "" for row in told}
        joint = frozenset(frozenset(pair) for pair in combinations(sorted(makers), 2))
        yield Contact("joint act", act, label, days, joint)
        called = {stood for row in told for stood in stand.on(row["called"] or "", day)}
        pairs = frozenset(frozenset(pair) for pair in product(makers, called) if len(set(pair)) == 2)
        yield Contact("call or meeting", act, label, days, pairs - joint)


def _meetings(rows: Iterable[Row], stand: _Standing) -> Iterator[Contact]:
    for (meeting, day, length), told in _grouped(rows, "meeting", "day", "length").items():
        label = min(row["label"] or "" for row in told)
        first = date.fromisoformat(day)
        days = frozenset(first + timedelta(days=number) for number in range(int(length)))
        parties = [stand.on(row["who"] or "", day) for row in told]
        pairs = {
            frozenset((one, other))
            for mine, theirs in combinations(parties, 2)
            for one, other in product(mine, theirs)
            if one != other
        }
        yield Contact("common meeting", meeting, label, days, frozenset(pairs))


def _grouped(rows: Iterable[Row], *keys: str) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(_plain(key, row) for key in keys), []).append(row)
    return found


def _plain(key: str, row: Row) -> str:
    """The value of a key; the length of a meeting in days follows from its bounds."""
    if key != "length":
        return row[key] or ""
    start, end = (
        datetime.fromisoformat((row[name] or "").replace("Z", "+00:00")) for name in ("start", "end")
    )
    return str(max(1, round((end - start) / timedelta(days=1))))


class _Standing:
    """For which governments an actor stands: its own, those of the offices it held that day, or itself."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def on(self, who: str, day: str) -> frozenset[str]:
        held = {
            row["body"] or ""
            for row in self._held.get(who, ())
            if _since(row["from"], day) and _until(row["until"], day)
        }
        return frozenset(self._governments.get(body, body) for body in (held or {who}) if body)

    @cached_property
    def _governments(self) -> dict[str, str]:
        rows = self._store.select("SELECT DISTINCT ?body ?government { ?body dm:ofGovernment ?government }")
        return {row["body"] or "": row["government"] or "" for row in rows}

    @cached_property
    def _held(self) -> dict[str, list[Row]]:
        rows = self._store.select(_TENURES)
        return {key[0]: told for key, told in _grouped(rows, "person").items()}


def _since(begun: str | None, day: str) -> bool:
    """Whether what began on a printed date, month or year had begun that day."""
    return not begun or day[: len(begun)] >= begun


def _until(ended: str | None, day: str) -> bool:
    return not ended or day[: len(ended)] <= ended


# The makers of an act are its governments, or the bodies of one that has none, as in the fold of the reaction table.
_ACTS = f"""
SELECT DISTINCT ?act ?day ?label ?maker ?called WHERE {{
    VALUES ?day {{ $DAYS }}
    GRAPH ?document {{ ?act dm:localDate ?day ; dm:level ?level ; rdfs:label ?label }}
    OPTIONAL {{ GRAPH ?document {{ ?act dm:government ?government }} }}
    OPTIONAL {{ GRAPH ?document {{ ?act dm:body ?body }} }}
    GRAPH ?document {{ ?act dm:madeBy ?by }}
    BIND(COALESCE(?government, ?body, ?by) AS ?maker)
    OPTIONAL {{
        GRAPH ?document {{ ?act dm:addressee ?called ; dm:channel ?channel ; dm:kind ?kind }}
        FILTER(?kind = <{ids.code("act-kind", "call-or-meeting")}> || ?channel IN (
            <{ids.code("channel", "telephone-call")}>, <{ids.code("channel", "meeting")}>,
            <{ids.code("channel", "in-meeting")}>))
    }}
}} ORDER BY ?act ?day ?maker ?called
"""

_MEETING_KINDS = ("meeting", "multilateral-meeting", "summit", "visit")

_MEETINGS = f"""
SELECT DISTINCT ?meeting ?day ?start ?end ?label ?who WHERE {{
    VALUES ?kind {{ {" ".join(f"<{ids.code('event-kind', kind)}>" for kind in _MEETING_KINDS)} }}
    GRAPH ?document {{
        ?meeting dm:kind ?kind ; dm:localDate ?day ; dm:earliest ?start ; dm:latest ?end ; rdfs:label ?label
    }}
    FILTER(STRLEN(STR(?day)) = 10)
    {{ ?meeting dm:participant ?who }}
    UNION {{ ?act dm:atEvent ?meeting ; dm:level ?level ; dm:government ?who }}
}} ORDER BY ?meeting ?day ?who
"""

_TENURES = """
SELECT DISTINCT ?person ?body ?from ?until WHERE {
    ?tenure dm:person ?person ; dm:office ?office .
    ?office dm:inBody ?body .
    OPTIONAL { ?tenure dm:heldFrom ?from }
    OPTIONAL { ?tenure dm:heldUntil ?until }
} ORDER BY ?person ?body
"""


# ---------------------------------------------------------------- the answer


def _row(one: Found, within: timedelta, names: Mapping[str, str]) -> tuple[Term | None, ...]:
    near = one.near
    return (
        cells.text("certainly" if near.most <= within else "possibly"),
        *(cells.text(names.get(who, ids.local(who))) for who, _ in (near.first, near.second)),
        cells.text(one.ground),
        cells.text(one.evidence),
        cells.hours(near.least),
        cells.hours(near.most),
        *(
            cell
            for _, deed in (near.first, near.second)
            for cell in (cells.instant(deed.earliest), cells.instant(deed.latest))
        ),
        *(cells.iri(who) for who, _ in (near.first, near.second)),
        *(cells.iri(deed.act) for _, deed in (near.first, near.second)),
        cells.iri(one.thing),
    )


_COLUMNS = (
    *("within", "first", "second", "ground", "evidence", "least_hours", "most_hours"),
    *("first_earliest", "first_latest", "second_earliest", "second_latest"),
    *("first_id", "second_id", "first_act_id", "second_act_id", "evidence_id"),
)

COORDINATION = Question(
    name="coordination",
    number=24,
    text="Who reacts to an event within some hours of each other, and with like wording or a contact on the same day?",
    parameters=(
        Parameter(
            "event",
            "event",
            "the launch, salvo, test or other event, with its parts",
            f"{ids.BASE}event/2016-06-22-musudan",
        ),
        Parameter("hours", "hours", "how many hours may lie between two acts", "12"),
    ),
    columns=_COLUMNS[:7],
    query=None,
    measure=coordination,
)
