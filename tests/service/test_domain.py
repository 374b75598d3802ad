"""The domain addresses: whole and steady pages, filters that agree with SPARQL, and three formats that agree."""

import csv
import io
from typing import Any

import httpx
import polars as pl
import pytest
from pydantic import BaseModel

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.service import models
from demarche.service.routes.domain import LIMIT
from demarche.service.settings import Settings
from tests.service.conftest import served

EVENT, ACTOR = "/events/2016-06-22-musudan/reactions", "/actors/USA/reactions"
PAGES: dict[str, type[BaseModel]] = {
    "/events": models.Events,
    "/actors": models.Actors,
    "/documents": models.Documents,
    "/statements": models.Statements,
    EVENT: models.Reactions,
    ACTOR: models.Reactions,
}
COUNTS = {
    "/events": "?x a dm:Event FILTER NOT EXISTS { ?x a dm:Act }",
    "/actors": "?x a dm:Actor",
    "/documents": "?x a dm:Document",
    "/statements": "?x a dm:Statement",
}
JAPAN = f"<{ids.BASE}body/jpn>"
# The query of an address, and the same in SPARQL: the things that are left.
FILTERS = {
    "/events?kind=nuclear-test&from=2009-01-01&until=2016-12-31": (
        "?x dm:kind <https://w3id.org/demarche/code/event-kind/nuclear-test> ; dm:localDate ?d "
        'FILTER(STR(?d) >= "2009-01-01" && STR(?d) <= "2016-12-31") FILTER NOT EXISTS { ?x a dm:Act }'
    ),
    "/actors?type=InternationalBody": "?x a dm:InternationalBody",
    "/actors?government=JPN&type=GovernmentBody": f"?x a dm:GovernmentBody ; dm:ofGovernment {JAPAN}",
    "/actors?government=Japan&type=Person": f"?t dm:person ?x ; dm:inBody/dm:ofGovernment? {JAPAN}",
    "/documents?from=2017-07-04&until=2017-07-05": (
        '?x a dm:Document ; dm:publicationDate ?d FILTER(STR(?d) IN ("2017-07-04", "2017-07-05"))'
    ),
    "/statements?government=Japan&stance=condemn": (
        f"?x a dm:Statement ; dm:government {JAPAN} ; dm:stance <{ids.CODE}stance/condemn>"
    ),
    "/statements?level=multilateral": f"?x a dm:Statement ; dm:level <{ids.CODE}level/multilateral>",
    "/statements?channel=written-statement&kind=condemnation": (
        f"?x a dm:Statement ; dm:channel <{ids.CODE}channel/written-statement> ; "
        f"dm:kind <{ids.CODE}act-kind/condemnation>"
    ),
}


def _all(client: httpx.Client, path: str, limit: int = LIMIT) -> list[dict[str, Any]]:
    """The items of all pages, by the links from each to the next."""
    items: list[dict[str, Any]] = []
    following: str | None = f"{path}{'&' if '?' in path else '?'}limit={limit}"
    while following:
        reply = client.get(following)
        assert reply.status_code == 200, reply.text
        items += reply.json()["items"]
        following = reply.links.get("next", {}).get("url")
    assert reply.headers["total-count"] == str(len(items))
    return items


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_together_are_the_whole_in_one_order(client: httpx.Client, path: str) -> None:
    whole = _all(client, path)
    assert whole
    assert _all(client, path, limit=max(7, len(whole) // 9)) == whole
    keys = [item.get("iri") or (item["act"], item["event"]) for item in whole]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("path", PAGES)
def test_an_answer_is_what_the_description_of_the_api_says(client: httpx.Client, path: str) -> None:
    page = PAGES[path].model_validate_json(client.get(path, params={"limit": LIMIT}).content)
    assert page.model_dump()["items"]


@pytest.mark.parametrize("path", COUNTS)
def test_a_collection_has_all_that_the_store_has(
    client: httpx.Client, seed_graph: KnowledgeGraph, path: str
) -> None:
    stored = {row["x"] for row in seed_graph.store.select(f"SELECT DISTINCT ?x WHERE {{ {COUNTS[path]} }}")}
    assert {item["iri"] for item in _all(client, path)} == stored


@pytest.mark.parametrize("path", FILTERS)
def test_a_filter_leaves_what_sparql_leaves(
    client: httpx.Client, seed_graph: KnowledgeGraph, path: str
) -> None:
    stored = {row["x"] for row in seed_graph.store.select(f"SELECT DISTINCT ?x WHERE {{ {FILTERS[path]} }}")}
    assert stored
    assert {item["iri"] for item in _all(client, path)} == stored


@pytest.mark.parametrize("path", COUNTS)
def test_an_item_has_an_address_of_its_own_that_says_the_same(client: httpx.Client, path: str) -> None:
    for item in client.get(path, params={"limit": 5, "offset": 60}).json()["items"]:
        reply = client.get(f"{path}/{item['id']}")
        assert reply.json() == item
        assert reply.headers["link"] == f'<{item["iri"]}>; rel="describes"'


def test_reactions_are_those_of_the_question(client: httpx.Client) -> None:
    asked = client.get("/questions/who-reacted", params={"event": "2016-06-22-musudan"}).json()["rows"]
    assert {item["act"] for item in _all(client, EVENT)} == {row["act_id"] for row in asked}
    explicit = {item["act"] for item in _all(client, f"{EVENT}?explicit_only=true")}
    assert explicit == {row["act_id"] for row in asked if row["link"] == "explicit"}
    assert explicit < {row["act_id"] for row in asked}


def test_reactions_are_filtered_by_what_is_coded_of_them(client: httpx.Client) -> None:
    whole = _all(client, EVENT)
    for name in ("kind", "level", "stance", "channel"):
        value = whole[0][name]
        kept = _all(client, f"{EVENT}?{name}={value}")
        assert kept == [item for item in whole if item[name] == value]
        assert kept
    by_japan = _all(client, f"{EVENT}?government=JPN")
    assert by_japan == [item for item in whole if f"{ids.BASE}body/jpn" in item["governments"]]
    day = whole[0]["local_date"]
    on_day = _all(client, f"{EVENT}?from={day}&until={day}")
    assert on_day == [item for item in whole if (item["local_date"], item["local_last"]) == (day, day)]


def test_what_fell_on_some_day_of_an_interval_is_kept_where_all_of_the_interval_is_asked_for(
    client: httpx.Client,
) -> None:
    """And by one rule: the days of a statement are those of the reaction that it is."""
    act = "2017-08-07-fox/haley-largest-package"
    shown = client.get(f"/statements/{act}").json()
    assert (shown["local_date"], shown["local_last"]) == ("2017-08-05", "2017-08-07")

    def kept(address: str, until: str) -> set[str]:
        found = _all(client, f"{address}?from=2017-08-05&until={until}")
        return {item.get("act") or item["iri"] for item in found}

    for address in ("/statements", "/actors/USA/reactions"):
        assert f"{ids.BASE}act/{act}" not in kept(address, "2017-08-06")
        assert f"{ids.BASE}act/{act}" in kept(address, "2017-08-07")
    war = {item["id"] for item in _all(client, "/events?until=1953-12-31")}
    assert "2016-06-22-japan-times/korean-war" in war
    assert _all(client, "/events?until=1952-12-31") == []


def test_an_actor_is_found_in_every_part_it_takes(client: httpx.Client) -> None:
    person = _all(client, "/actors/person/gen-nakatani/reactions")
    assert person
    for body in ("body/jpn-ministry-of-defense", "body/jpn"):
        acts = {item["act"] for item in _all(client, f"/actors/{body}/reactions")}
        assert acts >= {item["act"] for item in person}


@pytest.mark.parametrize("path", PAGES)
def test_csv_and_parquet_have_the_rows_of_the_json(client: httpx.Client, path: str) -> None:
    items = client.get(path, params={"limit": 50}).json()["items"]
    as_csv = client.get(path, params={"limit": 50}, headers={"Accept": "text/csv"})
    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(as_csv.text, newline="")))
    assert [list(row.values()) for row in rows] == [
        [_flat(value) for value in item.values()] for item in items
    ]
    assert list(rows[0]) == list(items[0])
    as_parquet = client.get(path, params={"limit": 50, "format": "parquet"})
    assert as_parquet.headers["content-type"] == "application/vnd.apache.parquet"
    frame = pl.read_parquet(io.BytesIO(as_parquet.content))
    assert frame.columns == list(items[0])
    assert frame[frame.columns[1]].to_list() == [list(item.values())[1] for item in items]
    typed = frame.schema.get("earliest", frame.schema.get("acts"))
    assert typed in {pl.Datetime("us", "UTC"), pl.Int64}


def _flat(value: object) -> str:
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value)


def test_links_keep_the_filters_and_lead_back(client: httpx.Client) -> None:
    reply = client.get("/statements", params={"government": "Japan", "limit": 2, "offset": 2})
    assert set(reply.links) == {"first", "prev", "next", "last"}
    for link in reply.links.values():
        assert "government=Japan" in link["url"]
        assert client.get(link["url"]).json()["total"] == reply.json()["total"]
    assert client.get(reply.links["prev"]["url"]).links["next"]["url"] == str(
        reply.request.url.raw_path.decode()
    )
    last = client.get(reply.links["last"]["url"])
    assert last.json()["items"]
    assert "next" not in last.links
    beyond = client.get("/statements", params={"offset": 1_000_000})
    assert (beyond.status_code, beyond.json()["items"]) == (200, [])


def test_behind_a_proxy_links_stay_under_its_prefix(seed_graph: KnowledgeGraph) -> None:
    with served(seed_graph, Settings(host="127.0.0.1", port=0, root_path="/demarche")) as client:
        assert client.get("/events").links["next"]["url"].startswith("/demarche/events?")


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/events?colour=red", 400, "'colour' is not understood here; there are: format, from"),
        ("/events/2016-06-22-musudan?limit=3", 400, "'limit' is not understood here"),
        ("/statements?level=verbal&level=none", 400, "given twice"),
        ("/statements?from=2018-01-01&until=2017-01-01", 400, "nothing is from 2018-01-01 until 2017-01-01"),
        ("/statements?government=Atlantis", 404, "there is no government 'Atlantis'"),
        ("/events/never", 404, "never"),
        ("/actors/nobody-at-all", 404, "nobody-at-all"),
        ("/actors/office/jpn-prime-minister", 404, "jpn-prime-minister"),
        ("/documents/never", 404, "never"),
        ("/statements/2016-06-22-japan-times/never", 404, "2016-06-22-japan-times/never"),
        (f"/events?limit={LIMIT + 1}", 422, "does not fit"),
        ("/events?limit=0", 422, "does not fit"),
        ("/events?offset=-1", 422, "does not fit"),
        ("/events?from=yesterday", 422, "does not fit"),
        ("/events?from=1451606400", 422, "does not fit"),
        ("/events/2016-06-22-musudan?format=csv", 400, "one thing comes as JSON"),
        ("/statements?stance=furious", 422, "does not fit"),
        ("/events?format=ttl", 422, "does not fit"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(
    client: httpx.Client, path: str, status: int, told: str
) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert told in reply.json()["detail"]


def test_the_largest_page_is_given(client: httpx.Client) -> None:
    assert client.get("/events", params={"limit": LIMIT}).status_code == 200


def test_a_day_that_is_written_otherwise_is_refused_with_the_form_that_it_has(client: httpx.Client) -> None:
    for day in ("2016", "2016-06", "1451606400"):
        reply = client.get("/events", params={"from": day})
        assert (reply.status_code, "written as 2016-06-22" in reply.json()["errors"][0]["message"]) == (
            422,
            True,
        )


def test_behind_the_last_page_the_link_leads_back_to_it(client: httpx.Client) -> None:
    links = client.get("/statements", params={"limit": 100, "offset": 999}).links
    assert links["prev"]["url"] == links["last"]["url"]
    assert client.get(links["prev"]["url"]).json()["items"]


@pytest.mark.parametrize("path", ["/events", "/events/2016-06-22-musudan", EVENT])
def test_what_has_not_changed_is_not_sent_again(client: httpx.Client, path: str) -> None:
    reply = client.get(path, headers={"Origin": "https://elsewhere.example"})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert client.get(path, headers={"If-None-Match": reply.headers["etag"]}).status_code == 304
    assert client.head(path).headers["etag"] == reply.headers["etag"]
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
