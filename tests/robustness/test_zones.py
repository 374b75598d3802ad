"""The clock of the machine changes nothing: what depends on time is tested again where it is tomorrow already."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.robustness.conftest import SOAK

ZONES = {"Asia/Tokyo": "+0900", "Pacific/Apia": "+1300"}
CRITICAL = [
    "tests/graph/test_intervals.py",
    "tests/graph/test_reaction_files.py",
    "tests/graph/test_reactions.py",
    "tests/graph/sources/test_catalogue.py",
    "tests/graph/sources/test_dossier.py",
    "tests/graph/indicators/test_lags.py",
    "tests/graph/indicators/test_first_responders.py",
    "tests/graph/indicators/test_certificate.py",
    "tests/questions/test_questions.py",
    "tests/robustness/test_curators.py::test_the_same_ledger_makes_the_same_graph_and_every_earlier_one",
    "tests/robustness/test_curators.py::test_the_changes_come_in_pages_and_as_a_feed",
]
OTHERWISE_TESTED = (
    "not another_engine and not on_disk and not damaged_projection and not documentation and not shows_people"
)
SAY_OFFSET = "import time; print(time.strftime('%z'))"


@pytest.mark.usefixtures("seed_quads", "one_document")
def test_what_depends_on_time_is_the_same_in_any_zone(repository: Path) -> None:
    """Among it: 05:57 in Tokyo is 2016-06-21T20:57Z, and a reaction has its lag in hours. At length, all tests."""
    chosen = ["tests", "--ignore", __file__] if SOAK > 1 else ["-k", OTHERWISE_TESTED, *CRITICAL]
    runs = {
        zone: started(repository, zone, "pytest", "-q", "-p", "no:cacheprovider", *chosen) for zone in ZONES
    }
    for zone, offset in ZONES.items():
        told = subprocess.run(
            [sys.executable, "-c", SAY_OFFSET], env={**os.environ, "TZ": zone}, capture_output=True, text=True
        )
        assert told.stdout.strip() == offset, f"the system does not know {zone}"
    for zone, run in runs.items():
        output = run.communicate(timeout=600 * SOAK)[0]
        assert run.returncode == 0, f"{zone}: {output[-3000:]}"
        assert " passed" in output


def started(repository: Path, zone: str, *module: str) -> "subprocess.Popen[str]":
    """In a process of its own that knows nothing of the run that starts it, and does each thing once."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "SOAK"))
    }
    return subprocess.Popen(
        [sys.executable, "-m", *module],
        env=environment | {"TZ": zone},
        cwd=repository,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
