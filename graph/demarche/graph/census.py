"""Whether the record is whole: the counts of every year, and each act that the crosswalk names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from . import identifiers as ids
from .errors import Problem, SourceError
from .sources.crosswalk import ROWS, read_crosswalk, read_expected
from .store import Store

EXPECTED = "expected.yaml"
CROSSWALK = "crosswalk"


def require_whole(seed_data: Path, store: Store) -> None:
    """SourceError when a count is missed or an act of the crosswalk is not there.

    A folder of seed data that is someone's own, or a part of ours, has neither file and promises nothing.
    """
    problems: list[Problem] = []
    if (seed_data / EXPECTED).exists():
        problems += _miscounted(seed_data / EXPECTED, store)
    if (seed_data / CROSSWALK).is_dir():
        problems += _unknown_acts(seed_data / CROSSWALK, store)
    if problems:
        raise SourceError(tuple(problems))


def counts(store: Store) -> dict[str, dict[str, int]]:
    """Documents, acts told in them and reports, by the year of publication."""
    found: dict[str, dict[str, int]] = {}
    for row in store.select(_COUNTS):
        year = found.setdefault(row["year"] or "", {"documents": 0, "acts": 0, "reports": 0})
        year["documents"] += 1
        year["acts"] += int(row["acts"] or 0)
        year["reports"] += int(row["reports"] or 0)
    return found


def _miscounted(file: Path, store: Store) -> Iterator[Problem]:
    wanted = {one.year: one.model_dump(exclude={"year"}) for one in read_expected(file).years}
    found = counts(store)
    for year in sorted(wanted.keys() | found.keys()):
        want, have = wanted.get(year, {}), found.get(year, {})
        for name in sorted(want.keys() | have.keys()):
            if want.get(name, 0) != have.get(name, 0):
                what = f"{want.get(name, 0)} {name} expected, {have.get(name, 0)} found"
                yield Problem(str(file), f"years/{year}", name, what)


def _unknown_acts(folder: Path, store: Store) -> Iterator[Problem]:
    told = {(row["act"], row["document"]) for row in store.select(_TOLD)}
    crosswalk = read_crosswalk(folder)
    named = [(f"rows/{row.row}", one.act, row.document) for row in crosswalk.rows for one in row.acts]
    named += [
        (f"same_acts/{one.act}", one.act, name) for one in crosswalk.same_acts for name in one.documents
    ]
    apart = [act for pair in crosswalk.kept_apart for act in pair.acts]
    named += [(f"kept_apart/{act}", act, act.split("/")[1]) for act in apart]
    for record, act, document in named:
        if (ids.iri(act), ids.iri(f"document/{document}")) not in told:
            yield Problem(str(folder / ROWS), record, "", f"{document} tells of no {act}")


_TOLD = "SELECT ?act ?document WHERE { GRAPH ?document { ?report dm:reports ?act } }"
_COUNTS = """SELECT ?document ?year (COUNT(DISTINCT ?act) AS ?acts) (COUNT(DISTINCT ?report) AS ?reports) WHERE {
  GRAPH ?document { ?document a dm:Document ; dm:publicationDate ?published }
  OPTIONAL { GRAPH ?document { ?report dm:reports ?act } }
  BIND(SUBSTR(STR(?published), 1, 4) AS ?year) } GROUP BY ?document ?year"""
