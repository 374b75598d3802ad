"""The graph store: whole graphs are read by their names, and nothing is written where the record is."""

import httpx
import pytest
from rdflib import Graph

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from tests.service.conftest import read
from tests.service.test_sparql import GRAPHS

DOCUMENT = f"{ids.BASE}document/2016-06-22-japan-times"


@pytest.mark.parametrize("media_type", GRAPHS)
def test_a_graph_is_read_whole_in_the_format_asked_for(
    client: httpx.Client, seed_graph: KnowledgeGraph, media_type: str
) -> None:
    reply = client.get("/store", params={"graph": DOCUMENT}, headers={"Accept": media_type})
    assert (reply.status_code, reply.headers["content-type"].split(";")[0]) == (200, media_type)
    (counted,) = seed_graph.store.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{DOCUMENT}> {{ ?s ?p ?o }} }}")
    assert len(read(reply, GRAPHS[media_type])) == int(counted["n"] or 0)


def test_the_default_graph_is_the_union_without_the_unverified(client: httpx.Client) -> None:
    union = Graph().parse(
        data=client.get("/store?default", headers={"Accept": "application/n-triples"}).content, format="nt"
    )
    leads = client.get(
        "/store", params={"graph": ids.LEADS_GRAPH}, headers={"Accept": "application/n-triples"}
    )
    apart = set(Graph().parse(data=leads.content, format="nt"))
    assert len(apart) > 100
    assert not apart & set(union)


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/store?graph=urn:nothing", 404, "there is no graph urn:nothing"),
        ("/store/nothing", 404, "/store/nothing"),
        ("/store", 400, "name one graph"),
        ("/store?graph=", 400, "name one graph"),
        ("/store?graph=urn:a&default", 400, "name one graph"),
        ("/store?graph=urn:a&graph=urn:b", 400, "name one graph"),
        ("/store?graph=a%20b", 400, "names no graph"),
        ("/store/nothing?default", 400, "not by both"),
    ],
)
def test_a_graph_that_cannot_be_read_is_told_why(
    client: httpx.Client, path: str, status: int, reason: str
) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reason in reply.json()["detail"]


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("path", [f"/store?graph={DOCUMENT}", "/store?default", "/store/mine", "/store"])
def test_nothing_is_written_where_the_record_is(client: httpx.Client, method: str, path: str) -> None:
    reply = client.request(
        method, path, content=b"<urn:a> <urn:b> 1 .", headers={"Content-Type": "text/turtle"}
    )
    assert reply.status_code == 403
    assert "nothing is written here" in reply.json()["detail"]
