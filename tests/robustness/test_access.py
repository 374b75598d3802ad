"""Who may call which route: every route that the description names, for the public and for each scope."""

from pathlib import Path
from typing import Any

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph.tokens import SCOPES
from tests.robustness.curating import Curators
from tests.service.conftest import served

ROLES = ("public", *SCOPES, "nobody")
ROWS = Path(__file__).with_name("access.txt")
ALLOWED = {
    f"{method} {path}": role
    for method, path, role in (line.split() for line in ROWS.read_text(encoding="utf-8").splitlines() if line)
}
WRITING = {route: role for route, role in ALLOWED.items() if role in SCOPES}


def _routes(description: dict[str, Any]) -> set[str]:
    return {f"{method.upper()} {path}" for path, found in description["paths"].items() for method in found}


def test_every_route_has_a_row_that_says_who_may_call_it(seed_graph: KnowledgeGraph) -> None:
    with served(seed_graph) as client:
        description = client.get("/openapi.json").json()
    assert _routes(description) == set(ALLOWED), "tests/robustness/access.txt has a row for each route"
    told = {
        f"{method.upper()} {path}": found[method]["x-scope"]
        for path, found in description["paths"].items()
        for method in found
        if "x-scope" in found[method]
    }
    assert told == WRITING


@pytest.mark.parametrize("role", ROLES[:-1])
def test_a_role_may_call_what_its_row_allows_and_nothing_else(
    role: str, writable: KnowledgeGraph, curators: Curators
) -> None:
    """What is allowed goes wrong for another reason, since nothing is sent that could be done."""
    headers = {} if role == "public" else curators.bearing(role)
    found, expected = {}, {}
    with served(writable) as client:
        for route, least in ALLOWED.items():
            method, path = route.split()
            address = path.replace("{number}", "999").replace("{id}", "no-such-record")
            status = client.request(method, address, headers=headers).status_code
            assert status < 500 or status == 503, (route, status)
            found[route] = {401: "unknown", 403: "forbidden"}.get(status, "allowed")
            allowed = ROLES.index(role) >= ROLES.index(least)
            refused = "unknown" if role == "public" and least != "nobody" else "forbidden"
            expected[route] = "allowed" if allowed else refused
    assert found == expected


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer demarche_", "Basic YTpi", "Bearer", "demarche_x"])
def test_a_token_that_nobody_has_opens_nothing(
    header: str, writable: KnowledgeGraph, curators: Curators
) -> None:
    assert header.removeprefix("Bearer ") not in curators.tokens.values()
    with served(writable) as client:
        for route in WRITING:
            method, path = route.split()
            address = path.replace("{number}", "1").replace("{id}", "2016-07-09-reuters")
            status = client.request(method, address, headers={"Authorization": header}).status_code
            assert status == 401, route
