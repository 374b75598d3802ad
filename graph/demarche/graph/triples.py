"""Records become triples here and nowhere else: the only place where records meet the ontology's terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from rdflib import RDF, RDFS, SDO, SKOS, XSD, Namespace, URIRef
from rdflib import Literal as _Literal

from demarche.ontology import DM
from demarche.ontology.codes import STANCE_INTENSITY, STANCE_POLARITY

from . import identifiers as ids
from .entailment import entailed
from .intervals import Bounds, bounds, parse_moment, utc_text
from .records import (
    Act,
    Body,
    Catalogue,
    Claim,
    Collection,
    Collections,
    Coverage,
    Directory,
    Document,
    Dossier,
    Event,
    Lead,
    Leads,
    Link,
    Matches,
    Mention,
    NarratorAssertion,
    Office,
    Person,
    Place,
    Quotation,
    Record,
    Relation,
    Report,
    Tenure,
    Time,
    UnnamedSource,
    WeaponSystem,
)


class Literal(_Literal):
    """A literal that keeps its lexical form: rdflib would turn ``Z`` into ``+00:00`` on the way in."""

    def __new__(cls, text: str, lang: str | None = None, datatype: URIRef | None = None) -> Self:
        made: Self = super().__new__(cls, text, lang=lang, datatype=datatype, normalize=False)
        return made


Term = URIRef | _Literal
Triple = tuple[URIRef, URIRef, Term]

GEO = Namespace("http://www.opengis.net/ont/geosparql#")
WIKIDATA = Namespace("http://www.wikidata.org/entity/")


@dataclass
class NamedGraph:
    """The triples of one source, the name of their graph, and the record that each node came from."""

    name: URIRef
    triples: set[Triple] = field(default_factory=set)
    records: dict[URIRef, str] = field(default_factory=dict)

    def close(self) -> NamedGraph:
        """Add what the ontology entails (superclasses, superproperties, Reaction, the closure of partOf)."""
        self.triples |= entailed(self.triples)
        return self


def dossier_graph(dossier: Dossier) -> NamedGraph:
    """All that one document supports, in the graph that bears the document's IRI."""
    writer = _Writer(ids.iri(f"document/{dossier.document.id}"), dossier.document.id)
    writer.document(dossier.document)
    for span, digest in dossier.spans.items():
        writer.span(span, digest, dossier.words.get(span))
    writer.each(writer.body, dossier.bodies, "bodies")
    writer.each(writer.source, dossier.sources, "sources")
    writer.each(writer.event, dossier.events, "events")
    writer.each(writer.act, dossier.acts, "acts")
    writer.each(writer.claim, dossier.claims, "claims")
    writer.each(writer.assertion, dossier.assertions, "assertions")
    writer.each(writer.relation, dossier.relations, "relations")
    writer.each(writer.mention, dossier.mentions, "mentions")
    if dossier.coverage:
        writer.each(writer.coverage, (dossier.coverage,), "coverage")
    for note in dossier.notes:
        for thing in note.about:
            writer.add(writer.ref(thing), SKOS.editorialNote, Literal(note.text, lang="en"))
    return writer.graph.close()


def directory_graph(directory: Directory, name: str = ids.DIRECTORY_GRAPH) -> NamedGraph:
    """Persons, bodies, offices, tenures, places and weapon systems that outlast a single document."""
    writer = _Writer(name, None)
    writer.each(writer.person, directory.persons, "persons")
    writer.each(writer.body, directory.bodies, "bodies")
    writer.each(writer.office, directory.offices, "offices")
    offices = {f"office/{office.id}": office for office in directory.offices}
    for tenure in directory.tenures:
        writer.each(lambda one: writer.tenure(one, offices[one.office].body), (tenure,), "tenures")
    writer.each(writer.place, directory.places, "places")
    writer.each(writer.weapon, directory.weapons, "weapons")
    return writer.graph.close()


def catalogue_graph(catalogue: Catalogue) -> NamedGraph:
    """The events of a published table and the claims its rows make."""
    writer = _Writer(ids.iri(f"catalogue/{catalogue.id}"), catalogue.id)
    writer.catalogue(catalogue)
    writer.each(writer.place, catalogue.places, "places")
    writer.each(writer.weapon, catalogue.weapons, "weapons")
    for event in catalogue.events:
        writer.each(writer.event, (event,), "events")
        if event.catalogue_row:
            writer.add(writer.ref(f"event/{event.id}"), DM.inCatalogue, writer.graph.name)
    writer.each(writer.claim, catalogue.claims, "claims")
    return writer.graph.close()


def matches_graph(matches: Matches) -> NamedGraph:
    """What a curator holds to be one event in two sources."""
    writer = _Writer(ids.MATCHES_GRAPH, "matches")
    writer.each(writer.relation, matches.relations, "relations")
    return writer.graph.close()


def coverage_graph(collections: Collections) -> NamedGraph:
    """What was watched in each collection of documents."""
    writer = _Writer(ids.COVERAGE_GRAPH, "collection")
    writer.each(writer.collection, collections.collections, "collections")
    return writer.graph.close()


def leads_graph(leads: Leads) -> NamedGraph:
    """The leads, each marked as unverified, in the graph that no query sees unless it names it."""
    writer = _Writer(ids.LEADS_GRAPH, leads.id)
    writer.each(writer.lead, leads.leads, "leads")
    return writer.graph.close()


# ---------------------------------------------------------------- fields and their properties

_Converter = Callable[["_Writer", Any], Term]


def _code(scheme: str) -> _Converter:
    return lambda _, value: URIRef(ids.code(scheme, value))


def _ref(writer: _Writer, value: str) -> Term:
    return writer.ref(value)


def _span(writer: _Writer, value: str) -> Term:
    return URIRef(ids.span(writer.owner, value))


def _text(_: _Writer, value: str) -> Term:
    return Literal(value, datatype=XSD.string)


def _english(_: _Writer, value: str) -> Term:
    return Literal(value, lang="en")


def _integer(_: _Writer, value: int) -> Term:
    return Literal(str(value), datatype=XSD.integer)


def _decimal(_: _Writer, value: float) -> Term:
    return decimal(value)


def _boolean(_: _Writer, value: bool) -> Term:
    return Literal("true" if value else "false", datatype=XSD.boolean)


def _date(_: _Writer, value: str) -> Term:
    return date(value)


def _uri(_: _Writer, value: str) -> Term:
    return Literal(value, datatype=XSD.anyURI)


def _wikidata(_: _Writer, value: str) -> Term:
    return WIKIDATA[value]


_NAMED: dict[str, tuple[URIRef, _Converter]] = {
    "label": (RDFS.label, _english),
    "aliases": (SKOS.altLabel, _english),
    "wikidata": (SDO.sameAs, _wikidata),
    "note": (SKOS.editorialNote, _english),
}

_FIELDS: dict[type[Record], dict[str, tuple[URIRef, _Converter]]] = {
    Person: {**_NAMED, "rank_title": (DM.rankTitle, _text)},
    Body: {
        **_NAMED,
        "body_type": (DM.bodyType, _code("body-type")),
        "state": (DM.stateCode, _text),
        "sub_body_of": (DM.subBodyOf, _ref),
        "government": (DM.ofGovernment, _ref),
        "members": (DM.member, _ref),
        "at_event": (DM.atEvent, _ref),
    },
    UnnamedSource: {name: _NAMED[name] for name in ("label", "note")},
    Office: {**_NAMED, "body": (DM.inBody, _ref), "seniority": (DM.seniority, _code("seniority"))},
    Tenure: {
        "person": (DM.person, _ref),
        "office": (DM.office, _ref),
        "held_from": (DM.heldFrom, _date),
        "held_until": (DM.heldUntil, _date),
        "attested": (DM.attestedAt, _date),
        "basis": (DM.basis, _code("basis")),
        "note": (SKOS.editorialNote, _english),
    },
    Place: {**_NAMED, "place_type": (DM.placeType, _code("place-type")), "state": (DM.inState, _text)},
    WeaponSystem: {**_NAMED, "missile_class": (DM.weaponClass, _code("missile-class"))},
    Event: {
        "kind": (DM.kind, _code("event-kind")),
        "label": (RDFS.label, _english),
        "utc_date": (DM.utcDate, _date),
        "actors": (DM.actor, _ref),
        "participants": (DM.participant, _ref),
        "led_by": (DM.ledBy, _ref),
        "targets": (DM.target, _ref),
        "place": (DM.place, _ref),
        "landing_place": (DM.landingPlace, _ref),
        "weapon": (DM.weapon, _ref),
        "part_of": (DM.partOf, _ref),
        "catalogue_row": (DM.catalogueRow, _text),
        "correction": (DM.correction, _text),
        "note": (SKOS.editorialNote, _english),
    },
    Act: {
        "kind": (DM.kind, _code("act-kind")),
        "made_by": (DM.madeBy, _ref),
        "capacities": (DM.inCapacity, _ref),
        "bodies": (DM.body, _ref),
        "governments": (DM.government, _ref),
        "level": (DM.level, _code("level")),
        "stance": (DM.stance, _code("stance")),
        "targets": (DM.target, _ref),
        "channel": (DM.channel, _code("channel")),
        "addressees": (DM.addressee, _ref),
        "via": (DM.via, _ref),
        "place": (DM.place, _ref),
        "at_event": (DM.atEvent, _ref),
        "not_before": (DM.notBefore, _ref),
        "not_after": (DM.notAfter, _ref),
        "announces": (DM.announces, _ref),
        "relays": (DM.relays, _ref),
        "invokes": (DM.invokes, _ref),
        "paraphrase": (DM.paraphrase, _text),
        "note": (SKOS.editorialNote, _english),
    },
    Report: {
        "mode": (DM.mode, _code("mode")),
        "span": (DM.span, _span),
        "source": (DM.sourceSpan, _span),
        "cues": (DM.cueSpan, _span),
        "content": (DM.contentSpan, _span),
        "hedge": (DM.hedgeSpan, _span),
        "channel": (DM.channelSpan, _span),
        "characterisation": (DM.characterisation, _span),
        "relayer": (DM.relayer, _ref),
        "relayer_span": (DM.relayerSpan, _span),
    },
    Quotation: {
        "span": (DM.span, _span),
        "fidelity": (DM.fidelity, _code("fidelity")),
        "fidelity_basis": (DM.fidelityBasis, _code("basis")),
        "normalized": (DM.normalizedText, _text),
        "insertions": (DM.editorialInsertion, _span),
    },
    Claim: {
        "about": (DM.about, _ref),
        "quantity": (DM.quantity, _code("quantity")),
        "comparator": (DM.comparator, _code("comparator")),
        "upper_value": (DM.upperValue, _decimal),
        "unit": (DM.unit, _code("unit")),
        "outcome": (DM.outcome, _code("outcome")),
        "outcome_status": (DM.outcomeStatus, _code("outcome-status")),
        "zone": (DM.zone, _text),
        "holders": (DM.holder, _ref),
        "candidate_holders": (DM.candidateHolder, _ref),
        "mode": (DM.mode, _code("mode")),
        "relative_to": (DM.relativeTo, _ref),
        "made_in": (DM.madeIn, _ref),
        "evidence": (DM.evidence, _span),
        "note": (SKOS.editorialNote, _english),
    },
    NarratorAssertion: {
        "about": (DM.about, _ref),
        "span": (DM.span, _span),
        "paraphrase": (DM.paraphrase, _text),
        "candidate_holders": (DM.candidateHolder, _ref),
        "note": (SKOS.editorialNote, _english),
    },
    Document: {
        "publisher": (DM.publisher, _ref),
        "publisher_basis": (DM.publisherBasis, _text),
        "title": (RDFS.label, _text),
        "url": (DM.url, _uri),
        "published": (DM.publicationDate, _date),
        "published_basis": (DM.publicationDateBasis, _code("basis")),
        "zone": (DM.zone, _text),
        "zone_basis": (DM.zoneBasis, _code("basis")),
        "date_resolution": (DM.dateResolution, _text),
        "characters": (DM.characters, _integer),
        "sha256": (DM.digest, _text),
        "boilerplate": (DM.boilerplate, _span),
    },
    Coverage: {
        "watches": (DM.watches, _ref),
        "events": (DM.watchesEvent, _ref),
        "exhaustive": (DM.exhaustive, _boolean),
        "note": (SKOS.editorialNote, _english),
    },
    Collection: {
        "label": (RDFS.label, _english),
        "outlets": (DM.publisher, _ref),
        "documents": (DM.watchedDocument, _ref),
        "watches": (DM.watches, _ref),
        "events": (DM.watchesEvent, _ref),
        "exhaustive": (DM.exhaustive, _boolean),
        "note": (SKOS.editorialNote, _english),
    },
    Lead: {
        "url": (DM.url, _uri),
        "about": (DM.about, _ref),
        "speaker": (DM.speakerText, _text),
        "office": (DM.officeText, _text),
        "body": (DM.bodyText, _text),
        "names": (DM.namesActor, _ref),
        "kind": (DM.suggests, _code("act-kind")),
        "level": (DM.suggests, _code("level")),
        "stance": (DM.suggests, _code("stance")),
        "channel": (DM.suggests, _code("channel")),
        "paraphrase": (DM.paraphrase, _text),
    },
    Time: {
        "approximate": (DM.timeApproximate, _boolean),
        "zone": (DM.zone, _text),
        "zone_basis": (DM.zoneBasis, _code("basis")),
        "basis": (DM.timeBasis, _code("basis")),
        "text": (DM.timeText, _text),
        "span": (DM.timeSpan, _span),
    },
    Catalogue: {
        "label": (RDFS.label, _english),
        "publisher": (DM.publisher, _ref),
        "digest": (DM.digest, _text),
        "url": (DM.url, _uri),
    },
}

_BODY_CLASSES = {
    "government": DM.Government,
    "government-body": DM.GovernmentBody,
    "international-body": DM.InternationalBody,
    "delegation": DM.Delegation,
    "media-organisation": DM.MediaOrganisation,
    "body": DM.Body,
}
_DATE_TYPES = {"year": XSD.gYear, "month": XSD.gYearMonth, "day": XSD.date}


def date(text: str) -> Literal:
    """A printed date as ``xsd:date``, ``xsd:gYearMonth`` or ``xsd:gYear``; a clock time keeps its date only."""
    moment = parse_moment(text)
    return Literal(text[:10], datatype=_DATE_TYPES.get(moment.precision, XSD.date))


def decimal(value: float) -> Literal:
    """A number as ``xsd:decimal``: 400 km and 400.0 km are one value and get one literal."""
    return Literal(f"{value:.6f}".rstrip("0").rstrip("."), datatype=XSD.decimal)


class _Writer:
    """Writes records into one graph; ``owner`` is the id of the document or catalogue that names its parts."""

    def __init__(self, graph: str, owner: str | None) -> None:
        self.graph = NamedGraph(URIRef(graph))
        self.owner = owner or ""
        self._record = ""

    def each(self, write: Callable[[Any], None], records: Iterable[Record], place: str) -> None:
        for number, record in enumerate(records):
            self._record = f"{place}/{getattr(record, 'id', number)}"
            write(record)

    def add(self, subject: URIRef, prop: URIRef, value: Term) -> None:
        self.graph.triples.add((subject, prop, value))

    def ref(self, reference: str) -> URIRef:
        return URIRef(ids.iri(reference, self.owner))

    def own(self, kind: str, identifier: str) -> URIRef:
        """The IRI of something declared here: a bare id is local to the document, a reference stands for itself."""
        return self.ref(identifier if "/" in identifier else f"{kind}/./{identifier}")

    # -- the directory

    def person(self, person: Person) -> None:
        self._describe(self.ref(f"person/{person.id}"), DM.Person, person)

    def body(self, body: Body) -> None:
        node = self.ref(f"body/./{body.id}" if self.owner else f"body/{body.id}")
        self._describe(node, _BODY_CLASSES[body.type], body)

    def source(self, source: UnnamedSource) -> None:
        self._describe(self.own("source", source.id), DM.UnnamedSource, source)

    def office(self, office: Office) -> None:
        self._describe(self.ref(f"office/{office.id}"), DM.Office, office)

    def tenure(self, tenure: Tenure, body: str) -> None:
        node = self.ref(f"tenure/{tenure.id}")
        self._describe(node, DM.Tenure, tenure)
        self.add(node, DM.inBody, self.ref(body))

    def place(self, place: Place) -> None:
        node = self.ref(f"place/{place.id}")
        self._describe(node, DM.Place, place)
        if place.latitude is not None and place.longitude is not None:
            geometry = self._node(self.ref(f"geometry/{place.id}"), GEO.Geometry)
            point = f"POINT({place.longitude} {place.latitude})"
            self.add(node, GEO.hasGeometry, geometry)
            self.add(geometry, GEO.asWKT, Literal(point, datatype=GEO.wktLiteral))

    def weapon(self, weapon: WeaponSystem) -> None:
        self._describe(self.ref(f"weapon/{weapon.id}"), DM.WeaponSystem, weapon)

    # -- sources

    def document(self, document: Document) -> None:
        self._record = "document"
        node = self.graph.name
        self._describe(node, DM.Document, document)
        self.add(node, URIRef("http://purl.org/dc/terms/language"), Literal(document.language))
        if document.title is None:
            self.add(node, RDFS.label, Literal(f"untitled document of {document.published}", lang="en"))

    def catalogue(self, catalogue: Catalogue) -> None:
        self._record = "catalogue"
        self._describe(self.graph.name, DM.Catalogue, catalogue)

    def span(self, at: str, digest: str, words: str | None) -> None:
        self._record = f"spans/{at}"
        start, end = at.split("-")
        node = self._node(URIRef(ids.span(self.owner, at)), DM.Span)
        self.add(node, DM.start, _integer(self, int(start)))
        self.add(node, DM.end, _integer(self, int(end)))
        self.add(node, DM.digest, _text(self, digest))
        self.add(node, DM.inDocument, self.graph.name)
        if words is not None:
            self.add(node, DM.exact, _text(self, words))

    # -- events, acts and how they are reported

    def event(self, event: Event) -> None:
        declared = event.id if "/" in event.id or self._is_document() else f"event/{event.id}"
        node = self.own("event", declared)
        self._describe(node, DM.Event, event)
        if event.time:
            self._time(node, event.time, with_utc_date=event.utc_date is None)

    def act(self, act: Act) -> None:
        node = self.own("act", act.id)
        self._describe(node, DM.Statement if act.type == "statement" else DM.MaterialAct, act)
        self.add(node, RDFS.label, Literal(act.paraphrase, lang="en"))
        self._strength(node, act)
        self._time(node, act.time, with_utc_date=True)
        for prop, basis, links in (
            (DM.reactsTo, "explicit", act.reacts_to),
            (DM.presumablyReactsTo, "inferred", act.presumably_reacts_to),
            (DM.anticipates, "explicit", act.anticipates),
        ):
            for link in links:
                self._act_link(node, prop, basis, link)
        for report in act.reports:
            self._report(node, report)

    def claim(self, claim: Claim) -> None:
        node = URIRef(ids.within("claim", self.owner, claim.id))
        self._describe(node, DM.Claim, claim)
        self._within_document(node)
        if isinstance(claim.value, str):
            for name, instant in _instants(bounds(claim.value, None, claim.zone)):
                self.add(node, name, instant)
            self.add(node, DM.value, Literal(claim.value, datatype=XSD.string))
        elif claim.value is not None:
            self.add(node, DM.value, decimal(claim.value))

    def assertion(self, assertion: NarratorAssertion) -> None:
        node = URIRef(ids.within("assertion", self.owner, assertion.id))
        self._describe(node, DM.NarratorAssertion, assertion)
        self.add(node, DM.mode, URIRef(ids.code("mode", "narrator")))
        self._within_document(node)

    def mention(self, mention: Mention) -> None:
        for span in mention.spans:
            node = self._node(URIRef(ids.within("mention", self.owner, span, mention.of)), DM.Mention)
            self._within_document(node)
            self.add(node, DM.span, _span(self, span))
            self.add(node, DM.denotes, self.ref(mention.of))
            self.add(node, DM.basis, URIRef(ids.code("basis", mention.basis)))
            self._confidence(node, mention.confidence)
            for other in mention.may_denote:
                self.add(node, DM.mayDenote, self.ref(other))
            if mention.note:
                self.add(node, SKOS.editorialNote, _english(self, mention.note))

    def relation(self, relation: Relation) -> None:
        prop, subject, obj = DM[relation.property], self.ref(relation.subject), self.ref(relation.object)
        if not relation.alternative:
            self.add(subject, prop, obj)
        self._grounds(subject, prop, obj, relation.basis, relation)

    def coverage(self, coverage: Coverage) -> None:
        node = URIRef(f"{ids.BASE}coverage/{self.owner}")
        self._describe(node, DM.Coverage, coverage)
        self.add(node, DM.watchedDocument, self.graph.name)
        self._time(node, coverage.time, with_utc_date=False)

    def collection(self, collection: Collection) -> None:
        node = URIRef(ids.within("coverage", self.owner, collection.id))
        self._describe(node, DM.Coverage, collection)
        self._time(node, collection.time, with_utc_date=False)

    def lead(self, lead: Lead) -> None:
        node = URIRef(ids.within("lead", self.owner, lead.id))
        self._describe(node, DM.Lead, lead)
        self.add(node, RDFS.label, Literal(lead.paraphrase, lang="en"))
        self.add(node, DM.verification, URIRef(ids.code("verification", "unverified")))
        self._time(node, lead.time, with_utc_date=False)

    # -- helpers

    def _describe(self, node: URIRef, kind: URIRef, record: Record) -> None:
        self._node(node, kind)
        self._fields(node, record)

    def _node(self, node: URIRef, kind: URIRef) -> URIRef:
        self.graph.records.setdefault(node, self._record)
        self.add(node, RDF.type, kind)
        return node

    def _fields(self, node: URIRef, record: Record) -> None:
        for name, (prop, convert) in _FIELDS[type(record)].items():
            for value in _values(getattr(record, name)):
                self.add(node, prop, convert(self, value))

    def _time(self, node: URIRef, time: Time, *, with_utc_date: bool) -> None:
        self._fields(node, time)
        self.add(node, DM.timePrecision, URIRef(ids.code("precision", time.precision)))
        found = time.bounds()
        if found is None or time.value is None:
            return
        for name, instant in _instants(found):
            self.add(node, name, instant)
        self.add(node, DM.localDate, date(time.value))
        if with_utc_date and found.utc_date:
            self.add(node, DM.utcDate, date(found.utc_date))

    def _strength(self, node: URIRef, act: Act) -> None:
        polarity = (
            act.polarity if act.polarity is not None or act.stance is None else STANCE_POLARITY[act.stance]
        )
        intensity = act.intensity or (STANCE_INTENSITY[act.stance] if act.stance else None)
        if polarity is not None:
            self.add(node, DM.polarity, _integer(self, polarity))
        if intensity is not None:
            self.add(node, DM.intensity, _integer(self, intensity))

    def _act_link(self, act: URIRef, prop: URIRef, basis: str, link: Link) -> None:
        event = self.ref(link.event)
        self.add(act, prop, event)
        self._grounds(act, prop, event, basis, link)

    def _grounds(
        self, subject: URIRef, prop: URIRef, obj: URIRef, basis: str, grounds: Link | Relation
    ) -> None:
        node = self._node(URIRef(ids.link(self.owner, str(subject), str(prop), str(obj))), DM.Link)
        self.add(node, DM.linkFrom, subject)
        self.add(node, DM.linkProperty, prop)
        self.add(node, DM.linkTo, obj)
        self.add(node, DM.basis, URIRef(ids.code("basis", basis)))
        self._confidence(node, grounds.confidence)
        if grounds.evidence:
            self.add(node, DM.evidence, _span(self, grounds.evidence))
        if grounds.note:
            self.add(node, SKOS.editorialNote, _english(self, grounds.note))

    def _report(self, act: URIRef, report: Report) -> None:
        tail = ids.local(str(act)).removeprefix("act/").removeprefix(f"{self.owner}/")
        node = URIRef(ids.within("report", self.owner, tail, report.span))
        self._describe(node, DM.Report, report)
        self._within_document(node)
        self.add(node, DM.reports, act)
        for quotation in report.quotations:
            quoted = URIRef(ids.within("quotation", self.owner, quotation.span))
            self._describe(quoted, DM.Quotation, quotation)
            self._within_document(quoted)
            self.add(node, DM.hasQuotation, quoted)

    def _confidence(self, node: URIRef, confidence: float | None) -> None:
        if confidence is not None:
            self.add(node, DM.confidence, decimal(confidence))

    def _is_document(self) -> bool:
        return str(self.graph.name).startswith(f"{ids.BASE}document/")

    def _within_document(self, node: URIRef) -> None:
        if self._is_document():
            self.add(node, DM.inDocument, self.graph.name)


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        yield from value
    elif value is not None:
        yield value


def _instants(found: Bounds) -> Iterator[tuple[URIRef, Literal]]:
    yield DM.earliest, Literal(utc_text(found.earliest), datatype=XSD.dateTime)
    yield DM.latest, Literal(utc_text(found.latest), datatype=XSD.dateTime)
