"""The scripts as they are built: little at first, nothing that makes code or markup from text."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

FIRST = 60_000
UI = "service/demarche/service/ui"


@pytest.fixture(scope="session")
def manifest(built: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    return found


def _first(manifest: dict[str, Any], entry: str) -> set[str]:
    """An entry with all that it imports before it runs."""
    found = {entry}
    for name in manifest[entry].get("imports", ()):
        found |= _first(manifest, name)
    return found


def test_the_first_script_of_each_view_is_small(built: Path, manifest: dict[str, Any]) -> None:
    views = [name for name, one in manifest.items() if one.get("isEntry")]
    assert len(views) == 7
    for view in views:
        parts = _first(manifest, view) | _first(manifest, "src/views/site.ts")
        size = sum(len(gzip.compress((built / manifest[one]["file"]).read_bytes())) for one in parts)
        assert size <= FIRST, (view, size)


def test_no_built_script_makes_code_from_text(built: Path) -> None:
    for file in built.glob("assets/*.js"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function\(|document\.write\(|\.innerHTML\s*=[^=]", text), (
            file.name
        )


def test_the_lock_file_names_no_address_and_a_digest_of_each_package(repository: Path) -> None:
    text = (repository / UI / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert '"resolved"' not in text
    assert not re.search(
        r"https?://(?!(?:[\w.-]+\.)?(?:opencollective|github|tidelift|paypal|patreon)\.)", text
    )
    assert all("integrity" in one for name, one in packages.items() if name)


def test_every_source_of_the_scripts_leaves_markup_alone(repository: Path) -> None:
    for file in (repository / UI / "src").rglob("*.ts"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", text), file.name
