"""What the tests of curators share: records made of one of the seed data, and requests that bear a token."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Curators:
    """The tokens by their scope."""

    tokens: Mapping[str, str]

    def bearing(self, scope: str, revision: int | None = None) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.tokens[scope]}"}
        return headers if revision is None else headers | {"If-Match": f'"{revision}"'}


def draft_of(template: Mapping[str, Any], name: str, title: str = "A title") -> dict[str, Any]:
    """A record of another document that says the same."""
    made: dict[str, Any] = json.loads(json.dumps(template))
    made["document"] |= {"id": name, "title": title}
    return made


def drafted(client: httpx.Client, curators: Curators, record: dict[str, Any]) -> int:
    reply = client.post("/records", json=record, headers=curators.bearing("draft"))
    assert reply.status_code == 201, reply.text
    return int(reply.json()["entry"])


def published(client: httpx.Client, curators: Curators, record: str, revision: int) -> int:
    reply = client.post(f"/records/{record}/publish", headers=curators.bearing("publish", revision))
    assert reply.status_code == 200, reply.text
    return int(reply.json()["entry"])
