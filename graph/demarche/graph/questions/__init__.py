"""The competency questions: each a ``.rq`` file that runs as it stands, or a measure where SPARQL is the wrong tool.

The first line of a file is the question. ``# key: value`` lines follow: ``number`` orders them, ``table`` names
the columns that a person wants to see. A parameter is a line ``VALUES ?name { <example> }  # kind: what it is``.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ..errors import NotFound
from ..indicators import MEASURES
from ..question import PARAMETER, Parameter, Question

_FOLDER = Path(__file__).parent
_HEADER = re.compile(r"^# (\w+): (.+)$", re.MULTILINE)


def question(name: str) -> Question:
    found = questions().get(name)
    if found is None:
        raise NotFound(f"there is no question {name!r}; the questions are: {', '.join(questions())}")
    return found


@cache
def questions() -> dict[str, Question]:
    """All questions by name, in the order of their numbers."""
    read = [_read(file) for file in _FOLDER.glob("*.rq")]
    return {one.name: one for one in sorted([*read, *MEASURES], key=lambda one: (one.number, one.name))}


def _read(file: Path) -> Question:
    text = file.read_text(encoding="utf-8")
    header = dict(_HEADER.findall(text.split("SELECT", 1)[0]))
    return Question(
        name=file.stem,
        number=int(header["number"]),
        text=text.splitlines()[0].removeprefix("# "),
        parameters=tuple(
            Parameter(name, kind, description.strip(), example.strip("<>"))
            for name, example, kind, description in PARAMETER.findall(text)
        ),
        columns=tuple(header["table"].split()),
        query=text,
    )
