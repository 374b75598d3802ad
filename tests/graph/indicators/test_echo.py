"""Wording that bodies share: the phrase, who had it first, and what is no echo at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.indicators.echo import Bearer, Deed, Quoted, echoes, ordered, phrases
from demarche.graph.indicators.wording import LEAST, contains
from tests.graph.indicators.conftest import EVENT, Said, Small

MORNING = ("2020-01-01T06:00", "2020-01-01T07:00")
NOON = ("2020-01-01T12:00", "2020-01-01T13:00")
DAY = ("2020-01-01T00:00", "2020-01-02T00:00")
SAME = "a reckless stunt that endangers every fisherman"
ECHOED = "2022-11-18-hwasong-17-1"


def told(graph: KnowledgeGraph) -> list[tuple[str | None, ...]]:
    rows = graph.ask("echo", event=EVENT)
    return [tuple(row[name] for name in ("phrase", "order", "first", "second", "translated")) for row in rows]


def test_the_phrase_that_two_bodies_share_is_told_with_who_had_it_first(small: Small) -> None:
    graph = small(
        Said("b", ("navy",), *NOON, words=f"It is “{SAME}”, said the navy."),
        Said("a", ("harbour",), *MORNING, words=f"This was {SAME.upper()}!"),
    )
    assert told(graph) == [(SAME, "certainly first", "body/harbour", "body/navy", "no")]


def test_of_acts_whose_times_overlap_nobody_is_certainly_first(small: Small) -> None:
    graph = small(Said("a", ("harbour",), *DAY, words=SAME), Said("b", ("navy",), *NOON, words=SAME))
    assert told(graph) == [(SAME, "possibly first", "body/harbour", "body/navy", "no")]


def test_an_undated_act_could_be_earlier_than_any_other(small: Small) -> None:
    dated = Said("a", ("harbour",), *MORNING, words=SAME)
    later, undated = Said("b", ("navy",), *NOON, words=SAME), Said("c", ("navy",), words=SAME)
    assert [row[1] for row in told(small(dated, later, undated))] == ["possibly first"]
    assert [row[1] for row in told(small(dated, undated))] == ["undated"]


def test_words_in_translation_are_marked(small: Small) -> None:
    graph = small(
        Said("a", ("harbour",), *MORNING, words=SAME),
        Said("b", ("navy",), *NOON, words=SAME, fidelity="translated"),
    )
    assert [row[4] for row in told(graph)] == ["yes"]


def test_what_the_publisher_put_in_is_not_shared(small: Small) -> None:
    graph = small(
        Said("a", ("harbour",), *MORNING, words=SAME),
        Said("b", ("navy",), *NOON, words=SAME, cut="stunt"),
    )
    assert [row[0] for row in told(graph)] == ["that endangers every fisherman"]


def test_what_a_state_s_own_is_called_tells_nothing(small: Small) -> None:
    said = "that the North Korean regime"
    assert (
        told(small(Said("a", ("harbour",), *MORNING, words=said), Said("b", ("navy",), *NOON, words=said)))
        == []
    )


def test_the_whole_answer_of_a_made_up_page(small: Small) -> None:
    """Two phrases of three bodies, with every column but the spans: the record's own example quotes no phrase twice."""
    graph = small(
        Said("b", ("navy",), *NOON, words=f"It is {SAME}, and we count each of the boats."),
        Said("a", ("harbour",), *MORNING, words=f"This was {SAME}!"),
        Said("c", ("gov-north",), words="They count each of the boats again.", fidelity="translated"),
        more="<body/navy> dm:ofGovernment <body/gov-north> .",
    )
    rows = [tuple(cell and cell.value for cell in row) for row in graph.ask("echo", event=EVENT).rows]
    at = ("2020-01-01T06:00:00Z", "2020-01-01T07:00:00Z", "2020-01-01T12:00:00Z", "2020-01-01T13:00:00Z")
    day = "2020-01-01"
    assert [row[:15] for row in rows] == [
        (SAME, "7", "certainly first", "body/harbour", "body/navy", "no", None, day, "verbatim", *at[:2],
         day, "verbatim", *at[2:]),
        ("count each of the boats", "5", "undated", "body/navy", "body/gov-north", "yes", None,
         day, "verbatim", *at[2:], None, "translated", None, None),
    ]  # fmt: skip


def test_three_words_in_common_are_no_phrase(small: Small) -> None:
    graph = small(
        Said("a", ("harbour",), *MORNING, words="that endangers every fisherman"),
        Said("b", ("navy",), *NOON, words="who endangers every fisherman"),
    )
    assert told(graph) == []


def test_a_joint_act_is_one_utterance_and_no_echo(small: Small) -> None:
    assert told(small(Said("a", ("harbour", "navy"), *MORNING, words=SAME))) == []


def test_a_joint_act_that_two_documents_quote_is_no_echo_of_itself() -> None:
    deed, run = Deed("a", None, None, None), tuple(SAME.split())
    here, there = (
        Bearer(deed, Quoted(ids.span(page, "10-80"), "verbatim", (run,))) for page in ("page", "paper")
    )
    assert phrases([here, there], [here, there]) == frozenset()


def test_one_passage_that_is_told_of_two_bodies_is_no_echo() -> None:
    deeds = [Deed(name, None, None, None) for name in ("a", "b")]
    run = tuple(SAME.split())
    there = [Bearer(deed, Quoted(ids.span("page", "10-80"), "verbatim", (run,))) for deed in deeds]
    elsewhere = Bearer(deeds[1], Quoted(ids.span("page", "90-160"), "verbatim", (run,)))
    assert phrases(there[:1], there[1:]) == frozenset()
    assert phrases(there[:1], [elsewhere]) == {run}


def test_shared_words_of_attached_texts_are_found_and_only_with_the_texts(
    with_texts: KnowledgeGraph, seed_graph: KnowledgeGraph
) -> None:
    found = list(with_texts.ask("echo", event=ECHOED))
    assert len(found) == 2
    assert {(row["first_id"], row["second_id"]) for row in found} == {
        (f"{ids.BASE}body/usa-national-security-council", f"{ids.BASE}body/usa-white-house")
    }
    assert seed_graph.ask("echo", event=ECHOED).rows == ()


def test_on_the_whole_record_bodies_share_some_dozens_of_phrases(with_texts: KnowledgeGraph) -> None:
    found = echoes(with_texts, with_texts.reactions(), "body")
    assert len(found) == 34
    for one in found:
        assert len(one.phrase) >= LEAST
        for bearer in (*one.first_bearers, *one.second_bearers):
            assert any(contains(run, one.phrase) for run in bearer.quoted.runs)


def test_no_shared_word_of_an_attached_text_gets_into_the_store(with_texts: KnowledgeGraph) -> None:
    version = with_texts.store.version()
    found = [row["phrase"] or "" for row in with_texts.ask("echo", event=ECHOED)]
    dump = with_texts.store.dump().decode().casefold()
    assert found
    assert [phrase for phrase in found if phrase in dump] == []
    assert with_texts.store.version() == version


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_the_reactions_changes_nothing(with_texts: KnowledgeGraph, seed: int) -> None:
    table = with_texts.reactions().about(f"{ids.BASE}event/{ECHOED}")
    mixed = replace(table, frame=table.frame.sample(fraction=1, shuffle=True, seed=seed))
    assert echoes(with_texts, mixed, "body") == echoes(with_texts, table, "body")


START = datetime(2020, 1, 1, tzinfo=UTC)
RUNS = st.lists(st.sampled_from(["we", "shall", "stand", "firm"]), max_size=9).map(tuple)


@st.composite
def bearers(draw: st.DrawFn, name: str) -> list[Bearer]:
    """Acts of one body, some undated, each with a quotation of its own."""
    found = []
    for number in range(draw(st.integers(0, 3))):
        begin, length = draw(st.integers(0, 9)), draw(st.integers(1, 5))
        start, dated = START + timedelta(hours=begin), draw(st.booleans())
        deed = Deed(f"{name}{number}", start, start + timedelta(hours=length), None)
        deed = deed if dated else replace(deed, earliest=None, latest=None)
        found.append(
            Bearer(deed, Quoted(ids.span(name, f"{number}-{number + 1}"), "verbatim", (draw(RUNS),)))
        )
    return found


@given(first=bearers("a"), second=bearers("b"))
def test_an_echo_is_the_same_from_either_side(first: list[Bearer], second: list[Bearer]) -> None:
    assert phrases(first, second) == phrases(second, first)
    for phrase in phrases(first, second):
        assert ordered(phrase, ("a", first), ("b", second)) == ordered(phrase, ("b", second), ("a", first))


@given(first=bearers("a"), second=bearers("b"), data=st.data())
def test_the_order_of_the_acts_changes_no_echo(
    first: list[Bearer], second: list[Bearer], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(first))
    assert phrases(mixed, second) == phrases(first, second)
    for phrase in phrases(first, second):
        assert ordered(phrase, ("a", mixed), ("b", second)) == ordered(phrase, ("a", first), ("b", second))


@given(first=bearers("a"), second=bearers("b"))
def test_certainly_first_is_who_no_act_of_the_other_can_precede(
    first: list[Bearer], second: list[Bearer]
) -> None:
    for phrase in phrases(first, second):
        found = ordered(phrase, ("a", first), ("b", second))
        theirs = [one.deed.earliest for one in found.second_bearers]
        before = any(
            one.deed.latest and all(begin and one.deed.latest <= begin for begin in theirs)
            for one in found.first_bearers
        )
        assert (found.order == "certainly first") == before


@pytest.mark.parametrize("unit", ["body", "government", "person"])
def test_the_unit_says_whose_words_are_held_against_each_other(small: Small, unit: str) -> None:
    graph = small(
        Said("a", ("gov-north", "harbour"), *MORNING, words=SAME),
        Said("b", ("gov-north", "navy"), *NOON, words=SAME),
    )
    found = list(graph.ask("echo", event=EVENT, unit=unit))
    assert bool(found) == (unit != "government")
