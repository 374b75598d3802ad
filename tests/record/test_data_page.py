"""The pages that count the record agree with the graph, and what they say of its lean is so."""

import re
from pathlib import Path

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph.counts import captions, counts, shown, updated
from demarche.graph.store import Table

REPOSITORY = Path(__file__).parents[2]
PAGES = ("docs/data.md", "README.md")
MENDED_BY = "make counts"


@pytest.fixture(scope="module")
def found(seed_graph: KnowledgeGraph) -> dict[str, Table]:
    return counts(seed_graph.store)


def numbers(table: Table) -> dict[str, int]:
    """The number of each row by its name."""
    return {str(name): int(str(number)) for name, number in (row.values() for row in table)}


@pytest.mark.parametrize("name", PAGES)
def test_the_tables_of_a_page_are_what_the_graph_holds(name: str, found: dict[str, Table]) -> None:
    page = (REPOSITORY / name).read_text(encoding="utf-8")
    assert page == updated(page, found), f"{name} is out of date: run {MENDED_BY}"


def test_a_number_changed_by_hand_would_be_noticed(found: dict[str, Table]) -> None:
    page = (REPOSITORY / "docs/data.md").read_text(encoding="utf-8")
    for number in re.findall(r"^\| [^|\n]+ \| (\d+) \|", page, re.MULTILINE)[:5]:
        spoilt = page.replace(f" | {number} |", f" | {number}1 |", 1)
        assert updated(spoilt, found) == page


def test_the_page_on_the_data_shows_every_count_once() -> None:
    page = (REPOSITORY / "docs/data.md").read_text(encoding="utf-8")
    assert sorted(shown(page)) == sorted(captions())
    assert page.count("<!-- counts: ") == page.count("<!-- end of ") == len(captions())


def test_the_counts_of_documents_and_of_reports_add_up(found: dict[str, Table]) -> None:
    in_all = numbers(found["in-all"])
    assert sum(numbers(found["documents-by-year"]).values()) == in_all["documents"]
    assert sum(numbers(found["documents-by-outlet"]).values()) == in_all["documents"]
    assert sum(numbers(found["reports-by-mode"]).values()) == in_all["reports of acts"]


def test_every_act_has_one_year_and_every_document_a_dossier(found: dict[str, Table]) -> None:
    in_all = numbers(found["in-all"])
    assert sum(numbers(found["acts-by-year"]).values()) == in_all["acts"]
    assert in_all["documents"] == len(list((REPOSITORY / "seed_data/documents").rglob("20*.yaml")))


def test_the_record_leans_as_the_page_says(found: dict[str, Table], seed_graph: KnowledgeGraph) -> None:
    in_all = numbers(found["in-all"])
    documents, acts = numbers(found["documents-by-year"]), numbers(found["acts-by-year"])
    assert 0.6 < (documents["2016"] + documents["2017"]) / in_all["documents"] < 2 / 3
    assert 0.75 < (acts["2016"] + acts["2017"]) / in_all["acts"] < 0.8
    of_two = seed_graph.store.select(
        """SELECT (COUNT(DISTINCT ?act) AS ?acts) WHERE {
            VALUES ?code { "USA" "KOR" } ?government dm:stateCode ?code . ?act dm:government ?government }"""
    )
    assert 0.5 < int(next(iter(of_two))["acts"] or 0) / in_all["acts"] < 0.6
    actors = list(numbers(found["acts-by-government"]))
    assert actors[:2] == ["Government of the United States", "Government of South Korea"]
    assert actors.index("Government of Australia") < actors.index("Government of China")
    transcripts = numbers(found["documents-by-outlet"])["PM Transcripts of the Prime Minister of Australia"]
    assert (transcripts, in_all["documents"]) == (21, 114)


def test_the_years_with_launches_and_no_document_are_those_that_the_page_names(
    found: dict[str, Table],
) -> None:
    years = {str(row["year"]) for row in found["launches-answered"] if str(row["year"]) >= "2006"}
    missing = sorted(years - set(numbers(found["documents-by-year"])))
    assert missing == ["2014", "2015", "2021", "2025", "2026"]
