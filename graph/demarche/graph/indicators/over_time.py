"""The questions of time and order; each is computed in the module that bears its name."""

from __future__ import annotations

from collections.abc import Mapping

from .. import identifiers as ids
from ..question import Graph, Parameter, Question
from ..store import Table, Term


# The modules are imported when they are asked: polars takes longer to import than most answers take.
def lags(graph: Graph, values: Mapping[str, Term]) -> Table:
    from .lags import answer

    return answer(graph, values)


def first_responders(graph: Graph, values: Mapping[str, Term]) -> Table:
    from .first_responders import answer

    return answer(graph, values)


def seniority(graph: Graph, values: Mapping[str, Term]) -> Table:
    from .seniority import answer

    return answer(graph, values)


def escalation(graph: Graph, values: Mapping[str, Term]) -> Table:
    from .escalation import escalation_answer

    return escalation_answer(graph, values)


def climbed(graph: Graph, values: Mapping[str, Term]) -> Table:
    from .escalation import climbed_answer

    return climbed_answer(graph, values)


def certificate(graph: Graph, values: Mapping[str, Term]) -> Table:
    from .certificate import answer

    return answer(graph, values)


def watched(graph: Graph, values: Mapping[str, Term]) -> Table:
    from .silence import answer

    return answer(graph, values)


def stance_matrix(graph: Graph, values: Mapping[str, Term]) -> Table:
    from .stance_matrix import answer

    return answer(graph, values)


_MUSUDAN = f"{ids.BASE}event/2016-06-22-musudan"
_EVENT = Parameter("event", "event", "the launch, salvo, test or other event, with its parts", _MUSUDAN)
_ANY_EVENT = Parameter(
    "event",
    "event",
    "the event, with its parts; without one, every event that was answered",
    _MUSUDAN,
    optional=True,
)
_UNIT = Parameter(
    "unit",
    "unit",
    "who counts as one: actor, person, office, body or government (the default)",
    "government",
    optional=True,
)
_YEAR = Parameter("year", "year", "the year of the reactions; without one, all years", "2016", optional=True)

QUESTIONS = (
    Question(
        name="lags",
        number=13,
        text="How long after an event did each government, or other unit, first react?",
        parameters=(_ANY_EVENT, _UNIT),
        columns=(
            *("unit", "explicit_min_hours", "explicit_max_hours", "min_hours", "max_hours"),
            *("may_precede", "explicit_acts", "acts"),
        ),
        query=None,
        measure=lags,
    ),
    Question(
        name="first-responders",
        number=14,
        text="Who was first to react to an event, certainly or possibly?",
        parameters=(_ANY_EVENT, _UNIT),
        columns=("first", "explicit_first", "unit", "earliest", "latest", "responders"),
        query=None,
        measure=first_responders,
    ),
    Question(
        name="seniority",
        number=18,
        text="Does a harsher test draw a more senior speaker?",
        parameters=(_UNIT, _YEAR),
        columns=(
            *("severity", "tested", "event", "most_senior", "unit", "seniority", "ranked", "acts"),
            *("tests", "spearman", "kendall"),
        ),
        query=None,
        measure=seniority,
    ),
    Question(
        name="escalation",
        number=20,
        text="How do level and intensity of the reactions move from test to test?",
        parameters=(_UNIT, _YEAR),
        columns=(
            *("unit", "event", "level_rank", "level", "change", "passed_over", "intensity"),
            *("explicit_rank", "explicit_intensity", "acts"),
        ),
        query=None,
        measure=escalation,
    ),
    Question(
        name="climbed",
        number=21,
        text="Who climbed the ladder of reactions between two events?",
        parameters=(
            Parameter("first", "event", "the earlier event, with its parts", f"{_MUSUDAN}-1"),
            Parameter("second", "event", "the later event, with its parts", f"{_MUSUDAN}-2"),
            _UNIT,
        ),
        columns=(
            "change",
            "unit",
            "before",
            "after",
            "explicit_before",
            "explicit_after",
            "acts_before",
            "acts_after",
        ),
        query=None,
        measure=climbed,
    ),
    Question(
        name="certificate",
        number=30,
        text="As of a day, is there a reaction of an actor to an event on record, and in which sources was it sought?",
        parameters=(
            Parameter(
                "actor",
                "actor",
                "the person or body, of which silence is to be certified",
                f"{ids.BASE}body/chn",
            ),
            _EVENT,
            Parameter("date", "date", "the day: documents that appeared later do not count", "2016-06-30"),
        ),
        columns=(
            "verdict",
            "actor",
            "event",
            "as_of",
            "document",
            "exhaustive",
            "acts",
            "text_sha256",
            "graph_sha256",
        ),
        query=None,
        measure=certificate,
    ),
    Question(
        name="watched",
        number=32,
        text="Of those who were watched, who reacted to an event, who was silent, and of whom is nothing on record?",
        parameters=(_EVENT,),
        columns=("verdict", "actor", "exhaustive", "acts", "elsewhere", "coverage"),
        query=None,
        measure=watched,
    ),
    Question(
        name="stance-matrix",
        number=33,
        text="Which was the strongest reaction of each actor to each event?",
        parameters=(_UNIT, _YEAR),
        columns=(
            "event",
            "unit",
            "level",
            "stance",
            "link",
            "level_rank",
            "explicit_rank",
            "acts",
            "explicit_acts",
        ),
        query=None,
        measure=stance_matrix,
    ),
)
