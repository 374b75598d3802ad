"""Numbers of time and order that a person can check on the one document, without a computer."""

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.indicators.escalation import climbed
from demarche.graph.indicators.first_responders import first_responders
from demarche.graph.indicators.stance_matrix import stance_matrix
from demarche.graph.reactions import Reactions
from demarche.graph.store import OxigraphStore

SALVO = f"{ids.BASE}event/2016-06-22-musudan"
JPN, USA, KOR, CHN, RUS, NORAD = (
    f"{ids.BASE}body/{one}" for one in ("jpn", "usa", "kor", "chn", "rus", "norad")
)


@pytest.fixture(scope="module")
def graph(one_document: OxigraphStore) -> KnowledgeGraph:
    return KnowledgeGraph(one_document)


@pytest.fixture(scope="module")
def salvo(graph: KnowledgeGraph) -> Reactions:
    return graph.reactions().about(SALVO)


def test_nobody_is_certainly_first(graph: KnowledgeGraph) -> None:
    told = list(graph.ask("first-responders", event="2016-06-22-musudan"))
    assert {row["first"] for row in told} == {row["explicit_first"] for row in told} == {"possibly"}
    assert {row["unit_id"] for row in told} == {JPN, USA, KOR, NORAD}


@pytest.mark.parametrize("unit", ["actor", "person", "office", "body", "government"])
def test_nobody_is_certainly_first_whoever_counts_as_one(graph: KnowledgeGraph, unit: str) -> None:
    told = graph.ask("first-responders", event="2016-06-22-musudan", unit=unit)
    assert {row["first"] for row in told} == {"possibly"}


def test_how_high_each_climbed_with_and_without_presumed_links(graph: KnowledgeGraph) -> None:
    told = {row["unit_id"]: row for row in graph.ask("escalation", unit="government", year="2016")}
    levels = {unit: (told[unit]["explicit_rank"], told[unit]["level_rank"]) for unit in (JPN, USA, KOR)}
    assert levels == {JPN: ("2", "3"), USA: ("2", "2"), KOR: ("1", "2")}
    cells = stance_matrix(graph.reactions().about(SALVO).explicit())
    assert {cell["unit"] for cell in cells.to_dicts() if cell["level_rank"] == 2} == {JPN, USA}


def test_china_and_russia_have_no_act_of_their_own_and_are_silent(graph: KnowledgeGraph) -> None:
    assert not {CHN, RUS} & set(graph.reactions().fold("government")["unit"])
    told = {row["actor_id"]: row["verdict"] for row in graph.ask("watched", event="2016-06-22-musudan")}
    assert (told[CHN], told[RUS], told[JPN]) == ("silent", "silent", "reacted")


def test_the_question_of_the_watched_finds_the_silent_ones_of_silent(graph: KnowledgeGraph) -> None:
    watched = graph.ask("watched", event="2016-06-22-musudan")
    silent = {row["actor_id"] for row in watched if row["verdict"] == "silent"}
    assert silent == {row["actor_id"] for row in graph.ask("silent", event="2016-06-22-musudan")}


def test_the_first_reaction_came_within_the_day_that_tokyo_printed(graph: KnowledgeGraph) -> None:
    told = {row["unit_id"]: row for row in graph.ask("lags", event="2016-06-22-musudan")}
    # From 05:56 on the 22nd, the earliest that a source has, to midnight; Japan speaks of the launch of 08:03 too.
    assert told[USA]["max_hours"] == "18.07"
    assert told[JPN]["max_hours"] == "15.95"
    assert {row["min_hours"] for row in told.values()} == {"0.00"}


def test_japan_climbed_from_the_first_launch_to_the_second_and_korea_answered_both_together(
    graph: KnowledgeGraph,
) -> None:
    told = {
        row["unit"]: row["change"]
        for row in climbed(graph.reactions(), f"{SALVO}-1", f"{SALVO}-2").to_dicts()
    }
    assert told == {JPN: "climbed", KOR: "no reaction on record"}


def test_the_matrix_counts_a_joint_answer_to_both_launches_once(salvo: Reactions) -> None:
    one = Reactions(
        salvo.frame.with_columns(event=salvo.frame["event"].str.slice(0, len(SALVO))),
        salvo.parts,
        salvo.store,
    )
    cells = {cell["unit"]: cell["acts"] for cell in stance_matrix(one).to_dicts()}
    assert (cells[JPN], cells[USA], cells[KOR]) == (9, 4, 2)


def test_whoever_is_first_in_all_reactions_is_judged_by_the_explicit_ones_apart(salvo: Reactions) -> None:
    everybody, explicit = (set(first_responders(one)["unit"]) for one in (salvo, salvo.explicit()))
    assert explicit <= everybody
