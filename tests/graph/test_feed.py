"""Files of events in the store: triples that the ontology and the shapes ask for, links by the stated rule only."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import integers
from rdflib import Graph, URIRef

from demarche.graph import identifiers as ids
from demarche.graph.curation import Curation
from demarche.graph.entailment import entailed
from demarche.graph.errors import SourceError
from demarche.graph.feed import USUAL, Presumption, check_events, load_events, quads
from demarche.graph.knowledge import KnowledgeGraph
from demarche.graph.sources.icews import Spellings, read_spellings
from demarche.graph.store import OxigraphStore, Store
from demarche.graph.triples import NamedGraph
from demarche.graph.validate import violations
from tests.graph.engines import engine

DEED = "Russia\tUse conventional military force\tUkraine\t2014-03-01\n"
LATER = "Russia\tMobilize or increase armed forces\tUkraine\t2014-03-03\n"
ANSWER = "Foreign Affairs (France)\tCriticize or denounce\tRussia\t2014-03-04\n"
EVERY_KIND = (
    "UN Security Council\tReject\tMilitary (Russia)\t2014-03-03\n"
    "Barack Obama\tImpose embargo, boycott, or sanctions\tRussia\t2014-03-04\n"
    "Citizen (Ukraine)\tDemonstrate or rally\tRussia\t2014-03-03\n"
    'A "Synthetic" \\ Näme\tConsult\tForeign Affairs (Japan)\t2014-03-02\n'
)


@pytest.fixture(scope="module")
def spellings(repository: Path) -> Spellings:
    return read_spellings(repository / "seed_data")


@pytest.fixture
def store(seed_quads: bytes) -> Store:
    one = OxigraphStore()
    one.load(seed_quads)
    return one


def file_of(folder: Path, *rows: str) -> Path:
    file = folder / "events.tsv"
    file.write_text("".join(rows), encoding="utf-8")
    return file


def links(store: Store) -> list[tuple[str, str, str]]:
    """Who is presumed to answer what, and how surely."""
    found = store.select(
        """SELECT ?who ?what ?sure {
            ?act dm:presumablyReactsTo ?deed ; dm:madeBy/rdfs:label ?who .
            ?deed dm:cameoCode ?what ; dm:inCatalogue ?file .
            ?link dm:linkFrom ?act ; dm:linkTo ?deed ; dm:confidence ?sure
        } ORDER BY ?who DESC(?sure) ?what"""
    )
    return [(row["who"] or "", row["what"] or "", row["sure"] or "") for row in found]


def named(file: Path, spellings: Spellings, presumption: Presumption = USUAL) -> NamedGraph:
    parsed = Graph()
    text = b"".join(quads(file, spellings, presumption)).decode()
    name = text.splitlines()[0].split()[-2].strip("<>")
    parsed.parse(data=text.replace(f" <{name}> .\n", " .\n"), format="nt")
    return NamedGraph(URIRef(name), set(parsed))  # type: ignore[arg-type]


def test_what_is_written_entails_nothing_that_is_not_written(tmp_path: Path, spellings: Spellings) -> None:
    graph = named(file_of(tmp_path, DEED, LATER, ANSWER, EVERY_KIND), spellings)
    assert entailed(graph.triples) == set()


def test_what_is_written_keeps_every_shape(tmp_path: Path, spellings: Spellings, store: Store) -> None:
    graph = named(file_of(tmp_path, DEED, LATER, ANSWER, EVERY_KIND), spellings)
    assert [str(one) for one in violations(graph, store, "events.tsv")] == []


def test_every_relation_and_role_keeps_every_shape(
    tmp_path: Path, spellings: Spellings, store: Store
) -> None:
    rows = [f"Japan\t{text}\tRussia\t2014-03-04\n" for text in spellings.relations]
    rows += [f"{role} (Peru)\tConsult\tRussia\t2014-03-04\n" for role in spellings.roles]
    rows += [f"{name}\tConsult\tChile\t2014-03-04\n" for name in (*spellings.names, *spellings.holders)]
    graph = named(file_of(tmp_path, *rows), spellings)
    assert [str(one) for one in violations(graph, store, "events.tsv")] == []


def test_a_sample_of_the_real_files_keeps_every_shape(
    tmp_path: Path, shared: Path, spellings: Spellings, store: Store
) -> None:
    rows = (shared / "data/icews/icews14-test.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    graph = named(file_of(tmp_path, *rows[::60]), spellings, Presumption(days=30))
    assert len(graph.triples) > 3000
    assert [str(one) for one in violations(graph, store, "events.tsv")] == []


def test_an_act_is_presumed_to_answer_the_latest_deeds_first(
    tmp_path: Path, spellings: Spellings, store: Store
) -> None:
    load_events(file_of(tmp_path, DEED, LATER, ANSWER), store, spellings)
    who = "Ministry of Foreign Affairs of France"
    assert links(store) == [(who, "154", "0.2"), (who, "190", "0.1")]


def test_no_link_is_explicit(tmp_path: Path, spellings: Spellings, store: Store) -> None:
    load_events(file_of(tmp_path, DEED, LATER, ANSWER), store, spellings)
    assert not store.ask("ASK { ?act dm:reactsTo ?deed ; dm:inCatalogue ?file }")


@pytest.mark.parametrize(
    ("answer", "presumption", "answered"),
    [
        (ANSWER, Presumption(days=0), 0),
        (ANSWER, Presumption(days=1), 1),
        (ANSWER, Presumption(most=1), 1),
        (ANSWER, Presumption(most=0), 0),
        (ANSWER.replace("03-04", "03-06"), Presumption(), 1),
        (ANSWER.replace("03-04", "03-07"), Presumption(), 0),
        (ANSWER.replace("03-04", "03-01"), Presumption(), 1),
        (ANSWER.replace("03-04", "02-28"), Presumption(), 0),
        (ANSWER.replace("\tRussia", "\tMilitary (Russia)"), Presumption(), 2),
        (ANSWER.replace("\tRussia", "\tCitizen (Russia)"), Presumption(), 0),
        (ANSWER.replace("\tRussia", "\tUkraine"), Presumption(), 0),
        (ANSWER.replace("Foreign Affairs (France)", "Police (Russia)"), Presumption(), 0),
        (ANSWER.replace("Foreign Affairs (France)", "Citizen (Russia)"), Presumption(), 0),
        (ANSWER.replace("Foreign Affairs (France)", "Citizen (France)"), Presumption(), 2),
        (ANSWER.replace("Foreign Affairs (France)", "UN Security Council"), Presumption(), 2),
        (ANSWER.replace("Foreign Affairs (France)", "A Synthetic Name"), Presumption(), 0),
    ],
)
def test_the_rule_links_what_it_says_and_nothing_else(
    answer: str, presumption: Presumption, answered: int, tmp_path: Path, spellings: Spellings
) -> None:
    store = OxigraphStore()
    done = load_events(file_of(tmp_path, DEED, LATER, answer), store, spellings, presumption)
    assert done.links == len(links(store)) == answered


@given(lag=integers(0, 10_000))
def test_a_confidence_is_above_nothing_and_below_a_half(lag: int) -> None:
    assert 0 < float(Presumption().confidence(lag)) <= 0.4


def test_the_acts_stand_in_the_reaction_table(tmp_path: Path, spellings: Spellings) -> None:
    store = OxigraphStore()
    load_events(file_of(tmp_path, DEED, ANSWER), store, spellings)
    (row,) = KnowledgeGraph(store).reactions().frame.to_dicts()
    assert (row["link"], row["level"], row["stance"]) == ("presumed", "verbal", "criticise")
    assert row["governments"] == [f"{ids.BASE}body/fra"]
    assert row["local_date"] == date(2014, 3, 4)


def test_a_graph_loads_files_of_events_beside_other_sources(tmp_path: Path, store: Store) -> None:
    graph = KnowledgeGraph(store)
    before = len(graph.reactions())
    file = file_of(tmp_path, DEED, ANSWER)
    assert graph.load([file]) == [f"{ids.BASE}catalogue/icews-events-tsv"]
    assert graph.load([file]) == []
    assert len(graph.reactions()) == before + 1


def test_a_graph_reads_events_by_the_spellings_of_its_own_seed_data(tmp_path: Path, repository: Path) -> None:
    folder = tmp_path / "seed_data"
    shutil.copytree(repository / "seed_data/sources/icews", folder / "sources/icews")
    countries = folder / "sources/icews/countries.csv"
    told = countries.read_text(encoding="utf-8").replace("Government of France", "Republic of France")
    countries.write_text(told, encoding="utf-8")
    store = OxigraphStore()
    KnowledgeGraph(store, curation=Curation(store, folder, None, bytes)).load(
        [file_of(tmp_path, DEED, ANSWER)]
    )
    assert store.ask(f'ASK {{ <{ids.BASE}body/fra> rdfs:label "Republic of France"@en }}')


@pytest.mark.parametrize("kind", ["memory", "disk", "remote"])
def test_a_file_that_is_loaded_again_changes_nothing_and_a_newer_one_replaces_it(
    kind: str, tmp_path: Path, spellings: Spellings
) -> None:
    with engine(kind, tmp_path) as store:
        assert load_events(file_of(tmp_path, DEED, ANSWER), store, spellings).changed
        before, version = store.dump(), store.version()
        assert not load_events(file_of(tmp_path, DEED, ANSWER), store, spellings).changed
        assert (store.dump(), store.version()) == (before, version)
        done = load_events(file_of(tmp_path, DEED), store, spellings)
        assert done.changed
        assert len(store.graphs()) == 2  # its own and the one that tells of it
        assert not store.ask(f"ASK {{ <{ids.BASE}body/fra> ?p ?o }}")


def test_as_many_triples_are_told_as_the_store_holds(tmp_path: Path, spellings: Spellings) -> None:
    store = OxigraphStore()
    done = load_events(file_of(tmp_path, DEED, LATER, ANSWER, EVERY_KIND), store, spellings)
    (held,) = store.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{done.graph}> {{ ?s ?p ?o }} }}")
    assert held["n"] == str(done.triples)
    (actors,) = store.select("SELECT (COUNT(DISTINCT ?a) AS ?n) { ?a a dm:Actor }")
    assert actors["n"] == str(done.actors)


def test_a_file_that_is_refused_leaves_what_was_there(tmp_path: Path, spellings: Spellings) -> None:
    store = OxigraphStore()
    load_events(file_of(tmp_path, DEED), store, spellings)
    before = store.dump()
    with pytest.raises(SourceError, match="line 2: relation"):
        load_events(file_of(tmp_path, DEED, ANSWER.replace("Criticize", "Kriticize")), store, spellings)
    assert store.dump() == before
    with pytest.raises(SourceError, match="line 1"):
        check_events(file_of(tmp_path, "x\n"), spellings)


def test_a_file_that_changes_while_it_is_read_leaves_nothing(tmp_path: Path, spellings: Spellings) -> None:
    store, file = OxigraphStore(), file_of(tmp_path, DEED)

    def meddle(step: str, done: int, total: int) -> None:  # noqa: ARG001
        if step == "loading":
            file.write_text(DEED + ANSWER, encoding="utf-8")

    with pytest.raises(SourceError, match="was changed while it was read"):
        load_events(file, store, spellings, progress=meddle)
    assert store.dump() == b""


def test_the_same_file_makes_the_same_bytes(tmp_path: Path, spellings: Spellings) -> None:
    file = file_of(tmp_path, DEED, LATER, ANSWER, EVERY_KIND)
    assert b"".join(quads(file, spellings)) == b"".join(quads(file, spellings))


def test_a_real_file_is_loaded_with_the_counts_that_were_measured(shared: Path, spellings: Spellings) -> None:
    store = OxigraphStore()
    done = load_events(shared / "data/icews/icews14-test.tsv", store, spellings)
    assert (done.acts, done.actors, done.links) == (8963, 2817, 253)
    sample = load_events(shared / "data/feeds/icews_events.2018.sample.tab", store, spellings)
    assert (sample.acts, sample.links) == (3705, 2455)
