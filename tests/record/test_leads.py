"""The leads: all of them, as the list tells them, marked unverified, and in no answer that did not ask for them."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import SourceError
from demarche.graph.exports import GRAPH_EXPORTS, export
from demarche.graph.pipeline import read_source
from demarche.graph.records import Directory, Leads
from demarche.graph.sources.dossier import read_directory
from demarche.graph.sources.leads import read_leads
from demarche.graph.sources.yaml_files import read_yaml
from demarche.graph.store import OxigraphStore

GRAPH = f"<{ids.LEADS_GRAPH}>"
EVENT = "2022-11-02-unknown-1"


@pytest.fixture(scope="module")
def folder(repository: Path) -> Path:
    return repository / "seed_data" / "leads"


@pytest.fixture(scope="module")
def leads(folder: Path) -> Leads:
    return read_leads(folder)


@pytest.fixture(scope="module")
def directory(repository: Path) -> Directory:
    return read_directory(repository / "seed_data" / "directory")


def without_leads(graph: KnowledgeGraph) -> KnowledgeGraph:
    store = OxigraphStore()
    store.load(graph.store.dump())
    store.remove(ids.LEADS_GRAPH)
    return KnowledgeGraph(store)


def test_all_139_leads_are_in_their_graph_and_each_is_unverified(seed_graph: KnowledgeGraph) -> None:
    found = seed_graph.store.select(
        f"SELECT ?lead ?v {{ GRAPH {GRAPH} {{ ?lead a dm:Lead ; dm:verification ?v }} }}"
    )
    assert len(found.rows) == 139
    assert {row["v"] for row in found} == {ids.code("verification", "unverified")}


def test_each_lead_of_the_shared_list_is_there_once_with_its_facts(leads: Leads, shared: Path) -> None:
    text = (shared / "data" / "reaction_leads.jsonl").read_text(encoding="utf-8")
    theirs = [json.loads(line) for line in text.splitlines()]
    told = [
        (one.url, one.speaker, one.office, one.body, one.time.value, one.paraphrase) for one in leads.leads
    ]
    fields = ("url", "speaker_name", "speaker_office", "body", "date_time", "paraphrase")
    assert Counter(told) == Counter(tuple(one[field] for field in fields) for one in theirs)


def test_each_launch_of_the_shared_list_is_the_event_or_a_part_of_it(
    leads: Leads, shared: Path, seed_graph: KnowledgeGraph
) -> None:
    text = (shared / "data" / "reaction_leads.jsonl").read_text(encoding="utf-8")
    theirs = [json.loads(line)["launch_ids"] for line in text.splitlines()]
    for lead, launches in zip(leads.leads, theirs, strict=True):
        whole = " ".join(f"<{ids.iri(one)}>" for one in lead.about)
        for launch in launches:
            part = ids.iri(f"event/{launch}")
            assert seed_graph.store.ask(
                f"ASK {{ VALUES ?whole {{ {whole} }} <{part}> dm:partOf* ?whole }}"
            ), lead.id
        assert bool(launches) == bool(lead.about), lead.id


def test_a_lead_s_date_that_was_reckoned_from_its_page_says_so(leads: Leads) -> None:
    assert sum(bool(one.time.approximate) for one in leads.leads) == 17


def test_a_person_is_named_where_exactly_one_of_the_directory_bears_the_name(
    folder: Path, leads: Leads, directory: Directory
) -> None:
    known = read_yaml(folder / "source.yaml")["persons"]
    names = {one.id: {plain(name) for name in (one.label, *one.aliases)} for one in directory.persons}
    borne = Counter(name for borne_by_one in names.values() for name in borne_by_one)
    spoken = {one.speaker for one in leads.leads if one.speaker}
    assert set(known) == {name for name in spoken if borne[plain(name)] == 1}
    assert all(plain(name) in names[reference.removeprefix("person/")] for name, reference in known.items())


def plain(name: str) -> str:
    return name.casefold().replace("-", " ")


def test_a_body_that_is_named_belongs_to_the_government_that_the_lead_gives(
    folder: Path, leads: Leads, directory: Directory
) -> None:
    source = read_yaml(folder / "source.yaml")
    bodies = {f"body/{one.id}": one for one in directory.bodies}
    used = {(one.body, name) for one in leads.leads for name in one.names}
    for government, named in source["bodies"].items():
        for spelling, reference in named.items():
            assert (spelling, reference) in used, f"{spelling} of {government} is used nowhere"
            assert bodies[reference].government in {source["government"][government], None}


def test_no_query_sees_a_lead_unless_it_names_their_graph(seed_graph: KnowledgeGraph) -> None:
    store = seed_graph.store
    assert not store.ask("ASK { ?lead a dm:Lead }")
    assert not store.ask("ASK { GRAPH ?g { ?lead a dm:Lead } }")
    assert not store.ask(f"ASK {{ ?lead dm:verification <{ids.code('verification', 'unverified')}> }}")
    assert store.ask(f"ASK {{ GRAPH {GRAPH} {{ ?lead a dm:Lead }} }}")
    assert not store.ask(f"ASK {{ ?lead a dm:Lead FILTER NOT EXISTS {{ GRAPH {GRAPH} {{ ?x a dm:Act }} }} }}")
    short = "PREFIX g: <https://w3id.org/demarche/id/graph/> SELECT ?x { GRAPH g:leads { ?x a dm:Lead } }"
    assert len(store.select(short).rows) == 139


def answers(graph: KnowledgeGraph) -> Iterator[tuple[str, object]]:
    for name, one in graph.questions.items():
        if name != "leads":
            yield name, graph.ask(name)
            if [parameter.name for parameter in one.parameters] == ["event"]:
                yield f"{name} of a launch with leads", graph.ask(name, event=EVENT)


def test_exports_that_know_no_graphs_hold_no_lead_and_their_page_says_so(
    seed_graph: KnowledgeGraph, repository: Path
) -> None:
    lead = "lead/reaction-leads/w000-1"
    told = {name: lead.encode() in export(seed_graph.store, name) for name in GRAPH_EXPORTS}
    assert {name for name, holds in told.items() if not holds} == {"turtle", "ntriples", "rdfxml"}
    page = (repository / "docs" / "exports.md").read_text(encoding="utf-8")
    (line,) = (one for one in page.split("\n\n") if "leads" in one)
    assert all(f"`{name}`" in line for name in GRAPH_EXPORTS)
    assert "are left out of these three" in line


def test_every_other_answer_is_the_same_with_the_leads_and_without(seed_graph: KnowledgeGraph) -> None:
    assert dict(answers(seed_graph)) == dict(answers(without_leads(seed_graph)))


def test_the_leads_to_an_event_are_counted_for_whoever_asks_who_reacted(seed_graph: KnowledgeGraph) -> None:
    assert seed_graph.leads(EVENT) == len(seed_graph.ask("leads", event=EVENT).rows) == 3
    assert seed_graph.leads("2016-06-22-musudan") == 0
    assert without_leads(seed_graph).leads(EVENT) == 0


def test_a_lead_with_a_word_that_the_source_does_not_explain_is_refused(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_text(
            file.read_text(encoding="utf-8").replace(",lodged-protest,", ",shrug,"), encoding="utf-8"
        )
    with pytest.raises(SourceError, match="'shrug' is not listed under kind"):
        read_leads(tmp_path)


def test_a_lost_lead_is_missed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "source.yaml").write_bytes((folder / "source.yaml").read_bytes())
    lines = (folder / "leads.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "leads.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(SourceError, match="139 rows expected, 138 found"):
        read_leads(tmp_path)


def test_the_leads_can_be_loaded_and_retracted_by_themselves(
    folder: Path, seed_graph: KnowledgeGraph
) -> None:
    found = read_source(folder)
    assert str(found.graph.name) == ids.LEADS_GRAPH
    graph = without_leads(seed_graph)
    assert graph.load([folder]) == [ids.LEADS_GRAPH]
    assert graph.store.dump() == seed_graph.store.dump()
