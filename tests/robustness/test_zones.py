"""The clock of the machine changes nothing: what depends on time is tested again where it is tomorrow already."""

import os
import subprocess
import sys
from pathlib import Path

ZONES = {"Asia/Tokyo": "+0900", "Pacific/Apia": "+1300"}
CRITICAL = [
    "tests/graph/test_intervals.py",
    "tests/graph/test_reaction_files.py",
    "tests/graph/sources/test_catalogue.py",
    "tests/graph/indicators/test_lags.py",
]
SAY_OFFSET = "import time; print(time.strftime('%z'))"


def test_what_depends_on_time_is_the_same_in_any_zone(repository: Path) -> None:
    """Among it: 05:57 in Tokyo is 2016-06-21T20:57Z, and a reaction has its lag in hours."""
    runs = {
        zone: started(repository, zone, "pytest", "-q", "-x", "-p", "no:cacheprovider", *CRITICAL)
        for zone in ZONES
    }
    for zone, offset in ZONES.items():
        told = subprocess.run(
            [sys.executable, "-c", SAY_OFFSET], env={**os.environ, "TZ": zone}, capture_output=True, text=True
        )
        assert told.stdout.strip() == offset, f"the system does not know {zone}"
    for zone, run in runs.items():
        output = run.communicate(timeout=300)[0]
        assert run.returncode == 0, f"{zone}: {output[-3000:]}"
        assert " passed" in output


def started(repository: Path, zone: str, *module: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", *module],
        env={**os.environ, "TZ": zone},
        cwd=repository,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
