"""Who acts within some hours of each other, on which ground: how far apart for certain, and what is no ground."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.indicators.coordination import between, coordinated
from demarche.graph.indicators.echo import Deed
from tests.graph.indicators.conftest import EVENT, Said, Small

SAME = "a reckless stunt that endangers every fisherman"
MORNING = ("2020-01-01T06:00", "2020-01-01T07:00")
NOON = ("2020-01-01T12:00", "2020-01-01T13:00")
SALVO = f"{ids.BASE}event/2016-06-22-musudan"
EVENTS = ("2016-06-22-musudan", "2017-07-04-hwasong-14-1", "2017-11-29-hwasong-15-1")

NORTH = Said("a", ("gov-north",), *MORNING)
SOUTH = Said("b", ("gov-south",), *NOON)


def told(graph: KnowledgeGraph, hours: str) -> list[tuple[str | None, ...]]:
    rows = graph.ask("coordination", event=EVENT, hours=hours)
    shown = ("within", "first", "second", "ground", "evidence", "least_hours", "most_hours")
    return [tuple(row[name] for name in shown) for row in rows]


def call(day: str = "2020-01-01", channel: str = "telephone-call", to: str = "gov-south") -> str:
    """An act that answers nothing and is addressed to another government."""
    return f"""<act/call> a dm:Act ; rdfs:label 'a call' ; dm:level <../code/level/verbal> ;
        dm:kind <../code/act-kind/statement> ; dm:channel <../code/channel/{channel}> ;
        dm:timePrecision <../code/precision/day> ; dm:localDate '{day}'^^xsd:date ;
        dm:madeBy <body/gov-north> ; dm:government <body/gov-north> ; dm:addressee <body/{to}> ."""


def meeting(end: str, day: str = "2020-01-01") -> str:
    return f"""<event/talks> a dm:Event ; rdfs:label 'talks' ; dm:kind <../code/event-kind/meeting> ;
        dm:localDate '{day}'^^xsd:date ; dm:earliest '{day}T00:00:00Z'^^xsd:dateTime ;
        dm:latest '{end}T00:00:00Z'^^xsd:dateTime ; dm:participant <body/gov-north>, <body/gov-south> ."""


@pytest.mark.parametrize(
    ("hours", "within"), [("4.9", None), ("5", "possibly"), ("6.9", "possibly"), ("7", "certainly")]
)
def test_how_far_acts_lie_apart_is_an_interval(small: Small, hours: str, within: str | None) -> None:
    found = told(small(NORTH, SOUTH, more=call()), hours)
    row = (within, "body/gov-north", "body/gov-south", "call or meeting", "a call", "5", "7")
    assert found == ([row] if within else [])


def test_like_wording_is_a_ground(small: Small) -> None:
    north, south = (
        Said(name, (body,), *when, words=SAME)
        for name, body, when in (("a", "gov-north", MORNING), ("b", "gov-south", NOON))
    )
    assert [row[3:5] for row in told(small(north, south), "24")] == [("shared phrase", SAME)]


@pytest.mark.parametrize("channel", ["joint-statement", "meeting", "telephone-call", "military-exercise"])
def test_no_time_lies_in_an_act_that_both_did_together(small: Small, channel: str) -> None:
    found = told(small(Said("a", ("gov-north", "gov-south"), *MORNING, channel=channel)), "0")
    assert found == [("certainly", "body/gov-north", "body/gov-south", "joint act", "a", "0", "0")]


def test_two_who_are_named_in_one_sentence_may_have_acted_one_after_the_other(small: Small) -> None:
    graph = small(Said("a", ("gov-north", "gov-south"), *MORNING))
    row = ("body/gov-north", "body/gov-south", "joint act", "a", "0", "1")
    assert told(graph, "0") == [("possibly", *row)]
    assert told(graph, "1") == [("certainly", *row)]


def test_that_japan_and_south_korea_spoke_together_is_not_told_and_not_claimed(
    seed_graph: KnowledgeGraph,
) -> None:
    rows = list(seed_graph.ask("coordination", event=SALVO, hours="0"))
    assert {row["within"] for row in rows} == {"possibly"}
    assert any((row["evidence_id"] or "").endswith("/jpn-kor-flight") for row in rows)
    advisers = seed_graph.ask("coordination", event="2023-06-15-unknown", hours="0")
    assert {row["within"] for row in advisers if row["ground"] == "joint act"} == {"certainly"}


def test_a_meeting_counts_on_each_of_its_days(small: Small) -> None:
    grounds = [row[3:5] for row in told(small(NORTH, SOUTH, more=meeting("2020-01-02", "2019-12-31")), "24")]
    assert grounds == [("common meeting", "talks")]
    assert told(small(NORTH, SOUTH, more=meeting("2020-01-01", "2019-12-31")), "24") == []


@pytest.mark.parametrize(
    "more",
    [
        "",
        call(day="2020-01-02"),
        call(channel="written-statement"),
        call(to="gov-west"),
        meeting("2020-01-03", day="2020-01-02"),
    ],
    ids=["nothing", "another day", "no call", "somebody else", "a later meeting"],
)
def test_what_is_no_contact_of_that_day_is_no_ground(small: Small, more: str) -> None:
    assert told(small(NORTH, SOUTH, more=more), "24") == []


def test_undated_acts_are_near_to_none(small: Small) -> None:
    assert told(small(NORTH, Said("b", ("gov-south",)), more=call()), "99999") == []


def test_the_bodies_of_one_government_are_one(small: Small) -> None:
    graph = small(
        Said("a", ("gov-north", "navy"), *MORNING, words=SAME), Said("b", ("gov-north",), *NOON, words=SAME)
    )
    assert told(graph, "24") == []


def test_a_person_stands_for_the_government_whose_office_it_held_that_day(with_texts: KnowledgeGraph) -> None:
    found = {
        (row["first"], row["second"])
        for row in with_texts.ask("coordination", event="2017-11-29-hwasong-15-1", hours="24")
        if row["ground"] == "call or meeting"
    }
    assert found == {
        ("Government of Japan", "Government of the United States"),
        ("Government of South Korea", "Government of the United States"),
    }


def test_the_grounds_of_the_first_launches_are_the_forum_and_the_joint_acts(
    with_texts: KnowledgeGraph,
) -> None:
    found = coordinated(with_texts, SALVO, timedelta(hours=24))
    assert {one.ground for one in found} == {"common meeting", "joint act"}
    assert len(found) == 9


HOURS = st.integers(0, 100)


@settings(max_examples=20, deadline=None)
@given(event=st.sampled_from(EVENTS), one=HOURS, other=HOURS)
def test_with_more_hours_every_row_stays_and_certainty_too(
    with_texts: KnowledgeGraph, event: str, one: int, other: int
) -> None:
    few, many = (timedelta(hours=hours) for hours in sorted((one, other)))
    fewer = coordinated(with_texts, f"{ids.BASE}event/{event}", few)
    more = coordinated(with_texts, f"{ids.BASE}event/{event}", many)
    assert set(fewer) <= set(more)
    assert {found for found in fewer if found.near.most <= few} <= {
        found for found in more if found.near.most <= many
    }


START = datetime(2020, 1, 1, tzinfo=UTC)
SPANS = st.tuples(st.integers(0, 50), st.integers(1, 20))


def deed(name: str, begin: float, length: float) -> Deed:
    start = START + timedelta(hours=begin)
    return Deed(name, start, start + timedelta(hours=length), date(2020, 1, 1))


@given(first=SPANS, second=SPANS)
def test_the_time_between_two_acts_does_not_depend_on_who_is_named_first(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    one, other = deed("a", *first), deed("b", *second)
    assert between(one, other) == between(other, one)
    least, most = between(one, other)
    assert timedelta(0) <= least <= most


@given(first=SPANS, second=SPANS, share=st.floats(0, 1), other_share=st.floats(0, 1))
def test_any_true_times_of_two_acts_lie_as_far_apart_as_is_said(
    first: tuple[int, int], second: tuple[int, int], share: float, other_share: float
) -> None:
    least, most = between(deed("a", *first), deed("b", *second))
    apart = abs((first[0] + share * first[1]) - (second[0] + other_share * second[1]))
    assert least - timedelta(seconds=1) <= timedelta(hours=apart) <= most + timedelta(seconds=1)


@given(first=SPANS, second=SPANS, doubt=st.integers(0, 9))
def test_more_doubt_makes_nothing_certain_and_rules_nothing_out(
    first: tuple[int, int], second: tuple[int, int], doubt: int
) -> None:
    least, most = between(deed("a", *first), deed("b", *second))
    wider = deed("b", second[0] - doubt, second[1] + 2 * doubt)
    least_wide, most_wide = between(deed("a", *first), wider)
    assert least_wide <= least
    assert most_wide >= most
