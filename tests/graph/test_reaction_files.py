"""The reaction table as files: pandas, pyarrow and DuckDB read back what the table says."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter
from demarche.graph.reaction_files import REACTION_FORMATS, reactions_file
from demarche.graph.reactions import SCHEMA, Reactions

LISTS = ("actors", "persons", "offices", "bodies", "governments", "modes", "documents")
CODES = ("act", "event", "link", "kind", "level", "stance", "channel", "precision")


@pytest.fixture(scope="module")
def table(seed_graph: KnowledgeGraph) -> Reactions:
    return seed_graph.reactions()


def test_pandas_reads_every_row_of_the_csv(table: Reactions) -> None:
    read = pd.read_csv(io.BytesIO(reactions_file(table, "csv")))
    assert len(read) == len(table)
    for name in CODES:
        assert known(read[name]) == table.frame[name].to_list(), name
    for name in LISTS:
        assert [text.split() for text in read[name].fillna("")] == table.frame[name].to_list(), name
    for name in ("earliest", "event_latest"):
        assert known(pd.to_datetime(read[name])) == table.frame[name].to_list(), name
    seconds = table.frame["lag_max"].dt.total_seconds().to_list()
    assert known(read["lag_max_seconds"]) == seconds


def test_pyarrow_reads_every_value_of_the_parquet(table: Reactions, seed_graph: KnowledgeGraph) -> None:
    file = pq.ParquetFile(io.BytesIO(reactions_file(table, "parquet")))
    assert file.metadata.metadata[b"demarche.record"].decode() == seed_graph.store.version()
    read = file.read()
    same = [name for name in SCHEMA if not name.startswith("lag_")]
    assert read.select(same).to_pylist() == table.frame.select(same).to_dicts()


def test_duckdb_counts_on_the_parquet_what_the_table_counts(table: Reactions, tmp_path: Path) -> None:
    (tmp_path / "reactions.parquet").write_bytes(reactions_file(table, "parquet"))
    query = (
        "SELECT government, count(*) FROM (SELECT unnest(governments) AS government FROM read_parquet(?)) "
        "GROUP BY government ORDER BY government"
    )
    counted = duckdb.execute(query, [str(tmp_path / "reactions.parquet")]).fetchall()
    told = table.frame.explode("governments").drop_nulls("governments").group_by("governments").len()
    assert counted == told.sort("governments").rows()


@pytest.mark.parametrize("name", REACTION_FORMATS)
def test_names_stand_beside_iris_and_equal_tables_give_equal_bytes(table: Reactions, name: str) -> None:
    data = reactions_file(table, name)
    assert data == reactions_file(table, name)
    read = pl.read_parquet(io.BytesIO(data)) if name == "parquet" else pl.read_csv(data)
    row = read.filter(pl.col("act") == f"{ids.BASE}act/2016-06-22-japan-times/kirby").row(0, named=True)
    assert row["event_name"].startswith("Two Musudan launches")
    assert row["actor_names"] in ("John Kirby", ["John Kirby"])


@pytest.mark.parametrize("name", REACTION_FORMATS)
def test_an_empty_table_is_a_file_with_its_columns(table: Reactions, name: str) -> None:
    data = reactions_file(replace(table, frame=table.frame.clear()), name)
    read = pl.read_parquet(io.BytesIO(data)) if name == "parquet" else pl.read_csv(data)
    assert len(read) == 0
    assert {"act", "lag_min_seconds", "actor_names"} <= set(read.columns)


def test_an_unknown_format_of_reactions_is_told_with_those_that_there_are(table: Reactions) -> None:
    with pytest.raises(BadParameter, match="csv, spreadsheet, parquet"):
        reactions_file(table, "xlsx")


def known(column: "pd.Series[Any]") -> list[Any]:
    return [None if pd.isna(value) else value for value in column]
