"""Reconciliation as OpenRefine asks for it: misspelt names find their things, and every answer keeps to the API."""

import json
from collections import Counter
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from jsonschema import Draft202012Validator

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.reconcile.properties import PROPERTIES
from demarche.service.routes.reconcile import BATCH, BODY, PAGE, ROWS
from demarche.service.settings import Settings
from tests.service import reconciliation_schemas as schemas
from tests.service.conftest import served

JAPAN_2016 = [{"pid": "date", "v": "2016-06-22"}, {"pid": "government", "v": "Japan"}]

# As they are misspelt in tables: a name, a type or none, what else is given, and the one thing that is meant.
MEANT: list[tuple[str, str | None, list[dict[str, Any]], str]] = [
    ("Gen Nakatany", None, [], "person/gen-nakatani"),
    ("Nakatani Gen", None, [], "person/gen-nakatani"),
    ("NAKATANI, Gen", None, [], "person/gen-nakatani"),
    ("Shinzō Abe", None, [], "person/shinzo-abe"),
    ("Shinzo Abé", None, [], "person/shinzo-abe"),
    ("Kim Jung-un", None, [], "person/kim-jong-un"),
    ("PM Malcolm Turnbull", None, [], "person/malcolm-turnbull"),
    ("Rex Tillerson, Secretary of State", None, [], "person/rex-tillerson"),
    ("Koichi Haguida", "Person", [], "person/koichi-hagiuda"),
    ("Ministry of Defence (Japan)", None, [], "body/jpn-ministry-of-defense"),
    ("Japanese Ministry of Defense", "Body", [], "body/jpn-ministry-of-defense"),
    ("US State Department", None, [], "body/usa-department-of-state"),
    ("State Dept", None, [], "body/usa-department-of-state"),
    ("U.N. Security Council", None, [], "body/unsc"),
    ("JPN", None, [], "body/jpn"),
    ("Beijing", "Government", [], "body/chn"),
    ("Beijing", "Place", [], "place/beijing"),
    ("Japan's defense minister", None, [], "office/jpn-minister-of-defense"),
    ("Japan's defense minister", "Person", [{"pid": "date", "v": "2016-06-22"}], "person/gen-nakatani"),
    ("Prime Minister", "Office", [{"pid": "government", "v": "Japan"}], "office/jpn-prime-minister"),
    (
        "Prime Minister",
        "Office",
        [{"pid": "government", "v": {"id": "body/jpn"}}],
        "office/jpn-prime-minister",
    ),
    ("Prime Minister", "Person", JAPAN_2016, "person/shinzo-abe"),
    ("Hwasong 14", None, [], "weapon/hwasong-14"),
    ("two musudan launches, 22 June 2016", None, [], "event/2016-06-22-musudan"),
    (
        "Hwasong-14 launch",
        None,
        [{"pid": "date", "v": "2017-07-04T00:00:00Z"}],
        "event/2017-07-04-hwasong-14-1",
    ),
    ("Abe", "Person", JAPAN_2016, "person/shinzo-abe"),
    ("Q5530859", None, [], "person/gen-nakatani"),
    ("person/gen-nakatani", None, [], "person/gen-nakatani"),
    (f"{ids.BASE}person/gen-nakatani", None, [], "person/gen-nakatani"),
]
NOT_MEANT = [
    ("Prime Minister", None, []),
    ("Beijing", None, []),
    ("Hwasong-20", None, []),
    ("Japan's defense minister", "Person", []),
    ("Japan's defense minister", "Person", [{"pid": "date", "v": "1999-01-01"}]),
    ("Gen Nakatani", None, [{"pid": "government", "v": "Australia"}]),
    ("Abe", "Person", []),
    ("zzzz qqq", None, []),
]


def _valid(body: object, schema: dict[str, Any]) -> Any:
    errors = [f"{one.json_path}: {one.message}" for one in Draft202012Validator(schema).iter_errors(body)]
    assert not errors, errors[:5]
    return body


def _query(
    name: str, kind: str | None = None, properties: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return {"query": name, "properties": properties or []} | ({"type": kind} if kind else {})


def _asked(client: httpx.Client, queries: dict[str, Any]) -> Any:
    reply = client.post("/reconcile", data={"queries": json.dumps(queries)})
    assert reply.status_code == 200, reply.text
    return _valid(reply.json(), schemas.RESULTS)


def _refused(reply: httpx.Response, status: int, told: str) -> None:
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json"), (
        reply.text
    )
    assert told in reply.json()["detail"]


def test_the_manifest_says_what_the_api_asks_and_its_addresses_answer(client: httpx.Client) -> None:
    manifest = _valid(client.get("/reconcile").json(), schemas.MANIFEST)
    thing = quote("person/gen-nakatani", safe="")
    for pattern in (manifest["view"]["url"], manifest["preview"]["url"]):
        page = client.get(pattern.replace("{{id}}", thing), headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert "Gen Nakatani" in page.text
    for one in manifest["suggest"].values():
        assert client.get(one["service_url"] + one["service_path"], params={"prefix": "p"}).json()["result"]
    proposed = manifest["extend"]["propose_properties"]
    assert client.get(proposed["service_url"] + proposed["service_path"], params={"type": "Person"}).json()


def test_behind_a_proxy_the_manifest_names_the_address_under_its_prefix(seed_graph: KnowledgeGraph) -> None:
    with served(seed_graph, Settings(host="127.0.0.1", port=0, root_path="/demarche")) as client:
        manifest = client.get("/reconcile").json()  # the proxy takes the prefix away
        assert manifest["suggest"]["entity"]["service_url"] == str(
            client.base_url.join("/demarche/reconcile")
        )


@pytest.mark.parametrize(("name", "kind", "properties", "meant"), MEANT)
def test_a_name_as_tables_have_it_finds_its_thing(
    client: httpx.Client, name: str, kind: str | None, properties: list[dict[str, Any]], meant: str
) -> None:
    found = _asked(client, {"q": _query(name, kind, properties)})["q"]["result"]
    assert found, "nothing is like it"
    assert (found[0]["id"], found[0]["match"]) == (meant, True), found[:3]
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    assert sum(one["match"] for one in found) == 1


@pytest.mark.parametrize(("name", "kind", "properties"), NOT_MEANT)
def test_what_is_ambiguous_or_unlike_is_no_match(
    client: httpx.Client, name: str, kind: str | None, properties: list[dict[str, Any]]
) -> None:
    found = _asked(client, {"q": _query(name, kind, properties)})["q"]["result"]
    assert not [one for one in found if one["match"]]


def test_every_label_and_alias_of_the_record_finds_its_own_thing_first(
    client: httpx.Client, seed_graph: KnowledgeGraph
) -> None:
    rows = seed_graph.store.select(
        """SELECT DISTINCT ?x ?name WHERE {
            VALUES ?class { dm:Person dm:Body dm:Office dm:Place dm:WeaponSystem dm:Event dm:Document }
            VALUES ?property { rdfs:label skos:altLabel }
            ?x a ?class ; ?property ?name FILTER NOT EXISTS { ?x a dm:Act }
        }"""
    )
    own = [(ids.local(row["x"] or ""), row["name"] or "") for row in rows]
    assert len(own) > 1000
    namesakes = Counter(name for _, name in {(thing, name.casefold()) for thing, name in own})
    shared = {name for name, times in namesakes.items() if times > 1}
    assert len(shared) < len(own) / 100
    for start in range(0, len(own), BATCH):
        batch = own[start : start + BATCH]
        found = _asked(client, {str(at): {"query": name} for at, (_, name) in enumerate(batch)})
        for at, (thing, name) in enumerate(batch):
            candidates = found[str(at)]["result"]
            first = [one["id"] for one in candidates if one["score"] == candidates[0]["score"]]
            assert thing in (first if name.casefold() in shared else first[:1]), name


def test_get_and_a_single_query_answer_like_a_batch(client: httpx.Client) -> None:
    query = _query("Gen Nakatany")
    batch = client.get("/reconcile", params={"queries": json.dumps({"q0": query})}).json()
    assert batch == _asked(client, {"q0": query})
    single = client.get("/reconcile", params={"query": json.dumps(query)}).json()
    assert _valid(single, schemas.RESULT) == batch["q0"]
    assert client.get("/reconcile", params={"query": "Gen Nakatany"}).json() == single


def test_the_limit_and_the_type_hold(client: httpx.Client) -> None:
    found = _asked(client, {"q": {"query": "Minister", "type": ["Office"], "limit": 3}})["q"]["result"]
    assert len(found) == 3
    assert {one["type"][0]["id"] for one in found} == {"Office"}


def test_a_query_without_a_name_finds_what_its_properties_tell(client: httpx.Client) -> None:
    query = {"type": "Event", "properties": [{"pid": "date", "v": "2017-07-28"}], "limit": 3}
    found = _asked(client, {"q": query})["q"]["result"]
    assert found[0]["id"] == "event/2017-07-28-hwasong-14-1"
    assert found[0]["score"] == 100


def test_a_holder_whose_end_no_source_tells_is_a_candidate_and_no_match(client: httpx.Client) -> None:
    query = _query("President of South Korea", "Person", [{"pid": "date", "v": "2024-11-30"}])
    first = _asked(client, {"q": query})["q"]["result"][0]
    assert (first["id"], first["match"]) == ("person/yoon-suk-yeol", False)
    assert {"id": "property_date", "value": 0.5} in first["features"]


@pytest.mark.parametrize(
    ("kind", "prefix", "first", "schema"),
    [
        ("entity", "Naka", "person/gen-nakatani", schemas.SUGGESTED_ENTITIES),
        ("entity", "shinzō", "person/shinzo-abe", schemas.SUGGESTED_ENTITIES),
        ("entity", "person/gen-nakatani", "person/gen-nakatani", schemas.SUGGESTED_ENTITIES),
        (
            "entity",
            "Minister of Defense of Japan",
            "office/jpn-minister-of-defense",
            schemas.SUGGESTED_ENTITIES,
        ),
        ("type", "pers", "Person", schemas.SUGGESTED_TYPES),
        ("type", "WeaponSystem", "WeaponSystem", schemas.SUGGESTED_TYPES),
        ("property", "gov", "government", schemas.SUGGESTED_PROPERTIES),
        ("property", "", "government", schemas.SUGGESTED_PROPERTIES),
    ],
)
def test_what_is_typed_is_completed(
    client: httpx.Client, kind: str, prefix: str, first: str, schema: dict[str, Any]
) -> None:
    reply = client.get(f"/reconcile/suggest/{kind}", params={"prefix": prefix})
    assert _valid(reply.json(), schema)["result"][0]["id"] == first


def test_the_cursor_continues_the_suggestions(client: httpx.Client) -> None:
    pages = [
        client.get("/reconcile/suggest/entity", params={"prefix": "hwasong", "cursor": at}).json()["result"]
        for at in (0, 1, PAGE)
    ]
    assert len(pages[0]) == PAGE
    assert pages[0][1:] == pages[1][:-1]
    assert not {one["id"] for one in pages[0]} & {one["id"] for one in pages[2]}


def test_a_table_is_extended_with_values(client: httpx.Client) -> None:
    query: dict[str, Any] = {
        "ids": ["person/shinzo-abe", "person/nobody", "event/2017-07-04-hwasong-14-1"],
        "properties": [
            {"id": "office"}, {"id": "wikidata"}, {"id": "date"}, {"id": "kind"}, {"id": "weapon"},
        ],
    }  # fmt: skip
    posted = client.post("/reconcile", data={"extend": json.dumps(query)}).json()
    assert posted == client.get("/reconcile", params={"extend": json.dumps(query)}).json()
    assert [one["id"] for one in _valid(posted, schemas.EXTENDED)["meta"]] == [
        one["id"] for one in query["properties"]
    ]
    abe, nobody, launch = (posted["rows"][one] for one in query["ids"])
    assert abe["office"] == [{"id": "office/jpn-prime-minister", "name": "Prime Minister of Japan"}]
    assert abe["wikidata"] == [{"str": "http://www.wikidata.org/entity/Q132345"}]
    assert set(map(len, nobody.values())) == {0}
    assert launch["date"] == [{"str": "2017-07-04"}]
    assert launch["kind"] == [{"str": "missile launch"}]
    assert launch["weapon"] == [{"id": "weapon/hwasong-14", "name": "Hwasong-14"}]


def test_the_setting_of_a_date_keeps_what_held_then(client: httpx.Client) -> None:
    def holders(date: str) -> list[str]:
        wanted = {"id": "person", "settings": {"date": date}}
        query = {"ids": ["office/usa-president"], "properties": [wanted]}
        rows = client.post("/reconcile", data={"extend": json.dumps(query)}).json()["rows"]
        return [one["id"] for one in rows["office/usa-president"]["person"]]

    assert holders("2016-06-22") == ["person/barack-obama"]
    assert holders("2017-07-04") == ["person/donald-trump"]
    assert set(holders("")) > {"person/barack-obama", "person/donald-trump"}


def test_every_property_has_values_in_the_record_and_is_proposed_for_its_types(client: httpx.Client) -> None:
    everything = client.get("/reconcile/suggest/property", params={"prefix": ""}).json()["result"]
    assert [one["id"] for one in everything] == list(PROPERTIES)
    for name, known in PROPERTIES.items():
        for kind in known.types:
            reply = client.get("/reconcile/properties", params={"type": kind})
            assert name in {one["id"] for one in _valid(reply.json(), schemas.PROPOSED)["properties"]}
    names = {one["id"] for one in client.get("/reconcile/properties?type=Place").json()["properties"]}
    assert names == {"alias", "wikidata"}


def test_the_preview_may_be_framed_and_loads_nothing_from_elsewhere(client: httpx.Client) -> None:
    reply = client.get("/reconcile/preview", params={"id": "person/gen-nakatani"})
    assert reply.headers["content-type"].startswith("text/html")
    assert "frame-ancestors *" in reply.headers["content-security-policy"]
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "Minister of Defense of Japan" in reply.text
    assert client.get("/reconcile/preview", params={"id": "nobody"}).status_code == 404


def test_a_page_elsewhere_may_ask(client: httpx.Client) -> None:
    origin = {"Origin": "https://table.example"}
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    assert client.options("/reconcile", headers=origin | asked).headers["access-control-allow-origin"] == "*"
    for path in ("/reconcile", "/reconcile/suggest/entity?prefix=a", "/reconcile/properties?type=Person"):
        assert client.get(path, headers=origin).headers["access-control-allow-origin"] == "*"
    posted = client.post("/reconcile", data={"queries": "{}"}, headers=origin)
    assert posted.headers["access-control-allow-origin"] == "*"


def test_what_has_not_changed_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/reconcile/suggest/entity?prefix=naka")
    again = client.get(
        "/reconcile/suggest/entity?prefix=naka", headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("queries", "told"),
    [
        ("[]", "queries: "),
        ("{", "queries is no JSON"),
        ("[" * 100_000, "queries"),
        ('{"q": {"query": 7}}', "queries/q/query"),
        ('{"q": {"query": "x", "limit": 0}}', "queries/q/limit"),
        ('{"q": {"query": "x", "limit": 101}}', "queries/q/limit"),
        ('{"q": {"query": "x", "properties": [{"v": "red"}]}}', "queries/q/properties/0/pid"),
        (json.dumps({"q": {"query": "x" * 301}}), "queries/q/query"),
        (json.dumps({"q": {"query": "x", "properties": [{"pid": "date", "v": "1"}] * 11}}), "properties"),
        (
            json.dumps({"q": {"properties": [{"pid": "date", "v": ["1"] * 7}] * 3}}),
            "may have 20 values together",
        ),
    ],
)
def test_a_query_that_does_not_fit_is_refused_by_name(client: httpx.Client, queries: str, told: str) -> None:
    _refused(client.post("/reconcile", data={"queries": queries}), 400, told)


NOTHING = {
    "nothing asked": {},
    "a blank name": {"query": " "},
    "no such type": {"query": "Gen Nakatani", "type": "Ship"},
    "no such property": {"query": "Gen Nakatani", "properties": [{"pid": "colour", "v": "red"}]},
}


def test_a_query_that_can_find_nothing_leaves_the_others_of_its_batch_alone(client: httpx.Client) -> None:
    found = _asked(client, {"known": {"query": "Gen Nakatani"}, **NOTHING})
    assert found["known"]["result"][0]["id"] == "person/gen-nakatani"
    assert [found[name]["result"] for name in NOTHING] == [[]] * len(NOTHING)


def test_a_number_is_the_value_that_its_digits_are(client: httpx.Client) -> None:
    whole, text, other = (
        {"query": "Musudan", "type": "Event", "properties": [{"pid": "date", "v": value}]}
        for value in (2016, "2016", 1916)
    )
    found = _asked(client, {"whole": whole, "text": text, "other": other})
    assert found["whole"] == found["text"] != found["other"]


def test_what_is_too_much_is_refused_and_what_is_just_enough_is_not(client: httpx.Client) -> None:
    query = {"query": "Gen Nakatani"}
    assert len(_asked(client, {str(n): query for n in range(BATCH)})) == BATCH
    more = json.dumps({str(n): query for n in range(BATCH + 1)})
    _refused(client.post("/reconcile", data={"queries": more}), 413, f"a batch may have {BATCH} queries")
    _refused(client.post("/reconcile", data={"queries": " " * BODY}), 413, f"the body may have {BODY} bytes")
    wanted = [{"id": "office"}]
    many = json.dumps({"ids": ["person/gen-nakatani"] * (ROWS + 1), "properties": wanted})
    _refused(client.post("/reconcile", data={"extend": many}), 400, "extend/ids")
    enough = json.dumps({"ids": ["person/gen-nakatani"] * ROWS, "properties": wanted})
    assert client.post("/reconcile", data={"extend": enough}).status_code == 200


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/reconcile?callback=run", "'callback' is not understood here"),
        ("/reconcile?query=a&query=b", "one of queries, query, extend at a time"),
        ("/reconcile/suggest/entity?prefix=a&size=3", "'size' is not understood here"),
        ('/reconcile?extend={"ids": [], "properties": [{"id": "colour"}]}', "no property is called 'colour'"),
        (
            '/reconcile?extend={"ids": [], "properties": [{"id": "office", "settings": {"when": ""}}]}',
            "office has no setting 'when'",
        ),
        (
            '/reconcile?extend={"ids": ["x"], "properties": [{"id": "office", "settings": {"date": "soon"}}]}',
            "'soon' is no date",
        ),
    ],
)
def test_what_is_not_understood_is_refused_by_name(client: httpx.Client, path: str, told: str) -> None:
    _refused(client.get(path), 400, told)


def test_only_a_form_is_posted(client: httpx.Client) -> None:
    assert client.post("/reconcile", json={"queries": {}}).status_code == 415
    assert (
        client.post(
            "/reconcile", data={}, headers={"content-type": "application/x-www-form-urlencoded"}
        ).status_code
        == 400
    )


def test_the_index_follows_the_store(tiny: KnowledgeGraph) -> None:
    def person(name: str) -> list[str]:
        thing = f"<{ids.BASE}person/x>"
        return [
            f"{thing} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{ids.ONTOLOGY}#Person> .",
            f'{thing} <http://www.w3.org/2000/01/rdf-schema#label> "{name}" .',
        ]

    def digest(text: str) -> list[str]:
        return [f'<{ids.DIRECTORY_GRAPH}> <{ids.ONTOLOGY}#contentDigest> "{text}" .']

    with served(tiny) as client:
        for name in ("Ann Lee", "Bob Ray"):
            tiny.store.replace(ids.DIRECTORY_GRAPH, person(name), digest(name))
            found = _asked(client, {"q": {"query": name}})["q"]["result"]
            assert [one["name"] for one in found] == [name]
