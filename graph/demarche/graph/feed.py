"""A file of events becomes a graph of the store, row by row and as text: far too many rows for a record of each.

The lines are those that the record path would write, entailments included, in the ontology's terms only; tests hold
them against the ontology's entailment and against the shapes.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from rdflib import RDF, RDFS, SDO, XSD, URIRef
from rdflib.namespace import DCTERMS, PROV

from demarche.ontology import DM, codes
from demarche.ontology.codes import STANCE_INTENSITY, STANCE_POLARITY

from . import identifiers as ids
from . import intervals
from .errors import Problem, SourceError
from .files import code_digest
from .intervals import bounds, utc_text
from .sources import icews
from .sources.icews import Happening, Party, Relation, Spellings, read_happenings
from .store import Store, Term

SOURCE = "icews"
DEEDS = frozenset({"15", "17", "18", "19", "20"})
"""The CAMEO roots of what others answer: showing force, coercing, assaulting, fighting, mass violence."""
LICENCE = (
    "Rows of the Integrated Crisis Early Warning System (ICEWS) or of a data set made from it, as the reader of this "
    "store supplied them: the terms of whoever published the file apply. No part of Demarche's own record."
)
_ROWS_AT_ONCE = 5_000

Progress = Callable[[str, int, int], object]
"""Told the step, the bytes of the file that are done and the bytes of the file."""


@dataclass(frozen=True)
class Presumption:
    """When an act is presumed to answer a deed; no row says so, and so no link is ever explicit.

    An act toward the government of B (or toward a body or office holder that acts for it) is presumed to answer what
    that government did on the same day or up to ``days`` days before, if it was a deed (``DEEDS``), at home or abroad.
    The act must be that of another government, of someone who belongs to another country, or of an international body:
    whoever is of no known country may be B's own, and is left out. The latest deeds count first, up to ``most``. Deeds
    are looked for in the same file only, so that a graph depends on its file alone. No order is known within a day.
    """

    days: int = 3
    most: int = 3

    def confidence(self, lag: int) -> str:
        """0.4 on the day itself, 0.2 a day later, 0.4 / (1 + days) in general and at least 0.01: low by convention."""
        return f"{max(0.4 / (1 + lag), 0.01):.2f}".rstrip("0")


USUAL = Presumption()


@dataclass(frozen=True)
class EventsLoaded:
    """What became of one file of events."""

    file: str
    graph: str
    changed: bool
    acts: int = 0
    actors: int = 0
    links: int = 0
    triples: int = 0


def load_events(
    file: Path,
    store: Store,
    spellings: Spellings,
    presumption: Presumption = USUAL,
    progress: Progress = lambda *_: None,
) -> EventsLoaded:
    """Check every row, then put the file's graph in place of its earlier self; SourceError, and nothing is replaced.

    The rows are read twice and never held: memory goes to their ids, to the deeds and to the names.
    """
    graph = ids.iri(f"catalogue/{_catalogue(file)}")
    digest = _sha256(file)
    known = _content(digest, spellings, presumption)
    if store.ask(f'ASK {{ GRAPH <{ids.META_GRAPH}> {{ <{graph}> dm:contentDigest "{known}" }} }}'):
        return EventsLoaded(str(file), graph, changed=False)
    deeds = _surveyed(file, spellings, _steps(file, "reading", progress))
    writer = _Writer(graph, spellings, deeds, presumption)
    rows = read_happenings(file, spellings, _steps(file, "loading", progress))
    store.fill(graph, _parts(writer, file, digest, rows), _about(graph, file, digest, known))
    return EventsLoaded(
        str(file), graph, True, writer.acts, len(writer.described), writer.links, writer.triples
    )


def check_events(file: Path, spellings: Spellings, progress: Progress = lambda *_: None) -> None:
    """SourceError with every problem of a file that is not loaded."""
    _surveyed(file, spellings, _steps(file, "reading", progress))


def quads(file: Path, spellings: Spellings, presumption: Presumption = USUAL) -> Iterator[bytes]:
    """The graph of a file as N-Quads, in parts; SourceError when it cannot be read whole."""
    deeds = _surveyed(file, spellings, lambda _: None)
    writer = _Writer(ids.iri(f"catalogue/{_catalogue(file)}"), spellings, deeds, presumption)
    return _parts(writer, file, _sha256(file), read_happenings(file, spellings))


@dataclass(frozen=True)
class _Deeds:
    """What each government did, by day; of one day in the order of their ids."""

    by_state: dict[str, dict[int, list[str]]] = field(default_factory=dict)

    def add(self, one: Happening) -> None:
        if one.government and one.relation.cameo[:2] in DEEDS:
            days = self.by_state.setdefault(one.government, {})
            days.setdefault(_ordinal(one.day), []).append(one.id)

    def answered(self, one: Happening, rule: Presumption) -> Iterator[tuple[str, int]]:
        """The deeds that an act is presumed to answer, the latest first, each with the days between."""
        days = self.by_state.get(one.target_government or "")
        if not days or not _is_foreign(one):
            return
        today, found = _ordinal(one.day), 0
        for lag in range(rule.days + 1):
            for deed in sorted(days.get(today - lag, ()))[: rule.most - found]:
                found += 1
                yield deed, lag


def _is_foreign(one: Happening) -> bool:
    """Whether the actor certainly is not of the government that the act is toward."""
    of = {one.government, one.actor.country} - {None}
    return (bool(of) or one.actor.type == "international-body") and one.target_government not in of


class _Writer:
    """Writes one graph, and counts what it wrote."""

    def __init__(self, graph: str, spellings: Spellings, deeds: _Deeds, presumption: Presumption) -> None:
        self.graph = graph
        self.described: set[str] = set()
        self.acts = self.links = self.triples = 0
        self._spellings, self._deeds, self._presumption = spellings, deeds, presumption
        self._end = f" <{graph}> .\n"
        self._pieces: dict[object, list[str]] = {}

    def catalogue(self, file: Path, digest: str) -> str:
        label = Term(f"Events of {file.name}", "literal", language="en").n3()
        return self._lines(
            _iri(self.graph),
            [f"{_A} {_iri(DM.Catalogue)}", f"{_LABEL} {label}", f'{_iri(DM.digest)} "{digest}"'],
        )

    def act(self, one: Happening) -> str:
        """All that a row says, the actors not described before, and what the act is presumed to answer."""
        node = _iri(f"{ids.BASE}act/{SOURCE}/{one.id}")
        told = f"{one.actor.text}: {one.relation.text} (CAMEO {one.relation.cameo}), toward {one.target.text}"
        pieces = [
            *self._piece(one.relation, _relation),
            *self._piece(one.day, _day),
            *self._piece((one.actor, one.government), _on_behalf),
            f"{_TARGET} {_party(one.target)}",
            f"{_LABEL} {Term(told, 'literal', language='en').n3()}",
            f"{_PARAPHRASE} {Term(told, 'literal').n3()}",
            f"{_IN_CATALOGUE} <{self.graph}>",
            f'{_ROW} "{one.row}"',
        ]
        links = [self._link(node, deed, lag, pieces) for deed, lag in self._answered(one)]
        self.acts += 1
        return "".join((*self._people(one), self._lines(node, pieces), *links))

    def _answered(self, one: Happening) -> Iterator[tuple[str, int]]:
        return self._deeds.answered(one, self._presumption)

    def _link(self, act: str, deed: str, lag: int, pieces: list[str]) -> str:
        event = f"{ids.BASE}act/{SOURCE}/{deed}"
        pieces += [f"{_iri(DM.presumablyReactsTo)} <{event}>", f"{_iri(DM.respondsTo)} <{event}>"]
        reaction = f"{_A} {_iri(DM.Reaction)}"
        if reaction not in pieces:
            pieces.append(reaction)
        owner = self.graph.removeprefix(f"{ids.BASE}catalogue/")
        self.links += 1
        return self._lines(
            _iri(ids.link(owner, act.strip("<>"), str(DM.presumablyReactsTo), event)),
            [
                f"{_A} {_iri(DM.Link)}",
                f"{_iri(DM.linkFrom)} {act}",
                f"{_iri(DM.linkProperty)} {_iri(DM.presumablyReactsTo)}",
                f"{_iri(DM.linkTo)} <{event}>",
                f"{_iri(DM.basis)} {_code('basis', 'inferred')}",
                f'{_iri(DM.confidence)} "{self._presumption.confidence(lag)}"^^{_iri(XSD.decimal)}',
            ],
        )

    def _people(self, one: Happening) -> Iterator[str]:
        for state in (one.government, one.target_government):
            if state and state.lower() not in self.described:
                yield self._government(state)
        for someone in (one.actor, one.target):
            if someone.country and someone.country.lower() not in self.described:
                yield self._government(someone.country)
            if someone.type != "government" and someone.reference not in self.described:
                self.described.add(someone.reference)
                yield self._lines(_party(someone), _description(someone))

    def _government(self, state: str) -> str:
        self.described.add(state.lower())
        label = Term(self._spellings.governments[state], "literal", language="en").n3()
        pieces = [*_kinds(DM.Government, DM.Body, DM.Actor), f"{_LABEL} {label}"]
        pieces += [
            f"{_iri(DM.bodyType)} {_code('body-type', 'government')}",
            f'{_iri(DM.stateCode)} "{state}"',
        ]
        return self._lines(_state(state), pieces)

    def _piece(self, key: object, write: Callable[..., list[str]]) -> list[str]:
        known = self._pieces.get(key)
        if known is None:
            known = self._pieces[key] = write(*key) if isinstance(key, tuple) else write(key)
        return known

    def _lines(self, subject: str, pieces: list[str]) -> str:
        self.triples += len(pieces)
        end = self._end
        return "".join([f"{subject} {piece}{end}" for piece in pieces])


@cache
def _iri(iri: str) -> str:
    return f"<{iri}>"


_A, _LABEL = _iri(RDF.type), _iri(RDFS.label)
_TARGET, _PARAPHRASE = _iri(DM.target), _iri(DM.paraphrase)
_IN_CATALOGUE, _ROW = _iri(DM.inCatalogue), _iri(DM.catalogueRow)
_CLASSES: dict[str, tuple[URIRef, ...]] = {
    "government-body": (DM.GovernmentBody, DM.Body, DM.Actor),
    "international-body": (DM.InternationalBody, DM.Body, DM.Actor),
    "body": (DM.Body, DM.Actor),
    "person": (DM.Person, DM.Actor),
    "actor": (DM.Actor,),
}


def _relation(one: Relation) -> list[str]:
    kind = DM.Statement if one.type == "statement" else DM.MaterialAct
    pieces = [
        *_kinds(kind, DM.Act, DM.Event),
        f"{_iri(DM.kind)} {_code('act-kind', one.kind)}",
        f"{_iri(DM.level)} {_code('level', one.level)}",
        f"{_iri(DM.channel)} {_code('channel', 'unspecified')}",
        f'{_iri(DM.cameoCode)} "{one.cameo}"',
    ]
    if one.stance:
        polarity, intensity = STANCE_POLARITY[one.stance], STANCE_INTENSITY[one.stance]
        pieces += [
            f"{_iri(DM.stance)} {_code('stance', one.stance)}",
            f'{_iri(DM.polarity)} "{polarity}"^^{_iri(XSD.integer)}',
            f'{_iri(DM.intensity)} "{intensity}"^^{_iri(XSD.integer)}',
        ]
    return pieces


def _day(day: str) -> list[str]:
    """A day whose zone nobody tells."""
    found = bounds(day)
    return [
        f'{_iri(DM.earliest)} "{utc_text(found.earliest)}"^^{_iri(XSD.dateTime)}',
        f'{_iri(DM.latest)} "{utc_text(found.latest)}"^^{_iri(XSD.dateTime)}',
        f'{_iri(DM.localDate)} "{day}"^^{_iri(XSD.date)}',
        f"{_iri(DM.timePrecision)} {_code('precision', 'day')}",
        f"{_iri(DM.timeBasis)} {_code('basis', 'explicit')}",
    ]


def _on_behalf(actor: Party, government: str | None) -> list[str]:
    node = _party(actor)
    pieces = [f"{_iri(DM.madeBy)} {node}", f"{_iri(DM.actor)} {node}"]
    if actor.body_type and actor.type != "government":
        pieces += [f"{_iri(DM.body)} {node}", f"{_iri(DM.onBehalfOf)} {node}"]
    if government:
        pieces += [
            f"{_iri(DM.government)} {_state(government)}",
            f"{_iri(DM.onBehalfOf)} {_state(government)}",
        ]
    return pieces


def _description(one: Party) -> list[str]:
    pieces = [*_kinds(*_CLASSES[one.type]), f"{_LABEL} {Term(one.label, 'literal', language='en').n3()}"]
    if one.body_type:
        pieces.append(f"{_iri(DM.bodyType)} {_code('body-type', one.body_type)}")
    if one.type == "government-body" and one.country:
        pieces += [f"{_iri(prop)} {_state(one.country)}" for prop in (DM.ofGovernment, DM.subBodyOf)]
    if one.wikidata:
        pieces.append(f"{_iri(SDO.sameAs)} <http://www.wikidata.org/entity/{one.wikidata}>")
    return pieces


def _kinds(*classes: URIRef) -> list[str]:
    return [f"{_A} {_iri(one)}" for one in classes]


def _party(one: Party) -> str:
    return f"<{ids.BASE}{one.reference}>"


def _state(state: str) -> str:
    return f"<{ids.BASE}body/{state.lower()}>"


def _code(scheme: str, concept: str) -> str:
    return f"<{ids.code(scheme, concept)}>"


@cache
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _surveyed(file: Path, spellings: Spellings, progress: Callable[[int], object]) -> _Deeds:
    deeds = _Deeds()
    for one in read_happenings(file, spellings, progress):
        deeds.add(one)
    return deeds


def _parts(writer: _Writer, file: Path, digest: str, rows: Iterable[Happening]) -> Iterator[bytes]:
    lines = [writer.catalogue(file, digest)]
    for one in rows:
        lines.append(writer.act(one))
        if len(lines) == _ROWS_AT_ONCE:
            yield "".join(lines).encode()
            lines = []
    if _sha256(file) != digest:
        raise SourceError((Problem(str(file), "", "", "was changed while it was read: load it again"),))
    yield "".join(lines).encode()


def _about(graph: str, file: Path, digest: str, known: str) -> list[str]:
    """What the meta graph says: a digest cannot be had of triples that are never all at hand, see ``contentDigest``."""
    node = _iri(graph)
    title = Term(f"events of {file.name}, SHA-256 {digest}", "literal", language="en").n3()
    return [
        f"{node} {_A} {_iri(PROV.Entity)} .",
        f"{node} {_iri(DCTERMS.title)} {title} .",
        f"{node} {_iri(DCTERMS.license)} {Term(LICENCE, 'literal').n3()} .",
        f'{node} {_iri(DM.contentDigest)} "{known}" .',
    ]


def _content(digest: str, spellings: Spellings, presumption: Presumption) -> str:
    """The digest of all that decides what the graph holds: file, tables, rule, and the code that reads and writes."""
    code = code_digest(sys.modules[__name__], icews, ids, intervals, codes)
    return hashlib.sha256(f"{digest} {spellings.digest} {presumption} {code}".encode()).hexdigest()


def _catalogue(file: Path) -> str:
    """The id of a file's graph: its name, so that a newer edition of a file takes the place of the older."""
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in file.name.lower())
    return f"{SOURCE}-{name.strip('-')}"


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _steps(file: Path, step: str, progress: Progress) -> Callable[[int], object]:
    """Adds up the bytes of the rows and tells of them now and then: to tell of each would cost more than to read it."""
    total, done, told = file.stat().st_size, 0, 0

    def add(read: int) -> None:
        nonlocal done, told
        done += read
        if done - told >= total // 200 or done == total:
            told = done
            progress(step, done, total)

    return add
