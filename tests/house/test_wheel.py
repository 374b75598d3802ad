"""The wheel has the files it should have, and answers in an empty environment outside of the checkout."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.house.wheel_files import build, complaints

EXAMPLE = "no parameter given: answering the example, --event 2016-06-22-musudan\n"


@pytest.fixture(scope="session")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(repository, tmp_path_factory.mktemp("wheel"), "--no-isolation")


@pytest.fixture(scope="session")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it.

    It borrows our libraries through a path file. No editable install comes along: the path files of a folder
    that a path file names are not read.
    """
    folder = tmp_path_factory.mktemp("elsewhere") / "environment"
    venv.create(folder)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python"), "--quiet"]
    subprocess.run([*pip, "install", "--no-index", "--no-deps", str(wheel)], check=True)
    _site(folder).joinpath("borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return folder


def test_the_wheel_has_every_file_it_should_have_and_no_other(wheel: Path, repository: Path) -> None:
    found = complaints(wheel, repository)
    assert not found, "\n".join(found)


def test_a_test_a_lost_file_and_a_missing_family_are_complained_of(
    wheel: Path, repository: Path, tmp_path: Path
) -> None:
    spoiled = tmp_path / wheel.name
    with ZipFile(wheel) as whole, ZipFile(spoiled, "w") as copy:
        for name in whole.namelist():
            if not name.endswith((".jsonld", "terms.py")):
                copy.writestr(name, whole.read(name))
        copy.writestr("demarche/graph/tests/test_records.py", "")
        copy.writestr("demarche/__init__.py", "")
    assert complaints(spoiled, repository) == [
        "unexpected: demarche/__init__.py",
        "unexpected: demarche/graph/tests/test_records.py",
        "no file of the family: JSON-LD context",
        "lost on the way: demarche/ontology/context.jsonld",
        "lost on the way: demarche/ontology/terms.py",
    ]


def test_the_installed_wheel_is_not_the_checkout(environment: Path, tmp_path: Path) -> None:
    code = "import demarche.graph, demarche.ontology, demarche.service; print(*demarche.__path__)"
    shown = _run(environment, tmp_path, "python", "-c", code)
    assert shown.stdout.split() == [str(_site(environment) / "demarche")]


def test_the_installed_wheel_answers_who_reacted(environment: Path, tmp_path: Path) -> None:
    answer = _run(environment, tmp_path, "demarche", "ask", "who-reacted")
    assert (answer.returncode, answer.stderr) == (0, EXAMPLE)
    assert "Hagiuda" in answer.stdout


def test_the_installed_wheel_answers_without_validating_again(environment: Path, tmp_path: Path) -> None:
    _site(environment).joinpath("pyshacl.py").write_text(
        "raise SystemExit('validated again')\n", encoding="utf-8"
    )
    answer = _run(environment, tmp_path, "demarche", "ask", "who-reacted")
    _site(environment).joinpath("pyshacl.py").unlink()
    assert (answer.returncode, answer.stderr) == (0, EXAMPLE)


def _site(environment: Path) -> Path:
    return next(environment.glob("lib/python*/site-packages"))


def _run(environment: Path, home: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of the environment as a user with an empty home and no settings of ours."""
    command = [str(environment / "bin" / program), *arguments]
    variables = {"PATH": os.environ["PATH"], "HOME": str(home), "COLUMNS": "200"}
    return subprocess.run(command, cwd=home, env=variables, capture_output=True, text=True)
