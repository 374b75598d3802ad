"""The page on SPARQL tells the truth: its requests are answered as printed, and its limits are those of the code."""

import re
import shlex
import subprocess
from pathlib import Path

import httpx
import pytest

from demarche.service import guard
from demarche.service.routes.graph_store import MAX_BYTES
from demarche.service.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs/sparql.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (curl .*)$", PAGE, re.MULTILINE)


def test_the_page_has_its_session() -> None:
    assert len(COMMANDS) == 4


@pytest.mark.parametrize("command", COMMANDS)
def test_a_request_of_the_page_is_answered(command: str, client: httpx.Client) -> None:
    there = shlex.split(command.replace("http://127.0.0.1:8000", str(client.base_url).rstrip("/")))
    done = subprocess.run(
        [there[0], "--fail", "--silent", "--show-error", *there[1:]],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    told = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", PAGE, re.MULTILINE))
    assert told["length of a query"] == f"{guard.MAX_BYTES // 1024} KiB"
    assert told["brackets in brackets"] == str(guard.MAX_NESTING)
    chained = told["each of `.`, `;`, `UNION`, `OPTIONAL`, ... in one query"]
    assert chained == f"{guard.MAX_CHAIN} (commas of `IN (...)` apart)"
    named = {name.lower() for name in re.findall(r"`DEMARCHE_(QUERY_\w+)`", PAGE)}
    assert named == {name for name in Settings.model_fields if name.startswith("query_")}
    assert f"up to {guard.MAX_UPDATE_BYTES // 2**20} MiB" in PAGE
    assert f"up to {MAX_BYTES // 2**20} MiB" in PAGE
