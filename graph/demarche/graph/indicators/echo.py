"""Which wording two bodies share in what they said of one event, and who is the earliest known to have used it.

Compared are the quoted words of the acts that answer the event: those that the record holds and those of the texts
that the reader has attached; of a document whose text is not at hand nothing is known and nothing is told. What the
publisher put in place of the speaker's words breaks the run. For two units A and B (bodies, unless another unit is
asked for):

    shared(A, B) = maximal runs of at least four words in a quotation of A and in one of B that are telling

see ``wording`` for maximal and telling. One act that both make, and one passage that is told of both, is no echo
but one utterance. Of the acts of A and of B that bear the phrase,

    A is **certainly first** when an act of A ended no later than each act of B began,
    A is **possibly first** otherwise: its earliest possible time is no later than B's, the doubt goes both ways.

Limits: earliest *known* means earliest on record, and both may have it from a third. A shared phrase shows like
wording and no more; of words in translation (``translated``) the likeness may be the translator's. Who is undated
is not ordered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import combinations
from typing import TYPE_CHECKING, Literal, cast

from .. import identifiers as ids
from ..question import Graph, Parameter, Question
from ..store import Store, Table, Term
from . import cells
from .wording import ADJECTIVES, Names, Words, contains, maximal, shared, words

if TYPE_CHECKING:
    from ..reactions import Reactions, Unit

Order = Literal["certainly first", "possibly first", "undated"]

_NEVER = datetime.max.replace(tzinfo=UTC)
_TOGETHER = ("joint-statement", "meeting", "telephone-call", "military-exercise")
"""Channels through which several can act only together."""


@dataclass(frozen=True)
class Quoted:
    """The words of one quotation, in runs that no insertion breaks, and how faithful they are."""

    span: str
    fidelity: str
    runs: tuple[Words, ...]


@dataclass(frozen=True)
class Deed:
    """An act with when it was done; ``latest`` is the first instant after it."""

    act: str
    earliest: datetime | None
    latest: datetime | None
    day: date | None
    """The local date, where it is known to the day."""
    together: bool = False
    """Whether the source tells that those who did it did it together, and not only names them together."""


@dataclass(frozen=True)
class Bearer:
    """An act that bears a phrase, and the quotation in which it does."""

    deed: Deed
    quoted: Quoted


@dataclass(frozen=True)
class Echo:
    """A phrase that two units share, with all who bear it; ``first`` and ``second`` in the order of ``order``."""

    phrase: Words
    order: Order
    first: str
    second: str
    first_bearers: tuple[Bearer, ...]
    second_bearers: tuple[Bearer, ...]


def echo(graph: Graph, values: Mapping[str, Term]) -> Table:
    """One row for each phrase and each two that share it, the longest phrase first."""
    unit = cast("Unit", values["unit"].value if "unit" in values else "body")
    reactions = graph.reactions().about(values["event"].value)
    found = echoes(graph, reactions, unit)
    governments = _governments(reactions, unit)
    return Table(_COLUMNS, tuple(_row(one, reactions.names, governments) for one in found))


def echoes(graph: Graph, reactions: Reactions, unit: Unit) -> list[Echo]:
    """The phrases that two units share in these reactions; sorted, whatever the order of the rows."""
    deeds = deeds_of(reactions, unit)
    quoted = quotations(graph, {deed.act for own in deeds.values() for deed in own})
    bearers = {
        one: [Bearer(deed, words) for deed in own for words in quoted.get(deed.act, ())]
        for one, own in deeds.items()
    }
    names = known_names(graph.store)
    found = [
        ordered(phrase, (first, bearers[first]), (second, bearers[second]))
        for first, second in combinations(sorted(bearers), 2)
        for phrase in phrases(bearers[first], bearers[second])
        if names.telling(phrase)
    ]
    return sorted(found, key=lambda one: (-len(one.phrase), one.phrase, one.first, one.second))


def deeds_of(reactions: Reactions, unit: Unit) -> dict[str, list[Deed]]:
    """What each unit did, every act once."""
    found: dict[str, set[Deed]] = {}
    for row in reactions.fold(unit).iter_rows(named=True):
        known = row["local_date"] == row["local_last"]
        day = row["local_date"] if known else None
        deed = Deed(row["act"], row["earliest"], row["latest"], day, row["channel"] in _TOGETHER)
        found.setdefault(row["unit"], set()).add(deed)
    return {one: sorted(own, key=lambda deed: deed.act) for one, own in found.items()}


def phrases(first: Iterable[Bearer], second: Iterable[Bearer]) -> frozenset[Words]:
    """The maximal runs that stand in a quotation of each; one act and one passage share nothing with themselves."""
    others = list(second)
    return maximal(
        run
        for one in first
        for other in others
        if one.deed.act != other.deed.act and not _overlap(one.quoted.span, other.quoted.span)
        for mine in one.quoted.runs
        for theirs in other.quoted.runs
        for run in shared(mine, theirs)
    )


def ordered(phrase: Words, one: tuple[str, list[Bearer]], other: tuple[str, list[Bearer]]) -> Echo:
    """The echo with its sides in the order of their earliest possible use of the phrase."""
    sides = [(name, _bearing(phrase, bearers)) for name, bearers in (one, other)]
    (first, mine), (second, theirs) = sorted(sides, key=lambda side: (_begin(side[1]), side[0]))
    return Echo(phrase, _order(mine, theirs), first, second, mine, theirs)


def _bearing(phrase: Words, bearers: Iterable[Bearer]) -> tuple[Bearer, ...]:
    """Those who bear the phrase, the earliest first."""
    found = [one for one in bearers if any(contains(run, phrase) for run in one.quoted.runs)]
    return tuple(sorted(found, key=lambda one: (one.deed.earliest or _NEVER, one.deed.act, one.quoted.span)))


def _begin(bearers: Iterable[Bearer]) -> datetime:
    return min((one.deed.earliest or _NEVER for one in bearers), default=_NEVER)


def _order(first: tuple[Bearer, ...], second: tuple[Bearer, ...]) -> Order:
    """``first`` begins no later than ``second``; certain is only what no undated act of the second can upset."""
    if _begin(second) == _NEVER:
        return "undated"
    ended = min(one.deed.latest or _NEVER for one in first)
    dated = all(one.deed.earliest for one in second)
    return "certainly first" if dated and ended <= _begin(second) else "possibly first"


def _overlap(one: str, other: str) -> bool:
    """Whether two spans, given by IRI, have characters of one document in common."""
    (document, start, end), (other_document, other_start, other_end) = _place(one), _place(other)
    return document == other_document and start < other_end and other_start < end


def _place(span: str) -> tuple[str, int, int]:
    document, _, at = span.rpartition("/")
    start, _, end = at.partition("-")
    return document, int(start), int(end)


# ---------------------------------------------------------------- what the record and the attached texts hold


def quotations(graph: Graph, acts: Iterable[str]) -> dict[str, list[Quoted]]:
    """The quotations of acts whose words are at hand, by act."""
    chosen = " ".join(Term(act).n3() for act in sorted(acts))
    cuts: dict[tuple[str, str, str, str | None], list[tuple[int, int]]] = {}
    for row in graph.store.select(_QUOTATIONS.replace("$ACTS", chosen)):
        key = (row["act"] or "", row["span"] or "", row["fidelity"] or "", row["exact"])
        places = cuts.setdefault(key, [])
        if row["cut_from"] and row["cut_to"]:
            places.append((int(row["cut_from"]), int(row["cut_to"])))
    found: dict[str, list[Quoted]] = {}
    for (act, span, fidelity, exact), places in cuts.items():
        text = exact or graph.texts.words([span])
        if text is not None:
            runs = tuple(_runs(text, _place(span)[1], places))
            found.setdefault(act, []).append(Quoted(span, fidelity.rpartition("/")[2], runs))
    return found


def _runs(text: str, start: int, cuts: Iterable[tuple[int, int]]) -> Iterator[Words]:
    """The words of a text that begins at ``start``, in pieces between the places that are cut out."""
    reached = 0
    for first, last in sorted(cuts):
        yield words(text[reached : max(first - start, reached)])
        reached = max(reached, last - start)
    yield words(text[reached:])


def known_names(store: Store) -> Names:
    """What persons, bodies, offices, places, weapons, resolutions, sanctions and what is of a state are called."""
    told = frozenset(words(row["name"] or "") for row in store.select(_NAMES)) - {()}
    return Names(told | ADJECTIVES)


_QUOTATIONS = """
SELECT DISTINCT ?act ?span ?fidelity ?exact ?cut_from ?cut_to WHERE {
    VALUES ?act { $ACTS }
    GRAPH ?document {
        ?report dm:reports ?act ; dm:hasQuotation ?quotation .
        ?quotation dm:span ?span ; dm:fidelity ?fidelity .
        OPTIONAL { ?span dm:exact ?exact }
        OPTIONAL { ?quotation dm:editorialInsertion ?cut . ?cut dm:start ?cut_from ; dm:end ?cut_to }
    }
} ORDER BY ?act ?span ?fidelity ?cut_from
"""

_NAMES = f"""
SELECT DISTINCT ?name WHERE {{
    {{ GRAPH <{ids.DIRECTORY_GRAPH}> {{ ?thing rdfs:label|skos:altLabel ?name }} }}
    UNION {{
        VALUES ?kind {{ <{ids.code("event-kind", "resolution")}> <{ids.code("event-kind", "sanction")}> }}
        ?thing dm:kind ?kind ; rdfs:label ?name
    }}
}}
"""


# ---------------------------------------------------------------- the answer


def _governments(reactions: Reactions, unit: Unit) -> dict[str, set[str]]:
    """The governments for which each unit acts here."""
    found: dict[str, set[str]] = {}
    for row in reactions.fold(unit).iter_rows(named=True):
        found.setdefault(row["unit"], set()).update(row["governments"])
    return found


def _row(one: Echo, names: Mapping[str, str], governments: Mapping[str, set[str]]) -> tuple[Term | None, ...]:
    first, second = one.first_bearers[0], one.second_bearers[0]
    translated = "translated" in {first.quoted.fidelity, second.quoted.fidelity}
    common = sorted(governments[one.first] & governments[one.second])
    return (
        cells.text(" ".join(one.phrase)),
        cells.integer(len(one.phrase)),
        cells.text(one.order),
        cells.text(names.get(one.first, ids.local(one.first))),
        cells.text(names.get(one.second, ids.local(one.second))),
        cells.text("yes" if translated else "no"),
        cells.text(" and ".join(names.get(government, "") for government in common)),
        *(
            cell
            for bearer in (first, second)
            for cell in (
                cells.day(bearer.deed.day),
                cells.text(bearer.quoted.fidelity),
                cells.instant(bearer.deed.earliest),
                cells.instant(bearer.deed.latest),
            )
        ),
        *(
            cells.iri(thing)
            for name, bearer in ((one.first, first), (one.second, second))
            for thing in (name, bearer.deed.act, bearer.quoted.span)
        ),
    )


_COLUMNS = (
    *("phrase", "words", "order", "first", "second", "translated", "one_government"),
    *(
        f"{side}_{name}"
        for side in ("first", "second")
        for name in ("date", "fidelity", "earliest", "latest")
    ),
    *(f"{side}_{name}" for side in ("first", "second") for name in ("id", "act_id", "span_id")),
)

ECHO = Question(
    name="echo",
    number=23,
    text="Which wording about an event do two bodies share, and who is the earliest known to have used it?",
    parameters=(
        Parameter(
            "event",
            "event",
            "the launch, salvo, test or other event, with its parts",
            f"{ids.BASE}event/2016-06-22-musudan",
        ),
        Parameter(
            "unit",
            "unit",
            "whose words are held against each other; body if not given",
            "body",
            optional=True,
        ),
    ),
    columns=_COLUMNS[:7],
    query=None,
    measure=echo,
)
