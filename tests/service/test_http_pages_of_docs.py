"""The pages in docs/ about HTTP tell the truth: what they ask, a real server answers."""

import re
import shlex
import subprocess
from pathlib import Path

import httpx
import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("linked-data.md", "reconcile.md", "rest.md")
ADDRESS = "http://127.0.0.1:8000"


def _commands(page: str) -> list[list[str]]:
    """The commands of a page; one may go on over lines that have no prompt."""
    blocks = re.findall(r"```console\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    return [
        shlex.split(command)
        for block in blocks
        for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    ]


@pytest.mark.parametrize(
    ("page", "command"), [(page, command) for page in PAGES for command in _commands(page)]
)
def test_a_command_of_the_page_is_answered(
    client: httpx.Client, page: str, command: list[str], tmp_path: Path
) -> None:
    assert command[0] == "curl", page
    assert ADDRESS in " ".join(command)
    sent = [part.replace(ADDRESS, str(client.base_url).rstrip("/")) for part in command]
    done = subprocess.run([*sent, "--silent", "--show-error", "--fail"], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    written = [file.read_bytes() for file in tmp_path.iterdir()]
    assert done.stdout or all(written)
    assert b'"total":0' not in done.stdout.replace(b" ", b""), "an example shows something"


def _addresses(page: str) -> list[str]:
    return re.findall(r"^GET (/\S+)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("page", "address"),
    [(page, one) for page in ("networks.md", "questions.md") for one in _addresses(page)],
)
def test_an_address_of_the_page_is_answered(client: httpx.Client, page: str, address: str) -> None:
    found = client.get(address, headers={"Accept": "application/json"})
    assert found.status_code == 200, f"{page}: {found.text}"
    assert found.content


def test_every_page_has_addresses() -> None:
    assert {page: len(_addresses(page)) for page in ("networks.md", "questions.md")} == {
        "networks.md": 7,
        "questions.md": 34,
    }


def test_every_page_has_commands() -> None:
    assert {page: len(_commands(page)) for page in PAGES} == {
        "linked-data.md": 4,
        "reconcile.md": 4,
        "rest.md": 4,
    }
