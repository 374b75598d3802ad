"""The walk-through with curl tells the truth: each command runs as printed, and its answer has the next line."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.test_running import running

TEXT = (Path(__file__).parents[2] / "docs/walk-through-curl.md").read_text(encoding="utf-8")
HERE = "http://127.0.0.1:8000"


def steps() -> list[tuple[str, str]]:
    """Each command with what its answer has: the line after it, or nothing."""
    blocks = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    return [
        (part.partition("\n")[0], part.partition("\n")[2].strip())
        for block in blocks
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)
        if part
    ]


@pytest.fixture(scope="module")
def session(seed_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Where a real `demarche serve` listens, and the folder in which the commands run one after the other."""
    folder = tmp_path_factory.mktemp("session")
    with running(seed_cache, folder) as (_, client):
        yield str(client.base_url).rstrip("/"), folder


def test_the_walk_through_is_as_long_as_it_was_and_uses_curl_alone() -> None:
    assert len(steps()) == 24
    assert {command.split()[0] for command, _ in steps()} == {"curl"}
    assert [command for command, told in steps() if not told and "--etag-save" not in command] == []


def test_each_command_of_the_walk_through_is_answered_as_it_says(session: tuple[str, Path]) -> None:
    address, folder = session
    for command, told in steps():
        there = shlex.split(command.replace(HERE, address))
        done = subprocess.run(there, cwd=folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        assert told in done.stdout, command
