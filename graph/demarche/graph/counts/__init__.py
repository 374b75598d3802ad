"""Counts of what the record holds, each a ``.rq`` file, and the pages that show them; counts answer no question.

A page shows a count between ``<!-- counts: name -->`` and ``<!-- end of name -->``. ``python -m demarche.graph.counts``
writes it anew.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..store import Store, Table

_FOLDER = Path(__file__).parent
_PLACE = re.compile(r"(<!-- counts: ([\w-]+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)
_WIDEST = 24


def counts(store: Store) -> dict[str, Table]:
    """Every count by the name of its file."""
    files = sorted(_FOLDER.glob("*.rq"))
    return {file.stem: store.select(file.read_text(encoding="utf-8")) for file in files}


def captions() -> dict[str, str]:
    """What each count counts, in a sentence."""
    return {file.stem: _caption(file) for file in sorted(_FOLDER.glob("*.rq"))}


def updated(page: str, found: dict[str, Table]) -> str:
    """The page with every table as the counts have it; KeyError for a table of which there is no count."""
    told = captions()
    return _PLACE.sub(
        lambda match: f"{match[1]}{told[match[2]]}\n\n{markdown(found[match[2]])}{match[3]}", page
    )


def shown(page: str) -> list[str]:
    """The names of the counts that a page shows."""
    return [match[2] for match in _PLACE.finditer(page)]


def markdown(table: Table) -> str:
    """The table, with a bar for the number where a row has a name and one number."""
    rows = [[str(value or "") for value in row.values()] for row in table]
    heads = list(table.variables)
    if len(heads) == 2 and heads[0] != "what" and all(number.isdigit() for _, number in rows):
        most = max((int(number) for _, number in rows), default=1)
        rows = [[name, number, _bar(int(number), most)] for name, number in rows]
        heads.append("")
    rule = [
        "---",
        *("---:" if _are_numbers(column) else "---" for column in list(zip(*rows, strict=True))[1:]),
    ]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (heads, rule, *rows))


def _bar(number: int, most: int) -> str:
    return "█" * max(1, round(_WIDEST * number / most))


def _are_numbers(column: tuple[str, ...]) -> bool:
    return all(cell.isdigit() for cell in column)


def _caption(file: Path) -> str:
    return file.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
