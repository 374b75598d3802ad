"""Who held which office when, as far as the record knows; days are compared as the texts of ISO 8601."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .. import identifiers as ids
from ..store import Store

_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T.*)?")


@dataclass(frozen=True)
class Days:
    """A year, a month or a day as its first and last day."""

    first: str
    last: str


@dataclass(frozen=True)
class Tenure:
    """``known_until`` is the last day for which a source vouches; ``open`` says that no source gives an end."""

    person: str
    office: str
    held_from: str
    known_until: str
    open: bool

    def held(self, days: Days) -> float:
        """1 where the office was held on one of the days, 0 where it was not, 0.5 where no source tells the end."""
        if days.last < self.held_from:
            return 0.0
        if days.first <= self.known_until:
            return 1.0
        return 0.5 if self.open else 0.0


@lru_cache(maxsize=10_000)
def days(text: str) -> Days | None:
    """What a text such as 2016, 2016-06 or 2016-06-22T00:00:00Z means; None where it is no date."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    year, month, day = found.groups()
    return Days(f"{year}-{month or '01'}-{day or '01'}", f"{year}-{month or '12'}-{day or '31'}")


def tenures(store: Store) -> Iterator[Tenure]:
    for row in store.select(_TENURES):
        attested = [one for text in (row["attested"] or "").split() if (one := days(text))]
        begins = [row["from"], *(one.first for one in attested)]
        ends = [row["until"], *(one.last for one in attested), row["from"]]
        yield Tenure(
            ids.local(row["person"] or ""),
            ids.local(row["office"] or ""),
            row["from"] or min(filter(None, begins), default="9999"),
            row["until"] or max(filter(None, ends), default=""),
            row["from"] is not None and row["until"] is None,
        )


_TENURES = """
SELECT ?person ?office ?from ?until (GROUP_CONCAT(DISTINCT STR(?day); SEPARATOR = " ") AS ?attested) WHERE {
    ?tenure a dm:Tenure ; dm:person ?person ; dm:office ?office
    OPTIONAL { ?tenure dm:heldFrom ?from } OPTIONAL { ?tenure dm:heldUntil ?until }
    OPTIONAL { ?tenure dm:attestedAt ?day }
} GROUP BY ?tenure ?person ?office ?from ?until ORDER BY ?tenure
"""
