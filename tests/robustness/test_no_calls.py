"""The service calls nobody, whatever it is told to fetch: by the guard, and where the guard fails, by the process."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from demarche.graph.errors import DemarcheError
from demarche.graph.store import OxigraphStore
from demarche.service.settings import Settings
from demarche.service.workers import Pool, Query
from tests.service.canaries import Canary, listening
from tests.service.processes import Served, serving

QUERIES = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { service<URL>{ ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { S\\u0045RV\\U00000049CE <URL> { ?s ?p ?o } }",
    "SELECT * { SER#\nVICE <URL> { ?s ?p ?o } }",
    "SELECT * { VALUES ?g { <URL> } SERVICE ?g { ?s ?p ?o } }",
    "SELECT * { BIND(<URL> AS ?g) SERVICE ?g { ?s ?p ?o } }",
    "PREFIX u: <URL> SELECT * { SERVICE u:a { ?s ?p ?o } }",
    "BASE <URL> SELECT * { SERVICE <a> { ?s ?p ?o } }",
    "SELECT * { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }",
    "SELECT * { ?s ?p '\\u0027 SERVICE <URL> { ?s ?p ?o } #' }",
    "SELECT * FROM <URL> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM <file:///proc/version> { ?s ?p ?o }",
    "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
    "ASK FROM <URL> { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p ?o } FROM <URL> WHERE { ?s ?p ?o }",
    "DESCRIBE <URL>",
    "DESCRIBE <URL> FROM <URL>",
    "SELECT (<URL>(1) AS ?x) {}",
    "BASE <URL> SELECT * { <> ?p ?o }",
]
UPDATES = [
    "LOAD <URL>",
    "LOAD SILENT <URL>",
    "LOAD <URL> INTO GRAPH <urn:g>",
    "\\u004cOAD <URL>",
    "L\\U0000004fAD <URL>",
    "CLEAR ALL ; LOAD <URL>",
    "LOAD#\n<URL>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "INSERT { ?s ?p ?o } USING <URL> WHERE { ?s ?p ?o }",
    "WITH <URL> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "COPY <URL> TO <urn:g>",
    "ADD SILENT <URL> TO DEFAULT",
    "MOVE SILENT <URL> TO DEFAULT",
]
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
CONTEXT = {"@id": "urn:a", "urn:b": "c"}
BODIES = {
    "remote context": ("application/ld+json", json.dumps({"@context": "URL", **CONTEXT})),
    "remote context in a list": ("application/ld+json", json.dumps({"@context": [{}, "URL"], **CONTEXT})),
    "imported context": (
        "application/ld+json",
        json.dumps({"@context": {"@version": 1.1, "@import": "URL"}, **CONTEXT}),
    ),
    "context of a term": (
        "application/ld+json",
        json.dumps({"@context": {"x": {"@id": "urn:x", "@context": "URL"}}, "x": {"urn:y": "z"}}),
    ),
    "context within": ("application/ld+json", json.dumps({"urn:x": {"@context": "URL", "urn:y": "z"}})),
    "prefixed terms": ("text/turtle", "@prefix u: <URL> . u:a u:b u:c ."),
    "base": ("text/turtle", "@base <URL> . <a> <b> <c> ."),
    "imported ontology": ("text/turtle", "<urn:a> <http://www.w3.org/2002/07/owl#imports> <URL> ."),
    "outside entity": (
        "application/rdf+xml",
        f'<!DOCTYPE x [<!ENTITY a SYSTEM "URL">]><rdf:RDF {RDF}>&a;</rdf:RDF>',
    ),
    "style sheet": (
        "application/rdf+xml",
        f'<?xml-stylesheet href="URL"?><rdf:RDF {RDF}/>',
    ),
    "schema": (
        "application/rdf+xml",
        f'<rdf:RDF {RDF} xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:schemaLocation="URL URL"/>',
    ),
}
ADDRESSES = [
    "/sparql?query=SELECT*%7B%3Fs%20%3Fp%20%3Fo%7D&default-graph-uri=URL",
    "/sparql?query=SELECT*%7B%3Fs%20%3Fp%20%3Fo%7D&named-graph-uri=URL",
    "/store?graph=URL",
    "/id/URL",
    "/reconcile?queries=%7B%22a%22:%7B%22query%22:%22URL%22%7D%7D",
    "/questions/who-reacted?event=URL",
    "/events?place=URL",
    "URL",  # as one asks a proxy
]


@pytest.fixture(scope="module", params=["record", "scratch"])
def server(request: pytest.FixtureRequest, seed_cache: Path) -> Iterator[Served]:
    arguments = ("--scratch",) if request.param == "scratch" else ()
    with serving(*arguments, CACHE=seed_cache) as one:
        yield one


def test_nothing_that_it_is_told_makes_the_service_call(server: Served, canary: Canary) -> None:
    client, statuses = server.client, list[int]()
    for query in QUERIES:
        text = query.replace("URL", canary.url)
        statuses.append(client.get("/sparql", params={"query": text}).status_code)
        statuses.append(client.post("/sparql", data={"query": text}).status_code)
    for update in UPDATES:
        statuses.append(
            client.post("/sparql", data={"update": update.replace("URL", canary.url)}).status_code
        )
    for media_type, body in BODIES.values():
        headers = {
            "Content-Type": media_type,
            "Referer": canary.url,
            "Link": f'<{canary.url}>; rel="context"',
        }
        content = body.replace("URL", canary.url)
        statuses.append(client.put("/store?graph=urn:g", content=content, headers=headers).status_code)
    for address in ADDRESSES:
        path = address.replace("URL", canary.url)
        headers = {"X-Forwarded-Host": canary.url[7:-1], "Accept": "text/turtle, application/json"}
        asked = client.get("/", headers=headers, extensions={"target": path.encode()})
        statuses.append(asked.status_code)
    assert canary.calls == []
    assert not {status for status in statuses if status >= 500}
    assert server.process.poll() is None


@pytest.mark.parametrize("query", [query for query in QUERIES if "SERVICE" in query and "#" not in query])
def test_where_the_guard_fails_the_process_calls_nobody(query: str, canary: Canary) -> None:
    async def asked() -> None:
        pool = Pool(OxigraphStore(), Settings())
        with suppress(DemarcheError):
            await pool.answer(Query(query.replace("URL", canary.url), {"solutions": "text/csv"}))
        await pool.close()

    asyncio.run(asked())
    assert canary.calls == []


def test_the_canary_hears_who_calls(canary: Canary) -> None:
    store = OxigraphStore()
    with listening() as other:
        store.answer(f"SELECT * {{ SERVICE SILENT <{other.url}> {{ ?s ?p ?o }} }}", {"solutions": "text/csv"})
        assert other.calls == ["called"]
    assert canary.calls == []
