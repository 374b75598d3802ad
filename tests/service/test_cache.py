"""Kept answers: they are the answers that the routes would give, they go with a write, and they keep to their room."""

import gzip
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.store import Store
from demarche.service import guard
from demarche.service.cache import Answers, Kept
from demarche.service.settings import Settings
from tests.service.conftest import served

ANY_NAME = Settings(allowed_hosts="*")
EVENT = "2016-06-22-musudan"
SELECT = "SELECT ?act WHERE { ?act a dm:Reaction } ORDER BY ?act LIMIT 50"
PATHS = [
    "/",
    "/?reacted=true",
    "/questions",
    f"/questions/who-reacted?event={EVENT}",
    f"/questions/who-reacted?event={EVENT}&format=csv",
    f"/id/event/{EVENT}",
    f"/id/event/{EVENT}.ttl",
    "/code/level",
    "/ontology",
    "/ontology/context.jsonld",
    f"/launches/{EVENT}",
    "/launches/2016-06-22",  # leads elsewhere
    f"/sparql?query={SELECT.replace(' ', '+').replace('?', '%3F')}",
    "/sparql?query=SELECT",  # does not parse
    "/questions/who-reacted?event=nothing",
    "/static/style.css",
    "/health",
]
ACCEPTS = [
    None,
    "*/*",
    "text/html",
    "text/turtle",
    "text/csv",
    "application/json;q=0.5, text/html;q=0.2",
    "image/png",
]
REQUESTS = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "HEAD"]),
        "path": st.sampled_from(PATHS),
        "accept": st.sampled_from(ACCEPTS),
        "encoding": st.sampled_from([None, "gzip", "identity", "br, gzip;q=0.5"]),
        "origin": st.sampled_from([None, "https://one.example", "https://two.example"]),
        "held": st.sampled_from(["", "theirs", "*", '"another"']),
    }
)


@pytest.fixture(scope="module")
def kept(seed_graph: KnowledgeGraph) -> Iterator[httpx.Client]:
    with served(seed_graph, ANY_NAME) as client:
        yield client


@pytest.fixture(scope="module")
def unkept(seed_graph: KnowledgeGraph) -> Iterator[httpx.Client]:
    with served(seed_graph, Settings(cache_bytes=0, allowed_hosts="*")) as client:
        yield client


def ask(
    client: httpx.Client, asked: dict[str, str | None], tag: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers but for the date and the port, and the bytes as they went over the wire."""
    names = {"accept": "Accept", "encoding": "Accept-Encoding", "origin": "Origin"}
    headers = {header: value for name, header in names.items() if (value := asked.get(name))}
    held = tag if asked.get("held") == "theirs" else asked.get("held")
    for name in ("accept", "accept-encoding", "connection"):
        client.headers.pop(name, None)
    request = client.build_request(
        asked.get("method") or "GET",
        asked["path"] or "/",
        headers=headers | ({"If-None-Match": held} if held else {}) | {"Host": "demarche.example"},
    )
    reply = client.send(request, stream=True)
    body = b"".join(reply.iter_raw())
    reply.close()
    return reply.status_code, {name: value for name, value in reply.headers.items() if name != "date"}, body


def lookups(client: httpx.Client) -> dict[str, int]:
    lines = client.get("/metrics").text.splitlines()
    found = [line.split('"')[1::1] for line in lines if line.startswith("demarche_cache_lookups_total")]
    return {name: int(float(rest.removeprefix("} "))) for name, rest in found}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=REQUESTS)
def test_a_kept_answer_is_the_answer_of_the_route(
    kept: httpx.Client, unkept: httpx.Client, asked: dict[str, str | None]
) -> None:
    tag = ask(unkept, {**asked, "method": "GET", "held": ""})[1].get("etag", "")
    expected = ask(unkept, asked, tag)
    assert ask(kept, asked, tag) == expected
    assert ask(kept, asked, tag) == expected


def test_what_is_kept_is_found_again(seed_graph: KnowledgeGraph) -> None:
    with served(seed_graph, ANY_NAME) as client:
        for _ in range(3):
            client.get(PATHS[3])
        client.head(PATHS[3])
        client.get(PATHS[3], headers={"Accept": "text/csv"})
        assert lookups(client) == {"yes": 3, "no": 2}


def test_a_posted_query_is_kept_by_its_text(seed_graph: KnowledgeGraph) -> None:
    other = SELECT.replace("50", "20")
    with served(seed_graph, ANY_NAME) as client:
        first, again = (client.post("/sparql", data={"query": SELECT}) for _ in range(2))
        third = client.post("/sparql", data={"query": other})
        direct = client.post("/sparql", content=SELECT, headers={"Content-Type": "application/sparql-query"})
        assert lookups(client) == {"yes": 1, "no": 3}
    assert first.content == again.content == direct.content
    assert len(third.json()["results"]["bindings"]) == 20


@pytest.mark.parametrize(
    "word", ["NOW()", "rand()", "UUID()", "STRUUID ()", "BNODE()", "N\\u004FW()", "NOW#\n()"]
)
def test_what_changes_by_itself_is_not_kept(seed_graph: KnowledgeGraph, word: str) -> None:
    with served(seed_graph, ANY_NAME) as client:
        for _ in range(2):
            reply = client.post("/sparql", data={"query": f"SELECT ({word} AS ?x) {{}}"})
            assert reply.status_code == 400 or reply.headers["cache-control"] == "no-store"
            assert "etag" not in reply.headers
        assert lookups(client)["yes"] == 0


def test_now_is_told_each_time(client: httpx.Client) -> None:
    told = {client.get("/sparql", params={"query": "SELECT (STRUUID() AS ?x) {}"}).text for _ in range(3)}
    assert len(told) == 3


@pytest.mark.parametrize(
    "query", ["SELECT ?know { ?know foaf:knows ?x }", 'ASK { ?s ?p "Rand Paul" }', "ASK { ?now ?p 1 }"]
)
def test_a_name_that_looks_like_a_clock_is_none(query: str) -> None:
    assert not guard.volatile(query)


def test_a_request_that_is_somebodys_own_is_never_answered_from_what_is_kept(
    seed_graph: KnowledgeGraph,
) -> None:
    with served(seed_graph, ANY_NAME) as client:
        for headers in ({"Authorization": "Bearer x"}, {"Cookie": "a=b"}, {"Range": "bytes=0-9"}):
            for _ in range(2):
                assert client.get(PATHS[3], headers=headers).status_code == 200
        assert lookups(client) == {"yes": 0, "no": 0}


def test_errors_are_not_kept(seed_graph: KnowledgeGraph) -> None:
    with served(seed_graph, ANY_NAME) as client:
        for path in ("/nowhere", "/id/event/nothing", "/questions/who-reacted", "/sparql?query=SELECT"):
            assert client.get(path).status_code == client.get(path).status_code >= 400
        assert lookups(client)["yes"] == 0


def test_a_write_changes_the_answer_at_once(tiny: KnowledgeGraph) -> None:
    query = {"query": "SELECT ?o { ?s rdfs:label ?o }"}
    with served(tiny) as client:
        for text in ("before", "after", "before"):
            put(tiny.store, text)
            for _ in range(2):
                for reply in (client.get("/sparql", params=query), client.post("/sparql", data=query)):
                    assert f'"{text}"' in reply.text
                assert f'"{text}"' in client.get("/id/event/e.nt").text
        tiny.store.update(
            f"DELETE WHERE {{ GRAPH ?g {{ <{ids.BASE}event/e> ?p ?o }} }}"
        )  # and no digest with it
        assert client.get("/sparql", params=query).json()["results"]["bindings"] == []


def test_a_zipped_answer_holds_the_bytes_of_the_plain_one(kept: httpx.Client) -> None:
    for _ in range(2):
        plain = ask(kept, {"path": "/ontology.nt"})
        zipped = ask(kept, {"path": "/ontology.nt", "encoding": "gzip"})
        assert zipped[1]["content-encoding"] == "gzip"
        assert gzip.decompress(zipped[2]) == plain[2]


def test_pages_under_two_names_keep_apart(seed_graph: KnowledgeGraph) -> None:
    """Whatever a route makes of the name under which it was asked, another name does not get."""
    with served(seed_graph, ANY_NAME) as client:
        for host in ("one.example", "two.example"):
            client.get(PATHS[3], headers={"Host": host})
        assert lookups(client) == {"yes": 0, "no": 2}


@given(sizes=st.lists(st.integers(0, 30_000), max_size=60), limit=st.integers(0, 100_000))
def test_what_is_kept_stays_within_its_room(sizes: list[int], limit: int) -> None:
    answers = Answers(limit)
    for number, size in enumerate(sizes):
        answers.get((str(number),), "now")
        answers.keep((str(number),), "now", answer(size))
        assert 0 <= answers.size <= limit
    assert answers.get(("anything",), "later") is None
    assert (answers.size, len(answers)) == (0, 0)


def test_what_was_asked_for_least_recently_goes_first() -> None:
    answers = Answers(8 * 2000)
    answers.get(("a",), "now")
    for name in "abcdefgh":
        answers.keep((name,), "now", answer(300))
        answers.get(("a",), "now")
    assert answers.get(("a",), "now")
    answers.keep(("i",), "now", answer(300))
    answers.keep(("j",), "now", answer(300))
    assert answers.get(("b",), "now") is None
    assert answers.get(("a",), "now")


def test_an_answer_made_before_a_write_is_not_kept_after_it() -> None:
    answers = Answers(100_000)
    answers.get(("a",), "before")
    answers.get(("a",), "after")
    answers.keep(("a",), "before", answer(10))
    assert answers.get(("a",), "after") is None


def answer(size: int) -> Kept:
    return Kept({"headers": []}, {"body": b"x" * size}, "/", None)


def put(store: Store, text: str) -> None:
    name, label = f"{ids.BASE}document/d", "<http://www.w3.org/2000/01/rdf-schema#label>"
    about = f'<{name}> <{ids.ONTOLOGY}#contentDigest> "{text}" .'
    store.replace(name, [f'<{ids.BASE}event/e> {label} "{text}" .'], [about])
