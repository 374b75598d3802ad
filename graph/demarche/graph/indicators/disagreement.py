"""Where sources disagree about an event, and whether that is a contradiction or only a matter of precision.

A claim is the interval of values that its words allow: equal to v is [v, v], more than v lies above it, between is
what it says, a clock time is the minute or second that was printed. Outcomes stand on a scale of three: failure,
partial success, success; unknown excludes none of them.

Two claims **agree** when one interval holds the other: more than 1000 km and 1400 km. They differ **in precision only**
when the intervals merely overlap, or would do so once "about" is heard: a number told as approximate may be ten per
cent off on either side, a clock time five minutes. A clock time is never widened by a share of itself, and hearing
"about" never turns a difference into agreement: about 05:57 and 05:56 differ in precision only, 08:03 and 08:05
contradict. Success and partial success differ in precision only, for many sources know but success and failure.
All else **contradicts**.

Limits: units are not converted, and claims in one are compared only with their like. A bearing is compared as a number:
355 and 5 degrees contradict. Ten per cent and five minutes are conventions. A contradiction says that two claims cannot
both be true, and not which is wrong; what is said of an event as a whole is not held against what is said of its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, groupby
from math import inf
from typing import Literal

from .. import identifiers as ids
from ..question import Graph, Parameter, Question
from ..store import Store, Table, Term

Verdict = Literal["agree", "precision-only", "contradict"]
Row = dict[str, str | None]

SHARE = 0.1
"""How far a number told as approximate may be off, as a share of itself."""
MINUTES = 5
"""How far a clock time told as approximate may be off."""

_VERDICTS: tuple[Verdict, ...] = ("contradict", "precision-only", "agree")


@dataclass(frozen=True)
class Interval:
    """The values from ``low`` to ``high``; an open end is left out. Times are seconds since 1970."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def holds(self, other: Interval) -> bool:
        low = self.low < other.low or (self.low == other.low and (other.low_open or not self.low_open))
        high = self.high > other.high or (self.high == other.high and (other.high_open or not self.high_open))
        return low and high

    def meets(self, other: Interval) -> bool:
        first, second = sorted((self, other), key=lambda one: (one.low, one.low_open))
        return second.low < first.high or (
            second.low == first.high and not (second.low_open or first.high_open)
        )

    def widened(self, by: float) -> Interval:
        return Interval(self.low - by, self.high + by, self.low_open, self.high_open)


@dataclass(frozen=True)
class Said:
    """What one claim allows: as printed, and once an "about" is heard."""

    printed: Interval
    heard: Interval


@dataclass(frozen=True)
class Claim:
    """What a source says of a quantity in words, and who holds it; "narrator" is the document itself."""

    holder: str
    source: str
    source_id: str
    claim_id: str
    said: str


@dataclass(frozen=True)
class Topic:
    """One quantity of an event with all claims of it, and the worst verdict on two of them; None of a single claim."""

    event: str
    event_id: str
    quantity: str
    quantity_id: str
    relative_to: str | None
    verdict: Verdict | None
    claims: tuple[Claim, ...]

    @property
    def differs(self) -> bool:
        return self.verdict in ("contradict", "precision-only")


_OUTCOMES = {
    "failure": Said(Interval(0, 0), Interval(0, 0)),
    "partial-success": Said(Interval(1, 1), Interval(1, 1)),
    "success": Said(Interval(2, 2), Interval(1, 2)),
    "unknown": Said(Interval(0, 2), Interval(0, 2)),
}


def verdict(first: Said, second: Said) -> Verdict:
    """Whether two claims about one quantity can both be true, and how; the order does not matter."""
    if first.printed.holds(second.printed) or second.printed.holds(first.printed):
        return "agree"
    return "precision-only" if first.heard.meets(second.heard) else "contradict"


def number(comparator: str, value: float, upper: float | None = None) -> Said:
    """What a claim of a number allows; ``upper`` is the second bound of ``between``."""
    printed = {
        "gt": Interval(value, inf, low_open=True),
        "ge": Interval(value, inf),
        "lt": Interval(-inf, value, high_open=True),
        "le": Interval(-inf, value),
        "between": Interval(value, value if upper is None else upper),
    }.get(comparator, Interval(value, value))
    return Said(printed, printed.widened(abs(value) * SHARE) if comparator == "approx" else printed)


def clock(comparator: str, earliest: datetime, latest: datetime) -> Said:
    """What a claim of a time allows, ``latest`` being the first instant after the unit that was printed."""
    start, end = earliest.timestamp(), latest.timestamp()
    printed = {
        "gt": Interval(end, inf),
        "ge": Interval(start, inf),
        "lt": Interval(-inf, start, high_open=True),
        "le": Interval(-inf, end, high_open=True),
    }.get(comparator, Interval(start, end, high_open=True))
    return Said(printed, printed.widened(MINUTES * 60) if comparator == "approx" else printed)


def outcome(name: str) -> Said:
    """What a claim of an outcome allows, on the scale of three; KeyError for an outcome that has no place on it."""
    return _OUTCOMES[name]


def disagreement(graph: Graph, values: Mapping[str, Term]) -> Table:
    """Every pair of claims about one quantity of the event or of one of its parts, contradictions first."""
    found = list(graph.store.select(_CLAIMS.replace("$EVENT", values["event"].n3())))
    rows = [row for _, claims in groupby(found, key=_topic) for row in _pairs(list(claims))]
    return Table(_COLUMNS, tuple(sorted(rows, key=_order)))


def side_by_side(store: Store, event: str) -> list[Topic]:
    """All that is claimed of the event and of its parts, quantity by quantity."""
    found = list(store.select(_CLAIMS.replace("$EVENT", Term(event).n3())))
    return [_topic_of(list(claims)) for _, claims in groupby(found, key=_topic)]


def _topic_of(claims: list[Row]) -> Topic:
    verdicts = {verdict(_said(first), _said(second)) for first, second in combinations(claims, 2)}
    return Topic(
        claims[0]["event"] or "",
        claims[0]["event_id"] or "",
        claims[0]["quantity"] or "",
        claims[0]["quantity_id"] or "",
        claims[0]["relative_to_id"],
        next((one for one in _VERDICTS if one in verdicts), None),
        tuple(_claim(one) for one in claims),
    )


def _claim(row: Row) -> Claim:
    return Claim(
        row["holder"] or "",
        row["source"] or "",
        row["source_id"] or "",
        row["claim_id"] or "",
        _in_words(row),
    )


def _pairs(claims: list[Row]) -> Iterator[tuple[Term | None, ...]]:
    for first, second in combinations(claims, 2):
        found = verdict(_said(first), _said(second))
        yield (
            _text(found),
            *(_text(first[name]) for name in ("event", "quantity")),
            *(cell for claim in (first, second) for cell in _side(claim)),
            *(_iri(first[name]) for name in ("event_id", "quantity_id")),
        )


def _said(claim: Row) -> Said:
    comparator = _code(claim["comparator_id"])
    if claim["outcome_id"]:
        return outcome(_code(claim["outcome_id"]))
    if claim["earliest"] and claim["latest"]:
        return clock(comparator, _instant(claim["earliest"]), _instant(claim["latest"]))
    return number(
        comparator, float(claim["value"] or "nan"), float(claim["upper"]) if claim["upper"] else None
    )


def _side(claim: Row) -> Iterator[Term | None]:
    """What the two sides of a pair show: value in words, holder, source, and the IRIs of these."""
    yield from (_text(_in_words(claim)), _text(claim["holder"]), _text(claim["source"]))
    yield from (_iri(claim[name]) for name in ("holder_id", "source_id", "claim_id"))


def _in_words(claim: Row) -> str:
    if claim["outcome"]:
        return " ".join(
            part for part in (claim["outcome"], f"({claim['status']})" if claim["status"] else "") if part
        )
    compared = "" if _code(claim["comparator_id"]) == "eq" else claim["comparator"]
    value = f"{claim['value']} and {claim['upper']}" if claim["upper"] else claim["value"]
    unit = claim["zone"] or ("" if _code(claim["unit_id"]) == "count" else claim["unit"])
    return " ".join(part for part in (compared, value, unit) if part)


def _topic(claim: Row) -> tuple[str | None, ...]:
    return tuple(claim[name] for name in ("event_id", "quantity_id", "unit_id", "relative_to_id"))


def _order(row: tuple[Term | None, ...]) -> tuple[int | str, ...]:
    cells = dict(zip(_COLUMNS, row, strict=True))
    texts = (cells[name] for name in ("event_id", "quantity_id", "first_claim_id", "second_claim_id"))
    return (_VERDICTS.index(_value(cells["verdict"])), *map(_value, texts))


def _value(term: Term | None) -> str:
    return term.value if term else ""


def _code(iri: str | None) -> str:
    return (iri or "").rpartition("/")[2]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _text(text: str | None) -> Term | None:
    return Term(text, "literal") if text else None


def _iri(text: str | None) -> Term | None:
    return Term(text) if text else None


_SIDE = ("", "_holder", "_source", "_holder_id", "_source_id", "_claim_id")
_COLUMNS = (
    *("verdict", "event", "quantity"),
    *(f"{side}{name}" for side in ("first", "second") for name in _SIDE),
    *("event_id", "quantity_id"),
)

# One row for each claim, its holders joined. Descriptions matched to the event speak of it too.
_CLAIMS = """
SELECT ?event_id (MIN(STR(?event_label)) AS ?event) ?quantity ?quantity_id ?comparator ?comparator_id
    ?value ?upper ?unit ?unit_id ?zone ?earliest ?latest ?outcome ?outcome_id ?status ?relative_to_id
    ?source_id ?claim_id (MIN(STR(?one_source)) AS ?source)
    (GROUP_CONCAT(DISTINCT ?one_holder; SEPARATOR = " and ") AS ?holder)
    (MIN(STR(?one_holder_id)) AS ?holder_id)
WHERE {
    SELECT * WHERE {
        VALUES ?asked { $EVENT }
        ?event_id dm:partOf* ?asked ; rdfs:label ?event_label .
        ?about dm:sameEventAs? ?event_id .
        GRAPH ?source_id {
            ?claim_id dm:about ?about ; dm:quantity ?quantity_id ; dm:comparator ?comparator_id .
            ?source_id rdfs:label ?title .
        }
        ?quantity_id skos:prefLabel ?quantity .
        ?comparator_id skos:prefLabel ?comparator .
        OPTIONAL { GRAPH ?source_id { ?claim_id dm:value ?value } }
        OPTIONAL { GRAPH ?source_id { ?claim_id dm:upperValue ?upper } }
        OPTIONAL { GRAPH ?source_id { ?claim_id dm:unit ?unit_id } ?unit_id skos:prefLabel ?unit }
        OPTIONAL { GRAPH ?source_id { ?claim_id dm:zone ?zone } }
        OPTIONAL { GRAPH ?source_id { ?claim_id dm:earliest ?earliest } }
        OPTIONAL { GRAPH ?source_id { ?claim_id dm:latest ?latest } }
        OPTIONAL { GRAPH ?source_id { ?claim_id dm:outcome ?outcome_id } ?outcome_id skos:prefLabel ?outcome }
        OPTIONAL { GRAPH ?source_id { ?claim_id dm:outcomeStatus ?status_id } ?status_id skos:prefLabel ?status }
        OPTIONAL { GRAPH ?source_id { ?claim_id dm:relativeTo ?relative_to_id } }
        OPTIONAL { GRAPH ?source_id { ?claim_id dm:holder ?one_holder_id } ?one_holder_id rdfs:label ?held_by }
        OPTIONAL {
            GRAPH ?source_id { ?source_id dm:publisher ?publisher_id ; dm:publicationDate ?day }
            ?publisher_id rdfs:label ?publisher
        }
        BIND(COALESCE(STR(?held_by), "narrator") AS ?one_holder)
        BIND(COALESCE(CONCAT(STR(?publisher), ", ", STR(?day)), STR(?title)) AS ?one_source)
    }
    ORDER BY ?one_holder
}
GROUP BY ?event_id ?quantity ?quantity_id ?comparator ?comparator_id ?value ?upper ?unit ?unit_id
    ?zone ?earliest ?latest ?outcome ?outcome_id ?status ?relative_to_id ?source_id ?claim_id
ORDER BY ?event_id ?quantity_id ?unit_id ?relative_to_id ?source_id ?claim_id
"""

_SIDES_SHOWN = tuple(f"{side}{name}" for side in ("first", "second") for name in _SIDE[:3])

DISAGREEMENT = Question(
    name="disagreement",
    number=22,
    text="Where do sources disagree about an event, and is it a contradiction or only a matter of precision?",
    parameters=(
        Parameter(
            "event",
            "event",
            "the launch, salvo, test or other event, with its parts",
            f"{ids.BASE}event/2016-06-22-musudan",
        ),
    ),
    columns=("verdict", "event", "quantity", *_SIDES_SHOWN),
    query=None,
    measure=disagreement,
)
