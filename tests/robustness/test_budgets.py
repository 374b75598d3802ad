"""The computing time of one client: what it costs, what comes back, and that nobody pays for another."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.service.budgets import ELSEWHERE, HERE, MOST_CLIENTS, Account, Budgets, OverBudget, charged
from demarche.service.settings import Settings
from tests.robustness.curating import Curators, draft_of
from tests.service.conftest import served
from tests.service.processes import serving

BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SMALL = "SELECT ({} AS ?n) {{}}"


def from_client(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"203.0.113.{number}"}


def test_who_has_used_up_the_time_is_told_when_to_come_again_and_others_are_answered(
    seed_cache: Path,
) -> None:
    limits = {"QUERY_SECONDS": 1, "CLIENT_SECONDS": 1.5, "CLIENT_REFILL": 0.1}
    with serving(CACHE=seed_cache, TRUSTED_PROXIES="127.0.0.1", **limits) as served_here:
        client = served_here.client
        client.get("/health")

        def burn(_: int) -> httpx.Response:
            return httpx.post(
                f"{client.base_url}/sparql", data={"query": BOMB}, headers=from_client(1), timeout=30
            )

        with ThreadPoolExecutor(2) as threads:
            assert {one.status_code for one in threads.map(burn, range(2))} == {504}
        again = burn(0)
        assert again.status_code == 429
        assert again.headers["content-type"] == "application/problem+json"
        assert 1 <= int(again.headers["retry-after"]) <= 60
        asked = {"query": SMALL.format(7), "format": "csv"}
        assert client.get("/sparql", params=asked, headers=from_client(1)).status_code == 429
        assert client.get("/sparql", params=asked, headers=from_client(2)).text.split() == ["n", "7"]
        for free in ("/health", "/static/style.css"):
            assert client.get(free, headers=from_client(1)).status_code == 200
        kept = client.get("/sparql", params=asked, headers=from_client(1))
        assert kept.status_code == 200, "an answer from memory costs nothing"
        page = client.get("/questions/silent", headers={**from_client(1), "Accept": "text/html"})
        assert (page.status_code, "retry-after" in page.headers) == (429, True)


def test_a_client_that_waits_is_answered_again(seed_cache: Path) -> None:
    limits = {"QUERY_SECONDS": 1, "CLIENT_SECONDS": 0.5, "CLIENT_REFILL": 1}
    with serving(CACHE=seed_cache, **limits) as served_here:
        client = served_here.client
        assert client.post("/sparql", data={"query": BOMB}).status_code == 504
        replies = [client.post("/sparql", data={"query": SMALL.format(1)})]
        while replies[-1].status_code == 429 and len(replies) < 400:
            time.sleep(0.1)
            replies.append(client.post("/sparql", data={"query": SMALL.format(1)}))
        assert len(replies) > 1
        assert replies[-1].status_code == 200


def test_a_client_cannot_say_that_it_is_another(seed_cache: Path) -> None:
    limits = {"QUERY_SECONDS": 1, "CLIENT_SECONDS": 0.5, "CLIENT_REFILL": 0.01}
    with serving(CACHE=seed_cache, **limits) as served_here:
        statuses = [
            served_here.client.post(
                "/sparql", data={"query": BOMB}, headers={"Forwarded": f"for={number}", **from_client(number)}
            ).status_code
            for number in range(2)
        ]
    assert statuses == [504, 429]


def test_questions_are_charged_too(seed_graph: KnowledgeGraph) -> None:
    settings = Settings(client_seconds=0.0001, client_refill=0.00001, cache_bytes=0)
    with served(seed_graph, settings) as client:
        statuses = [
            client.get("/questions/who-reacted?event=2016-06-22-musudan").status_code for _ in range(2)
        ]
    assert statuses == [200, 429]


def test_what_is_computed_beside_the_engine_is_charged_too(
    seed_cache: Path, ledger: Path, curators: Curators, template: dict[str, Any]
) -> None:
    bearer, record = curators.bearing("publish", 0), f"/records/{template['document']['id']}"
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/reconcile", {"data": {"queries": json.dumps({"q": {"query": "Russia"}})}}),
        ("GET", "/dumps/demarche.nt", {"headers": {"Accept-Encoding": "identity"}}),
        ("GET", "/records", {}),
        ("GET", record, {}),
        ("GET", "/changes", {}),
        ("POST", "/records", {"json": draft_of(template, "a-draft"), "headers": bearer}),
        ("PUT", record, {"json": template, "headers": bearer}),
        ("POST", f"{record}/publish", {"headers": bearer}),
        ("DELETE", record, {"headers": bearer}),
        ("POST", "/changes/1/undo", {"headers": bearer}),
    ]
    limits = {"CLIENT_SECONDS": 1e-9, "CLIENT_REFILL": 1e-9, "TRUSTED_PROXIES": "127.0.0.1"}
    with serving(CACHE=seed_cache, LEDGER=ledger, **limits) as served_here:
        for number, (method, path, more) in enumerate(asked):
            headers = more.pop("headers", {}) | from_client(number)
            replies = [served_here.client.request(method, path, headers=headers, **more) for _ in range(2)]
            assert replies[0].status_code < 500, path
            assert replies[0].status_code != 429, path
            assert replies[1].status_code == 429, path


def test_without_a_limit_nothing_is_charged() -> None:
    budgets = Budgets(Settings(client_seconds=0))
    with budgets.of({"client": ("192.0.2.1", 1)}):
        for _ in range(10):
            with charged():
                pass


@pytest.mark.parametrize(
    ("address", "most"), [("127.0.0.1", HERE), ("::1", HERE), ("192.0.2.1", ELSEWHERE), ("", ELSEWHERE)]
)
def test_who_asks_from_this_machine_has_more(address: str, most: float) -> None:
    clock = Clock()
    account = Budgets(Settings()).account(address)
    assert account is not None
    account.pay(most + 10)
    with pytest.raises(OverBudget):
        account.check()
    assert clock.now == 0
    other = Budgets(Settings()).account(address)
    assert other is not None
    other.pay(most - 10)
    other.check()


def test_one_house_is_one_client_and_the_accounts_are_few() -> None:
    budgets = Budgets(Settings(client_seconds=1, client_refill=0.001))
    with budgets.of({"client": ("2001:db8::1", 1)}):
        budgets.account("2001:db8::").pay(2)  # type: ignore[union-attr]
        with pytest.raises(OverBudget), charged():
            pass
    for number in range(MOST_CLIENTS + 10):
        budgets.account(str(number))
    assert len(budgets) == MOST_CLIENTS


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(
    st.lists(st.tuples(st.sampled_from(["wait", "pay"]), st.floats(0, 100)), max_size=40),
    st.floats(0.1, 100),
    st.floats(0.01, 10),
)
def test_a_client_never_uses_more_than_it_saved_and_was_given_back(
    steps: list[tuple[str, float]], most: float, refill: float
) -> None:
    clock = Clock()
    account = Account(most, refill, clock)
    used = last = 0.0
    for step, seconds in steps:
        if step == "wait":
            clock.now += seconds
            continue
        try:
            account.check()
        except OverBudget as error:
            wait = float(error.headers["Retry-After"])
            clock.now += wait + 0.001
            account.check()  # whoever waits as told is answered
        account.pay(seconds)
        used, last = used + seconds, seconds
    assert used - last <= most + clock.now * refill + 1e-6
