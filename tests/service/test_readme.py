"""The README tells the truth: its sessions run as printed, its Python runs, its links lead somewhere."""

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from demarche.service.cli import app

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.removeprefix("$ ").partition("  #")[0].strip()
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
LINKS = re.findall(r"\]\(([^)#]+)\)", README)


def run(arguments: list[str], folder: Path, cache: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        arguments,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "DEMARCHE_CACHE": str(cache), "XDG_CACHE_HOME": str(cache)},
    )


@pytest.fixture(scope="module")
def address(seed_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a real `demarche serve` listens, as it says itself."""
    server = subprocess.Popen(
        [sys.executable, "-m", "demarche.service", "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path_factory.mktemp("served"),
        env={"PATH": "/usr/bin:/bin", "DEMARCHE_CACHE": str(seed_cache)},
    )
    assert server.stderr is not None
    told = re.search(r"http://127\.0\.0\.1:\d+", server.stderr.readline())
    try:
        assert told, "the server does not say where it is"
        yield told[0]
    finally:
        server.send_signal(signal.SIGINT)
        rest = server.communicate(timeout=20)[1]
    assert "Traceback" not in rest


def test_the_readme_has_its_sessions() -> None:
    kinds = {command.split()[0] for command in COMMANDS}
    assert kinds == {".", "demarche", "curl"}
    assert len(PYTHON) == 1


@pytest.mark.parametrize("command", [one for one in COMMANDS if one.startswith("demarche")])
def test_a_command_of_the_readme_runs_as_printed(command: str, tmp_path: Path, seed_cache: Path) -> None:
    arguments = [sys.executable, "-m", "demarche.service", *shlex.split(command)[1:]]
    done = run(arguments, tmp_path, seed_cache)
    told = [line for line in done.stderr.splitlines() if "unverified leads: demarche ask leads" not in line]
    assert (done.returncode, told if "--output" not in command else []) == (0, []), done.stderr
    assert done.stdout or (tmp_path / "demarche.trig").stat().st_size > 100_000


@pytest.mark.parametrize("command", [one for one in COMMANDS if one.startswith("curl")])
def test_a_request_of_the_readme_is_answered(
    command: str, tmp_path: Path, seed_cache: Path, address: str
) -> None:
    there = command.replace("http://127.0.0.1:8000", address)
    done = run(["curl", "--fail", "--silent", "--show-error", *shlex.split(there)[1:]], tmp_path, seed_cache)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout) > 200


def test_the_python_of_the_readme_runs(tmp_path: Path, seed_cache: Path) -> None:
    done = run([sys.executable, "-c", PYTHON[0]], tmp_path, seed_cache)
    assert done.returncode == 0, done.stderr
    assert "Shinzo Abe" in done.stdout


def test_the_table_of_commands_has_every_command() -> None:
    """A command by its name, and each of a group: `demarche token add`, `list`, `revoke`."""
    lines = [line for line in README.partition("## Commands")[2].splitlines() if "`demarche " in line]
    told = {
        (line.split()[2].rstrip("`"), word)
        for line in lines
        for word in re.findall(r"[a-z]+", " ".join(re.findall(r"`([^`]*)`", line)))
    }
    root: Any = typer.main.get_command(app)
    for name, command in root.commands.items():
        for each in getattr(command, "commands", [name]):
            assert (name, each) in told


def test_every_link_of_the_readme_leads_somewhere() -> None:
    root = Path(__file__).parents[2]
    missing = [link for link in LINKS if "://" not in link and not (root / link).exists()]
    assert missing == []
