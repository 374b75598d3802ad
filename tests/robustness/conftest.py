"""The service on the whole record, a ledger of its own for each test, records that fit, and how long tests go on."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demarche.graph import KnowledgeGraph, open_graph
from demarche.graph.ledger import Ledger
from demarche.graph.tokens import Tokens
from tests.robustness.curating import Curators, draft_of
from tests.service.conftest import client

__all__ = ["client"]

SOAK = max(1, int(os.environ.get("SOAK", "1")))
"""How many times as much the long form does; see ``make soak``."""
KILLS = int(os.environ.get("SOAK_KILLS", str(100 * min(SOAK, 20))))
CORRUPTIONS = int(os.environ.get("SOAK_CORRUPTIONS", str(160 * min(SOAK, 32))))
SOAK_SECONDS = float(os.environ.get("SOAK_SECONDS", "8" if SOAK == 1 else "3600"))
STORE_CORRUPTIONS = CORRUPTIONS // 2


@pytest.fixture(scope="session")
def soak() -> int:
    return SOAK


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    Ledger.create(path)
    return path


@pytest.fixture
def curators(ledger: Path) -> Curators:
    """A token for each scope."""
    tokens = Tokens.of(ledger)
    return Curators({scope: tokens.add(scope, scope) for scope in ("read", "draft", "publish", "admin")})


@pytest.fixture
def writable(ledger: Path, seed_cache: Path, repository: Path) -> Iterator[KnowledgeGraph]:
    graph = open_graph(seed_data=repository / "seed_data", cache=seed_cache, ledger=ledger, writes=True)
    assert graph.curation
    yield graph
    graph.curation.close()


@pytest.fixture(scope="session")
def template(seed_graph: KnowledgeGraph) -> dict[str, Any]:
    """A record of the seed data as JSON: the shape of those that tests write."""
    assert seed_graph.curation
    found = json.loads(seed_graph.curation.version("2016-07-09-reuters").json)
    assert draft_of(found, "another")["document"]["id"] == "another"
    return dict(found)
