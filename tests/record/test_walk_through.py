"""Follows docs/add-a-document.md: writes the files it shows, types its commands, and compares what they print."""

import csv
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "add-a-document.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
SESSIONS = re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
# A command, and the lines that it is said to print.
STEPS = [
    (command, told.splitlines())
    for session in SESSIONS
    for command, told in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE)
]
Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty folder with the files of the page."""
    top = tmp_path_factory.mktemp("walk")
    for name, text in FILES.items():
        (top / name).parent.mkdir(exist_ok=True)
        (top / name).write_text(text, encoding="utf-8")
    return top


def typed(command: str, folder: Path, cache: Path) -> Done:
    program, *arguments = shlex.split(command)
    assert program == "demarche"
    return subprocess.run(
        [sys.executable, "-m", "demarche.service", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "DEMARCHE_CACHE": str(cache)},
    )


@pytest.fixture(scope="module")
def walked(folder: Path, seed_cache: Path) -> list[Done]:
    """What became of each command of the page, typed one after the other."""
    return [typed(command, folder, seed_cache) for command, _ in STEPS]


def test_the_page_shows_a_text_a_directory_a_dossier_and_every_command() -> None:
    assert [Path(name).suffix for name in FILES] == [".txt", ".yaml", ".yaml"]
    assert {command.split()[1] for command, _ in STEPS} == {"span", "validate", "load", "ask"}


def test_every_command_of_the_page_succeeds_and_prints_what_the_page_says(walked: list[Done]) -> None:
    for (command, told), done in zip(STEPS, walked, strict=True):
        assert done.returncode == 0, f"{command}: {done.stderr or done.stdout}"
        if told:
            assert done.stdout.splitlines() == told, command


def test_the_answer_is_the_made_up_reaction_and_nothing_else(walked: list[Done]) -> None:
    (row,) = csv.DictReader(walked[-1].stdout.splitlines())
    found = {row[name] for name in ("speaker", "government", "stance", "link", "source")}
    assert "Spokesperson" in row["office"]
    for one in found - {row["link"]}:
        assert one in PAGE.replace("\n", " "), one
    assert row["link"] == "explicit"
    assert row["government"] == "Government of France"


def test_every_place_of_the_dossier_is_what_span_prints(folder: Path, seed_cache: Path) -> None:
    text = FILES["kite/article.txt"]
    lines = re.findall(r"^  ((\d+)-(\d+): \w{64})$", PAGE, re.MULTILINE)
    assert len(lines) > 5
    for line, start, end in lines:
        words = text[int(start) : int(end)]
        told = typed(f"demarche span kite/article.txt {shlex.quote(words)}", folder, seed_cache).stdout
        assert told == f"{line}\n"


def test_the_misspelt_stance_of_the_page_is_refused_by_name(seed_cache: Path, tmp_path: Path) -> None:
    name = "kite/2099-04-01-weathervane.yaml"
    (tmp_path / "kite").mkdir()
    for file, text in FILES.items():
        (tmp_path / file).write_text(text.replace("stance: concern", "stance: concerned"), encoding="utf-8")
    done = typed("demarche validate kite", tmp_path, seed_cache)
    assert done.returncode == 1
    assert f"{name}: acts/exemple-concern: stance" in done.stderr


def test_nothing_of_the_example_is_in_the_record() -> None:
    seed = [file for file in (REPOSITORY / "seed_data").rglob("*") if file.suffix in {".yaml", ".csv"}]
    assert len(seed) > 100
    words = ("weathervane", "paper-kite", "aurore-exemple", "isle-of-nowhere")
    assert [file for file in seed if any(word in file.read_text(encoding="utf-8") for word in words)] == []
