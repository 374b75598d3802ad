"""What a notebook gets: frames of pandas and polars, and HTML that is safe, well formed and without JavaScript."""

import sys
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import NotInstalled
from demarche.graph.notebook import html_table
from demarche.graph.reactions import SCHEMA, Reactions
from demarche.graph.store import Table, Term

ICBM = f"{ids.BASE}event/2017-07-28-hwasong-14-1"


@pytest.fixture(scope="module")
def table(seed_graph: KnowledgeGraph) -> Reactions:
    return seed_graph.reactions().about(ICBM)


def test_the_table_goes_to_polars_and_pandas_with_names_beside_iris(table: Reactions) -> None:
    there, here = table.to_polars(), table.to_pandas()
    assert there.columns == [*SCHEMA, "event_name", "actor_names"]
    assert list(here.columns) == there.columns
    assert len(here) == len(there) == len(table)
    assert set(here["event_name"]) == {"Hwasong-14 launch of 28 July 2017"}
    assert "Malcolm Turnbull" not in {name for names in there["actor_names"] for name in names}
    assert "Donald Trump" in {name for names in here["actor_names"] for name in names}
    assert here["lag_max"].max() == pd.Timedelta(table.frame["lag_max"].max())
    assert (here["earliest"].dt.tz_convert("UTC") <= here["latest"]).all()


def test_the_table_goes_to_networkx_by_a_named_projection(table: Reactions) -> None:
    graph = table.to_networkx("co-reaction", fold="government")
    names = {told["label"] for _, told in graph.nodes(data=True)}
    assert {"Government of China", "Government of Australia", "United Nations Security Council"} <= names
    assert table.to_networkx("lag", fold="government").is_directed()
    assert len(table.to_networkx(explicit_only=True)) < len(table.to_networkx())


def test_an_answer_goes_to_polars_and_pandas(seed_graph: KnowledgeGraph) -> None:
    answer = seed_graph.ask("who-reacted", event="2017-07-28-hwasong-14-1")
    assert answer.to_polars().to_dicts() == list(answer)
    frame = answer.to_pandas()
    assert list(frame.columns) == list(answer.variables)
    assert len(frame) == len(answer.rows)


def test_an_answer_without_rows_keeps_its_columns() -> None:
    empty = Table(("speaker", "level"), ())
    assert empty.to_polars().columns == ["speaker", "level"]
    assert list(empty.to_pandas().columns) == ["speaker", "level"]
    assert "0 rows" in empty._repr_html_()


def test_a_notebook_shows_acts_along_the_time_and_names_for_iris(table: Reactions) -> None:
    shown = table._repr_html_()
    page = ElementTree.fromstring(f"<div>{shown}</div>")  # noqa: S314 - our own text
    svg = page.find("{http://www.w3.org/2000/svg}svg")
    assert svg is not None
    dated = table.frame.drop_nulls("earliest")["act"].n_unique()
    assert len(svg.findall("{http://www.w3.org/2000/svg}g")) == dated
    assert "Donald Trump" in shown
    assert ids.BASE not in shown
    assert f"{len(table)} rows, the first 10 shown" in shown


def test_an_answer_in_a_notebook_shows_names_and_no_iris(seed_graph: KnowledgeGraph) -> None:
    shown = seed_graph.ask("who-reacted", event="2017-07-28-hwasong-14-1")._repr_html_()
    assert "President of the United States" in shown
    assert ids.BASE not in shown


def test_an_empty_table_of_reactions_can_be_shown(table: Reactions) -> None:
    empty = replace(table, frame=table.frame.clear())
    assert "0 rows" in empty._repr_html_()
    assert len(empty.to_pandas()) == 0


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_of_a_record_becomes_markup(text: str) -> None:
    shown = html_table(["said"], [[text]], 1)
    told = ElementTree.fromstring(f"<div>{shown}</div>")  # noqa: S314 - our own text
    assert [one.tag for one in told.iter()] == ["div", "table", "thead", "tr", "th", "tbody", "tr", "td", "p"]


def test_a_name_that_is_a_script_is_shown_as_text(table: Reactions, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = "<script>alert(1)</script>"
    monkeypatch.setattr(Reactions, "names", dict.fromkeys(table.names, evil))
    shown = replace(table)._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert "<script" not in Table(("x",), ((Term(evil, "literal"),),))._repr_html_()


def test_without_pandas_the_error_says_how_it_is_installed(
    table: Reactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(NotInstalled, match=r"pip install 'demarche\[notebook\]'"):
        table.to_pandas()
    assert isinstance(table.to_polars(), pl.DataFrame)
