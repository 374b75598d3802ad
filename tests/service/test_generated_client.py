"""A client that is generated from the API's own description calls the service and reads its answers."""

import datetime
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

CONFIG = "project_name_override: generated-client\npackage_name_override: generated_client\npost_hooks: []\n"
EXTEND = {"ids": ["person/gen-nakatani"], "properties": [{"id": "office"}, {"id": "wikidata"}]}


@pytest.fixture(scope="module")
def generated(client: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_bytes(client.get("/openapi.json").content)
    (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    made = subprocess.run(
        [
            str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--meta", "none",
            "--path", "openapi.json", "--config", "config.yaml", "--output-path", "generated_client",
        ],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    left_out = [line for line in made.stdout.splitlines() if "will not be generated" in line]
    assert left_out == [], made.stdout
    return folder


@pytest.fixture
def api(generated: Path, client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(generated))
    module = importlib.import_module("generated_client")
    with module.Client(base_url=str(client.base_url), raise_on_unexpected_status=True) as api:
        yield api


def _call(api: Any, name: str, *arguments: object, tag: str = "domain", **parameters: object) -> Any:
    return importlib.import_module(f"generated_client.api.{tag}.{name}").sync(
        *arguments, client=api, **parameters
    )


def test_it_has_a_function_for_every_domain_address(generated: Path, client: httpx.Client) -> None:
    made = {file.stem for file in (generated / "generated_client/api/domain").glob("[a-z]*.py")}
    paths = client.get("/openapi.json").json()["paths"]
    operations = {
        one["get"]["operationId"] for one in paths.values() if "domain" in one.get("get", {}).get("tags", ())
    }
    assert made == {name.replace("-", "_") for name in operations}
    assert len(made) == 10


def test_it_reads_pages_and_things(api: Any, client: httpx.Client) -> None:
    kinds = importlib.import_module("generated_client.models.events_kind_type_0")
    page = _call(
        api,
        "events",
        limit=5,
        from_=datetime.date(2017, 7, 1),
        until=datetime.date(2017, 7, 31),
        kind=kinds.EventsKindType0.MISSILE_LAUNCH,
    )
    assert [one.id for one in page.items] == ["2017-07-04-hwasong-14-1", "2017-07-28-hwasong-14-1"]
    assert page.items[0].earliest == datetime.datetime(2017, 7, 4, 0, 40, tzinfo=datetime.UTC)
    for name in ("actors", "documents", "statements"):
        page = _call(api, name, limit=30)
        sent = json.loads(client.get(f"/{name}?limit=30").text.replace(':00Z"', ':00+00:00"'))
        assert [one.to_dict() for one in page.items] == sent["items"]
    event = _call(api, "event", "2016-06-22-japan-times/armistice")
    assert event.iri.endswith("/event/2016-06-22-japan-times/armistice")
    reactions = _call(api, "event_reactions", "2016-06-22-musudan", explicit_only=True)
    assert reactions.total == len(reactions.items)
    assert {one.link for one in reactions.items} == {"explicit"}


def test_it_reads_the_answers_of_questions(api: Any, client: httpx.Client) -> None:
    answer = _call(api, "who_reacted", tag="questions", event="2016-06-22-musudan")
    sent = client.get("/questions/who-reacted?event=2016-06-22-musudan").json()
    assert answer.to_dict() == sent
    assert len(answer.rows) >= 16
    listed = _call(api, "questions", tag="questions")
    assert [one.to_dict() for one in listed] == client.get("/questions").json()


def test_it_reads_networks(api: Any) -> None:
    ranked = _call(api, "centrality", "co-reaction", tag="networks", measure="degree")
    assert ranked["rows"]


def test_it_reads_what_reconciliation_finds(api: Any, client: httpx.Client) -> None:
    for kind, prefix in (("entity", "Shinz"), ("type", "P"), ("property", "d")):
        found = _call(api, f"suggest_{kind}", tag="reconciliation", prefix=prefix)
        assert found.result
        assert found.to_dict() == client.get(f"/reconcile/suggest/{kind}?prefix={prefix}").json()
    proposed = _call(api, "propose_properties", tag="reconciliation", type_="Office")
    assert proposed.to_dict() == client.get("/reconcile/properties?type=Office").json()
    for form in ({"queries": {"a": {"query": "Gen Nakatany"}}}, {"extend": EXTEND}):
        given = {name: json.dumps(value) for name, value in form.items()}
        body = importlib.import_module("generated_client.models").ReconcileBatchBody(**given)
        read = _call(api, "reconcile_batch", tag="reconciliation", body=body)
        assert read.to_dict() == client.post("/reconcile", data=given).json()


def test_a_refusal_is_a_problem_that_tells_the_errors(api: Any) -> None:
    problem = importlib.import_module("generated_client.models").Problem
    missing, few = _call(api, "event", "never"), _call(api, "events", limit=0)
    assert isinstance(missing, problem)
    assert isinstance(few, problem)
    assert (missing.status, missing.title) == (404, "Not Found")
    assert (few.status, few.detail, [one.at for one in few.errors]) == (
        422, "the request does not fit", ["query/limit"],
    )  # fmt: skip


def test_every_operation_declares_its_errors_as_they_are_sent(client: httpx.Client) -> None:
    described = client.get("/openapi.json").json()
    assert "HTTPValidationError" not in described["components"]["schemas"]
    for path, ways in described["paths"].items():
        for method, told in ways.items():
            errors = {code: one for code, one in told["responses"].items() if code[0] in "45"}
            assert errors.keys() >= {"4XX", "5XX"}, (method, path)
            assert all([*one["content"]] == ["application/problem+json"] for one in errors.values())


def test_every_operation_declares_what_it_answers_in(client: httpx.Client) -> None:
    for path, ways in client.get("/openapi.json").json()["paths"].items():
        for method, told in ways.items():
            good = {code: one for code, one in told["responses"].items() if code[0] == "2"}
            assert all(one.get("content") for code, one in good.items() if code == "200"), (method, path)
            assert good, (method, path)


def test_the_declared_media_types_are_those_that_are_sent(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    addresses = {path: path for path in paths if "{" not in path} | {
        "/sparql": "/sparql?query=ASK{}", "/store": "/store?graph=https://w3id.org/demarche/id/directory",
        "/dumps/{file}": "/dumps/demarche.nt.gz", "/ontology/{version}": "/ontology/0.1.0",
        "/reconcile/preview": "/reconcile/preview?id=government/japan",
    }  # fmt: skip
    seen = set()
    for path, address in addresses.items():
        declared = paths[path].get("get", {"responses": {"200": {"content": {}}}})["responses"]["200"][
            "content"
        ]
        for media_type in declared:
            reply = client.get(address, headers={"Accept": media_type})
            if reply.status_code == 200:
                sent = reply.headers["content-type"].split(";")[0]
                assert sent in {one.split(";")[0] for one in declared}, (address, media_type, sent)
                seen.add((path, sent))
    assert len(seen) > 40


def test_operations_are_called_by_short_names_that_are_theirs_alone(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    named = [told["operationId"] for ways in paths.values() for told in ways.values()]
    assert len(named) == len(set(named)) > 70
    assert [one for one in named if not re.fullmatch(r"[a-z]+(-[a-z]+){0,2}", one)] == []
