"""Every address that is read: HEAD says what GET would, other sites may read it, and nobody is sent what they hold."""

from collections.abc import Iterable, Iterator

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route

from demarche.graph import KnowledgeGraph
from demarche.service.app import create_app
from demarche.service.settings import Settings

ASK = "/sparql?query=SELECT+%3Fs+%7B+%3Fs+a+dm%3AReaction+%7D+ORDER+BY+%3Fs"
LASTING = {
    "/": "/",
    "/launches/{name:path}": "/launches/2016-06-22-musudan",
    "/questions": "/questions",
    "/id/{reference:path}": "/id/event/2016-06-22-musudan",
    "/code": "/code",
    "/code/{reference:path}": "/code/level",
    "/ontology": "/ontology",
    "/ontology.{ending}": "/ontology.nt",
    "/ontology/context.jsonld": "/ontology/context.jsonld",
    "/ontology/{version}": "/ontology/0.1.0",
    "/sparql": ASK,
    "/matrix": "/matrix",
    "/search": "/search?q=abe",
    "/.well-known/void": "/.well-known/void",
    "/.well-known/void.{ending}": "/.well-known/void.ttl",
    "/code.{ending}": "/code.ttl",
    "/dumps": "/dumps",
    "/events": "/events?limit=3",
    "/events/{id:path}": "/events/2016-06-22-musudan",
    "/events/{id:path}/reactions": "/events/2016-06-22-musudan/reactions",
    "/actors": "/actors?limit=3",
    "/actors/{id:path}": "/actors/body/jpn",
    "/actors/{id:path}/reactions": "/actors/body/jpn/reactions",
    "/documents": "/documents?limit=3",
    "/documents/{id:path}": "/documents/2016-06-22-japan-times",
    "/statements": "/statements?limit=3",
    "/statements/{id:path}": "/statements/2016-06-22-japan-times/hagiuda",
    "/network": "/network",
    "/network/path": "/network/path?first=person/dave-benham&second=body/norad",
    "/network/{name}": "/network/co-reaction",
    "/network/{name}/centrality": "/network/co-reaction/centrality",
    "/network/{name}/communities": "/network/co-reaction/communities",
    "/network/{name}/ego": "/network/co-reaction/ego?actor=body/jpn",
    "/reconcile": "/reconcile",
    "/reconcile/preview": "/reconcile/preview?id=body/jpn",
    "/reconcile/properties": "/reconcile/properties?type=Person",
    "/reconcile/suggest/entity": "/reconcile/suggest/entity?prefix=Aso",
    "/reconcile/suggest/property": "/reconcile/suggest/property?prefix=off",
    "/reconcile/suggest/type": "/reconcile/suggest/type?prefix=per",
    "/store": "/store?graph=https://w3id.org/demarche/id/document/2016-06-22-japan-times",
}
# These tell of the moment, or are pages around what others hold.
MOMENTARY = {one: one for one in ("/health", "/ready", "/metrics", "/docs", "/openapi.json")}
FAILING = {"/questions/{name}", "/id"}  # the questions there are have routes of their own
# What curators read, which the tests of robustness ask with and without a token.
CURATING = {"/records", "/records/{id}", "/records/{id}/violations", "/changes", "/curators"}
GRAPH_STORE = {"/store/{path:path}"}  # graphs under addresses of our own, which only a scratch store has
OWN_TAGS = {
    "/dumps/{file}": "/dumps/demarche.nt.gz",
    "/static": "/static/style.css",
    "/favicon.ico": "/favicon.ico",
}


def examples(client: httpx.Client) -> list[str]:
    return [one["example"] for one in client.get("/questions").json()]


def lasting(client: httpx.Client) -> list[str]:
    version = client.get("/ontology").text.partition("owl:versionInfo")[2].split('"')[1]
    fixed = [path.replace("0.1.0", version) for path in LASTING.values()]
    return [*fixed, "/sparql", *OWN_TAGS.values(), *examples(client)]


def flat(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes, with those that newer FastAPI keeps inside of the routers that it was given."""
    for one in routes:
        inner = getattr(one, "original_router", None)
        if inner is None:
            yield one
        else:
            yield from flat(inner.routes)


def test_no_address_that_is_read_is_left_out(seed_graph: KnowledgeGraph, client: httpx.Client) -> None:
    routes = {
        one.path
        for one in flat(create_app(Settings(), seed_graph).routes)
        if isinstance(one, Mount) or (isinstance(one, Route) and "GET" in (one.methods or ()))
    }
    questions = {example.partition("?")[0] for example in examples(client)}
    assert routes == {*LASTING, *MOMENTARY, *OWN_TAGS, *FAILING, *GRAPH_STORE, *CURATING} | questions


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_head_says_what_get_would(client: httpx.Client, encoding: str) -> None:
    for path in [*lasting(client), *MOMENTARY]:
        headers = {"Accept-Encoding": encoding}
        for head, get in [(client.head(path, headers=headers), client.get(path, headers=headers))] * 2:
            assert (head.status_code, head.content) == (get.status_code, b"") == (200, b""), path
            changing = {"date", "transfer-encoding"} | ({"content-length"} if path in MOMENTARY else set())
            told = [{k: v for k, v in one.headers.items() if k not in changing} for one in (head, get)]
            assert told[0] == told[1], path


def test_any_site_may_read(client: httpx.Client) -> None:
    for path in [*lasting(client), *MOMENTARY]:
        for _ in range(2):
            reply = client.get(path, headers={"Origin": "https://elsewhere.example"})
            assert reply.headers["access-control-allow-origin"] == "*", path
            assert "access-control-allow-credentials" not in reply.headers
        asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
        allowed = client.options(path, headers=asked)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, "*"), path


def test_nobody_is_sent_what_they_hold(client: httpx.Client) -> None:
    for path in lasting(client):
        tag = client.get(path).headers["etag"]
        for method in ("GET", "HEAD"):
            again = client.request(method, path, headers={"If-None-Match": f'"other", {tag}'})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), path
            assert "content-type" not in again.headers
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
