"""A service that is killed at random moments: what it acknowledged is there afterwards, whole, and nothing else is."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from demarche.graph import identifiers as ids
from demarche.graph.ledger import Ledger
from demarche.graph.seed import digest
from tests.questions.one_document import copy_of_one_document
from tests.robustness.conftest import KILLS
from tests.robustness.curating import Curators, draft_of

WRITERS = 3


@dataclass(frozen=True)
class Seed:
    """A record and the cache that holds its snapshot."""

    data: Path
    cache: Path


@pytest.fixture(scope="module")
def seed(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, validated: Callable[[Path], bytes]
) -> Seed:
    """One document: it is loaded at each start, and what is written is what the test is about."""
    made = Seed(tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("cache"))
    copy_of_one_document(repository / "seed_data", made.data)
    (made.cache / f"seed-{digest(made.data)}.nq").write_bytes(validated(made.data))
    return made


def _started(ledger: Path, seed: Seed, *arguments: str) -> tuple["subprocess.Popen[str]", str]:
    """A process group of its own, so that the kill takes the processes of its queries along."""
    process = subprocess.Popen(
        [sys.executable, "-m", "demarche.service", "serve", "--port", "0", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={
            "PATH": "/usr/bin:/bin",
            "DEMARCHE_LEDGER": str(ledger),
            "DEMARCHE_CACHE": str(seed.cache),
            "DEMARCHE_SEED_DATA": str(seed.data),
        },
    )
    assert process.stderr
    said = ""
    for line in process.stderr:
        said += line
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return process, found[0]
    raise AssertionError(f"the service does not start: {said}")


def _kill(group: int, acknowledged: threading.Event, soon: float, later: float) -> None:
    """At a random moment after the first write, or soon, whether there was one or not."""
    acknowledged.wait(soon or 30)
    time.sleep(later)
    os.killpg(group, signal.SIGKILL)


class _Writer:
    """One curator who drafts and publishes without end, and notes what was acknowledged and what was only sent."""

    def __init__(self, number: int, template: dict[str, Any], curators: Curators) -> None:
        self.name, self.template, self.curators = f"written-by-{number}", template, curators
        self.acknowledged: dict[int, str | None] = {}
        self.sent: list[str] = []
        self.published = ""
        self.told = threading.Event()
        self._count = 0

    def write(self, address: str) -> None:
        """Until the service is gone."""
        with httpx.Client(base_url=address, timeout=30) as client:
            try:
                while True:
                    self._change(client)
            except httpx.TransportError:
                return

    def _change(self, client: httpx.Client) -> None:
        self._count += 1
        title = f"{self.name} {self._count}"
        self.sent.append(title)
        body = draft_of(self.template, self.name, title)
        seen = client.get(f"/records/{self.name}?draft=true", headers=self.curators.bearing("read"))
        if seen.status_code == 404:
            reply = client.post("/records", json=body, headers=self.curators.bearing("draft"))
        else:
            revision = int(seen.headers["etag"].strip('"'))
            reply = client.put(
                f"/records/{self.name}", json=body, headers=self.curators.bearing("draft", revision)
            )
        assert reply.status_code in {200, 201}, reply.text
        entry = reply.json()["entry"]
        self.acknowledged[entry] = title
        self.told.set()
        if self._count % 5 == 0:
            headers = self.curators.bearing("publish", entry)
            reply = client.post(f"/records/{self.name}/publish", headers=headers)
            assert reply.status_code == 200, reply.text
            self.acknowledged[reply.json()["entry"]] = None
            self.published = title


def _require_what_was_acknowledged(address: str, writers: list[_Writer]) -> None:
    """The last draft of each writer or a later one, and in the graph the last that was published, or a later one."""
    with httpx.Client(base_url=address, timeout=30) as client:
        for writer in writers:
            seen = client.get(f"/records/{writer.name}?draft=true", headers=writer.curators.bearing("read"))
            drafts = [title for title in writer.acknowledged.values() if title]
            assert _count(seen.json()["document"]["title"]) >= _count(drafts[-1])
            public = client.get(f"/records/{writer.name}")
            query = f"SELECT ?t {{ <{ids.BASE}document/{writer.name}> rdfs:label ?t }}"
            titles = client.get("/sparql", params={"query": query, "format": "csv"}).text.split("\r\n")[1:-1]
            if None in writer.acknowledged.values():
                assert titles == [public.json()["document"]["title"]]
                assert _count(titles[0]) >= _count(writer.published)


def _count(title: str) -> int:
    return int(title.rpartition(" ")[2])


def test_what_was_acknowledged_outlives_every_kill(
    ledger: Path,
    curators: Curators,
    template: dict[str, Any],
    seed: Seed,
    tmp_path: Path,
) -> None:
    store = tmp_path / "store"
    chance = random.Random(7)  # noqa: S311
    writers = [_Writer(number, template, curators) for number in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as crowd:
        for number in range(KILLS):
            where = ("--store", str(store)) if number % 25 == 24 else ()
            process, address = _started(ledger, seed, *where)
            acknowledged = threading.Event()
            for writer in writers:
                writer.told = acknowledged
            soon = 0 if number % 10 else chance.uniform(0, 1)  # now and then while it starts
            killer = threading.Thread(
                target=_kill, args=(process.pid, acknowledged, soon, chance.uniform(0, 0.4))
            )
            killer.start()
            for done in [crowd.submit(writer.write, address) for writer in writers]:
                done.result(60)
            killer.join()
            process.communicate()
    for where in ((), ("--store", str(store))):
        process, address = _started(ledger, seed, *where)
        _require_what_was_acknowledged(address, writers)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    opened = Ledger(ledger, write=True)
    entries = {one.number: one for one in opened.entries()}
    opened.close()
    noted = {number: title for one in writers for number, title in one.acknowledged.items()}
    assert len(noted) >= KILLS * 0.8
    for number, title in noted.items():
        entry = entries[number]
        assert entry.op == ("put" if title else "publish")
        if title:
            record = draft_of(template, entry.record, title)
            assert json.loads(entry.body) == {"record": record}
    sent = {title for one in writers for title in one.sent}
    for number in entries.keys() - noted.keys():  # committed, and killed before the answer
        body = entries[number].content
        assert entries[number].op == "publish" or body["record"]["document"]["title"] in sent
