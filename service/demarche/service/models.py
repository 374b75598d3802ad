"""What the domain addresses answer, as the API's description has it: clients are generated from these."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

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
