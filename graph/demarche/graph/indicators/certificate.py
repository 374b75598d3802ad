"""A certificate: as of a day, what the documents of the record tell of an actor's reaction to an event.

**Sources** are the documents of the record that appeared on or before the day, and not before the event can have
happened; each with the digest of its text, the digest of its graph, and whether it was watched exhaustively for this
actor and event. The **verdict** is "reacted" when one of them tells of an act by the actor, or in its name, that
answers the event, a part of it or the whole to which it belongs, explicitly or presumably; else "silent" when at
least one of them was watched exhaustively; else "no reaction on record"; and "no source on record" when there is no
such document. An act of a body that is part of the actor is one of the actor, and who brought the event about is not
certified silent: ``on_record`` has the rule. Silence is certified for the time that the exhaustive coverages watched,
from ``watched_from`` to ``watched_until``, and for none beyond.

Anyone can **recompute** a certificate: on the same documents, coded in the same way, it comes out equal. What is
compared is all that it certifies. The version of the store and the digests of the other graphs say in which state it
was issued, and are not compared: a document that appeared later changes them, and nothing that is certified.

Limits: it certifies what these documents tell, not what was said in the world. A document whose date of publication
is known to the month or year only counts once that is over. No clock is read: the day is the one that was asked for.
The digest of a graph is the one that the load wrote into the store, and is not computed again here: it names what was
loaded, and does not prove that nobody has changed its triples since by other means than a load.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .. import identifiers as ids
from ..errors import Problem, SourceError
from ..intervals import parse_moment
from ..question import Graph
from ..store import Store, Table, Term
from . import on_record

Iri = Annotated[str, Field(pattern=r"^[a-z]+:[^<>\"{}|^`\\\s]+$")]
Verdict = Literal["reacted", "silent", "no reaction on record", "no source on record"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Strict):
    """A document that was held against the question; ``coverages`` are those that watch the actor in it."""

    document: Iri
    published: str
    text_sha256: str | None
    graph_sha256: str
    exhaustive: bool
    coverages: tuple[str, ...]


class ActOnRecord(_Strict):
    """An act by which the actor reacted, as one source tells it."""

    act: Iri
    document: Iri
    link: Literal["explicit", "presumed"]


class Certificate(_Strict):
    """What is certified. Things are IRIs; lists are sorted; ``digest`` is the SHA-256 of all else in canonical form."""

    format: Literal["demarche-certificate-1"]
    actor: Iri
    event: Iri
    answered: tuple[str, ...]
    """The events that count: this one, its parts, its wholes, and the descriptions that are matched to one of these."""
    earliest: str | None
    """The first instant at which the event can have happened."""
    as_of: date
    watched_from: str | None
    watched_until: str | None
    coverage: Literal["exhaustive", "partial", "none"]
    verdict: Verdict
    sources: tuple[Source, ...]
    acts: tuple[ActOnRecord, ...]
    graphs: dict[str, str]
    store: str
    digest: str

    @property
    def summary(self) -> str:
        """In a line: the verdict, of whom, on what, and how many sources it rests on."""
        count = "1 source" if len(self.sources) == 1 else f"{len(self.sources)} sources"
        actor, event = ids.local(self.actor), ids.local(self.event)
        return f"{actor} to {event}: {self.verdict}, as of {self.as_of}, {count}"

    @property
    def canonical(self) -> bytes:
        """Without its digest, as JSON in UTF-8 with sorted keys and no spaces: equal certificates have equal bytes."""
        content = self.model_dump(mode="json", exclude={"digest"})
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @property
    def json_text(self) -> str:
        """The certificate as a file has it."""
        return json.dumps(self.model_dump(mode="json"), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def certificate(store: Store, actor: str, event: str, as_of: date) -> Certificate:
    """Certify what the documents that appeared until a day tell of an actor, given by IRI, and an event."""
    earliest, answered = _earliest(store, event), on_record.answered(store, event)
    sources = _sources(store, actor, event, earliest, as_of)
    documents = {source.document for source in sources}
    acts = tuple(one for one in _acts(store, actor, answered) if one.document in documents)
    digests = store.digests()
    watched = _watched_time(store, sources)
    unsigned = Certificate(
        format="demarche-certificate-1",
        actor=actor,
        event=event,
        answered=answered,
        earliest=earliest,
        as_of=as_of,
        watched_from=watched[0],
        watched_until=watched[1],
        coverage=_coverage(sources),
        verdict=_verdict(sources, acts, own=actor in on_record.makers(store, event)),
        sources=sources,
        acts=acts,
        graphs={graph: digest for graph, digest in digests.items() if f"{ids.BASE}document/" not in graph},
        store=store.version(),
        digest="",
    )
    return unsigned.model_copy(update={"digest": sha256(unsigned.canonical).hexdigest()})


def issued(store: Store, values: Mapping[str, Term]) -> Certificate:
    """The certificate that the parameters of its question ask for."""
    day = date.fromisoformat(values["date"].value)
    return certificate(store, values["actor"].value, values["event"].value, day)


def read_certificate(text: bytes, file: str) -> Certificate:
    """The certificate that a file holds; SourceError names each field that is not as it should be."""
    try:
        return Certificate.model_validate_json(text)
    except ValidationError as error:
        found = (
            Problem(file, "certificate", ".".join(map(str, one["loc"])), one["msg"]) for one in error.errors()
        )
        raise SourceError(tuple(found)) from error


def differences(certified: Certificate, store: Store) -> tuple[str, ...]:
    """What comes out differently when the certificate is computed again on a store; nothing when it holds."""
    found = []
    if sha256(certified.canonical).hexdigest() != certified.digest:
        found.append("digest: this is not the certificate that was issued, something in it was altered")
    now = certificate(store, certified.actor, certified.event, certified.as_of)
    for name in ("answered", "earliest", "watched_from", "watched_until", "coverage", "verdict", "acts"):
        was, is_now = (one.model_dump(mode="json")[name] for one in (certified, now))
        if was != is_now:
            found.append(f"{name}: was {_told(was)}, is {_told(is_now)}")
    return (*found, *_changed_sources(certified, now))


def answer(graph: Graph, values: Mapping[str, Term]) -> Table:
    """The certificate as a table with a row for each source, or one row where there is none."""
    certified = issued(graph.store, values)
    labels = _labels(graph.store, certified)
    return Table(_COLUMNS, tuple(_row(certified, source, labels) for source in certified.sources or (None,)))


_COLUMNS = (
    *("verdict", "actor", "event", "as_of", "coverage", "document", "exhaustive", "acts"),
    *("text_sha256", "graph_sha256", "actor_id", "event_id", "document_id"),
)


def _row(certified: Certificate, source: Source | None, labels: Mapping[str, str]) -> tuple[Term | None, ...]:
    actor, event = certified.actor, certified.event
    told = sum(source is not None and one.document == source.document for one in certified.acts)
    return (
        _text(certified.verdict),
        _text(labels.get(actor, ids.local(actor))),
        _text(labels.get(event, ids.local(event))),
        _text(certified.as_of.isoformat(), "date"),
        _text(certified.coverage),
        _text(labels.get(source.document, ids.local(source.document))) if source else None,
        _text(str(source.exhaustive).lower(), "boolean") if source else None,
        _text(str(told), "integer"),
        _text(source.text_sha256) if source and source.text_sha256 else None,
        _text(source.graph_sha256) if source else None,
        Term(actor),
        Term(event),
        Term(source.document) if source else None,
    )


def _text(text: str, datatype: str | None = None) -> Term:
    return Term(text, "literal", f"http://www.w3.org/2001/XMLSchema#{datatype}" if datatype else None)


def _labels(store: Store, certified: Certificate) -> dict[str, str]:
    """What actor and event are called, and documents by publisher and day."""
    things = (certified.actor, certified.event, *(source.document for source in certified.sources))
    found = store.select(
        f"""SELECT ?thing (MIN(COALESCE(CONCAT(STR(?publisher), ", ", STR(?day)), STR(?name))) AS ?label) {{
            VALUES ?thing {{ {" ".join(Term(thing).n3() for thing in things)} }} ?thing rdfs:label ?name
            OPTIONAL {{ ?thing dm:publisher ?by ; dm:publicationDate ?day . ?by rdfs:label ?publisher }}
        }} GROUP BY ?thing"""
    )
    return {row["thing"] or "": row["label"] or "" for row in found}


def _verdict(sources: tuple[Source, ...], acts: tuple[ActOnRecord, ...], *, own: bool) -> Verdict:
    if acts:
        return "reacted"
    if not sources:
        return "no source on record"
    exhaustive = any(source.exhaustive for source in sources)
    return "silent" if exhaustive and not own else "no reaction on record"


def _coverage(sources: tuple[Source, ...]) -> Literal["exhaustive", "partial", "none"]:
    if any(source.exhaustive for source in sources):
        return "exhaustive"
    return "partial" if any(source.coverages for source in sources) else "none"


def _earliest(store: Store, event: str) -> str | None:
    found = _values(store, f"SELECT (MIN(?from) AS ?x) {{ {Term(event).n3()} dm:earliest ?from }}")
    return found[0] if found else None


def _sources(store: Store, actor: str, event: str, earliest: str | None, as_of: date) -> tuple[Source, ...]:
    digests, watching = store.digests(), _watching(store, actor, event)
    found = store.select(
        """SELECT ?document ?published (MIN(?digest) AS ?text) { ?document a dm:Document ; dm:publicationDate ?published
            OPTIONAL { ?document dm:digest ?digest } } GROUP BY ?document ?published ORDER BY ?document"""
    )
    return tuple(
        Source(
            document=document,
            published=row["published"] or "",
            text_sha256=row["text"],
            graph_sha256=digests[document],
            exhaustive=any(watching.get(document, {}).values()),
            coverages=tuple(sorted(watching.get(document, {}))),
        )
        for row in found
        if (document := row["document"] or "") in digests
        and _first_day(earliest) <= _last_day(row["published"] or "") <= as_of
    )


def _watching(store: Store, actor: str, event: str) -> dict[str, dict[str, bool]]:
    """For each document the coverages that watch the actor in it, and whether exhaustively.

    A coverage that names no event watches whatever its documents tell of.
    """
    found = store.select(
        f"""SELECT DISTINCT ?document ?coverage ?exhaustive {{
            ?coverage dm:watchedDocument ?document ; dm:watches {Term(actor).n3()} ; dm:exhaustive ?exhaustive
            OPTIONAL {{ ?coverage dm:watchesEvent ?any }}
            OPTIONAL {{ ?coverage dm:watchesEvent ?event . {Term(event).n3()} dm:partOf* ?event }}
            FILTER(BOUND(?event) || !BOUND(?any))
        }}"""
    )
    watching: dict[str, dict[str, bool]] = {}
    for row in found:
        watching.setdefault(row["document"] or "", {})[row["coverage"] or ""] = row["exhaustive"] == "true"
    return watching


def _watched_time(store: Store, sources: tuple[Source, ...]) -> tuple[str | None, str | None]:
    """From when until when the exhaustive coverages watched, taken together."""
    coverages = {one for source in sources if source.exhaustive for one in source.coverages}
    found = store.select(
        f"""SELECT (MIN(?from) AS ?first) (MAX(?until) AS ?last) {{
            VALUES ?coverage {{ {" ".join(Term(one).n3() for one in sorted(coverages))} }}
            ?coverage dm:exhaustive true ; dm:earliest ?from ; dm:latest ?until }}"""
    )
    return next(((row["first"], row["last"]) for row in found), (None, None))


def _acts(store: Store, actor: str, answered: tuple[str, ...]) -> tuple[ActOnRecord, ...]:
    """The acts of the actor that answer the event; where a document ties one both ways, explicitly counts."""
    found = store.select(
        f"""SELECT ?document ?act (MAX(?explicit) AS ?said) {{
            VALUES ?event {{ {" ".join(Term(one).n3() for one in answered)} }}
            VALUES ?doer {{ {" ".join(Term(one).n3() for one in on_record.doers(store, actor))} }}
            VALUES (?tie ?explicit) {{ (dm:reactsTo true) (dm:presumablyReactsTo false) }}
            GRAPH ?document {{ ?act ?tie ?event ; dm:madeBy|dm:body|dm:government|dm:onBehalfOf ?doer }}
        }} GROUP BY ?document ?act ORDER BY ?act ?document"""
    )
    return tuple(
        ActOnRecord(
            act=row["act"] or "",
            document=row["document"] or "",
            link="explicit" if row["said"] == "true" else "presumed",
        )
        for row in found
    )


def _changed_sources(certified: Certificate, now: Certificate) -> tuple[str, ...]:
    before, after = ({one.document: one for one in each.sources} for each in (certified, now))
    gone = [f"sources: {document} is no longer among them" for document in before.keys() - after.keys()]
    new = [f"sources: {document} was not among them" for document in after.keys() - before.keys()]
    changed = [
        f"sources: {document}: {name} was {_told(was)}, is {_told(is_now)}"
        for document in before.keys() & after.keys()
        for name, was in before[document].model_dump(mode="json").items()
        if was != (is_now := after[document].model_dump(mode="json")[name])
    ]
    return tuple(sorted([*gone, *new, *changed]))


def _told(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _first_day(earliest: str | None) -> date:
    """The first day, anywhere on earth, on which a document can tell of the event."""
    if earliest is None:
        return date.min
    return (datetime.fromisoformat(earliest.replace("Z", "+00:00")) - timedelta(hours=12)).date()


def _last_day(published: str) -> date:
    return (parse_moment(published).end - timedelta(microseconds=1)).date()


def _values(store: Store, query: str) -> tuple[str, ...]:
    return tuple(row["x"] for row in store.select(query) if row["x"])
