"""What the service answers, as the API's description has it: clients are generated from these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from demarche.graph.exports import Plain

from .negotiate import PROBLEM

Iri = Annotated[
    str, Field(description="The name of a thing everywhere; this service shows it at the same path.")
]
Printed = Annotated[str | None, Field(description="A year, a month or a day, as far as it is known.")]
Seconds = Annotated[
    int | None, Field(description="Seconds; negative where the act may come before the event.")
]


class Thing(BaseModel):
    """What every thing has. ``id`` is its name in the addresses of its collection."""

    model_config = ConfigDict(extra="forbid")

    id: str
    iri: Iri


class Event(Thing):
    """A launch, test, meeting or other event; ``reactions`` counts the acts that answer it or its parts."""

    label: str | None
    kind: str | None
    local_date: Printed
    local_last: date | None
    precision: str | None
    weapons: list[Iri]
    places: list[Iri]
    part_of: list[Iri]
    earliest: datetime | None
    latest: datetime | None
    reactions: int


class Actor(Thing):
    """A person, government or other body, or a source that is not named; ``acts`` counts what it did or said."""

    label: str | None
    state_code: str | None
    types: list[str]
    aliases: list[str]
    governments: list[Iri]
    offices: list[Iri]
    same_as: list[str]
    acts: int


class Document(Thing):
    """A page in which acts are told; ``digest`` is the SHA-256 of its text."""

    title: str | None
    publisher: Iri | None
    published: Printed
    url: str | None
    language: str | None
    license: str | None
    digest: str | None
    acts: int


class Act(BaseModel):
    """What is coded of a statement and of a reaction alike; codes are the last part of their IRIs."""

    model_config = ConfigDict(extra="forbid")

    kind: str | None
    level: str | None
    stance: str | None
    polarity: int | None
    intensity: int | None
    channel: str | None
    precision: str | None
    actors: list[Iri]
    offices: list[Iri]
    bodies: list[Iri]
    governments: list[Iri]
    documents: list[Iri]
    earliest: datetime | None
    latest: datetime | None


class Statement(Act):
    """What an actor said, in words of ours."""

    id: str
    iri: Iri
    paraphrase: str | None
    local_date: Printed
    local_last: date | None
    addressees: list[Iri]
    reacts_to: list[Iri]
    presumably_reacts_to: list[Iri]


class Reaction(Act):
    """An act with one event that it answers; ``link`` says whether the text ties them or whoever coded it."""

    act: Iri
    event: Iri
    link: str
    confidence: float | None
    persons: list[Iri]
    level_rank: int | None
    seniority: int | None
    modes: list[str]
    local_date: date | None
    local_last: date | None
    event_earliest: datetime | None
    event_latest: datetime | None
    lag_min: Seconds
    lag_max: Seconds


class Page(BaseModel):
    """Where in the whole the items stand; the Link header leads to other pages."""

    model_config = ConfigDict(extra="forbid")

    total: int
    limit: int
    offset: int


class Events(Page):
    items: list[Event]


class Actors(Page):
    items: list[Actor]


class Documents(Page):
    items: list[Document]


class Statements(Page):
    items: list[Statement]


class Reactions(Page):
    items: list[Reaction]


class Answer(BaseModel):
    """A question as it was asked, and each row of its answer by column."""

    question: str
    text: str
    parameters: dict[str, str]
    columns: list[str]
    rows: list[dict[str, Plain]]


class QuestionParameter(BaseModel):
    name: str
    kind: str
    description: str
    example: str
    optional: bool


class QuestionSummary(BaseModel):
    """A question that may be asked; ``example`` is the address of an answer."""

    name: str
    number: int
    text: str
    parameters: list[QuestionParameter]
    columns: list[str]
    example: str


class Named(BaseModel):
    """What a suggestion or a candidate may be shown with."""

    id: str
    name: str


class Feature(BaseModel):
    id: str
    value: bool | float


class Match(Named):
    """A thing that may be meant by a name; ``match`` says that no other may."""

    description: str
    type: list[Named]
    score: float
    match: bool
    features: list[Feature]


class Matches(BaseModel):
    result: list[Match]


class SuggestedEntity(Named):
    description: str
    notable: list[Named]


class SuggestedEntities(BaseModel):
    result: list[SuggestedEntity]


class SuggestedType(Named):
    broader: list[SuggestedType] = []


class SuggestedTypes(BaseModel):
    result: list[SuggestedType]


class SuggestedProperty(Named):
    description: str


class SuggestedProperties(BaseModel):
    result: list[SuggestedProperty]


class ProposedProperties(BaseModel):
    type: str
    limit: int
    properties: list[SuggestedProperty]


class Column(Named):
    """A property of an extended table; ``type`` is that of the things that are its values."""

    type: Named | None = None


class Cell(BaseModel):
    """A thing with its name, or a text."""

    id: str | None = None
    name: str | None = None
    text: str | None = Field(None, alias="str")


class Extended(BaseModel):
    """The values of properties, by thing and property."""

    meta: list[Column]
    rows: dict[str, dict[str, list[Cell]]]


class Fault(BaseModel):
    """One of several reasons: ``at`` a place in the request, or in a field or by a rule of a record."""

    message: str
    at: str | None = None
    record: str | None = None
    field: str | None = None
    file: str | None = None
    rule: str | None = None
    severity: str | None = None


class Problem(BaseModel):
    """Why there is no answer, as RFC 9457 has it, and what there is instead."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []
    more: int | None = Field(None, description="How many errors there are besides those that are told.")
    candidates: list[str] = []
    offers: list[str] = []
    revision: int | None = None


def offered(*media_types: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The media types of a good answer, as an operation's description has them."""
    return {status: {"content": {media_type: {} for media_type in media_types}}}


def refused(description: str) -> dict[str, Any]:
    """An error as an operation's description has it."""
    return {"description": description, "content": {PROBLEM: {"schema": {"$ref": f"{_SCHEMAS}Problem"}}}}


def schemas() -> dict[str, Any]:
    """What the descriptions of errors refer to."""
    _, found = models_json_schema([(Problem, "validation")], ref_template=f"{_SCHEMAS}{{model}}")
    return dict(found["$defs"])


_SCHEMAS = "#/components/schemas/"
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": refused("The request cannot be answered; the problem says why."),
    "5XX": refused("The service cannot answer now, or not within its limits."),
}
"""What every operation may answer instead."""
