"""How an answer looks in a terminal: the columns that its question names, wrapped to the width at hand."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from demarche.graph.question import Question
from demarche.graph.store import Table, Term

_WIDTH_OF_A_PIPE = 160
_WORD = 16


def print_table(asked: Question, table: Table) -> None:
    """Print the question, its rows and their number; never colour alone, and plain text when piped."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_OF_A_PIPE)
    console.print(Text(asked.text, style="bold"))
    shown = [name for name in asked.columns if name in table.variables]
    grid = RichTable(box=SIMPLE_HEAD, pad_edge=False)
    columns = [_cells(table, name) for name in shown]
    for name, cells in zip(shown, columns, strict=True):
        grid.add_column(name.replace("_", " "), overflow="fold", min_width=_longest_word(cells))
    for line in zip(*columns, strict=True):
        grid.add_row(*map(Text, line))
    console.print(grid)
    console.print(Text(f"{len(table.rows)} {'row' if len(table.rows) == 1 else 'rows'}", style="dim"))


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
