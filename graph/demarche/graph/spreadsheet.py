"""CSV for who opens it in a spreadsheet: no cell is taken for a formula, and every text can be had back exactly."""

from __future__ import annotations

import csv
import io
import re

MARK = "'"
BOM = "\ufeff"

# What Excel, LibreOffice and Google Sheets begin a formula with, in wide letters too, after blanks that some pass over.
_BEGINS_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠|%]|[\t\r\n]")  # noqa: RUF001
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def spreadsheet(machine_csv: str) -> str:
    """The same rows with a byte order mark, every cell quoted and what might be a formula behind an apostrophe.

    Quotes keep a cell whole where a spreadsheet parts cells by another character than the comma.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows(
        [_harmless(cell) for cell in row] for row in csv.reader(io.StringIO(machine_csv, newline=""))
    )
    return BOM + out.getvalue()


def exact(cell: str) -> str:
    """The text of a cell as it was before it was made harmless."""
    return cell.removeprefix(MARK)


def _harmless(cell: str) -> str:
    """The cell, with an apostrophe before it where it is no number and might begin a formula, or begins with one."""
    risky = cell.startswith(MARK) or (_BEGINS_FORMULA.match(cell) and not _NUMBER.fullmatch(cell))
    return f"{MARK}{cell}" if risky else cell
