"""Silence is held against what was watched: the word is for exhaustive coverages alone."""

from datetime import date

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.indicators.certificate import certificate
from demarche.graph.indicators.on_record import makers
from demarche.graph.indicators.silence import VERDICTS, silence

SALVO = f"{ids.BASE}event/2016-06-22-musudan"


def verdicts(graph: KnowledgeGraph, event: str) -> dict[tuple[str, str], str]:
    found = silence(graph.reactions(), event)
    return {(ids.local(row["coverage"]), ids.local(row["actor"])): row["verdict"] for row in found.to_dicts()}


def test_only_an_exhaustive_coverage_bears_the_word_silent(seed_graph: KnowledgeGraph) -> None:
    found = silence(seed_graph.reactions(), SALVO)
    assert set(found["verdict"]) == set(VERDICTS)
    own = makers(seed_graph.store, SALVO)
    for row in found.to_dicts():
        silent = row["exhaustive"] and row["actor"] not in own
        assert row["verdict"] == (
            "reacted" if row["acts"] else "silent" if silent else "no reaction on record"
        )


def test_each_coverage_is_judged_by_its_own_documents(seed_graph: KnowledgeGraph) -> None:
    found = verdicts(seed_graph, SALVO)
    assert found["coverage/2016-06-22-japan-times", "body/unsc"] == "silent"
    assert found["coverage/2016-06-23-reuters", "body/unsc"] == "reacted"


WATCHED = [f"{ids.BASE}event/{one}" for one in (
    "2016-06-22-musudan", "2016-06-22-musudan-1", "2016-06-22-musudan-2", "2020-03-29-kn-25",
    "2020-03-29-kn-25-1", "2022-11-03-unknown-2", "2017-09-03-nuclear-test-1",
)]  # fmt: skip
"""Salvoes, their launches and single events, watched exhaustively and otherwise."""


@pytest.mark.parametrize("event", WATCHED)
def test_silent_watched_and_the_certificate_follow_one_rule(seed_graph: KnowledgeGraph, event: str) -> None:
    table = silence(seed_graph.reactions(), event).to_dicts()
    silent = {
        (row["actor"], row["coverage"], str(row["elsewhere"])) for row in table if row["verdict"] == "silent"
    }
    asked = seed_graph.ask("silent", event=event)
    assert silent == {(row["actor_id"], row["coverage_id"], row["elsewhere"]) for row in asked}
    for row in table:
        certified = certificate(seed_graph.store, row["actor"], event, date(2026, 1, 1))
        known = {one.act for one in certified.acts}
        assert len(known) == row["acts"] + row["elsewhere"]


def test_who_answered_both_launches_was_not_silent_on_one(seed_graph: KnowledgeGraph) -> None:
    found = verdicts(seed_graph, f"{SALVO}-2")
    assert found["coverage/2016-06-22-japan-times", "body/usa"] == "reacted"
    assert found["coverage/2016-06-22-japan-times", "body/chn"] == "silent"


def test_a_coverage_that_names_no_event_watches_those_of_its_time(seed_graph: KnowledgeGraph) -> None:
    then = verdicts(seed_graph, f"{ids.BASE}event/2009-05-25-nuclear-test-1")
    assert {coverage for coverage, _ in then} == {"coverage/collection/pm-transcripts"}
    assert then["coverage/collection/pm-transcripts", "body/gbr"] == "no reaction on record"


def test_nobody_watched_when_the_first_missile_flew(seed_graph: KnowledgeGraph) -> None:
    assert silence(seed_graph.reactions(), f"{ids.BASE}event/1984-04-09-scud-b").is_empty()


def test_who_answered_the_whole_salvo_was_not_silent_on_its_launches(seed_graph: KnowledgeGraph) -> None:
    found = verdicts(seed_graph, f"{ids.BASE}event/2020-03-29-kn-25-1")
    told = {actor: found["coverage/2020-03-29-al-jazeera", f"body/{actor}"] for actor in ("jpn", "kor")}
    assert told == {"jpn": "reacted", "kor": "reacted"}


def test_what_answers_another_launch_of_the_salvo_counts_for_that_one(seed_graph: KnowledgeGraph) -> None:
    found = verdicts(seed_graph, f"{ids.BASE}event/2022-11-03-unknown-2")
    assert set(found.values()) == {"no reaction on record"}
    assert not seed_graph.ask("who-reacted", event="2022-11-03-unknown-2").rows


def test_what_a_body_does_counts_for_all_that_it_is_part_of(seed_graph: KnowledgeGraph) -> None:
    found = verdicts(seed_graph, SALVO)
    assert found["coverage/2016-06-23-reuters", "body/un"] == "reacted"


def test_who_launched_is_not_called_silent_on_it(seed_graph: KnowledgeGraph) -> None:
    found = verdicts(seed_graph, SALVO)
    assert found["coverage/2016-06-22-japan-times", "body/prk"] == "no reaction on record"
    assert found["coverage/2016-06-23-reuters", "body/prk"] == "reacted"
