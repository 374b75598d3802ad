"""What was watched: every document lies in one collection, and only an exhaustive coverage bears silence."""

from collections import Counter
from pathlib import Path

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.records import Collections
from demarche.graph.sources.dossier import read_collections
from demarche.graph.store import OxigraphStore

ALONE = "document/2016-06-22-japan-times"
EXHAUSTIVE = {
    "coverage/2016-06-22-japan-times": 8,
    "coverage/2016-06-23-reuters": 6,
    "coverage/2017-05-29-reuters": 6,
    "coverage/2020-03-29-al-jazeera": 4,
}


@pytest.fixture(scope="module")
def collections(repository: Path) -> Collections:
    return read_collections(repository / "seed_data" / "coverage.yaml")


def column(graph: KnowledgeGraph, query: str) -> list[str]:
    return [ids.local(row["x"] or "") for row in graph.store.select(query)]


def test_every_document_was_gathered_in_one_collection_or_came_alone(
    collections: Collections, seed_graph: KnowledgeGraph
) -> None:
    gathered = Counter(one for collection in collections.collections for one in collection.documents)
    documents = column(seed_graph, "SELECT ?x { ?x a dm:Document }")
    assert gathered + Counter([ALONE]) == Counter(documents)
    assert len(documents) == 114


def test_a_collection_names_the_outlets_and_the_interval_of_its_documents(
    collections: Collections, seed_graph: KnowledgeGraph
) -> None:
    for collection in collections.collections:
        found = seed_graph.store.select(
            f"""SELECT ?by ?on {{ VALUES ?document {{ {" ".join(f"<{ids.iri(one)}>" for one in collection.documents)} }}
                ?document dm:publisher ?by ; dm:publicationDate ?on }}"""
        )
        assert {ids.local(row["by"] or "") for row in found} == set(collection.outlets), collection.id
        days = sorted(row["on"] or "" for row in found)
        assert (collection.time.value, collection.time.until) == (days[0], days[-1]), collection.id


def test_every_government_that_acts_in_a_collection_is_among_the_watched(
    collections: Collections, seed_graph: KnowledgeGraph
) -> None:
    for collection in collections.collections:
        documents = " ".join(f"<{ids.iri(one)}>" for one in collection.documents)
        acting = column(
            seed_graph,
            f"SELECT DISTINCT ?x {{ VALUES ?g {{ {documents} }} GRAPH ?g {{ ?act a dm:Act ; dm:government ?x }} }}",
        )
        assert set(acting) <= set(collection.watches), collection.id


def test_only_the_four_documents_read_in_full_are_covered_exhaustively(seed_graph: KnowledgeGraph) -> None:
    found = column(seed_graph, "SELECT ?x { ?x a dm:Coverage ; dm:exhaustive true ; dm:watches ?actor }")
    assert Counter(found) == EXHAUSTIVE


def test_a_collection_of_main_reactions_is_on_record_and_says_why_it_bears_no_silence(
    seed_graph: KnowledgeGraph,
) -> None:
    found = column(
        seed_graph,
        f"""SELECT ?x {{ GRAPH <{ids.COVERAGE_GRAPH}> {{ ?x a dm:Coverage ; dm:exhaustive false ; rdfs:label ?label ;
            skos:editorialNote ?note }} }} ORDER BY ?x""",
    )
    assert found == [
        f"coverage/collection/{name}"
        for name in ("kcna-2024", "news-2012-2020", "news-2016", "pm-transcripts", "white-house-briefings")
    ]


def test_silence_is_told_at_the_event_of_a_document_read_in_full(seed_graph: KnowledgeGraph) -> None:
    found = list(seed_graph.ask("silent", event="2017-05-29-scud-c-marv-1"))
    assert {ids.local(row["coverage_id"] or "") for row in found} <= set(EXHAUSTIVE)
    silent = {ids.local(row["actor_id"] or "") for row in seed_graph.ask("silent", event="2020-03-29-kn-25")}
    assert silent == {"body/usa"}


def test_no_silence_is_claimed_where_only_main_reactions_were_coded(seed_graph: KnowledgeGraph) -> None:
    assert seed_graph.ask("silent", event="2017-07-28-hwasong-14-1").rows == ()


def test_even_a_collection_that_names_the_event_bears_no_silence_unless_it_is_exhaustive(
    seed_graph: KnowledgeGraph,
) -> None:
    store = OxigraphStore()
    store.load(seed_graph.store.dump())
    graph = KnowledgeGraph(store)
    node, watching = f"<{ids.BASE}coverage/collection/news-2012-2020>", f"<{ids.ONTOLOGY}#watchesEvent>"
    event = "2017-07-28-hwasong-14-1"
    watched = f"{node} {watching} <{ids.iri(f'event/{event}')}>"
    store.update(f"INSERT DATA {{ GRAPH <{ids.COVERAGE_GRAPH}> {{ {watched} }} }}")
    assert graph.ask("silent", event=event).rows == ()
    exhaustive = f"<{ids.ONTOLOGY}#exhaustive>"
    store.update(
        f"""DELETE DATA {{ GRAPH <{ids.COVERAGE_GRAPH}> {{ {node} {exhaustive} false }} }} ;
            INSERT DATA {{ GRAPH <{ids.COVERAGE_GRAPH}> {{ {node} {exhaustive} true }} }}"""
    )
    assert graph.ask("silent", event=event).rows != ()
