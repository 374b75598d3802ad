"""Which strangers' queries may run at all: refused here is what calls out, changes the graph, or kills the engine.

A query that passes may still take long; stopping it is the task of whoever runs it. The query is looked at twice, as it
stands and with its ``\\u`` escapes expanded, because engines differ on when they expand them. Each look is one pass: no
part of a text is read again because of what follows it, so the time grows with the length and no faster.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from itertools import pairwise
from urllib.parse import urljoin

from demarche.graph import identifiers as ids
from demarche.graph.errors import BadQuery
from demarche.graph.store import PREFIXES

MAX_BYTES = 64 * 1024
MAX_UPDATE_BYTES = 1024 * 1024
MAX_NESTING = 64
# Longer chains of these overflow the engine's stack or keep its planner busy for a minute.
MAX_CHAIN = 128
_CHAINED = {*["optional", "filter", "minus", "bind", "union", "exists", "select", "graph"], *".;,/|^[+-*!&="}

_CALLS_OUT = ("service", "load")
MAX_PREFIX = 256
# Keywords that an engine may read at the beginning of a prefix, and what may stand after them.
_HIDDEN = re.compile(r"(?=(service|load|from)((?:silent|named)?))", re.IGNORECASE)
_NAMES, _APART = {"iri", "pname"}, {"word", "pname"}
_CHANGES = {"insert", "delete", "clear", "drop", "create", "copy", "move", "add"}
_FORMS = {"select", "ask", "construct", "describe"}

Token = tuple[str, str]
"""The kind of a token, and its text."""

_NUMBER = r"(?P<number> \d++ (?: \.\d++ )? (?: [eE][+-]?\d++ )? )"
_WORD = r"(?P<word> [^\W\d]\w*+ )"
_TOKEN = re.compile(
    rf"""
    (?P<mark>    [^\s\w\#<'"?$@:] )
  | (?P<comment> \#[^\n\r]*+ )
  | (?P<iri>     <(?: [^<>"{{}}|^`\\\x00-\x20] | \\u[0-9A-Fa-f]{{4}} | \\U[0-9A-Fa-f]{{8}} )*+> )
  | (?P<string>  '''(?:[^'\\]|\\.|'(?!''))*+''' | \"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\"
               | '(?!'')(?:[^'\\\n\r]|\\.)*+' | "(?!"")(?:[^"\\\n\r]|\\.)*+" )
  | (?P<open>    ['"].*+ )
  | (?P<var>     [?$]\w++ )
  | (?P<tag>     @[A-Za-z]++(?:-[A-Za-z0-9]++)*+ )
  | (?P<pname>   (?:[^\W\d][\w.-]*+)?:(?:[\w:.%-]|\\[_~.\-!$&'()*+,;=/?\#@%])*+ )
  | (?P<run>     [^\W\d][\w.-]*+ )
  | {_NUMBER} | {_WORD} | (?P<rest> [<?$@] )  # what begins nothing
    """,
    re.VERBOSE | re.DOTALL,
)
# What a prefix may look like, where no colon follows it.
_IN_RUN = re.compile(rf"{_NUMBER} | {_WORD} | (?P<mark> [.-] )", re.VERBOSE)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# Keywords need no space before them; what follows a comment after one is not looked at.
_VOLATILE = re.compile(r"(?:now|rand|uuid|bnode)\s*+[(#]", re.IGNORECASE)
_OPENING, _CLOSING = {"(", "[", "{"}, {")", "]", "}"}
_CLOSED = re.compile(r"[)\]}].*", re.DOTALL)


def checked(query: str) -> str:
    """The query, if it may run; BadQuery says why not."""
    _check_size("a query", query, MAX_BYTES)
    for text in dict.fromkeys((query, expanded(query))):
        found = list(tokens(text))
        _check_words(found, _CHANGES)
        _check_nesting(found)
        _check_chains(_but_lists(found))
    return query


def checked_update(update: str) -> str:
    """The update, if it may run on a scratch store; BadQuery says why not. Plain data may be as long as it likes."""
    _check_size("an update", update, MAX_UPDATE_BYTES)
    for text in dict.fromkeys((update, expanded(update))):
        found = list(tokens(text))
        _check_words(found, set())
        _check_nesting(found)
        _check_chains(_but_lists(_but_data(found)))
    return update


def form(query: str) -> str | None:
    """Which of the four forms the query has, in small letters; None where it seems to have none."""
    words = (text.lower() for kind, text in tokens(query) if kind == "word")
    return next((word for word in words if word in _FORMS), None)


def volatile(query: str) -> bool:
    """Whether it may be answered otherwise each time it is asked: by the clock, by chance, or with new names."""
    return any(_VOLATILE.search(text) for text in (query, expanded(query)))


def graphs_named(query: str, base: str) -> tuple[str, ...]:
    """The graphs that the query names by FROM and FROM NAMED; relative IRIs start at ``base``."""
    if "from" not in query.lower():
        return ()
    named, declared, second, first = list[str](), dict(PREFIXES), "", ""
    for kind, token in tokens(query):
        if kind == "iri" and first.lower() == "base":
            base = _iri(token, base, declared)
        elif kind == "iri" and first.endswith(":"):
            declared[first[:-1]] = _iri(token, base, declared)
        elif kind in _NAMES and "from" in (first.lower(), second.lower() if first.lower() == "named" else ""):
            named.append(_iri(token, base, declared))
        second, first = first, token
    return tuple(named)


def _iri(token: str, base: str, declared: Mapping[str, str]) -> str:
    """What an IRI or a prefixed name means; what means nothing is no name of a graph."""
    if token.startswith("<"):
        iri, mark, fragment = expanded(token[1:-1]).partition("#")
        return urljoin(base, iri) + mark + fragment
    prefix, _, name = token.partition(":")
    return declared.get(prefix, "") + name.replace("\\", "")


def with_dataset(update: str, default: Iterable[str], named: Iterable[str]) -> str:
    """The update with the graphs that the request names, where USING would stand; BadQuery where it has its own."""
    using = "".join(
        [*(f" USING <{name}>" for name in default), *(f" USING NAMED <{name}>" for name in named)]
    )
    if not using:
        return update
    if any(ids.NO_IRI.search(name) for name in (*default, *named)):
        raise BadQuery("a graph that the request names is no IRI")
    found = list(_outermost(update))
    if any(word in {"using", "with"} for word, _ in found):
        raise BadQuery(
            "USING and WITH cannot be joined with the parameters using-graph-uri and using-named-graph-uri"
        )
    made, at = [], 0
    for (before, _), (word, match) in pairwise([("", None), *found]):
        if word == "where" and match:
            pattern = _group(update, match.end()) if before == "delete" else ""
            made += [update[at : match.start()], pattern, using, " "]
            at = match.start()
    return "".join([*made, update[at:]])


def tokens(text: str) -> Iterator[Token]:
    """The tokens with their kinds, without white space and comments."""
    for match in _matches(text):
        kind = "mark" if match.lastgroup == "rest" else match.lastgroup
        if kind and kind != "comment":
            yield kind, match.group()


def expanded(query: str) -> str:
    return _ESCAPE.sub(_character, query)


def _matches(text: str, begin: int = 0) -> Iterator[re.Match[str]]:
    for match in _TOKEN.finditer(text, begin):
        if match.lastgroup == "run":
            yield from _IN_RUN.finditer(text, *match.span())
        else:
            yield match


def _outermost(update: str) -> Iterator[tuple[str, re.Match[str]]]:
    """The words outside of all braces, in small letters, each with its place."""
    depth = 0
    for match in _matches(update):
        depth += (match.group() == "{") - (match.group() == "}")
        if depth == 0 and match.lastgroup == "word":
            yield match.group().lower(), match


def _group(update: str, begin: int) -> str:
    """The group in braces that begins there: DELETE WHERE deletes what it looks for."""
    depth = 0
    for match in _matches(update, begin):
        depth += (match.group() == "{") - (match.group() == "}")
        if depth == 0 and match.group() == "}":
            return update[begin : match.end()]
    raise BadQuery("DELETE WHERE is not followed by a group in braces")


def _but_data(found: Iterable[Token]) -> Iterator[Token]:
    """The tokens without those of INSERT DATA and DELETE DATA, which the engine reads in one pass."""
    depth, inside = 0, False
    for kind, token in found:
        if kind == "mark":
            depth += {"{": 1, "}": -1}.get(token, 0)
        if depth == 0:
            inside = kind == "word" and token.lower() == "data"
        if not inside:
            yield kind, token


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    return chr(number) if number < 0x110000 else match[0]


def _check_size(what: str, text: str, most: int) -> None:
    if len(text.encode("utf-8", "surrogatepass")) > most:
        raise BadQuery(f"{what} may have {most} bytes")


def _check_words(found: Sequence[Token], changes: Collection[str]) -> None:
    declared = _prefixes(found)
    for kind, token in dict.fromkeys(found):
        if kind == "open":
            raise BadQuery(f"the text that begins with {token[:20]!r} is not closed")
        word = _suspect(kind, token, declared).lower()
        if kind in _APART and "from" in word.partition(" ")[0] and (kind, word) != ("word", "from"):
            raise BadQuery(f"FROM stands by itself, not as in {token[:40]!r}")
        for name in _CALLS_OUT:
            if name in word:
                part = "" if token.lower() == name else f", not even as in {token[:40]!r}"
                raise BadQuery(f"{name.upper()} is not allowed here{part}")
        if kind == "word" and word in changes:
            raise BadQuery(f"{word.upper()} is not allowed here: this address only answers queries")


def _prefixes(found: Iterable[Token]) -> set[str]:
    """All prefixes that may be declared; ``PREFIX`` needs no space after it."""
    written = {token.partition(":")[0] for kind, token in found if kind == "pname"}
    return {*PREFIXES, *written, *(one[6:] for one in written if one.lower().startswith("prefix"))}


def _suspect(kind: str, token: str, declared: Set[str]) -> str:
    """The part of the token that an engine might read as a keyword.

    A prefix may be read as a keyword before another prefix, a name may end at a full stop, and what looks like an IRI
    may be two comparisons with a closed bracket between them.
    """
    if kind == "pname":
        prefix, _, name = token.partition(":")
        return " ".join([_hidden(prefix, declared), *name.split(".")[1:]])
    if kind == "iri":
        closed = _CLOSED.search(token)
        return closed.group() if closed else ""
    return token if kind == "word" else ""


def _hidden(prefix: str, declared: Set[str]) -> str:
    """The keywords in a prefix after which another prefix follows: ``uploads:`` is harmless where ``s:`` is none."""
    if len(prefix) > MAX_PREFIX:
        return prefix
    return ",".join(
        match[1]
        for match in _HIDDEN.finditer(prefix)
        if not declared.isdisjoint({prefix[match.end(1) :], prefix[match.end(2) :]})
    )


def _but_lists(found: Iterable[Token]) -> Iterator[Token]:
    """The tokens without the commas of IN (...), which the engine reads in one pass."""
    depth, lists, before = 0, list[int](), ""
    for kind, text in found:
        depth += kind == "mark" and text in _OPENING
        if text == "(" and before == "in":
            lists.append(depth)
        if text != "," or depth not in lists[-1:]:
            yield kind, text
        if kind == "mark" and text in _CLOSING:
            lists = lists[:-1] if depth in lists[-1:] else lists
            depth -= 1
        before = text.lower()


def _check_nesting(found: Iterable[Token]) -> None:
    depth = 0
    for kind, token in found:
        if kind == "mark":
            depth += (token in _OPENING) - (token in _CLOSING)
        if depth > MAX_NESTING:
            raise BadQuery(f"brackets may be nested {MAX_NESTING} deep")


def _check_chains(found: Iterable[Token]) -> None:
    times = Counter(token.lower() for kind, token in found if kind in {"mark", "word"})
    for token in _CHAINED & times.keys():
        if times[token] > MAX_CHAIN:
            raise BadQuery(f"a query may have {token.upper()!r} {MAX_CHAIN} times, not {times[token]} times")
