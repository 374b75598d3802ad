"""One contract for every engine: what a store promises holds in memory, on disk and on a server elsewhere."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph import identifiers as ids
from demarche.graph.errors import BadQuery, StoreError
from demarche.graph.remote import RemoteStore
from demarche.graph.store import OxigraphStore, ResultKind, Store, Term
from tests.graph.engines import engine

A, B = f"{ids.BASE}document/a", f"{ids.BASE}document/b"
MEDIA: dict[ResultKind, str] = {
    "solutions": "application/sparql-results+json",
    "boolean": "application/sparql-results+json",
    "graph": "application/n-triples",
}


@pytest.fixture(params=["memory", "disk", "remote"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with engine(request.param, tmp_path) as one:
        yield one


def triple(value: str) -> str:
    return f'<{ids.BASE}event/x> <{ids.ONTOLOGY}#paraphrase> "{value}" .'


def digest_of(graph: str, value: str) -> str:
    return f'<{graph}> <{ids.ONTOLOGY}#contentDigest> "{value}" .'


def values(store: Store) -> list[str]:
    found = store.select("SELECT ?v WHERE { ?s dm:paraphrase ?v } ORDER BY ?v")
    return [row["v"] or "" for row in found]


def test_replacing_a_graph_leaves_the_others_alone(store: Store) -> None:
    store.replace(A, [triple("old")])
    store.replace(B, [triple("other")])
    store.replace(A, [triple("new")])
    assert values(store) == ["new", "other"]


def test_a_query_without_graph_sees_the_union_of_all(store: Store) -> None:
    store.replace(A, [triple("a")])
    store.replace(B, [triple("b")])
    assert values(store) == ["a", "b"]
    assert store.ask(f'ASK {{ GRAPH <{B}> {{ ?s dm:paraphrase "b" }} }}')
    assert not store.ask(f'ASK {{ GRAPH <{B}> {{ ?s dm:paraphrase "a" }} }}')


def test_removing_a_graph_retracts_all_it_supported(store: Store) -> None:
    store.replace(A, [triple("a")], [digest_of(A, "1")])
    store.remove(A)
    assert values(store) == []
    assert store.graphs() == ()


def test_a_refused_replacement_leaves_the_store_as_it_was(store: Store) -> None:
    store.replace(A, [triple("kept")], [digest_of(A, "1")])
    before = store.dump()
    with pytest.raises(BadQuery):
        store.replace(A, [triple("half"), "this is no triple ."], [digest_of(A, "2")])
    assert store.dump() == before


def test_the_version_follows_the_content_and_nothing_else(store: Store) -> None:
    store.replace(A, [triple("a")], [digest_of(A, "1")])
    first = store.version()
    store.replace(A, [triple("b")], [digest_of(A, "2")])
    assert store.version() != first
    store.replace(A, [triple("a")], [digest_of(A, "1")])
    assert store.version() == first


def test_what_is_dumped_can_be_loaded_again(store: Store) -> None:
    store.replace(A, [triple(r"quote \" tab \t line \n é ☃")], [digest_of(A, "1")])
    copy = OxigraphStore()
    copy.load(store.dump())
    assert copy.dump() == store.dump()


def test_a_store_takes_the_snapshot_of_another(store: Store) -> None:
    other = OxigraphStore()
    other.replace(A, [triple("a")], [digest_of(A, "1")])
    store.load(other.dump())
    assert store.dump() == other.dump()
    assert store.version() == other.version()


def test_terms_come_back_with_datatype_and_language(store: Store) -> None:
    store.replace(A, [f'<{A}> <{ids.ONTOLOGY}#paraphrase> "x"@en .', f"<{A}> <{ids.ONTOLOGY}#start> 7 ."])
    rows = store.select("SELECT ?o ?none WHERE { ?s ?p ?o } ORDER BY ?p").rows
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    english = Term("x", "literal", "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString", "en")
    assert rows == ((english, None), (Term("7", "literal", integer, None), None))


def test_every_kind_of_query_is_answered_in_its_media_type(store: Store) -> None:
    store.replace(A, [triple("a")])
    assert store.answer("SELECT ?v { ?s dm:paraphrase ?v }", MEDIA).media_type == MEDIA["solutions"]
    assert b"true" in store.answer("ASK { ?s dm:paraphrase ?v }", MEDIA).body
    graph = store.answer("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", MEDIA)
    assert (graph.media_type, graph.body.decode().strip()) == (MEDIA["graph"], triple("a"))


@pytest.mark.parametrize(
    "query",
    [
        'SELECT ("a\\u0001b" AS ?x) {}',
        'CONSTRUCT { <urn:a> <urn:b:x> "a\\u0001b" } {}',
        'CONSTRUCT { <urn:a> <http://example.org/123> "no name in XML" } {}',
    ],
)
def test_what_xml_cannot_tell_is_refused_and_told_in_other_formats(query: str) -> None:
    xml = {"solutions": "application/sparql-results+xml", "boolean": "", "graph": "application/rdf+xml"}
    store = OxigraphStore()
    with pytest.raises(BadQuery, match="cannot be told in XML"):
        store.answer(query, xml)  # type: ignore[arg-type]
    assert store.answer(query, MEDIA).body
    whole = store.answer('SELECT ("a<&\\tb" AS ?x) {}', xml)  # type: ignore[arg-type]
    assert b"a&lt;&amp;\tb" in whole.body


def test_a_query_that_does_not_parse_is_refused_by_name(store: Store) -> None:
    with pytest.raises(BadQuery):
        store.select("SELECT WHERE {")
    with pytest.raises(BadQuery):
        store.select("ASK { ?s ?p ?o }")
    with pytest.raises(BadQuery):
        store.ask("SELECT * { ?s ?p ?o }")


def test_many_threads_may_ask_one_store(store: Store) -> None:
    store.replace(A, [triple(str(number)) for number in range(200)])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: len(values(store)), range(64)))
    assert answers == [200] * 64


def test_a_folder_that_another_store_holds_is_refused(tmp_path: Path) -> None:
    held = OxigraphStore(tmp_path)
    with pytest.raises(StoreError, match="cannot be opened"):
        OxigraphStore(tmp_path)
    del held


def test_a_store_on_disk_keeps_what_it_was_given(tmp_path: Path) -> None:
    store = OxigraphStore(tmp_path)
    store.replace(A, [triple("kept")])
    store.flush()
    del store
    assert values(OxigraphStore(tmp_path)) == ["kept"]


@pytest.mark.parametrize(
    "url", ["http://store.example/sparql", "ftp://127.0.0.1/sparql", "file:///etc/passwd"]
)
def test_a_remote_store_is_reached_by_https_or_on_loopback_only(url: str) -> None:
    with pytest.raises(StoreError, match="https"):
        RemoteStore(url)


def test_a_store_that_does_not_answer_is_an_error_of_ours() -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        RemoteStore("http://127.0.0.1:9/query").select("SELECT * { ?s ?p ?o }")


@given(st.text())
def test_any_text_survives_as_a_literal(text: str) -> None:
    engine_ = OxigraphStore()
    if any(0xD800 <= ord(character) <= 0xDFFF for character in text):
        return
    found = engine_.select(f"SELECT ?v WHERE {{ VALUES ?v {{ {Term(text, 'literal').n3()} }} }}")
    assert [row["v"] for row in found] == [text]


@given(st.text())
def test_any_text_stays_inside_the_brackets_of_an_iri(text: str) -> None:
    written = Term("https://example.org/" + text).n3()
    assert not set(written[1:-1]) & set('<>"{}|^` \n\t\\') - {"\\"}
    assert written.count(">") == 1


def test_what_is_kept_apart_is_seen_only_by_a_query_that_names_its_graph(tmp_path: Path) -> None:
    for store in (OxigraphStore(), OxigraphStore(tmp_path)):
        store.replace(A, [triple("a")])
        store.replace(ids.LEADS_GRAPH, [triple("lead")], [digest_of(ids.LEADS_GRAPH, "1")])
        named = f"SELECT ?v {{ GRAPH <{ids.LEADS_GRAPH}> {{ ?s dm:paraphrase ?v }} }}"
        assert values(store) == ["a"]
        assert [row["v"] for row in store.select(named)] == ["lead"]
        assert [row["v"] for row in store.select(f"{named.removesuffix('}')} ?s dm:paraphrase 'a' }}")] == [
            "lead"
        ]
        store.replace(ids.LEADS_GRAPH, [triple("newer")], [digest_of(ids.LEADS_GRAPH, "2")])
        assert [row["v"] for row in store.select(named)] == ["newer"]
        copy = OxigraphStore()
        copy.load(store.dump())
        assert (copy.dump(), copy.version(), values(copy)) == (store.dump(), store.version(), ["a"])
        assert b"newer" in store.serialise("application/trig")
        assert b"newer" not in store.serialise("text/turtle")
        store.remove(ids.LEADS_GRAPH)
        assert b"newer" not in store.dump()


def test_a_store_elsewhere_is_given_nothing_unverified_with_a_snapshot(tmp_path: Path) -> None:
    local = OxigraphStore()
    local.replace(A, [triple("a")], [digest_of(A, "1")])
    without = local.dump()
    local.replace(ids.LEADS_GRAPH, [triple("lead")], [digest_of(ids.LEADS_GRAPH, "1")])
    with engine("remote", tmp_path) as remote:
        remote.load(local.dump())
        apart = f" <{ids.LEADS_GRAPH}> .\n".encode()
        lines = remote.dump().splitlines(keepends=True)
        assert b"".join(line for line in lines if not line.endswith(apart)) == without
        assert not remote.ask('ASK { ?s dm:paraphrase "lead" }')
        remote.keep_apart(bytes)  # what is left is what lies there
        assert remote.dump() == without
