"""What an acknowledged write costs: the ledger and the service against SQLite's own insert at the same setting."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from measure import medians, summed_up, tell

from demarche.graph import open_graph
from demarche.graph.ledger import Ledger
from demarche.graph.tokens import Tokens

ROUNDS = 400
PEER = "SQLite: INSERT (WAL, synchronous=FULL)"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        writes(Path(folder))


def writes(folder: Path) -> None:
    """All rivals write the same record to the same disk in turns; each has a database of its own."""
    Ledger.create(folder / "ledger.db")
    graph = open_graph()
    assert graph.curation
    record = json.loads(graph.curation.version("2016-07-09-reuters").json)
    Ledger.create(folder / "alone.db")
    ledger = Ledger(folder / "alone.db", write=True)
    peer = _plain(folder / "plain.db")
    text = json.dumps(record)
    token = Tokens.of(folder / "ledger.db").add("bench", "draft")
    bearer = {"Authorization": f"Bearer {token}"}
    with _served(folder / "ledger.db") as address, httpx.Client(base_url=address, headers=bearer) as client:
        rivals = {
            "the ledger: an entry with its anchor": lambda: ledger.append(
                "bench", "put", "x", {"record": record}
            ),
            "PUT /records/x, acknowledged over HTTP": _editor(client, record),
            PEER: lambda: peer.execute("INSERT INTO entry (body) VALUES (?)", (text,)),
        }
        # An insert takes less than a request without any work, so what HTTP adds is told and held to nothing.
        missed = tell("A write that is on the disk", medians(rivals, ROUNDS), PEER, 3)
        pings = {"GET /health of the same service": lambda: client.get("/health")}
        tell("What HTTP takes of it", medians(pings, ROUNDS), "GET /health of the same service")
    summed_up(missed)


def _editor(client: httpx.Client, record: dict[str, Any]) -> Callable[[], object]:
    """A curator who changes one record again and again, each time with the version that came back."""
    body = json.dumps(record | {"document": record["document"] | {"id": "x"}})
    headers = {"Content-Type": "application/json"}
    tag = client.post("/records", content=body, headers=headers).raise_for_status().headers["etag"]

    def change() -> None:
        nonlocal tag
        reply = client.put("/records/x", content=body, headers=headers | {"If-Match": tag})
        tag = reply.raise_for_status().headers["etag"]

    return change


@contextmanager
def _served(ledger: Path) -> Iterator[str]:
    """A service in a process of its own, as it is in use."""
    command = [sys.executable, "-m", "demarche.service", "serve", "--port", "0"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), "DEMARCHE_LEDGER": str(ledger)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stderr
    addresses = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stderr)
    try:
        yield next(found[0] for found in addresses if found)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()


def _plain(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE entry (number INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT")
    return database


if __name__ == "__main__":
    main()
