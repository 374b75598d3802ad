"""What a source tells us, before it is RDF: frozen, strict records; nothing here knows of triples.

Dossiers, catalogues, posts to the service and feeds all arrive as these classes, so a misspelt field or an unknown
code stops at the door, whoever knocks. A *reference* is the tail of an IRI (``person/gen-nakatani``); ``.`` stands for
the document in hand (``act/./kirby``). A *span* is written ``start-end`` in code points of the document.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from demarche.ontology.codes import (
    ActKind,
    Basis,
    BodyType,
    Channel,
    Comparator,
    EventKind,
    Fidelity,
    Level,
    MissileClass,
    Mode,
    Outcome,
    OutcomeStatus,
    PlaceType,
    Quantity,
    Seniority,
    Stance,
    Unit,
)

from .intervals import Bounds, bounds, parse_moment

_SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_REFERENCE = re.compile(rf"(?P<kind>[a-z]+)/(?P<id>(?:\.|{_SLUG})(?:/{_SLUG})?)")

RelationProperty = Literal[
    "partOf", "before", "sameDayAs", "during", "notBefore", "notAfter", "bringsAbout", "continuesSeries",
    "laterEditionOf", "sharesParticipantsWith", "commemorates", "concludes", "violates", "atEvent", "sameEventAs",
    "via",
]  # fmt: skip


def _reference_to(*kinds: str) -> AfterValidator:
    def check(text: str) -> str:
        match = _REFERENCE.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no reference: expected kind/id, such as {kinds[0]}/some-name")
        if match["kind"] not in kinds:
            raise ValueError(f"{text!r} must name one of: {', '.join(kinds)}")
        return text

    return AfterValidator(check)


def _span(text: str) -> str:
    match = re.fullmatch(r"([0-9]+)-([0-9]+)", text)
    if match is None or int(match[1]) >= int(match[2]):
        raise ValueError(f"{text!r} is no span: expected start-end in code points, with start before end")
    return text


def _moment(text: str) -> str:
    parse_moment(text)
    return text


_ANY = (
    "person", "body", "source", "office", "tenure", "place", "weapon", "event", "act", "document", "catalogue", "claim",
)  # fmt: skip

Slug = Annotated[str, Field(pattern=rf"^{_SLUG}$")]
Span = Annotated[str, AfterValidator(_span)]
Moment = Annotated[str, AfterValidator(_moment)]
Zone = Annotated[str, Field(pattern=r"^[+-][0-9]{2}:[0-9]{2}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Confidence = Annotated[float, Field(gt=0, le=1)]
Words = Annotated[str, Field(min_length=1)]
StateCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
WikidataId = Annotated[str, Field(pattern=r"^Q[1-9][0-9]*$")]

ActorRef = Annotated[str, _reference_to("person", "body", "source")]
PersonRef = Annotated[str, _reference_to("person")]
BodyRef = Annotated[str, _reference_to("body")]
OfficeRef = Annotated[str, _reference_to("office")]
TenureRef = Annotated[str, _reference_to("tenure")]
PlaceRef = Annotated[str, _reference_to("place")]
WeaponRef = Annotated[str, _reference_to("weapon")]
EventRef = Annotated[str, _reference_to("event", "act")]
ActRef = Annotated[str, _reference_to("act")]
DocumentRef = Annotated[str, _reference_to("document")]
AnyRef = Annotated[str, _reference_to(*_ANY)]


class Record(BaseModel):
    """The strictness that all records share: immutable, no unknown field, no silent conversion."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Time(Record):
    """When something happened, as far as the source tells: a moment or an interval, with its precision and grounds."""

    value: Moment | None = None
    until: Moment | None = Field(None, description="last unit of an interval, inclusive")
    approximate: bool | None = None
    zone: Zone | None = Field(
        None, description="offset in which the source's clock was read; unknown when absent"
    )
    zone_basis: Basis | None = None
    basis: Basis
    text: Words | None = Field(None, description="the time as printed")
    span: Span | None = None

    @property
    def precision(self) -> str:
        """The unit of the coarser end, or ``unknown`` for an undated act."""
        if self.value is None:
            return "unknown"
        ends = [parse_moment(end) for end in (self.value, self.until) if end]
        return min(ends, key=lambda moment: len(moment.text)).precision

    def bounds(self) -> Bounds | None:
        """Earliest and latest instant in UTC, or None for an undated act."""
        return bounds(self.value, self.until, self.zone) if self.value else None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.until and not self.value:
            raise ValueError("until without value: an interval needs its beginning")
        found = self.bounds()
        if found and found.earliest >= found.latest:
            raise ValueError(f"the interval ends ({self.until}) before it begins ({self.value})")
        return self


# ---------------------------------------------------------------- the directory: who, in which office, where


class Named(Record):
    """What things of the directory have in common."""

    id: Slug
    label: Words
    aliases: tuple[Words, ...] = ()
    wikidata: WikidataId | None = None
    note: Words | None = None


class Person(Named):
    rank_title: Words | None = None


class Body(Named):
    """An organisation. ``government`` is the government it stands under, None for international and private bodies."""

    type: Literal[
        "government", "government-body", "international-body", "delegation", "media-organisation", "body"
    ]
    body_type: BodyType
    state: StateCode | None = None
    sub_body_of: BodyRef | None = None
    government: BodyRef | None = None
    members: tuple[BodyRef, ...] = ()
    at_event: EventRef | None = None


class UnnamedSource(Record):
    id: Slug
    label: Words
    note: Words | None = None


class Office(Named):
    body: BodyRef
    seniority: Seniority


class Tenure(Record):
    """One person in one office. ``attested`` days are those on which a source shows the person in it."""

    id: Slug
    person: PersonRef
    office: OfficeRef
    held_from: Moment | None = None
    held_until: Moment | None = None
    attested: tuple[Moment, ...] = ()
    basis: Basis
    note: Words | None = None


class Place(Named):
    place_type: PlaceType
    state: StateCode | None = None
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)


class WeaponSystem(Named):
    missile_class: MissileClass


class Directory(Record):
    """Everything that outlasts a single document."""

    persons: tuple[Person, ...] = ()
    bodies: tuple[Body, ...] = ()
    offices: tuple[Office, ...] = ()
    tenures: tuple[Tenure, ...] = ()
    places: tuple[Place, ...] = ()
    weapons: tuple[WeaponSystem, ...] = ()


class OwnDirectory(Directory):
    """A file of whom and what the record's directory lacks; ``directory`` names it, and with it its graph."""

    directory: Slug


# ---------------------------------------------------------------- events and claims


class Event(Record):
    """An event as one source tells it. Two sources may describe one ``id``, each in a graph of its own."""

    id: Slug | Annotated[str, _reference_to("event")]
    kind: EventKind
    label: Words
    time: Time | None = None
    utc_date: Moment | None = Field(
        None, description="only where it cannot be had from the time, as for a salvo"
    )
    actors: tuple[ActorRef, ...] = ()
    participants: tuple[ActorRef, ...] = ()
    led_by: tuple[ActorRef, ...] = ()
    targets: tuple[AnyRef, ...] = ()
    place: PlaceRef | None = None
    landing_place: PlaceRef | None = None
    weapon: WeaponRef | None = None
    part_of: tuple[EventRef, ...] = ()
    catalogue_row: Words | None = None
    correction: Words | None = None
    note: Words | None = None


class Claim(Record):
    """One value of one quantity, with who vouches for it: a holder, or the narrator."""

    id: Slug
    about: tuple[AnyRef, ...] = Field(min_length=1)
    quantity: Quantity
    comparator: Comparator = "eq"
    value: float | int | Moment | None = None
    upper_value: float | int | None = None
    unit: Unit | None = None
    outcome: Outcome | None = None
    outcome_status: OutcomeStatus | None = None
    zone: Zone | None = None
    holders: tuple[ActorRef, ...] = ()
    candidate_holders: tuple[ActorRef, ...] = ()
    mode: Mode | None = None
    relative_to: EventRef | None = None
    made_in: ActRef | None = None
    evidence: Span | None = None
    note: Words | None = None


class Relation(Record):
    """A relation between two things with its grounds; also the form of a curator's match between sources."""

    subject: AnyRef
    property: RelationProperty
    object: AnyRef
    basis: Basis
    confidence: Confidence | None = None
    evidence: Span | None = None
    alternative: bool = Field(
        False, description="a reading kept beside the preferred one; it gets no triple of its own"
    )
    note: Words | None = None


class Catalogue(Record):
    """A published table of events."""

    id: Slug
    label: Words
    publisher: BodyRef | None = None
    license: Words
    attribution: Words
    digest: Digest
    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    places: tuple[Place, ...] = ()
    weapons: tuple[WeaponSystem, ...] = ()
    events: tuple[Event, ...]
    claims: tuple[Claim, ...]


class Coding(Record):
    """Who read the source and when; the licence of what they wrote down."""

    by: Words
    on: Moment
    license: Words


class Matches(Record):
    """A curator's statements that descriptions in two sources tell one event."""

    coding: Coding
    relations: tuple[Relation, ...]


# ---------------------------------------------------------------- the crosswalk: rows of a corpus beside our acts

RowId = Annotated[str, Field(pattern=r"^r[0-9]{4}$")]
Answers = Literal["reactsTo", "presumablyReactsTo", "anticipates"]
RowField = Literal[
    "speaker", "office", "body", "governments", "kind", "level", "stance", "channel", "date", "precision", "launches",
    "evidence",
]  # fmt: skip


class ActOfRow(Record):
    """An act that a row tells of, how it relates to the row's launches, and how the row's document reports it."""

    act: ActRef
    relation: Answers | None = None
    mode: Mode


class CrosswalkRow(Record):
    """What became of one row: its acts, or the reason why there is none; with every deliberate deviation."""

    row: RowId
    document: Slug
    acts: tuple[ActOfRow, ...] = ()
    reason: Words | None = None
    deviations: dict[RowField, Words] = {}

    @model_validator(mode="after")
    def _accounted_for(self) -> Self:
        if bool(self.acts) == bool(self.reason):
            raise ValueError("a row has either acts or a reason why there is none")
        return self


class CodeTable(Record):
    """One code of the corpus, and those of ours that it may become without a word; anything else is a deviation."""

    theirs: Words
    ours: tuple[Slug, ...] = Field(min_length=1)
    levels: tuple[Level, ...] = ()
    reason: Words


class NameTable(Record):
    """One name of the corpus that is none of our labels, and the bodies or offices that it means."""

    theirs: Words
    ours: tuple[Annotated[str, _reference_to("body", "office")], ...] = Field(min_length=1)
    reason: Words


class SameAct(Record):
    """Reports in several documents that are held to tell one act, or that were weighed and kept apart."""

    act: ActRef
    documents: tuple[Slug, ...] = Field(min_length=1)
    grounds: Words


class ActsApart(Record):
    acts: tuple[ActRef, ActRef]
    grounds: Words


class CrosswalkCounts(Record):
    rows: int
    documents: int
    acts: int


class Crosswalk(Record):
    """Which acts each row of the corpus became, by which table of codes, and which reports were taken for one act.

    It is evidence about the coding and says nothing of the world: it is checked against the graph and is no part
    of it.
    """

    coding: Coding
    expected: CrosswalkCounts
    rows: tuple[CrosswalkRow, ...]
    kinds: tuple[CodeTable, ...]
    stances: tuple[CodeTable, ...]
    channels: tuple[CodeTable, ...]
    names: tuple[NameTable, ...]
    same_acts: tuple[SameAct, ...]
    kept_apart: tuple[ActsApart, ...]


class YearCounts(Record):
    """How many documents of one year the record holds, with their acts and reports."""

    year: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    documents: int
    acts: int
    reports: int


class ExpectedCounts(Record):
    """What the record must hold to be whole: a lost dossier fails the load."""

    years: tuple[YearCounts, ...]


class Lead(Record):
    """An unverified pointer to an act: names as the lead spells them, codes that the act would bear, and a page."""

    id: Slug
    url: Annotated[str, Field(pattern=r"^https?://")]
    about: tuple[EventRef, ...] = ()
    speaker: Words | None = None
    office: Words | None = None
    body: Words | None = None
    names: tuple[ActorRef, ...] = ()
    kind: ActKind
    level: Level
    stance: Stance
    channel: Channel
    time: Time
    paraphrase: Words


class Leads(Record):
    """A list of leads and whose it is."""

    id: Slug
    label: Words
    license: Words
    leads: tuple[Lead, ...]


class Collection(Record):
    """Documents that were gathered from one place, and what was watched in them."""

    id: Slug
    label: Words
    outlets: tuple[BodyRef, ...] = Field(min_length=1)
    documents: tuple[DocumentRef, ...] = Field(min_length=1)
    watches: tuple[ActorRef, ...] = Field(min_length=1)
    events: tuple[EventRef, ...] = ()
    time: Time
    exhaustive: bool
    note: Words


class Collections(Record):
    """Which source collections the record was gathered from."""

    coding: Coding
    collections: tuple[Collection, ...]


# ---------------------------------------------------------------- the dossier: one document


class Document(Record):
    id: Slug
    publisher: BodyRef
    publisher_basis: Words | None = None
    title: Words | None = None
    url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]
    published: Moment
    published_basis: Basis
    zone: Zone | None = None
    zone_basis: Basis | None = None
    date_resolution: Words | None = None
    characters: Annotated[int, Field(gt=0)]
    sha256: Digest
    boilerplate: tuple[Span, ...] = ()


class Link(Record):
    """The event that an act answers or anticipates, with the grounds."""

    event: EventRef
    confidence: Confidence | None = None
    evidence: Span | None = None
    note: Words | None = None


class PresumedLink(Link):
    """A link of the coder's making: it always says how sure the coder is."""

    confidence: Confidence


class Quotation(Record):
    span: Span
    fidelity: Fidelity
    fidelity_basis: Basis | None = None
    normalized: Words | None = None
    insertions: tuple[Span, ...] = ()


class Report(Record):
    """How the document tells of the act: mode, and the spans of source, cue and content."""

    mode: Mode
    span: Span
    source: Span | None = None
    cues: tuple[Span, ...] = ()
    content: Span | None = None
    hedge: Span | None = None
    channel: Span | None = None
    characterisation: Span | None = None
    relayer: ActorRef | None = None
    relayer_span: Span | None = None
    quotations: tuple[Quotation, ...] = ()


class Act(Record):
    """What actors said or did, with every report of it in the document."""

    id: Slug | ActRef
    type: Literal["statement", "material-act"]
    kind: ActKind
    made_by: tuple[ActorRef, ...] = Field(min_length=1)
    capacities: tuple[TenureRef, ...] = ()
    bodies: tuple[BodyRef, ...] = ()
    governments: tuple[BodyRef, ...] = ()
    level: Level
    stance: Stance | None = None
    polarity: Annotated[int, Field(ge=-2, le=2)] | None = None
    intensity: Annotated[int, Field(ge=1, le=5)] | None = None
    targets: tuple[AnyRef, ...] = ()
    channel: Channel
    addressees: tuple[ActorRef, ...] = ()
    via: BodyRef | None = None
    place: PlaceRef | None = None
    at_event: EventRef | None = None
    time: Time
    not_before: EventRef | None = None
    not_after: EventRef | None = None
    reacts_to: tuple[Link, ...] = ()
    presumably_reacts_to: tuple[PresumedLink, ...] = ()
    anticipates: tuple[Link, ...] = ()
    announces: tuple[ActRef, ...] = ()
    relays: tuple[ActRef, ...] = ()
    invokes: tuple[EventRef, ...] = ()
    paraphrase: Words
    reports: tuple[Report, ...] = Field(min_length=1)
    note: Words | None = None


class Mention(Record):
    of: AnyRef
    spans: tuple[Span, ...] = Field(min_length=1)
    basis: Basis = "explicit"
    confidence: Confidence | None = None
    may_denote: tuple[AnyRef, ...] = ()
    note: Words | None = None


class NarratorAssertion(Record):
    id: Slug
    about: tuple[AnyRef, ...] = Field(min_length=1)
    span: Span
    paraphrase: Words
    candidate_holders: tuple[ActorRef, ...] = ()
    note: Words | None = None


class Coverage(Record):
    """Which actors and events were watched in this document, so that silence can be computed and never guessed."""

    watches: tuple[ActorRef, ...] = Field(min_length=1)
    events: tuple[EventRef, ...] = ()
    time: Time
    exhaustive: bool
    note: Words | None = None


class Note(Record):
    """A coder's remark on how a passage was read."""

    about: tuple[AnyRef, ...] = Field(min_length=1)
    text: Words


class Dossier(Record):
    """All that one document supports. ``spans`` has the digest of every span used, ``words`` the words to be shown."""

    document: Document
    coding: Coding
    bodies: tuple[Body, ...] = ()
    sources: tuple[UnnamedSource, ...] = ()
    events: tuple[Event, ...] = ()
    acts: tuple[Act, ...] = ()
    claims: tuple[Claim, ...] = ()
    assertions: tuple[NarratorAssertion, ...] = ()
    relations: tuple[Relation, ...] = ()
    mentions: tuple[Mention, ...] = ()
    coverage: Coverage | None = None
    notes: tuple[Note, ...] = ()
    spans: dict[Span, Digest]
    words: dict[Span, Words] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _spans_fit(self) -> Self:
        used, listed = spans_used(self), set(self.spans)
        problems = [
            *(f"span {span} is used but has no digest under spans" for span in sorted(used - listed)),
            *(f"span {span} has a digest but is used nowhere" for span in sorted(listed - used)),
            *(
                f"span {span} has words but no digest under spans"
                for span in sorted(set(self.words) - listed)
            ),
            *(
                f"span {span} lies beyond the document's {self.document.characters} characters"
                for span in sorted(listed)
                if int(span.split("-")[1]) > self.document.characters
            ),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self


_SPAN_FIELDS = {
    "span", "evidence", "source", "cues", "content", "hedge", "channel", "characterisation", "relayer_span",
    "insertions", "spans", "boilerplate",
}  # fmt: skip


def spans_used(record: BaseModel) -> set[str]:
    """Every span that a record and the records inside it refer to, the table of digests apart."""
    found: set[str] = set()
    for name in type(record).model_fields:
        value = getattr(record, name)
        items = value if isinstance(value, tuple) else (value,)
        found.update(span for item in items if isinstance(item, Record) for span in spans_used(item))
        if name in _SPAN_FIELDS and not (name == "channel" and isinstance(record, Act)):
            found.update(item for item in items if isinstance(item, str))
    return found
