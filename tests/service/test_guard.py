"""The guard: good queries pass, and none that passes makes the engine call out or fall over."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarche.graph.errors import BadQuery, DemarcheError
from demarche.graph.identifiers import BASE
from demarche.graph.questions import questions
from demarche.graph.store import PREFIXES, OxigraphStore
from demarche.service.guard import (
    MAX_BYTES,
    MAX_CHAIN,
    MAX_NESTING,
    MAX_UPDATE_BYTES,
    checked,
    checked_update,
    form,
    graphs_named,
    tokens,
    volatile,
    with_dataset,
)
from tests.service.canaries import Canary, listening

GOOD = [
    "SELECT * WHERE { ?service ?load 'SERVICE <http://a/> { LOAD }' } # DELETE SERVICE",
    'SELECT * WHERE { ?s <http://example.org/service/LOAD> """a "SERVICE" b""" }',
    "PREFIX ex: <http://example.org/> SELECT * { ?s ex:service ?insert FILTER(?s < 3 && ?insert > 2) }",
    "SELECT * { ?s ?p 'it\\'s # no comment' , \"{{{{\" , '((((' }",
    "ASK { ?s ?p 'caf\\u00E9'@en-GB }",
    "SELECT ?delete FROM <http://example.org/g> { GRAPH ?g { ?s ?p ?delete } }",
    "DESCRIBE <https://w3id.org/demarche/id/event/2016-06-22-musudan>",
    """PREFIX uploads: <urn:u> PREFIX payload: <urn:p> PREFIX services: <urn:s> PREFIX fromage: <urn:f>
    SELECT * FROM <urn:g> { services:a uploads:b payload:c , fromage:d }""",
    f"SELECT * {{ ?s ?p ?o FILTER(?s IN ({', '.join(f'<urn:{one}>' for one in range(140))})) }}",
]
CALLING = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { service\n<URL> { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<URL> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { \\U00000053ERVICE <URL> { ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "PREFIX s: <URL> PREFIX services: <urn:a> SELECT * { services:x { ?s ?p ?o } }",
    "PREFIXs: <URL> SELECT * { SERVICEsilents:x { ?s ?p ?o } }",
    "PREFIX s: <URL> SELECT * { ?s ?p true.SERVICEs:x { ?s ?p ?o } }",
    "SELECT * { SERVICEdm:x { ?s ?p ?o } }",
    "PREFIX service: <URL> PREFIX : <URL> SELECT * { ?s ?p trueservice:x { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(?s<?b)SERVICE#>\n<URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 5.SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p '\\\\' SERVICE <URL> { ?s ?p ?o } #'\n }",
    "SELECT * { ?s ?p '''a''' SERVICE <URL> { ?s ?p ?o } #'''\n }",
    "SELECT * { #\r SERVICE <URL> { ?s ?p ?o }\n }",
    "LOAD <URL>",
    "DELETE WHERE { ?s ?p ?o }",
    "INSERT DATA { <a:a> <a:b> <a:c> }",
]
CHAINS = {
    "calls in a list": "ASK { FILTER(?x IN (COALESCE(1" + ",1" * 300 + "))) }",
    "groups": "ASK { " + "{" * 3000 + "}" * 3000 + " }",
    "optionals": "ASK { " + "OPTIONAL { ?a <a:b> ?c } " * 1500 + "}",
    "minuses": "ASK { " + "MINUS {} " * 3000 + "}",
    "binds": "ASK { " + " ".join(f"BIND(1 AS ?a{n})" for n in range(2500)) + " }",
    "exists": "ASK { FILTER " + "NOT EXISTS { FILTER " * 1500 + "(1)" + "}" * 1500 + " }",
    "path": "ASK { ?s <a:b>" + "/<a:b>" * 3000 + " ?o }",
    "nodes": "ASK { ?s ?p " + "[ <a:b> " * 1000 + "1" + " ]" * 1000 + " }",
    "joins": "ASK { " + "?a <a:b> ?c . " * 300 + "}",
    "not": "ASK { FILTER(" + "!" * 60000 + "true) }",
}


@pytest.mark.parametrize("query", GOOD)
def test_a_query_that_only_speaks_of_such_words_passes(query: str) -> None:
    assert checked(query) == query
    OxigraphStore().answer(query, {"solutions": "text/csv", "boolean": "text/csv", "graph": "text/turtle"})


@pytest.mark.parametrize("name", questions())
def test_our_own_queries_pass(name: str) -> None:
    query = questions()[name].query
    assert query is None or (checked(query), form(query)) == (query, "select")


@pytest.mark.parametrize("query", CALLING)
def test_a_query_that_calls_out_or_writes_is_refused_by_name(query: str) -> None:
    with pytest.raises(BadQuery, match=r"^(SERVICE|LOAD|DELETE|INSERT) is not allowed here"):
        checked(query.replace("URL", "http://127.0.0.1:9/"))


@pytest.mark.parametrize("query", CHAINS.values(), ids=CHAINS)
def test_a_query_that_would_stop_the_engine_is_refused(query: str) -> None:
    with pytest.raises(BadQuery, match=r"nested|times"):
        checked(query)


@pytest.mark.parametrize(
    "query", ["SELECT * FROMex:g {}", "ASK FROMNAMED<urn:g> {}", "PREFIXex: <urn:> ASK FROMex:g {}"]
)
def test_from_that_an_engine_may_read_otherwise_is_refused(query: str) -> None:
    with pytest.raises(BadQuery, match="FROM stands by itself"):
        checked(f"PREFIX ex: <urn:> {query}")


def test_a_query_longer_than_the_limit_is_refused() -> None:
    with pytest.raises(BadQuery, match="65536 bytes"):
        checked("ASK {}" + " " * MAX_BYTES)


HARD_TO_READ = [
    "a", "a-", "a.", "_.", "1.", "1e", "\\'", "\\", "'", "<", "<a", "<a]", ":", "a:", "@a-", ".", "?", " ", "#", "now#",
    "now ", "now#\n", "service", "servicea:", "in(", "%", "\\u0027", "'" * 3 + "x", "\"'", "'a\n", "{", "é", "a,",
]  # fmt: skip


@pytest.mark.parametrize("piece", HARD_TO_READ)
def test_four_times_the_text_takes_no_more_than_eight_times_the_time(piece: str) -> None:
    for begin in ("ASK{", "ASK{'", "ASK{" + "'" * 3, "ASK{<"):
        short, long = (seconds(begin + piece * (size // len(piece.encode()))) for size in (16_000, 64_000))
        assert long <= 8 * short + 0.05, begin


def seconds(query: str) -> float:
    """The processor time that the guard takes."""
    since = time.process_time()
    for one in (checked, form, partial(graphs_named, base=BASE), volatile):
        with suppress(BadQuery):
            one(query)
    return time.process_time() - since


AT_THE_LIMIT = {
    "groups": "ASK { " + "{" * (MAX_NESTING - 1) + "}" * (MAX_NESTING - 1) + " }",
    "brackets": "ASK { FILTER" + "(" * (MAX_NESTING - 1) + "1" + ")" * (MAX_NESTING - 1) + " }",
    "lists": "ASK { ?s ?p " + "(" * (MAX_NESTING - 1) + "1" + ")" * (MAX_NESTING - 1) + " }",
    "optionals": "ASK { " + "OPTIONAL { ?a <a:b> ?c } " * MAX_CHAIN + "}",
    "joins": "ASK { " + "?a <a:b> ?c . " * MAX_CHAIN + "}",
    "path": "ASK { ?s <a:b>" + "/<a:b>" * MAX_CHAIN + " ?o }",
    "not": "ASK { FILTER(" + "!" * MAX_CHAIN + "true) }",
    "or": "ASK { FILTER(true" + "||true" * (MAX_CHAIN // 2) + ") }",
    "and": "ASK { FILTER(true" + "&&true" * (MAX_CHAIN // 2) + ") }",
    "times": "ASK { FILTER(1" + "*1" * MAX_CHAIN + ") }",
    "filters": "ASK { " + "FILTER(?a) " * MAX_CHAIN + "}",
    "list": "ASK { ?s ?p ?o FILTER(?s IN (1" + ",1" * 30000 + ")) }",
    "values": "ASK { VALUES ?a { " + "1 " * 30000 + "} }",
}
# In a process of its own, because an engine that falls over must not take the tests along, and in a thread with the
# small stack that threads have on some systems.
ASK = """
import sys, threading
from demarche.graph.store import OxigraphStore
query = sys.stdin.read()
threading.stack_size(1024 * 1024)
one = threading.Thread(target=lambda: print(OxigraphStore().ask(query)))
one.start()
one.join()
"""


@pytest.mark.parametrize("query", AT_THE_LIMIT.values(), ids=AT_THE_LIMIT)
def test_what_passes_does_not_stop_the_engine(query: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", ASK], timeout=60, capture_output=True, text=True, input=checked(query)
    )
    assert run.stdout.strip() in {"True", "False"}, (
        f"the engine died with {run.returncode}: {run.stderr[-300:]}"
    )


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    with listening() as one:
        yield one


def test_the_canary_hears_the_engine_when_nothing_guards_it(canary: Canary) -> None:
    with pytest.raises((DemarcheError, OSError)):
        OxigraphStore().select(f"SELECT * {{ SERVICE <{canary.url}> {{ ?s ?p ?o }} }}")
    assert canary.calls.pop() == "called"


PIECES = [
    "SERVICE", "service", "SERVICEex", "ex", "FROM", "SILENT", "<URL>", "ex:a", ":", "?x", "<", ">",
    "<a:b>", "'", '"', "'''", "\\", "\\'", "#", "\n", "\r", " ", ".", "(", ")", "{ ?s ?p ?o }", "true", "5", "@en",
    "^^", "\\u0053ERVICE", "FILTER(?s", ";",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12))
def test_no_query_that_passes_calls_out(canary: Canary, pieces: list[str]) -> None:
    url = canary.url
    body = "".join(pieces).replace("URL", url)
    query = (
        f"PREFIX ex: <{url}> PREFIX : <{url}> SELECT * {{ ?s ?p ?o {body} SERVICE <{url}> {{ ?s ?p ?o }} }}"
    )
    for one in (query, f"PREFIX : <{url}> SELECT * {{ ?s ?p {body} }}"):
        with suppress(BadQuery, OSError):
            OxigraphStore().select(checked(one))
    assert canary.calls == []


@given(st.text(max_size=200))
def test_any_text_is_passed_or_refused(text: str) -> None:
    with suppress(BadQuery):
        assert checked(text) == text
    assert all(
        kind in {"iri", "string", "open", "var", "tag", "pname", "number", "word", "mark"}
        for kind, _ in tokens(text)
    )


UPDATES = [
    "INSERT DATA { " + "<urn:a> <urn:b> 1 , 2 ; <urn:c> 3 . " * 2000 + "} ; CLEAR ALL",
    "PREFIX ex: <urn:load> DELETE WHERE { ?s ex:load 'LOAD <http://a/>' } ; DROP SILENT GRAPH <urn:service>",
    "WITH <urn:g> DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o } ; COPY <urn:g> TO <urn:h>",
]


@pytest.mark.parametrize("update", UPDATES)
def test_an_update_passes_however_much_data_it_has(update: str) -> None:
    assert checked_update(update) == update
    OxigraphStore().update(update)


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        ("LOAD <http://127.0.0.1:9/>", "LOAD is not allowed"),
        ("\\u004cOAD <http://127.0.0.1:9/>", "LOAD is not allowed"),
        (
            "INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
            "SERVICE is not allowed",
        ),
        ("INSERT DATA { <urn:a> <urn:b> " + "[ <urn:c> " * 65 + "1" + " ]" * 65 + " }", "nested 64 deep"),
        ("INSERT DATA {} ; DELETE {} WHERE { " + "?a <urn:b> ?c . " * 300 + "}", "128 times, not 300"),
        ("INSERT DATA { " + "x" * MAX_UPDATE_BYTES + " }", "1048576 bytes"),
    ],
)
def test_an_update_that_calls_out_or_would_stop_the_engine_is_refused(update: str, reason: str) -> None:
    with pytest.raises(BadQuery, match=reason):
        checked_update(update)


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("SELECT * FROM <urn:g> FROM<urn:h> { ?s ?p ?o }", ["urn:g", "urn:h"]),
        ("ASK from NAMED <\\u0075rn:g> { GRAPH ?g { ?s ?p ?o } }", ["urn:g"]),
        ("BASE <http://a/b> PREFIX x: <c#> ASK FROM x:d FROM <e> {}", ["http://a/c#d", "http://a/e"]),
        ("ASK FROM <graph/leads> FROM dm:x FROM no:y {}", [f"{BASE}graph/leads", f"{PREFIXES['dm']}x", "y"]),
        ("PREFIX from: <urn:from> SELECT * { ?from from:from 'FROM <urn:g>' } # FROM", []),
    ],
)
def test_the_guard_sees_which_graphs_a_query_names(query: str, named: list[str]) -> None:
    assert checked(query) == query
    assert graphs_named(query, BASE) == tuple(named)


USING = [
    (
        "INSERT { ?s ?p 1 } WHERE { ?s ?p 2 }",
        "INSERT { ?s ?p 1 }  USING <urn:d> USING NAMED <urn:n> WHERE { ?s ?p 2 }",
    ),
    (
        "DELETE WHERE { ?s ?p 2 } ; CLEAR ALL",
        "DELETE  { ?s ?p 2 } USING <urn:d> USING NAMED <urn:n> WHERE { ?s ?p 2 } ; CLEAR ALL",
    ),
    ("INSERT DATA { <urn:where> <urn:p> 'WHERE' }", "INSERT DATA { <urn:where> <urn:p> 'WHERE' }"),
]


@pytest.mark.parametrize(("update", "meant"), USING)
def test_the_graphs_of_a_request_stand_where_using_would(update: str, meant: str) -> None:
    assert with_dataset(update, ["urn:d"], ["urn:n"]) == meant
    OxigraphStore().update(meant)
    assert with_dataset(update, [], []) == update


@pytest.mark.parametrize(
    ("update", "graph", "reason"),
    [
        ("WITH <urn:g> DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }", "urn:d", "cannot be joined"),
        ("DELETE { ?s ?p 1 } USING <urn:g> WHERE { ?s ?p 1 }", "urn:d", "cannot be joined"),
        ("DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }", "urn:d> WHERE {} ; DROP ALL #", "is no IRI"),
        ("DELETE WHERE { ?s ?p 1", "urn:d", "not followed by a group"),
    ],
)
def test_graphs_that_a_request_cannot_name_are_refused(update: str, graph: str, reason: str) -> None:
    with pytest.raises(BadQuery, match=reason):
        with_dataset(update, [graph], [])
