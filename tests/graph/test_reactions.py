"""The reaction table: what a row says, what joins several documents, and what is read again after a change."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.reactions import NOTHING_READ, SCHEMA, UNITS, Unit, narrowest, reaction_table, saved
from demarche.graph.store import Answer, OxigraphStore, ResultKind
from demarche.ontology import DM

SALVO = f"{ids.BASE}event/2016-06-22-musudan"
JAPAN_TIMES = f"{ids.BASE}document/2016-06-22-japan-times"


@pytest.fixture
def store(seed_quads: bytes) -> OxigraphStore:
    """A copy of the record that a test may change."""
    found = OxigraphStore()
    found.load(seed_quads)
    return found


def test_the_table_has_a_row_for_each_act_and_each_event_that_it_answers(seed_graph: KnowledgeGraph) -> None:
    frame = seed_graph.reactions().frame
    counted = seed_graph.store.select(
        "SELECT DISTINCT ?act ?event { { ?act dm:reactsTo ?event } UNION { ?act dm:presumablyReactsTo ?event } }"
    )
    assert dict(frame.schema) == SCHEMA
    assert set(frame.select("act", "event").iter_rows()) == {(row["act"], row["event"]) for row in counted}
    assert len(frame) == len(counted.rows)


def test_a_row_tells_what_the_document_tells(seed_graph: KnowledgeGraph) -> None:
    kirby = [f"{ids.BASE}person/john-kirby"]
    row = seed_graph.reactions().about(SALVO).frame.filter(pl.col("persons") == kirby).to_dicts()[0]
    assert row["governments"] == [f"{ids.BASE}body/usa"]
    assert row["offices"] == [f"{ids.BASE}office/usa-state-department-spokesperson"]
    assert (row["link"], row["level"], row["stance"], row["channel"]) == (
        "explicit", "verbal", "condemn", "written-statement",
    )  # fmt: skip
    assert row["lag_min"] == row["earliest"] - row["event_latest"]
    assert row["lag_max"] == row["latest"] - row["event_earliest"]
    assert JAPAN_TIMES in row["documents"]


def test_reactions_about_a_salvo_are_the_acts_of_who_reacted(seed_graph: KnowledgeGraph) -> None:
    asked = seed_graph.ask("who-reacted", event=SALVO)
    told = seed_graph.reactions().about(SALVO)
    assert set(told.frame["act"]) == {row["act_id"] for row in asked}
    assert set(told.explicit().frame["act"]) == {row["act_id"] for row in asked if row["link"] == "explicit"}


def test_nothing_is_known_about_an_event_that_nobody_answered(seed_graph: KnowledgeGraph) -> None:
    assert len(seed_graph.reactions().about(f"{ids.BASE}event/nowhere")) == 0


def test_an_act_of_a_month_lies_in_the_year_and_not_in_a_part_of_the_month(
    seed_graph: KnowledgeGraph,
) -> None:
    frame = seed_graph.reactions().frame
    month = frame.filter(pl.col("precision") == "month")
    assert len(month)
    first, last = month["local_date"][0], month["local_last"][0]
    table = replace(seed_graph.reactions(), frame=month.head(1))
    assert len(table.between(first, last)) == 1
    assert len(table.between(first, last - timedelta(days=1))) == 0
    assert len(table.between(date(first.year, 1, 1))) == 1


@pytest.mark.parametrize(
    ("act", "days"),
    [
        (
            "2017-09-04-bbc-news/live-fire-drill",
            (date(2017, 9, 3), date(2017, 9, 4)),
        ),  # a day in each of two documents
        (
            "2017-07-04-vox/allied-exercise",
            (date(2017, 7, 5), date(2017, 7, 5)),
        ),  # that day, or it and the one before
    ],
)
def test_the_days_of_an_act_are_those_that_its_documents_leave(
    act: str, days: tuple[date, date], seed_graph: KnowledgeGraph
) -> None:
    table = seed_graph.reactions()
    own = replace(table, frame=table.frame.filter(pl.col("act") == f"{ids.BASE}act/{act}"))
    assert set(own.frame.select("local_date", "local_last", "precision").iter_rows()) == {(*days, "day")}
    first, last = days
    assert len(own.between(first, last)) == len(own.frame)
    assert (
        len(own.between(last + timedelta(days=1))) == len(own.between(None, first - timedelta(days=1))) == 0
    )
    assert len(own.between(first, first)) == (len(own.frame) if first == last else 0)


def test_the_last_day_of_an_act_is_the_local_day_of_its_last_instant(seed_graph: KnowledgeGraph) -> None:
    """Of an interval the printed date is the first day only: such an act need not have fallen on it."""
    frame = seed_graph.reactions().frame.filter(pl.col("documents").list.len() == 1, precision="day")
    longer = frame.filter(pl.col("latest") - pl.col("earliest") == timedelta(days=2))
    assert len(longer)
    assert (longer["local_last"] > longer["local_date"]).all()


@pytest.mark.parametrize("unit", UNITS)
def test_every_act_is_folded_into_somebody(seed_graph: KnowledgeGraph, unit: Unit) -> None:
    table = seed_graph.reactions()
    folded = table.fold(unit)
    assert folded["unit"].null_count() == 0
    assert set(folded.select("act", "event").iter_rows()) == set(
        table.frame.select("act", "event").iter_rows()
    )


def test_the_security_council_is_not_its_members(seed_graph: KnowledgeGraph) -> None:
    folded = seed_graph.reactions().fold("government")
    council = folded.filter(pl.col("unit") == f"{ids.BASE}body/unsc")
    assert len(council)
    assert council["governments"].list.len().sum() == 0


def test_an_act_that_several_documents_tell_stands_once(seed_graph: KnowledgeGraph) -> None:
    frame = seed_graph.reactions().frame
    told = frame.filter(pl.col("documents").list.len() > 1)
    assert len(told)
    assert not frame.select("act", "event").is_duplicated().any()


def test_after_a_document_is_replaced_the_table_is_as_if_made_anew(store: OxigraphStore) -> None:
    before, table = reaction_table(store)
    store.remove(JAPAN_TIMES)
    after, changed = reaction_table(store, before)
    assert len(changed) < len(table)
    assert changed.frame.equals(reaction_table(store)[1].frame)
    assert after.told.equals(reaction_table(store)[0].told)


def test_only_what_changed_is_read_again(store: OxigraphStore, monkeypatch: pytest.MonkeyPatch) -> None:
    before, _ = reaction_table(store)
    assert before.renewed(store) is before
    asked: list[str] = []

    def answer(this: OxigraphStore, query: str, media_types: Mapping[ResultKind, str]) -> Answer:
        asked.append(query)
        return unspied(this, query, media_types)

    unspied = OxigraphStore.answer
    monkeypatch.setattr(OxigraphStore, "answer", answer)
    store.update(
        f"DELETE WHERE {{ GRAPH <{ids.META_GRAPH}> {{ <{JAPAN_TIMES}> <{DM.contentDigest}> ?digest }} }} ; "
        f"INSERT DATA {{ GRAPH <{ids.META_GRAPH}> {{ <{JAPAN_TIMES}> <{DM.contentDigest}> 'another' }} }}"
    )
    assert before.renewed(store).told.equals(before.told)
    assert asked
    assert all(f"VALUES ?document {{ <{JAPAN_TIMES}> }}" in query for query in asked)


def test_a_store_on_disk_keeps_its_projection_beside_it(tmp_path: Path, seed_quads: bytes) -> None:
    store = OxigraphStore(tmp_path)
    store.load(seed_quads)
    made, table = reaction_table(store)
    assert saved(tmp_path).told.equals(made.told)
    assert saved(tmp_path).renewed(store).told.equals(made.told)
    assert reaction_table(store)[1].frame.equals(table.frame)


def test_what_another_rule_has_saved_is_made_again(
    tmp_path: Path, store: OxigraphStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    reaction_table(store)[0].save(tmp_path)
    assert saved(tmp_path) is not NOTHING_READ
    monkeypatch.setattr("demarche.graph.reactions._rule", lambda: "of another version")
    assert saved(tmp_path) is NOTHING_READ


@pytest.mark.parametrize("damage", [b"", b"PAR1 but nothing more"])
def test_a_damaged_projection_is_made_again(tmp_path: Path, seed_quads: bytes, damage: bytes) -> None:
    store = OxigraphStore(tmp_path)
    store.load(seed_quads)
    _, table = reaction_table(store)
    (tmp_path / "reactions.parquet").write_bytes(damage)
    assert saved(tmp_path) is NOTHING_READ
    assert reaction_table(store)[1].frame.equals(table.frame)


MINUTES = st.integers(0, 20)


@given(st.lists(st.tuples(MINUTES, MINUTES), min_size=1, max_size=5))
def test_the_narrowest_interval_lies_within_the_whole_and_holds_one_that_was_told(
    told: list[tuple[int, int]],
) -> None:
    start = datetime(2016, 6, 21, 20, tzinfo=UTC)
    spans = [(start + timedelta(minutes=a), start + timedelta(minutes=a + b)) for a, b in told]
    frame = pl.DataFrame(
        [("e", *span) for span in spans],
        schema={"event": pl.String, "earliest": SCHEMA["earliest"], "latest": SCHEMA["latest"]},
        orient="row",
    )
    ((_, earliest, latest),) = narrowest(frame, ("event",)).iter_rows()
    assert min(a for a, _ in spans) <= earliest
    assert latest <= max(b for _, b in spans)
    assert any(earliest <= a and b <= latest for a, b in spans)
    assert narrowest(frame.reverse(), ("event",)).equals(narrowest(frame, ("event",)))


def test_a_store_that_knows_no_digests_gives_the_same_table(
    store: OxigraphStore, seed_graph: KnowledgeGraph
) -> None:
    store.update(f"DELETE WHERE {{ GRAPH <{ids.META_GRAPH}> {{ ?graph <{DM.contentDigest}> ?digest }} }}")
    projection, table = reaction_table(store)
    assert table.frame.equals(seed_graph.reactions().frame)
    assert reaction_table(store, projection)[1].frame.equals(table.frame)


def test_a_graph_without_a_digest_is_read_anew_each_time(store: OxigraphStore) -> None:
    store.update(
        f"DELETE WHERE {{ GRAPH <{ids.META_GRAPH}> {{ <{JAPAN_TIMES}> <{DM.contentDigest}> ?digest }} }}"
    )
    before, full = reaction_table(store)
    store.update(f"DROP GRAPH <{JAPAN_TIMES}>")
    after = reaction_table(store, before)[1]
    told = {document for documents in full.frame["documents"] for document in documents}
    assert told - {document for documents in after.frame["documents"] for document in documents} == {
        JAPAN_TIMES
    }
