"""How an answer looks in a terminal: the columns that its question names, wrapped to the width at hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from demarche.graph.question import Question
from demarche.graph.store import Table, Term

_WIDTH_OF_A_PIPE = 160
_WORD, _COLUMN = 16, 15


def print_table(asked: Question, table: Table) -> None:
    """Print the question, its rows and their number; never colour alone, and plain text when piped."""
    print_rows(asked.text, asked.columns, table)


def print_rows(title: str, columns: Sequence[str], table: Table) -> None:
    """Print these columns of a table under a title."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_OF_A_PIPE)
    shown = [name for name in columns if name in table.variables]
    rows = [list(row) for row in zip(*(_cells(table, name) for name in shown), strict=True)]
    headings = [name.replace("_", " ") for name in shown]
    console.print(Text(title, style="bold"))
    for part in _cards(headings, rows) if console.width < _COLUMN * len(shown) else [_grid(headings, rows)]:
        console.print(part)
    console.print(Text(f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}", style="dim"))


def _grid(headings: list[str], rows: list[list[str]]) -> RichTable:
    grid = RichTable(box=SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(headings):
        width = _longest_word([row[number] for row in rows])
        grid.add_column(heading, overflow="fold", min_width=width)
    for row in rows:
        grid.add_row(*map(Text, row))
    return grid


def _cards(headings: list[str], rows: list[list[str]]) -> Iterator[RichTable]:
    """Each row as lines of its own, where the terminal is too narrow for columns; empty fields are left out."""
    for row in rows:
        card = RichTable(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        card.add_column(style="dim", no_wrap=True, min_width=max(map(len, headings)))
        card.add_column(overflow="fold")
        for heading, cell in zip(headings, row, strict=True):
            if cell:
                card.add_row(heading, Text(cell))
        card.add_row("", "")
        yield card


def _cells(table: Table, name: str) -> list[str]:
    """The texts of a column; where words are not at hand, where they stand."""
    cells = [_text(row[table.variables.index(name)]) for row in table.rows]
    if name == "words" and "words_at" in table.variables:
        places = _cells(table, "words_at")
        return [cell or (place and f"words at {place}") for cell, place in zip(cells, places, strict=True)]
    return cells


def _longest_word(cells: list[str]) -> int:
    return min(max((len(word) for cell in cells for word in cell.split()), default=0), _WORD)


def _text(term: Term | None) -> str:
    if term is None:
        return ""
    if term.type == "uri":
        return term.value.rpartition("/id/")[2] or term.value
    return "".join(
        character if character.isprintable() or character == "\n" else "�" for character in term.value
    )
