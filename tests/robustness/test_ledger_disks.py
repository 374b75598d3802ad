"""A full disk and one that cannot be written: a clear error, nothing half written, and reads go on."""

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demarche.graph.ledger import Ledger, verify
from tests.robustness.curating import Curators, draft_of
from tests.service.processes import serving

FULL = """
import resource, sys
from pathlib import Path
from demarche.graph.errors import LedgerError
from demarche.graph.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]), write=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
done = 0
try:
    while True:
        ledger.append("ada", "put", "record", {"text": "x" * 3000, "number": done})
        done += 1
except LedgerError as error:
    print(done, error)
    try:
        ledger.append("ada", "put", "record", {"text": "x" * 100_000})
    except LedgerError:
        print("refused again")
"""
READ_ONLY = """
import os, sys
from pathlib import Path
from demarche.graph.errors import LedgerError
from demarche.graph.ledger import Ledger
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    Ledger(Path(sys.argv[1]), write=True)
except LedgerError as error:
    print(error)
"""


@pytest.fixture
def readable() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("room", [60_000, 150_000, 400_000])
def test_a_full_disk_refuses_an_entry_as_a_whole(room: int, ledger: Path) -> None:
    told = subprocess.run([sys.executable, "-c", FULL, ledger, str(room)], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    first, again = told.stdout.splitlines()
    assert "nothing was written" in first
    assert again == "refused again"
    acknowledged = int(first.split()[0])
    last = verify(ledger)
    assert (last.number if last else 0) == acknowledged
    opened = Ledger(ledger, write=True)
    assert opened.append("ada", "put", "record", {}).number == acknowledged + 1
    opened.close()


def test_a_read_only_disk_is_told_at_the_start(readable: Path) -> None:
    path = readable / "ledger.db"
    Ledger.create(path)
    for file in readable.iterdir():
        file.chmod(0o444)
    readable.chmod(0o555)
    told = subprocess.run([sys.executable, "-c", READ_ONLY, path], capture_output=True, text=True)
    readable.chmod(0o755)
    assert told.returncode == 0, told.stderr
    assert "cannot be written to: Permission denied" in told.stdout


def test_a_service_on_a_full_disk_says_so_and_goes_on_reading(
    ledger: Path, curators: Curators, template: dict[str, Any], seed_cache: Path, repository: Path
) -> None:
    with serving(LEDGER=ledger, CACHE=seed_cache, SEED_DATA=repository / "seed_data") as served:
        body = draft_of(template, "first")
        assert served.client.post("/records", json=body, headers=curators.bearing("draft")).status_code == 201
        unlimited = resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
        body = draft_of(template, "second")
        reply = served.client.post("/records", json=body, headers=curators.bearing("draft"))
        assert (reply.status_code, "nothing was written" in reply.json()["detail"]) == (503, True)
        assert served.client.get("/records/2016-07-09-reuters").status_code == 200
        resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, unlimited)
        reply = served.client.post("/records", json=body, headers=curators.bearing("draft"))
        assert (reply.status_code, reply.json()["entry"]) == (201, 2)
    last = verify(ledger)
    assert last
    assert last.number == 2
