"""What curators do over HTTP: drafts nobody else sees, one version at a time, undo, and every violation by its name."""

import fcntl
import json
import os
import threading
import xml.etree.ElementTree as ET
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from demarche.graph import KnowledgeGraph, open_graph
from demarche.graph.errors import LedgerError, SourceError, Violation
from demarche.graph.knowledge import MOST_REBUILDING
from demarche.graph.ledger import Ledger, backup
from demarche.graph.sources.dossier import dossier_of
from demarche.graph.store import OxigraphStore, Store
from demarche.graph.tokens import Tokens
from demarche.graph.triples import NamedGraph
from demarche.graph.validate import check
from demarche.service.app import MOST_FAULTS
from demarche.service.routes.records import MAX_ID
from demarche.service.settings import Settings
from tests.robustness.curating import Curators, draft_of, drafted, published
from tests.service.conftest import served

ATOM = "{http://www.w3.org/2005/Atom}"
EVERYWHERE = (
    "SELECT ?s { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER(CONTAINS(STR(?s), 'secret-draft')) }"
)


def test_a_draft_is_seen_by_curators_and_by_nobody_else(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    with served(writable) as client:
        drafted(client, curators, draft_of(template, "secret-draft"))
        assert client.get("/records/secret-draft").status_code == 404
        assert client.get("/records/secret-draft?draft=true").status_code == 401
        assert client.get("/changes").json()["changes"] == []
        assert client.get("/records").json()["total"] == 114
        assert client.get("/sparql", params={"query": EVERYWHERE}).text.count("secret-draft") == 0
        assert "secret-draft" not in client.get("/dumps/demarche.nq").text
        reply = client.get("/records/secret-draft?draft=true", headers=curators.bearing("read"))
        assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store")
        assert len(client.get("/changes", headers=curators.bearing("read")).json()["changes"]) == 1


def test_a_draft_becomes_public_and_is_retracted_and_comes_back(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    record = draft_of(template, "a-record", "As printed")
    asked = "ASK { GRAPH <https://w3id.org/demarche/id/document/a-record> { ?s ?p 'As printed'@en } }"
    with served(writable) as client:
        before = writable.store.version()
        revision = published(client, curators, "a-record", drafted(client, curators, record))
        assert client.get("/records/a-record").json() == record
        assert client.get("/documents/a-record").status_code == 200
        assert writable.store.ask(asked.replace("'As printed'@en", "?o"))
        reply = client.delete("/records/a-record", headers=curators.bearing("publish", revision))
        assert reply.status_code == 200
        assert writable.store.version() == before
        retraction = reply.json()["entry"]
        undone = client.post(f"/changes/{retraction}/undo", headers=curators.bearing("publish"))
        assert undone.json() == {
            "record": "a-record",
            "entry": retraction + 1,
            "public": True,
            "draft": False,
        }
        assert client.get("/records/a-record").json() == record
        client.put("/records/a-record", json=record, headers=curators.bearing("draft", retraction + 1))
        retracted = client.delete("/records/a-record", headers=curators.bearing("publish", retraction + 2))
        client.post(f"/changes/{retracted.json()['entry']}/undo", headers=curators.bearing("publish"))
        public, curator = (
            client.get("/changes", headers=headers).json()["changes"][-1]
            for headers in ({}, curators.bearing("read"))
        )
        assert curator == public | {"draft": True}  # which the public does not learn
        assert "draft" not in public


def test_a_record_of_the_seed_data_is_changed_and_the_change_undone(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    name = template["document"]["id"]
    before = writable.store.dump()
    with served(writable) as client:
        change = draft_of(template, name, "Corrected")
        reply = client.put(f"/records/{name}", json=change, headers=curators.bearing("draft", 0))
        entry = published(client, curators, name, reply.json()["entry"])
        assert client.get(f"/records/{name}").json()["document"]["title"] == "Corrected"
        assert writable.store.dump() != before
        client.post(f"/changes/{entry}/undo", headers=curators.bearing("publish"))
        assert client.get(f"/records/{name}").json() == template
    assert writable.store.dump() == before


def test_only_what_left_a_record_as_it_is_can_be_undone(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    with served(writable) as client:
        first = drafted(client, curators, draft_of(template, "twice", "First"))
        second = client.put(
            "/records/twice",
            json=draft_of(template, "twice", "Second"),
            headers=curators.bearing("draft", first),
        ).json()["entry"]
        publisher = curators.bearing("publish")
        assert client.post(f"/changes/{first}/undo", headers=publisher).status_code == 409
        assert client.post("/changes/99/undo", headers=publisher).status_code == 404
        assert client.post(f"/changes/{second}/undo", headers=publisher).status_code == 200
        shown = client.get("/records/twice?draft=true", headers=publisher)
        assert shown.json()["document"]["title"] == "First"
        assert client.post(f"/changes/{first}/undo", headers=publisher).status_code == 200
        assert client.get("/records/twice?draft=true", headers=publisher).status_code == 404


def test_of_fifty_curators_who_change_one_version_one_wins(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    with served(writable) as client, ThreadPoolExecutor(50) as crowd:
        revision = drafted(client, curators, draft_of(template, "contested"))
        for _ in range(5):

            def change(number: int, revision: int = revision) -> tuple[int, int, int]:
                body = draft_of(template, "contested", f"By {number}")
                reply = client.put(
                    "/records/contested", json=body, headers=curators.bearing("draft", revision)
                )
                return reply.status_code, number, reply.json().get("entry", 0)

            replies = list(crowd.map(change, range(50)))
            winners = [(number, entry) for status, number, entry in replies if status == 200]
            assert (len(winners), {status for status, _, _ in replies}) == (1, {200, 412})
            number, revision = winners[0]
            shown = client.get("/records/contested?draft=true", headers=curators.bearing("read"))
            assert shown.json()["document"]["title"] == f"By {number}"
            assert shown.headers["etag"] == f'"{revision}"'


@pytest.mark.parametrize(
    ("if_match", "status"),
    [(None, 428), ("*", 428), ('W/"1"', 412), ("1", 412), ('"2"', 412), ('"0"', 412), ('"1"', 200)],
)
def test_a_change_names_the_version_that_it_changes(
    if_match: str | None, status: int, writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    with served(writable) as client:
        assert drafted(client, curators, draft_of(template, "mine")) == 1
        headers = curators.bearing("draft") | ({"If-Match": if_match} if if_match else {})
        assert (
            client.put("/records/mine", json=draft_of(template, "mine"), headers=headers).status_code
            == status
        )


def test_who_has_not_seen_a_draft_cannot_change_it(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    address, drafter = f"/records/{template['document']['id']}", curators.bearing("draft")
    change = draft_of(template, template["document"]["id"], "Unseen")
    with served(writable) as client:
        public = client.get(address, headers=drafter).headers["etag"]
        first = client.put(address, json=change, headers=drafter | {"If-Match": public})
        assert first.status_code == 200
        still_public = client.get(address, headers=drafter).headers["etag"]
        refused = client.put(address, json=change, headers=drafter | {"If-Match": still_public})
        assert (still_public, refused.status_code) == (public, 412)
        assert refused.json()["revision"] == first.json()["entry"]
        draft = client.get(f"{address}?draft=true", headers=drafter).headers["etag"]
        assert client.put(address, json=change, headers=drafter | {"If-Match": draft}).status_code == 200


def test_others_write_while_a_draft_is_checked_and_it_is_checked_again_where_they_published(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []

    def slowly(graph: NamedGraph, store: Store, name: str) -> tuple[Violation, ...]:
        """While the first of two is checked somebody drafts, while the second is, somebody publishes."""
        checked.append(name)
        if checked in (["first"], ["first", "second"]):
            revision = drafted(client, curators, draft_of(template, f"beside-{name}"))
            if name == "second":
                published(client, curators, "beside-second", revision)
        return check(graph, store, name)

    monkeypatch.setattr("demarche.graph.validate.check", slowly)
    with served(writable) as client:
        for name in ("first", "second"):
            published(client, curators, name, drafted(client, curators, draft_of(template, name)))
    assert checked == ["first", "second", "beside-second", "second"]


def _broken(template: dict[str, Any], *path: str | int, value: Any) -> str:
    record = draft_of(template, "broken")
    place: Any = record
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(record)


def test_every_violation_of_a_body_is_named(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    act = template["acts"][0]["id"]
    bodies: list[tuple[str, str, str]] = [
        (_broken(template, "acts", 0, "sort", value="x"), f"acts/{act}", "sort"),
        (_broken(template, "acts", 0, "kind", value="grumble"), f"acts/{act}", "kind"),
        (_broken(template, "document", "characters", value="12"), "document", "characters"),
        (_broken(template, "acts", 0, "bodies", value=["body/jpn\n"]), f"acts/{act}", "bodies[0]"),
        (_broken(template, "document", "title", value="a\u0000b"), "document", "title"),
        (_broken(template, "document", "title", value="\ud800"), "document", "title"),
        (_broken(template, "document", "id", value="x" * (MAX_ID + 1)), "document", "id"),
        ("[]", "", ""),
        ('{"document": 1, "document": 2}', "", ""),
        ('{"document": 1e999}', "", ""),
        ('{"document": NaN}', "", ""),
        ("[" * 100_000, "", ""),
        ("{", "", ""),
    ]
    headers = curators.bearing("draft") | {"Content-Type": "application/json"}
    with served(writable) as client:
        for body, record, field in bodies:
            reply = client.post("/records", content=body, headers=headers)
            assert reply.status_code == 422, (body[:80], reply.text)
            assert (record, field) in {(one["record"], one["field"]) for one in reply.json()["errors"]}, body[
                :80
            ]
        assert client.post("/records", content=b"\xff", headers=headers).status_code == 400
        assert client.post("/records", content="{}", headers=curators.bearing("draft")).status_code == 415
        big = client.post("/records", content=b" " * 3_000_000, headers=headers)
        assert big.status_code == 413
    assert writable.curation
    assert writable.curation.ledger.last is None


def test_of_very_many_faults_the_first_are_told_and_how_many_more_there_are(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    with served(writable) as client:
        several = json.dumps(draft_of(template, "x") | {"acts": [{}] * 300})
        told = client.post("/records", content=several, headers=_draft(curators)).json()
    assert len(told["errors"]) == MOST_FAULTS
    assert told["more"] > 300
    assert len(told["detail"]) < 200


def test_no_body_takes_longer_than_its_length(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    """Each of these took most of a minute, and the client waits for twenty seconds."""
    leading_nowhere = [{"id": f"{'ab' * 60}{one}", "x": f"act/./{'ba' * 60}-{one}"} for one in range(3000)]
    bodies = {
        "at most": json.dumps(template | {"acts": [{}] * 200_000}),
        "deep": f'{{"acts": {"[" * 50 + "]" * 50}}}',
        "given twice": "{" + ",".join(f'"k{one % 39_999}": 1' for one in range(40_000)) + "}",
        "leads nowhere": json.dumps(template | {"acts": leading_nowhere}),
    }
    with served(writable) as client:
        for reason, body in bodies.items():
            reply = client.post("/records", content=body, headers=_draft(curators))
            assert (reply.status_code, len(reply.content) < 100_000) == (422, True), reason
            assert reason in reply.text or reason == "leads nowhere"


def _draft(curators: Curators) -> dict[str, str]:
    return curators.bearing("draft") | {"Content-Type": "application/json"}


def test_publishing_names_every_broken_shape_and_changes_nothing(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    record = draft_of(template, "shapeless")
    record["acts"][0]["made_by"] = ["person/nobody-of-that-name"]
    before = writable.store.version()
    with served(writable) as client:
        revision = drafted(client, curators, record)
        told = client.get("/records/shapeless/violations", headers=curators.bearing("draft"))
        reply = client.post("/records/shapeless/publish", headers=curators.bearing("publish", revision))
        assert reply.status_code == 422
        assert told.json() == {"record": "shapeless", "violations": reply.json()["errors"]}
        sound = client.get(
            f"/records/{template['document']['id']}/violations", headers=curators.bearing("draft")
        )
        assert [one for one in sound.json()["violations"] if one["severity"] == "violation"] == []
        assert {one["file"] for one in reply.json()["errors"]} == {"shapeless"}
        assert f"acts/{record['acts'][0]['id']}" in {one["record"] for one in reply.json()["errors"]}
        assert all(one["rule"] and one["message"] for one in reply.json()["errors"])
        assert client.get("/records/shapeless").status_code == 404
    assert writable.store.version() == before


def test_the_changes_come_in_pages_and_as_a_feed(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    reader = curators.bearing("read")
    with served(writable) as client:
        for number in range(5):
            drafted(client, curators, draft_of(template, f"page-{number}"))
        published(client, curators, "page-3", 4)
        pages, address = [], "/changes?limit=4"
        while address:
            page = client.get(address, headers=reader).json()
            pages.append([one["number"] for one in page["changes"]])
            address = page["next"]
        assert pages == [[1, 2, 3, 4], [5, 6]]
        feed = ET.fromstring(client.get("/changes?format=atom").content)  # noqa: S314
        assert [one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")] == ["page-3: published"]


def test_a_feed_has_the_newest_change_first_and_the_way_to_those_before(
    writable: KnowledgeGraph, curators: Curators, template: dict[str, Any]
) -> None:
    with served(writable, Settings(host="127.0.0.1", port=0, root_path="/below")) as client:
        for number in range(3):
            made = client.post(
                "/records", json=draft_of(template, f"page-{number}"), headers=curators.bearing("draft")
            )
            assert made.headers["location"] == f"/below/records/page-{number}"
        headers = curators.bearing("read") | {"Accept": "application/atom+xml"}
        reply = client.get("/changes?limit=2", headers=headers)
        assert reply.headers["content-type"].startswith("application/atom+xml")
        feed = ET.fromstring(reply.content)  # noqa: S314
        entries = list(feed.iter(f"{ATOM}entry"))
        assert [one.findtext(f"{ATOM}title") for one in entries] == ["page-2: drafted", "page-1: drafted"]
        assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
        links = {one.get("rel"): one.get("href") for one in feed.iter(f"{ATOM}link")}
        assert links == {
            "self": "/below/changes?limit=2",
            "next": "/below/changes?limit=2&before=2",
            "alternate": "/below/id/document/page-1",
        }
        older = client.get(str(links["next"]).removeprefix("/below"), headers=headers)
        assert (older.text.count("<entry>"), "page-0" in older.text, "next" in older.text) == (1, True, False)


@pytest.mark.parametrize("published", ["9999-12-31", "9999-12", "9999", "0001", "0001-01-01", "٢٠١٦"])
def test_a_date_at_the_ends_of_the_calendar_is_refused_by_name(
    template: dict[str, Any], published: str
) -> None:
    for place in ("document", "acts"):
        record = draft_of(template, "a-record")
        if place == "document":
            record["document"]["published"] = published
        else:
            record["acts"][0]["time"] |= {"value": published, "zone": "-12:00"}
        with pytest.raises(SourceError, match="is no date"):
            dossier_of(record, Path("record"))


def test_a_record_that_this_version_cannot_read_ends_the_start_with_its_name(
    ledger: Path, seed_cache: Path, repository: Path
) -> None:
    opened = Ledger(ledger, write=True)
    opened.append("ada", "put", "from-afar", {"record": {"document": {"id": "from-afar"}, "mood": "new"}})
    opened.append("ada", "publish", "from-afar", {"draft": 1})
    opened.close()
    with pytest.raises(LedgerError, match=r"entry 1 holds a record .* cannot read: from-afar: "):
        open_graph(seed_data=repository / "seed_data", cache=seed_cache, ledger=ledger)


def test_of_many_who_make_tokens_at_once_each_has_one(ledger: Path) -> None:
    names = [f"person-{number}" for number in range(40)]
    with ThreadPoolExecutor(20) as crowd:
        secrets = list(crowd.map(lambda name: Tokens.of(ledger).add(name, "draft"), names))
    assert sorted(one.name for one in Tokens.of(ledger).all()) == sorted(names)
    assert {getattr(Tokens.of(ledger).holder(one), "name", None) for one in secrets} == set(names)


def test_no_file_of_the_ledger_is_anybody_else_s_to_read(ledger: Path, tmp_path: Path) -> None:
    Tokens.of(ledger).add("ada", "draft")
    opened = Ledger(ledger, write=True)
    opened.append("ada", "put", "a-record", {})
    backup(ledger, tmp_path / "kept")
    files = list(tmp_path.iterdir())
    assert len(files) >= 7
    assert {one.name for one in files if one.stat().st_mode & 0o077} == set()
    opened.close()


def _asked(client: httpx.Client, **given: str) -> httpx.Response:
    return client.get("/questions/who-reacted", params={"event": "2016-07-09-pukguksong-1-1", **given})


def test_the_same_ledger_makes_the_same_graph_and_every_earlier_one(
    writable: KnowledgeGraph,
    curators: Curators,
    template: dict[str, Any],
    ledger: Path,
    seed_cache: Path,
    repository: Path,
) -> None:
    versions = [writable.store.dump()]
    with served(writable) as client:
        for name in ("one", "two"):
            revision = drafted(client, curators, draft_of(template, name))
            versions.append(writable.store.dump())
            revision = published(client, curators, name, revision)
            versions.append(writable.store.dump())
        client.delete("/records/one", headers=curators.bearing("publish", 2))
        versions.append(writable.store.dump())
        title = draft_of(template, "two")["document"]["title"]
        assert client.get("/records/one?as_of=2").json()["document"]["title"] == title
        assert client.get("/records/one").status_code == 404
        moment = next(one["at"] for one in client.get("/changes").json()["changes"] if one["number"] == 2)
        assert client.get("/records/one", params={"as_of": moment}).json()["document"]["title"] == title
        told = [
            len(_asked(client, as_of=as_of).json()["rows"])
            for as_of in ("0", "1", "2", "3", "4", "5", moment)
        ]
        assert [rows - told[0] for rows in told] == [0, 0, 1, 1, 2, 1, 1]
        assert len(_asked(client).json()["rows"]) == told[5]
        assert "after entry 2 of the ledger" in _asked(client, as_of="2", format="html").text
        ends = ("0001-01-01T00:00+14:00", "9999-12-31T23:59:59-14:00")
        for never in ("6", "-1", "yesterday", "2026-11-22T12:00", "9" * 50, *ends):
            assert _asked(client, as_of=never).status_code == 400, never
            assert client.get("/records/one", params={"as_of": never}).status_code == 400
    assert [writable.as_of(number).store.dump() for number in range(6)] == versions
    assert writable.curation
    third = writable.curation.ledger.entry(3)
    assert third
    assert writable.as_of(datetime.fromisoformat(third.at)).store.dump() == versions[3]
    again = open_graph(seed_data=repository / "seed_data", cache=seed_cache, ledger=ledger)
    assert again.store.dump() == versions[-1]


def test_who_asks_for_the_past_holds_up_nobody_who_does_not(
    writable: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    curation, going_on = writable.curation, threading.Event()
    assert curation
    made = curation.store_as_of

    def slow(number: int) -> OxigraphStore:
        going_on.wait(15)
        return made(number)

    monkeypatch.setattr(curation, "store_as_of", slow)
    with served(writable) as client, ThreadPoolExecutor(60) as threads:
        past = [threads.submit(_asked, client, as_of="0") for _ in range(60)]
        refused = [
            one.result() for _, one in zip(range(60 - MOST_REBUILDING), as_completed(past), strict=False)
        ]
        assert client.get("/records", timeout=5).status_code == 200
        going_on.set()
        assert {(one.status_code, one.headers["retry-after"]) for one in refused} == {(503, "5")}
        assert Counter(one.result().status_code for one in past)[200] == MOST_REBUILDING
        assert _asked(client, as_of="0").status_code == 200


def test_a_token_that_was_revoked_opens_nothing_at_the_next_request(
    writable: KnowledgeGraph, curators: Curators, ledger: Path
) -> None:
    with served(writable) as client:
        assert client.get("/curators", headers=curators.bearing("admin")).status_code == 200
        Tokens.of(ledger).revoke("admin")
        assert client.get("/curators", headers=curators.bearing("admin")).status_code == 401
        assert client.get("/records", headers=curators.bearing("admin")).status_code == 401


def test_no_token_stands_in_any_file(ledger: Path, curators: Curators) -> None:
    kept = b"".join(file.read_bytes() for file in ledger.parent.iterdir())
    assert not any(token.encode() in kept or token[9:].encode() in kept for token in curators.tokens.values())


def test_nobody_else_can_open_what_is_locked_and_keep_it_locked(ledger: Path) -> None:
    locks = [ledger.with_name(f"{ledger.name}{ending}") for ending in ("-lock", "-tokens-lock")]
    locks[0].touch(0o644)
    before = os.umask(0)
    try:
        Ledger(ledger, write=True).close()
        Tokens.of(ledger).add("ada", "read")
    finally:
        os.umask(before)
    assert {one.stat().st_mode & 0o777 for one in locks} == {0o600}


def test_who_waits_for_the_tokens_in_vain_is_told(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("demarche.graph.tokens.PATIENCE", 0.2)
    tokens = Tokens.of(ledger)
    tokens.add("ada", "read")
    with ledger.with_name(f"{ledger.name}-tokens-lock").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LedgerError, match=r"another process .* nothing was changed"):
            tokens.revoke("ada")
    tokens.revoke("ada")


def test_a_second_writer_is_refused(
    writable: KnowledgeGraph, ledger: Path, seed_cache: Path, repository: Path
) -> None:
    assert writable.curation
    with pytest.raises(LedgerError, match="one writer"):
        open_graph(seed_data=repository / "seed_data", cache=seed_cache, ledger=ledger, writes=True)


def test_without_a_ledger_nothing_can_be_written(
    seed_graph: KnowledgeGraph, template: dict[str, Any]
) -> None:
    with served(seed_graph) as client:
        for method, path in [("POST", "/records"), ("PUT", "/records/x"), ("DELETE", "/records/x")]:
            reply = client.request(method, path, json=template)
            assert (reply.status_code, "DEMARCHE_LEDGER" in reply.json()["detail"]) == (403, True)
        assert client.get("/records/2016-07-09-reuters").json() == template
        assert client.get("/changes").json() == {"changes": [], "next": None}
        assert client.get("/records/2016-07-09-reuters?as_of=0").status_code == 404
