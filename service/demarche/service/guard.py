"""Which strangers' queries may run at all: refused here is what calls out, changes the graph, or kills the engine.

A query that passes may still take long; stopping it is the task of whoever runs it. The query is looked at twice, as it
stands and with its ``\\u`` escapes expanded, because engines differ on when they expand them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from demarche.graph.errors import BadQuery

MAX_BYTES = 64 * 1024
MAX_NESTING = 64
# Longer chains of these overflow the engine's stack or keep its planner busy for a minute.
MAX_CHAIN = 128
_CHAINED = {*["optional", "filter", "minus", "bind", "union", "exists", "select", "graph"], *".;,/|^[+-*!&="}

_CALLS_OUT = ("service", "load")
_CHANGES = {"insert", "delete", "clear", "drop", "create", "copy", "move", "add"}
_FORMS = {"select", "ask", "construct", "describe"}

_TOKEN = re.compile(
    r"""
    (?P<comment> \#[^\n\r]* )
  | (?P<iri>     <[^<>"{}|^`\\\x00-\x20]*> )
  | (?P<string>  '''(?:[^'\\]|\\.|'(?!''))*''' | \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"
               | '(?:[^'\\\n\r]|\\.)*' | "(?:[^"\\\n\r]|\\.)*" )
  | (?P<var>     [?$]\w+ )
  | (?P<tag>     @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
  | (?P<pname>   (?:[^\W\d][\w.-]*)?:(?:[\w:.%-]|\\[_~.\-!$&'()*+,;=/?\#@%])* )
  | (?P<number>  \d+(?:\.\d+)?(?:[eE][+-]?\d+)? )
  | (?P<word>    [^\W\d]\w* )
  | (?P<mark>    [^\s\w] )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# Keywords need no space before them, and between them and their bracket may stand comments.
_VOLATILE = re.compile(r"(?:now|rand|uuid|bnode)(?:\s++|\#[^\n\r]*+[\n\r])*+\(", re.IGNORECASE)
_CLOSED = re.compile(r"[)\]}].*", re.DOTALL)


def checked(query: str) -> str:
    """The query, if it may run; BadQuery says why not."""
    if len(query.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise BadQuery(f"a query may have {MAX_BYTES} bytes")
    for text in dict.fromkeys((query, expanded(query))):
        _check_words(text)
        _check_nesting(text)
        _check_chains(text)
    return query


def form(query: str) -> str | None:
    """Which of the four forms the query has, in small letters; None where it seems to have none."""
    words = (text.lower() for kind, text in tokens(query) if kind == "word")
    return next((word for word in words if word in _FORMS), None)


def volatile(query: str) -> bool:
    """Whether it may be answered otherwise each time it is asked: by the clock, by chance, or with new names."""
    return any(_VOLATILE.search(text) for text in (query, expanded(query)))


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """The tokens with their kinds, without white space and comments."""
    for match in _TOKEN.finditer(text):
        if match.lastgroup and match.lastgroup != "comment":
            yield match.lastgroup, match.group()


def expanded(query: str) -> str:
    return _ESCAPE.sub(_character, query)


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 else match[0]


def _check_words(text: str) -> None:
    for kind, token in tokens(text):
        word = _suspect(kind, token).lower()
        for name in _CALLS_OUT:
            if name in word:
                raise BadQuery(f"{name.upper()} is not allowed here, not even as in {token[:40]!r}")
        if kind == "word" and word in _CHANGES:
            raise BadQuery(f"{word.upper()} is not allowed here: this address only answers queries")


def _suspect(kind: str, token: str) -> str:
    """The part of the token that an engine might read as a keyword.

    A prefix may be read as a keyword before a name without prefix, a name may end at a full stop, and what looks like
    an IRI may be two comparisons with a closed bracket between them.
    """
    if kind == "pname":
        prefix, _, name = token.partition(":")
        return " ".join([prefix, *name.split(".")[1:]])
    if kind == "iri":
        closed = _CLOSED.search(token)
        return closed.group() if closed else ""
    return token if kind == "word" else ""


def _check_nesting(text: str) -> None:
    depth = 0
    for kind, token in tokens(text):
        if kind == "mark":
            depth += (token in {"(", "[", "{"}) - (token in {")", "]", "}"})
        if depth > MAX_NESTING:
            raise BadQuery(f"brackets may be nested {MAX_NESTING} deep")


def _check_chains(text: str) -> None:
    found = Counter(token.lower() for kind, token in tokens(text) if kind in {"mark", "word"})
    for token in _CHAINED & found.keys():
        if found[token] > MAX_CHAIN:
            raise BadQuery(f"a query may have {token.upper()!r} {MAX_CHAIN} times, not {found[token]} times")
