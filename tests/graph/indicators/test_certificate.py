"""A certificate says what is on record as of a day, and whoever computes it again gets the same."""

import json
from datetime import date

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import SourceError
from demarche.graph.indicators.certificate import Certificate, certificate, differences, read_certificate
from demarche.graph.store import OxigraphStore

SALVO = f"{ids.BASE}event/2016-06-22-musudan"
REUTERS = f"{ids.BASE}document/2016-06-23-reuters"
JUNE = date(2016, 6, 30)


@pytest.fixture
def store(seed_quads: bytes) -> OxigraphStore:
    """A copy of the record that a test may change."""
    found = OxigraphStore()
    found.load(seed_quads)
    return found


def certified(graph: KnowledgeGraph, actor: str, as_of: date, event: str = SALVO) -> Certificate:
    return certificate(graph.store, f"{ids.BASE}body/{actor}", event, as_of)


@pytest.mark.parametrize(
    ("actor", "as_of", "verdict", "coverage", "documents"),
    [
        ("chn", JUNE, "silent", "exhaustive", 3),
        ("fra", JUNE, "reacted", "partial", 3),
        ("fra", date(2016, 6, 22), "no reaction on record", "partial", 2),
        ("unsc", date(2016, 6, 22), "silent", "exhaustive", 2),
        ("unsc", JUNE, "reacted", "exhaustive", 3),
        ("prk", date(2016, 6, 22), "no reaction on record", "exhaustive", 2),
        ("prk", date(2016, 6, 23), "reacted", "exhaustive", 3),
        ("aus", JUNE, "no reaction on record", "none", 3),
        ("chn", date(2016, 6, 1), "no source on record", "none", 0),
    ],
)
def test_a_verdict_rests_on_what_had_appeared_by_the_day(
    seed_graph: KnowledgeGraph, actor: str, as_of: date, verdict: str, coverage: str, documents: int
) -> None:
    found = certified(seed_graph, actor, as_of)
    assert (found.verdict, found.coverage, len(found.sources)) == (verdict, coverage, documents)
    assert all(source.published <= as_of.isoformat() for source in found.sources)


def test_silence_is_certified_for_the_time_that_was_watched(seed_graph: KnowledgeGraph) -> None:
    found = certified(seed_graph, "chn", JUNE)
    assert (found.watched_from, found.watched_until) == ("2016-06-21T15:00:00Z", "2016-06-22T15:00:00Z")
    assert certified(seed_graph, "aus", JUNE).watched_until is None


def test_a_reaction_is_named_with_its_document_and_its_tie(seed_graph: KnowledgeGraph) -> None:
    acts = certified(seed_graph, "jpn", JUNE).acts
    told = {ids.local(one.act).rpartition("/")[2]: one.link for one in acts}
    assert (told["abe-denounce"], told["protest"]) == ("explicit", "presumed")
    table = seed_graph.reactions().about(SALVO).fold("government")
    known = {row["act"] for row in table.to_dicts() if row["unit"] == f"{ids.BASE}body/jpn"}
    assert {one.act for one in acts} == known


def test_who_answered_both_launches_has_a_reaction_to_each_on_record(seed_graph: KnowledgeGraph) -> None:
    assert certified(seed_graph, "usa", JUNE, f"{SALVO}-2").verdict == "reacted"


def test_what_the_council_and_the_secretary_general_do_the_united_nations_do(
    seed_graph: KnowledgeGraph,
) -> None:
    found = certified(seed_graph, "un", JUNE)
    assert (found.verdict, found.coverage) == ("reacted", "exhaustive")
    acts = {ids.local(one.act).rpartition("/")[2] for one in found.acts}
    assert {"ban-denounce", "council-meets", "council-members-oppose"} <= acts


def test_nobody_is_certified_silent_on_its_own_launch(seed_graph: KnowledgeGraph) -> None:
    found = certified(seed_graph, "prk", date(2016, 6, 22), f"{SALVO}-2")
    assert (found.verdict, found.coverage, found.acts) == ("no reaction on record", "exhaustive", ())


def test_what_answers_another_launch_of_the_salvo_is_no_reaction_to_this_one(
    seed_graph: KnowledgeGraph,
) -> None:
    found = certified(seed_graph, "usa", date(2022, 12, 31), f"{ids.BASE}event/2022-11-03-unknown-2")
    assert found.verdict == "no reaction on record"


def test_every_source_is_named_with_the_digests_of_its_text_and_its_graph(seed_graph: KnowledgeGraph) -> None:
    digests = seed_graph.store.digests()
    for source in certified(seed_graph, "chn", JUNE).sources:
        assert source.graph_sha256 == digests[source.document]
        assert source.text_sha256
        assert len(source.text_sha256) == 64


def test_a_certificate_survives_its_file_and_holds(seed_graph: KnowledgeGraph) -> None:
    issued = certified(seed_graph, "chn", JUNE)
    again = read_certificate(issued.json_text.encode(), "certificate.json")
    assert again == issued
    assert differences(again, seed_graph.store) == ()


def test_equal_certificates_have_equal_bytes(seed_graph: KnowledgeGraph) -> None:
    first, second = (certified(seed_graph, "chn", JUNE) for _ in range(2))
    assert first.canonical == second.canonical
    assert json.loads(first.canonical)["graphs"].keys() == second.graphs.keys()
    assert b'"digest"' not in first.canonical


def test_what_appeared_later_voids_nothing(store: OxigraphStore) -> None:
    issued = certificate(store, f"{ids.BASE}body/prk", SALVO, date(2016, 6, 22))
    store.remove(REUTERS)
    assert store.version() != issued.store
    assert differences(issued, store) == ()


def test_a_source_that_is_gone_or_changed_is_named(store: OxigraphStore) -> None:
    issued = certificate(store, f"{ids.BASE}body/prk", SALVO, JUNE)
    store.remove(REUTERS)
    found = differences(issued, store)
    assert any(one.startswith('verdict: was "reacted", is "no reaction on record"') for one in found)
    assert f"sources: {REUTERS} is no longer among them" in found


def test_a_graph_that_was_coded_anew_is_named(store: OxigraphStore) -> None:
    issued = certificate(store, f"{ids.BASE}body/chn", SALVO, JUNE)
    store.update(
        f"""PREFIX dm: <{ids.ONTOLOGY}#>
            DELETE {{ GRAPH ?g {{ <{REUTERS}> dm:contentDigest ?d }} }}
            INSERT {{ GRAPH ?g {{ <{REUTERS}> dm:contentDigest "another" }} }}
            WHERE {{ GRAPH ?g {{ <{REUTERS}> dm:contentDigest ?d }} }}"""
    )
    (found,) = differences(issued, store)
    assert found.startswith(f"sources: {REUTERS}: graph_sha256 was ")
    assert found.endswith('is "another"')


@pytest.mark.parametrize("field", ["verdict", "as_of", "store", "acts"])
def test_an_altered_certificate_is_caught(seed_graph: KnowledgeGraph, field: str) -> None:
    content = json.loads(certified(seed_graph, "jpn", JUNE).json_text)
    content[field] = {"verdict": "silent", "as_of": "2016-06-29", "store": "0" * 16, "acts": []}[field]
    altered = read_certificate(json.dumps(content).encode(), "certificate.json")
    assert differences(altered, seed_graph.store)[0].startswith("digest: ")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (b"not json", "certificate.json: certificate: "),
        (b"{}", "verdict"),
        (b'{"format": "demarche-certificate-9"}', "format"),
    ],
)
def test_a_file_that_is_no_certificate_is_refused_by_field(text: bytes, complaint: str) -> None:
    with pytest.raises(SourceError, match=complaint):
        read_certificate(text, "certificate.json")


@pytest.mark.parametrize("field", ["actor", "event"])
def test_a_hostile_certificate_asks_nothing(seed_graph: KnowledgeGraph, field: str) -> None:
    content = json.loads(certified(seed_graph, "chn", JUNE).json_text)
    content[field] = "https://example.org/> ?p ?o } DROP ALL #"
    with pytest.raises(SourceError, match=f"certificate: {field}: "):
        read_certificate(json.dumps(content).encode(), "certificate.json")


def test_the_question_has_a_row_for_each_source_and_one_where_there_is_none(
    seed_graph: KnowledgeGraph,
) -> None:
    asked = list(seed_graph.ask("certificate", actor="CHN", event=SALVO, date="2016-06-30"))
    assert [row["document"] for row in asked] == [
        "Reuters, 2016-06-21",
        "The Japan Times, 2016-06-22",
        "Reuters, 2016-06-23",
    ]
    assert {row["verdict"] for row in asked} == {"silent"}
    (alone,) = seed_graph.ask("certificate", actor="CHN", event=SALVO, date="2016-01-01")
    assert (alone["verdict"], alone["document"]) == ("no source on record", None)
