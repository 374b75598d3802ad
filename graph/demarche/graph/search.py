"""Full-text search over what things are called and what was said: names, paraphrases, and words that are at hand.

The index is SQLite's FTS5 in memory, made from the store and the attached texts: attached words stay out of the store.
Letters match without their diacritics, the last word as a beginning, and names weigh more than texts.
A year, month or day, as 2017-07-28, finds what has that date, events first.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from .errors import BadParameter
from .store import Store
from .texts import Texts

KINDS = {
    "actor": ("actor", "actors"),
    "event": ("event", "events"),
    "statement": ("statement or deed", "statements and deeds"),
    "office": ("office", "offices"),
    "document": ("document", "documents"),
    "place": ("place", "places"),
    "weapon": ("weapon system", "weapon systems"),
}
"""What can be found, and what a page calls one and several of them."""

LONGEST = 200


@dataclass(frozen=True)
class Hit:
    """A thing found. ``passage`` is where the words stand, in segments of text with whether the search meant them.

    ``speaker`` is who said or did it, empty for what is no statement or deed.
    """

    iri: str
    kind: str
    label: str
    date: str
    speaker: str
    passage: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Found:
    """One page of hits, best first, and how many of each kind there are in all."""

    hits: tuple[Hit, ...]
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class SearchIndex:
    """What can be found in one version of a store with one set of texts; used by many threads, one at a time."""

    def __init__(self, store: Store, texts: Texts) -> None:
        self._using = threading.Lock()
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        self._index.execute(_TABLE)
        self._index.executemany("INSERT INTO things VALUES (?, ?, ?, ?, ?, ?)", _things(store, texts))

    def search(self, text: str, kind: str | None = None, limit: int = 20, offset: int = 0) -> Found:
        """The things of a kind, or of all, in which each word of the text occurs; BadParameter for an unknown kind."""
        if kind and kind not in KINDS:
            raise BadParameter(
                f"nothing of the kind {kind[:40]!r} can be found; there are: {', '.join(KINDS)}"
            )
        match = _match(text)
        if not match:
            return Found((), {})
        with self._using:
            counts = dict(self._index.execute(_COUNTS, (match,)).fetchall())
            rows = self._index.execute(_HITS, (match, kind, kind, text.strip(), limit, offset)).fetchall()
        chosen = {name: count for name, count in counts.items() if kind in (None, name)}
        return Found(
            tuple(_hit(*row) for row in rows), {name: chosen[name] for name in KINDS if name in chosen}
        )


def _hit(iri: str, kind: str, label: str, date: str, speaker: str, passage: str) -> Hit:
    segments = (part for part in re.split("([\x02\x03])", passage))
    found, marked = [], False
    for part in segments:
        if part in "\x02\x03" and part:
            marked = part == "\x02"
        elif part:
            found.append((part, marked))
    return Hit(iri, kind, label, date, speaker, tuple(found))


def _match(text: str) -> str:
    """The words and dates of a text as FTS5 asks for them, each quoted: none is an operator, the last a beginning."""
    if len(text) > LONGEST:
        raise BadParameter(f"a search may have {LONGEST} characters, this has {len(text)}")
    words = re.findall(r"\d{4}-\d\d(?:-\d\d)?|\w+", text)
    return " ".join(f'"{word}"' for word in words) + "*" if words else ""


def _things(store: Store, texts: Texts) -> Iterator[tuple[str | None, ...]]:
    statements = {one[0]: one for one in _statements(store, texts)}
    for kind, (name, date) in _NAMED.items():
        for row in store.select(_THINGS % (name, date)):
            if row["thing"] not in statements:  # a deed is an event too, and is found as what was done
                yield row["thing"], kind, row["label"], row["names"], None, row["date"]
    yield from statements.values()


def _statements(store: Store, texts: Texts) -> Iterator[tuple[str | None, ...]]:
    """Each act once, with all paraphrases and with all words that the record may show or a reader has attached."""
    words: dict[str, list[str]] = {}
    for row in store.select(_WORDS):
        said = row["said"] or texts.words([row["span"] or ""])
        if said:
            words.setdefault(row["act"] or "", []).append(said)
    for row in store.select(_ACTS):
        act = row["act"] or ""
        told = dict.fromkeys([row["text"] or "", *words.get(act, ())])
        yield act, "statement", row["label"], row["speaker"], " … ".join(told), row["date"]


_TABLE = """
CREATE VIRTUAL TABLE things USING fts5(
    iri UNINDEXED, kind UNINDEXED, label, names, text, date, tokenize = "unicode61 remove_diacritics 2"
)
"""
_COUNTS = "SELECT kind, count(*) FROM things WHERE things MATCH ? GROUP BY kind"
_HITS = """
SELECT iri, kind, label, coalesce(date, ''), iif(kind = 'statement', coalesce(names, ''), ''),
    snippet(things, -1, char(2), char(3), '…', 24) FROM things
WHERE things MATCH ? AND (? IS NULL OR kind = ?)
ORDER BY kind = 'event' AND instr(date, ?) = 1 DESC, bm25(things, 0, 0, 12.0, 8.0, 1.0, 1.0), label, iri
LIMIT ? OFFSET ?
"""
_THINGS = """
SELECT ?thing (MIN(?name) AS ?label) (GROUP_CONCAT(DISTINCT ?other; SEPARATOR = " · ") AS ?names)
    (MIN(STR(?day)) AS ?date)
WHERE {
    ?thing a dm:%s ; rdfs:label ?name ; rdfs:label|skos:altLabel|dm:stateCode ?other .
    OPTIONAL { ?thing dm:%s ?day }
}
GROUP BY ?thing ORDER BY ?thing
"""
_NAMED = {
    "actor": ("Actor", "localDate"),
    "office": ("Office", "localDate"),
    "event": ("Event", "localDate"),
    "document": ("Document", "publicationDate"),
    "place": ("Place", "localDate"),
    "weapon": ("WeaponSystem", "localDate"),
}
_ACTS = """
SELECT ?act (MIN(?name) AS ?label) (GROUP_CONCAT(DISTINCT ?called; SEPARATOR = " · ") AS ?speaker)
    (GROUP_CONCAT(DISTINCT ?told; SEPARATOR = " · ") AS ?text) (MIN(STR(?day)) AS ?date)
WHERE {
    ?act dm:level ?level ; dm:paraphrase ?told ; rdfs:label ?name ; dm:madeBy ?by .
    OPTIONAL { ?by rdfs:label ?called }
    OPTIONAL { ?act dm:localDate ?day }
}
GROUP BY ?act ORDER BY ?act
"""
_WORDS = """
SELECT ?act ?span ?said WHERE {
    GRAPH ?document { ?report dm:reports ?act ; dm:hasQuotation ?quotation . ?quotation dm:span ?span }
    OPTIONAL { GRAPH ?document { ?quotation dm:normalizedText ?normalized } }
    OPTIONAL { GRAPH ?document { ?span dm:exact ?exact } }
    BIND(COALESCE(?normalized, ?exact) AS ?said)
}
ORDER BY ?act ?span
"""
