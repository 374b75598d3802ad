"""How far the graph agrees with the rows that it was made from: asked in SPARQL, compared field by field.

``python -m tests.record.agreement`` prints the table. A row with several acts agrees where one of them does, and its
governments, which the acts may share out among them, where all of them together do.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from demarche.graph import identifiers as ids
from demarche.graph import open_graph
from demarche.graph.records import CodeTable, Crosswalk, CrosswalkRow
from demarche.graph.sources.crosswalk import read_crosswalk
from demarche.graph.store import Store

Row = dict[str, Any]
RELATIONS = ("reactsTo", "presumablyReactsTo", "anticipates")
_UNITS = {"year": 366, "month": 31, "day": 1, "minute": 0}
_COUNTED = ("missile-launch", "missile-launch-salvo", "nuclear-test", "satellite-launch")


@dataclass(frozen=True)
class Comparison:
    """One field of one row beside what the graph has for it."""

    row: str
    field: str
    theirs: str
    ours: str
    equal: bool


@dataclass
class Coded:
    """What the graph says of one act in one document, codes as their words and things as references."""

    said: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def all(self, *names: str) -> set[str]:
        return {value for name in names for value in self.said.get(name, ())}


def rows_of(shared: Path) -> list[Row]:
    lines = (shared / "data" / "reactions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def comparisons(store: Store, crosswalk: Crosswalk, rows: list[Row]) -> list[Comparison]:
    """Every field that a row gives, compared; rows without an act have nothing to compare."""
    graph = _Graph(store)
    entries = {entry.row: entry for entry in crosswalk.rows}
    found = []
    for row in rows:
        entry = entries[row["id"]]
        acts = [graph.act(one.act, entry.document) for one in entry.acts]
        for name, compare in _FIELDS.items():
            theirs, ours, equal = compare(_Case(row, entry, acts, crosswalk, graph))
            if acts and theirs:
                found.append(Comparison(row["id"], name, theirs, ours, equal))
    return found


def agreement(found: list[Comparison]) -> str:
    """The table: for each field the number compared, equal, and deviating on purpose."""
    lines = [f"{'field':<12}{'compared':>9}{'equal':>7}{'deviations':>12}"]
    for name in _FIELDS:
        mine = [one for one in found if one.field == name]
        equal = sum(one.equal for one in mine)
        lines.append(f"{name:<12}{len(mine):>9}{equal:>7}{len(mine) - equal:>12}")
    return "\n".join(lines)


class _Graph:
    """The parts of the graph that rows speak of, each asked for once."""

    def __init__(self, store: Store) -> None:
        self._acts: dict[tuple[str, str], Coded] = defaultdict(Coded)
        self.names: dict[str, set[str]] = defaultdict(set)
        self.above: dict[str, set[str]] = defaultdict(set)
        self.kinds: dict[str, set[str]] = defaultdict(set)
        for row in store.select(_ACTS):
            coded = self._acts[_plain(row["act"]), _plain(row["document"])]
            coded.said[_plain(row["term"])].add(_plain(row["value"]))
        for row in store.select(_REPORTS):
            coded = self._acts[_plain(row["act"]), _plain(row["document"])]
            coded.said[_plain(row["term"])].add(_plain(row["value"]))
        for row in store.select(_NAMES):
            self.names[_plain(row["thing"])].add(_folded(row["name"] or ""))
        for row in store.select(_ABOVE):
            self.above[_plain(row["part"])].add(_plain(row["whole"]))
        for row in store.select("SELECT ?event ?kind WHERE { ?event a dm:Event ; dm:kind ?kind }"):
            self.kinds[_plain(row["event"])].add(_plain(row["kind"]))

    def act(self, reference: str, document: str) -> Coded:
        return self._acts[reference, f"document/{document}"]

    def called(self, things: set[str]) -> set[str]:
        return {name for thing in things for name in self.names[thing]}


@dataclass(frozen=True)
class _Case:
    """One row with its entry in the crosswalk, its acts and what is needed to compare them."""

    row: Row
    entry: CrosswalkRow
    acts: list[Coded]
    crosswalk: Crosswalk
    graph: _Graph

    def all(self, *names: str) -> set[str]:
        return {value for act in self.acts for value in act.all(*names)}


Compared = tuple[str, str, bool]


def _speaker(case: _Case) -> Compared:
    theirs = case.row["speaker_name"] or ""
    makers = case.all("madeBy")
    return theirs, _listed(makers), _folded(theirs) in case.graph.called(makers)


def _office(case: _Case) -> Compared:
    """An office that the speaker holds, or what the document calls a speaker without a name."""
    theirs = case.row["speaker_office"] or ""
    offices = {above for held in case.all("inCapacity") for above in case.graph.above[held]}
    return _named(case, theirs, offices or case.all("madeBy"))


def _body(case: _Case) -> Compared:
    return _named(case, case.row["body"] or "", case.all("body", "government", "madeBy"))


def _governments(case: _Case) -> Compared:
    """The same governments; an international body without one stands under the organisation that the row names."""
    theirs = {f"body/{one.lower()}" for one in case.row["government_or_org"]}
    ours = case.all("government") or case.all("body")
    over = {one: {one} | case.graph.above[one] for one in ours}
    same = all(theirs & over[one] for one in ours) and theirs <= {
        above for one in ours for above in over[one]
    }
    return _listed(theirs), _listed(ours), same


def _named(case: _Case, theirs: str, ours: set[str]) -> Compared:
    """One of ours bears the words of the row's name, brackets apart, or is what the table says the name means."""
    meant = {one for name in case.crosswalk.names if name.theirs == theirs for one in name.ours}
    wanted = _words_of(re.sub(r"\(.*?\)", "", theirs))
    called = any(wanted <= _words_of(name) for name in case.graph.called(ours))
    return theirs, _listed(ours), called or (bool(meant) and meant <= ours)


def _kind(case: _Case) -> Compared:
    return _coded(case, case.crosswalk.kinds, case.row["kind"], "kind")


def _stance(case: _Case) -> Compared:
    return _coded(case, case.crosswalk.stances, case.row["stance"], "stance")


def _channel(case: _Case) -> Compared:
    return _coded(case, case.crosswalk.channels, case.row["channel"] or "none", "channel")


def _level(case: _Case) -> Compared:
    (code,) = (code for code in case.crosswalk.kinds if code.theirs == case.row["kind"])
    ours = case.all("level")
    return "/".join(code.levels), _listed(ours), bool(ours & set(code.levels))


def _date(case: _Case) -> Compared:
    """One of the acts has the row's day, month or year, and takes no longer than one such unit."""
    theirs, unit = case.row["date_time"], case.row["date_precision"].removesuffix("-approx")
    equal = any(_falls_on(act, theirs[:10], _UNITS[unit]) for act in case.acts)
    return theirs, _listed(case.all("localDate", "earliest", "latest")), equal


def _falls_on(act: Coded, date: str, days: int) -> bool:
    """A day without a zone lasts from its first to its last hour anywhere on earth, which is 26 hours longer."""
    if date not in act.all("localDate"):
        return False
    begin, end = (datetime.fromisoformat(one) for name in ("earliest", "latest") for one in act.all(name))
    return end - begin <= timedelta(days=days, hours=1 if act.all("zone") else 26)


def _precision(case: _Case) -> Compared:
    """The unit is the same, and where the row's date is but reckoned ours owns to it."""
    theirs = case.row["date_precision"]
    ours = case.all("timePrecision", "timeBasis")
    unit, _, approx = theirs.partition("-")
    reckoned = case.all("timeApproximate") == {"true"} or bool(ours & {"inferred", "resolved"})
    return theirs, _listed(ours), unit in ours and (not approx or reckoned)


def _launches(case: _Case) -> Compared:
    """Each launch of the row, or the whole that it is part of, is answered or anticipated, and no other launch is."""
    theirs = {f"event/{one}" for one in case.row["launch_ids"]}
    ours = case.all(*RELATIONS)
    wholes = {whole for one in theirs for whole in case.graph.above[one]}
    missed = {one for one in theirs if not ({one} | case.graph.above[one]) & ours}
    more = {one for one in ours - theirs - wholes if case.graph.kinds[one] & set(_COUNTED)}
    return _listed(theirs), _listed(ours), not missed and not more


def _relation(case: _Case) -> Compared:
    theirs = [(one.relation, one.act) for one in case.entry.acts if one.relation]
    ok = all(case.graph.act(act, case.entry.document).all(relation) for relation, act in theirs)
    return ", ".join(relation for relation, _ in theirs), _listed(case.all(*RELATIONS)), ok


def _mode(case: _Case) -> Compared:
    theirs = [one.mode for one in case.entry.acts]
    ok = all(one.mode in act.all("mode") for one, act in zip(case.entry.acts, case.acts, strict=True))
    return ", ".join(theirs), _listed(case.all("mode")), ok


def _evidence(case: _Case) -> Compared:
    """The row's characters are a span of the report, of a quotation in it or of the link's evidence."""
    theirs = f"{case.row['quote_start']}-{case.row['quote_end']}"
    spans = {one.rpartition("/")[2] for one in case.all("evidence")}
    return theirs, _listed(spans), theirs in spans


_FIELDS: dict[str, Callable[[_Case], Compared]] = {
    "speaker": _speaker,
    "office": _office,
    "body": _body,
    "governments": _governments,
    "kind": _kind,
    "level": _level,
    "stance": _stance,
    "channel": _channel,
    "date": _date,
    "precision": _precision,
    "launches": _launches,
    "relation": _relation,
    "mode": _mode,
    "evidence": _evidence,
}


def _coded(case: _Case, table: tuple[CodeTable, ...], theirs: str, name: str) -> Compared:
    (code,) = (code for code in table if code.theirs == theirs)
    ours = case.all(name) or {"none"}
    return theirs, _listed(ours), bool(ours & set(code.ours))


def _listed(values: set[str]) -> str:
    return ", ".join(sorted(values))


def _plain(value: str | None) -> str:
    """A code by its word, a term by its name, a thing by its reference."""
    text = value or ""
    if text.startswith(ids.CODE):
        return text.rpartition("/")[2]
    return ids.local(text).removeprefix(f"{ids.ONTOLOGY}#")


def _folded(name: str) -> str:
    return re.sub(r"[^\w]+", " ", name.casefold().replace("defence", "defense")).strip()


def _words_of(name: str) -> set[str]:
    return set(_folded(name).split()) - {"of", "the", "for", "and", "to", "s"}


_ACTS = """SELECT ?act ?document ?term ?value WHERE {
  GRAPH ?document { ?act a dm:Act ; ?term ?value }
  FILTER(?term IN (dm:madeBy, dm:inCapacity, dm:body, dm:government, dm:kind, dm:level, dm:stance, dm:channel,
    dm:zone, dm:localDate, dm:earliest, dm:latest, dm:timePrecision, dm:timeBasis, dm:timeApproximate,
    dm:reactsTo, dm:presumablyReactsTo, dm:anticipates)) }"""
_REPORTS = """SELECT DISTINCT ?act ?document ?term ?value WHERE {
  { GRAPH ?document { ?report dm:reports ?act ; dm:mode ?value } BIND(dm:mode AS ?term) }
  UNION { GRAPH ?document { ?report dm:reports ?act ;
      dm:span|dm:contentSpan|dm:hasQuotation/dm:span|dm:sourceSpan|dm:hedgeSpan|dm:characterisation ?value }
    BIND("evidence" AS ?term) }
  UNION { GRAPH ?document { ?link dm:linkFrom ?act ; dm:evidence ?value } BIND("evidence" AS ?term) } }"""
_NAMES = """SELECT ?thing ?name WHERE {
  ?thing rdfs:label|skos:altLabel ?name . { ?thing a dm:Actor } UNION { ?thing a dm:Office } }"""
_ABOVE = """SELECT ?part ?whole WHERE {
  { ?part dm:partOf ?whole } UNION { ?part dm:subBodyOf ?whole } UNION { ?part a dm:Tenure ; dm:office ?whole } }"""


def main() -> None:
    """Print the table for this checkout and the shared data beside it."""
    repository = Path(__file__).parents[2]
    found = comparisons(
        open_graph(seed_data=repository / "seed_data").store,
        read_crosswalk(repository / "seed_data" / "crosswalk"),
        rows_of(repository.parent / "shared"),
    )
    sys.stdout.write(agreement(found) + "\n")


if __name__ == "__main__":
    main()
