"""Silence is held against what was watched: the word is for exhaustive coverages alone."""

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.indicators.silence import VERDICTS, silence

SALVO = f"{ids.BASE}event/2016-06-22-musudan"


def verdicts(graph: KnowledgeGraph, event: str) -> dict[tuple[str, str], str]:
    found = silence(graph.reactions(), event)
    return {(ids.local(row["coverage"]), ids.local(row["actor"])): row["verdict"] for row in found.to_dicts()}


def test_only_an_exhaustive_coverage_bears_the_word_silent(seed_graph: KnowledgeGraph) -> None:
    found = silence(seed_graph.reactions(), SALVO)
    assert set(found["verdict"]) == set(VERDICTS)
    for row in found.to_dicts():
        expected = "reacted" if row["acts"] else "silent" if row["exhaustive"] else "no reaction on record"
        assert row["verdict"] == expected


def test_each_coverage_is_judged_by_its_own_documents(seed_graph: KnowledgeGraph) -> None:
    found = verdicts(seed_graph, SALVO)
    assert found["coverage/2016-06-22-japan-times", "body/prk"] == "silent"
    assert found["coverage/2016-06-23-reuters", "body/prk"] == "reacted"


def test_silent_on_a_whole_event_means_the_same_as_in_the_question_silent(seed_graph: KnowledgeGraph) -> None:
    table = silence(seed_graph.reactions(), SALVO).to_dicts()
    silent = {
        (row["actor"], row["coverage"], str(row["elsewhere"])) for row in table if row["verdict"] == "silent"
    }
    asked = seed_graph.ask("silent", event=SALVO)
    assert silent == {(row["actor_id"], row["coverage_id"], row["elsewhere"]) for row in asked}


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
