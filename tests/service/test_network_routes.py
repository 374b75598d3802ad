"""Networks over HTTP: listed, drawn, measured, cut, bounded, and refused with a reason."""

import csv
import io
import json
from collections.abc import Mapping
from tempfile import NamedTemporaryFile

import httpx
import igraph
import networkx
import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.network import CENTRALITIES, PROJECTIONS, Options, centrality, project
from demarche.service.routes import network as routes

YEAR = {"from": "2017", "until": "2017", "fold": "government"}
OPTIONS = Options.read("2017", "2017", "government")
USA = f"{ids.BASE}body/usa"


def test_all_projections_and_measures_are_listed_with_what_they_mean(client: httpx.Client) -> None:
    found = client.get("/network").json()
    assert [one["name"] for one in found["projections"]] == list(PROJECTIONS)
    assert [one["name"] for one in found["centralities"]] == list(CENTRALITIES)
    assert all(one["definition"] and one["version"] for one in found["projections"])


@pytest.mark.parametrize("name", PROJECTIONS)
def test_a_network_is_read_back_as_it_was_drawn(
    name: str, client: httpx.Client, seed_graph: KnowledgeGraph
) -> None:
    told = client.get(f"/network/{name}", params=YEAR).json()
    again = networkx.node_link_graph(told, edges="edges")
    drawn = project(seed_graph.reactions(), name, OPTIONS)
    assert list(again.nodes(data=True)) == list(drawn.nodes(data=True))
    assert networkx.utils.graphs_equal(again, drawn)


def _graphml(body: bytes) -> dict[tuple[str, str], float]:
    """As igraph reads it, which shares no code with ours."""
    with NamedTemporaryFile(suffix=".graphml") as file:
        file.write(body)
        file.flush()
        read = igraph.Graph.Read_GraphML(file.name)
    name = read.vs["id"]
    return {(name[one.source], name[one.target]): one["weight"] for one in read.es}


def _gexf(body: bytes) -> dict[tuple[str, str], float]:
    with NamedTemporaryFile(suffix=".gexf") as file:
        file.write(body)
        file.flush()
        read = networkx.read_gexf(file.name)
    return {(start, end): told["weight"] for start, end, told in read.edges(data=True)}


def _cytoscape(body: bytes) -> dict[tuple[str, str], float]:
    edges = [one["data"] for one in json.loads(body)["elements"]["edges"]]
    return {(one["source"], one["target"]): one["weight"] for one in edges}


def _node_link(body: bytes) -> dict[tuple[str, str], float]:
    return {(one["source"], one["target"]): one["weight"] for one in json.loads(body)["edges"]}


def _csv(body: bytes) -> dict[tuple[str, str], float]:
    rows = csv.DictReader(io.StringIO(body.decode()))
    return {(one["source"], one["target"]): float(one["weight"]) for one in rows}


FILES = {
    "graphml": (_graphml, "application/graphml+xml", "reply.graphml"),
    "gexf": (_gexf, "application/gexf+xml", "reply.gexf"),
    "cytoscape": (_cytoscape, "application/json", "reply.cyjs"),
    "nodelink": (_node_link, "application/json", "reply.json"),
    "csv": (_csv, "text/csv; charset=utf-8", "reply.csv"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_network_is_saved_as_a_file_that_other_programs_read(name: str, client: httpx.Client) -> None:
    read, media_type, saved_as = FILES[name]
    reply = client.get("/network/reply", params={"fold": "government", "format": name})
    told = client.get("/network/reply", params={"fold": "government"}).json()["edges"]
    assert reply.headers["content-type"] == media_type
    assert reply.headers["content-disposition"] == f'attachment; filename="{saved_as}"'
    assert read(reply.content) == {(one["source"], one["target"]): one["weight"] for one in told} != {}


def test_a_file_carries_the_measure_and_the_group_that_the_page_shows(client: httpx.Client) -> None:
    asked = {"fold": "government", **YEAR, "measure": "betweenness"}
    nodes = client.get("/network/co-reaction", params=asked).json()["nodes"]
    ranked = client.get("/network/co-reaction/centrality", params=asked).json()["rows"]
    assert {one["id"]: one["betweenness"] for one in nodes} == {one["id"]: one["value"] for one in ranked}
    assert {one["group"] for one in nodes} == {1, 2, 3}
    gexf = client.get("/network/co-reaction", params={**asked, "format": "gexf"}).text
    assert 'title="betweenness" type="double"' in gexf
    assert 'title="group" type="long"' in gexf
    assert client.get("/network/co-reaction", params={"measure": "fame"}).status_code == 400


@pytest.mark.parametrize("media_type", ["application/graphml+xml", "application/gexf+xml", "text/csv"])
def test_a_network_is_sent_in_the_form_that_a_client_accepts(media_type: str, client: httpx.Client) -> None:
    reply = client.get("/network/reply", headers={"Accept": f"{media_type}, application/json;q=0.5"})
    assert reply.headers["content-type"].startswith(media_type)


@pytest.mark.parametrize("measure", CENTRALITIES)
def test_a_centrality_is_that_of_the_graph_in_json_and_in_csv(
    measure: str, client: httpx.Client, seed_graph: KnowledgeGraph
) -> None:
    address = "/network/co-reaction/centrality"
    rows = client.get(address, params={**YEAR, "measure": measure}).json()["rows"]
    expected = centrality(project(seed_graph.reactions(), "co-reaction", OPTIONS), measure)
    assert {row["id"]: row["value"] for row in rows} == pytest.approx(expected, abs=1e-9)
    reply = client.get(address, params={**YEAR, "measure": measure, "format": "csv"})
    assert [row["id"] for row in csv.DictReader(io.StringIO(reply.text))] == [row["id"] for row in rows]


@pytest.mark.parametrize("method", ["louvain", "leiden"])
def test_communities_part_the_network_and_say_how_well(method: str, client: httpx.Client) -> None:
    found = client.get("/network/actor-event/communities", params={**YEAR, "method": method}).json()
    nodes = client.get("/network/actor-event", params=YEAR).json()["nodes"]
    parted = [node["id"] for group in found["communities"] for node in group]
    assert sorted(parted) == sorted(node["id"] for node in nodes)
    assert 0 < found["modularity"] < 1


def test_a_neighbourhood_is_cut_around_an_actor_by_name_or_code(client: httpx.Client) -> None:
    near = client.get("/network/reply/ego", params={"fold": "government", "actor": "USA"}).json()
    whole = client.get("/network/reply", params={"fold": "government"}).json()
    ends = [
        (edge["source"], edge["target"]) for edge in whole["edges"] if USA in (edge["source"], edge["target"])
    ]
    assert {node["id"] for node in near["nodes"]} == {node for pair in ends for node in pair}


def test_a_path_is_told_step_by_step(client: httpx.Client) -> None:
    asked = {"first": "person/dave-benham", "second": "body/norad"}
    rows = client.get("/network/path", params=asked).json()["rows"]
    assert rows == client.get("/questions/connection", params=asked).json()["rows"]
    assert [row["step"] for row in rows] == sorted(row["step"] for row in rows) != []


@pytest.mark.parametrize(
    ("address", "parameters", "status", "reason"),
    [
        ("nobody", {}, 400, "no projection is called 'nobody'"),
        ("reply", {"fold": "planet"}, 400, "'planet' is no unit"),
        ("reply", {"from": "last week"}, 400, "'last week' is no date"),
        ("reply", {"from": "9999-12-31"}, 400, "'9999-12-31' is no date"),
        ("reply/ego", {"actor": "USA", "until": "9999"}, 400, "'9999' is no date"),
        ("reply", {"from": "2018", "until": "2017"}, 400, "before it starts"),
        (
            "reply",
            {"form": "2017"},
            400,
            "'form' is not understood here; there are: explicit_only, fold, format",
        ),
        ("path", {"first": "USA", "second": "JPN", "from": "2017"}, 400, "'from' is not understood here"),
        ("reply/centrality", {"measure": "fame"}, 400, "no centrality is called 'fame'"),
        ("relay/centrality", {"measure": "eigenvector"}, 400, "does not settle"),
        ("reply/communities", {"method": "magic"}, 400, "no method is called 'magic'"),
        ("reply/communities", {"resolution": "0"}, 422, "does not fit"),
        ("reply/ego", {"actor": "nobody at all"}, 404, "nothing is called"),
        ("reply/ego", {"actor": "event/2016-06-22-musudan"}, 404, "is not in this network"),
        ("reply/ego", {"actor": "USA", "radius": "99"}, 422, "does not fit"),
        ("reply", {"format": "pajek"}, 406, "format=graphml"),
        ("reply/ego", {"actor": "USA", "format": "csv"}, 406, "application/json"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_its_reason(
    address: str, parameters: Mapping[str, str], status: int, reason: str, client: httpx.Client
) -> None:
    reply = client.get(f"/network/{address}", params=parameters)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reason in reply.json()["detail"]


def test_a_parameter_given_twice_is_refused(client: httpx.Client) -> None:
    reply = client.get("/network/reply?fold=body&fold=person")
    assert (reply.status_code, reply.json()["detail"]) == (400, "'fold' is given twice")


@pytest.mark.parametrize("limit", ["NODES", "TIES"])
def test_a_network_beyond_the_limit_is_refused_and_never_cut(
    limit: str, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, limit, 3)
    reply = client.get(
        f"/network/co-reaction?from=2016&until={2017 + len(limit)}"
    )  # nobody has asked it before
    assert reply.status_code == 400
    assert "an answer holds at most" in reply.json()["detail"]


def test_a_client_that_holds_the_present_network_is_not_sent_it_again(client: httpx.Client) -> None:
    first = client.get("/network/reply")
    again = client.get("/network/reply", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
