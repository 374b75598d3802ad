"""Every row of the corpus is accounted for, and the graph agrees with it but for the deviations that are listed."""

import json
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.census import require_whole
from demarche.graph.errors import SourceError
from demarche.graph.records import Crosswalk
from demarche.graph.seed import built
from demarche.graph.sources.crosswalk import read_crosswalk
from tests.questions.one_document import store_of_one_document
from tests.record.agreement import Comparison, Row, agreement, comparisons, rows_of

Spoil = Callable[[str], str]


@pytest.fixture(scope="module")
def crosswalk(repository: Path) -> Crosswalk:
    return read_crosswalk(repository / "seed_data" / "crosswalk")


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[Row]:
    return rows_of(shared)


@pytest.fixture(scope="module")
def compared(seed_graph: KnowledgeGraph, crosswalk: Crosswalk, rows: list[Row]) -> list[Comparison]:
    return comparisons(seed_graph.store, crosswalk, rows)


def test_each_row_is_accounted_for_exactly_once(crosswalk: Crosswalk, rows: list[Row]) -> None:
    assert len(rows) == 367
    assert Counter(entry.row for entry in crosswalk.rows) == Counter(row["id"] for row in rows)


def test_each_row_stands_in_the_document_it_was_read_from(
    crosswalk: Crosswalk, rows: list[Row], seed_graph: KnowledgeGraph, shared: Path
) -> None:
    """By digest and by day: two statements of one office, a month apart, are the same text to the letter."""
    documents = {
        ids.local(row["document"] or "").removeprefix("document/"): (row["digest"], row["published"])
        for row in seed_graph.store.select(
            "SELECT * WHERE { ?document a dm:Document ; dm:digest ?digest ; dm:publicationDate ?published }"
        )
    }
    folder = shared / "data" / "articles"
    articles = {row["id"]: json.loads((folder / f"{row['article']}.json").read_text("utf-8")) for row in rows}
    assert {entry.row: documents[entry.document] for entry in crosswalk.rows} == {
        row: (article["sha256"], article["publication_date"]) for row, article in articles.items()
    }


def test_the_graph_agrees_with_the_rows_but_for_the_listed_deviations(
    crosswalk: Crosswalk, compared: list[Comparison]
) -> None:
    sys.stdout.write(agreement(compared))
    listed = {(entry.row, name) for entry in crosswalk.rows for name in entry.deviations}
    found = {(one.row, one.field): f"{one.theirs!r} became {one.ours!r}" for one in compared if not one.equal}
    assert {place: found[place] for place in sorted(found.keys() - listed)} == {}, "not listed as deviations"
    assert sorted(listed - found.keys()) == [], "listed, but row and graph agree"


def test_every_field_of_the_rows_is_compared_often_enough_to_mean_something(
    compared: list[Comparison],
) -> None:
    count = Counter(one.field for one in compared)
    assert min(count.values()) >= 200, count
    assert {"kind", "stance", "channel", "date", "evidence", "mode"} <= {
        name for name, n in count.items() if n == 367
    }


def test_a_wrong_row_is_found_out(
    seed_graph: KnowledgeGraph, crosswalk: Crosswalk, rows: list[Row], compared: list[Comparison]
) -> None:
    wrong = {
        "speaker_name": "Nobody Known", "speaker_office": "Astronomer", "body": "Ministry of Magic",
        "government_or_org": ["CHE"], "kind": "offer", "stance": "dismissive", "channel": "television",
        "date_time": "1999-01-01", "date_precision": "year", "launch_ids": ["1984-04-09-scud-b-1"],
        "quote_start": 1, "quote_end": 2,
    }  # fmt: skip
    place = next(number for number, row in enumerate(rows) if row["id"] == "r0007")
    spoilt = [*rows[:place], rows[place] | wrong, *rows[place + 1 :]]
    again = {(one.row, one.field): one.equal for one in comparisons(seed_graph.store, crosswalk, spoilt)}
    broken = {name for (row, name), equal in again.items() if row == "r0007" and not equal}
    assert broken == {one.field for one in compared if one.row == "r0007"} - {"relation", "mode", "level"} | {
        "office"
    }


def test_the_tables_of_codes_hold_each_code_of_the_corpus_once(crosswalk: Crosswalk, rows: list[Row]) -> None:
    for name, table in (
        ("kind", crosswalk.kinds),
        ("stance", crosswalk.stances),
        ("channel", crosswalk.channels),
    ):
        assert sorted(code.theirs for code in table) == sorted({row[name] or "none" for row in rows})


def _without_first_row(text: str) -> str:
    head, _, rest = text.partition("  - row: r0000")
    return head + rest[rest.index("  - row: r0001") :]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        pytest.param(_without_first_row, "367 expected, 366 found", id="lost row"),
        pytest.param(
            lambda text: text.replace("row: r0001", "row: r0000"), "stands here 2 times", id="doubled row"
        ),
        pytest.param(
            lambda text: text.replace("/mod-launch1", "/mod-lunch"), "tells of no act", id="unknown act"
        ),
        pytest.param(
            lambda text: text.replace("relation: reactsTo", "relation: likes", 1),
            "likes",
            id="unknown relation",
        ),
    ],
)
def test_a_spoilt_crosswalk_fails_the_load(
    spoil: Spoil, told: str, repository: Path, tmp_path: Path, seed_graph: KnowledgeGraph
) -> None:
    shutil.copytree(repository / "seed_data" / "crosswalk", tmp_path / "crosswalk")
    file = tmp_path / "crosswalk" / "reactions.yaml"
    file.write_text(spoil(file.read_text("utf-8")), "utf-8")
    with pytest.raises(SourceError, match=told):
        require_whole(tmp_path, seed_graph.store)


def test_a_lost_document_fails_the_load(repository: Path, tmp_path: Path, seed_graph: KnowledgeGraph) -> None:
    text = (repository / "seed_data" / "expected.yaml").read_text("utf-8")
    (tmp_path / "expected.yaml").write_text(text.replace("documents: 28", "documents: 29"), "utf-8")
    with pytest.raises(SourceError, match="years/2016: documents: 29 documents expected, 28 found"):
        require_whole(tmp_path, seed_graph.store)


def test_building_the_record_asks_whether_it_is_whole(repository: Path, tmp_path: Path) -> None:
    shutil.copy(repository / "seed_data" / "expected.yaml", tmp_path)
    with pytest.raises(SourceError, match="years/2017: documents: 45 documents expected, 0 found"):
        store_of_one_document(repository / "seed_data", tmp_path, lambda folder: built(folder, str))


def test_same_acts_are_told_in_several_documents_and_no_others_are(
    crosswalk: Crosswalk, seed_graph: KnowledgeGraph
) -> None:
    told: dict[str, set[str]] = {}
    for row in seed_graph.store.select(
        "SELECT ?act ?document WHERE { GRAPH ?document { ?report dm:reports ?act } }"
    ):
        act, document = (ids.local(row[name] or "") for name in ("act", "document"))
        told.setdefault(act, set()).add(document.removeprefix("document/"))
    assert {one.act: set(one.documents) for one in crosswalk.same_acts} == {
        act: documents for act, documents in told.items() if len(documents) > 1
    }
