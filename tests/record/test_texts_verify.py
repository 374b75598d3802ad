"""The dossiers are those of the texts at hand: every digest and every span fits, and so does every row's."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from demarche.graph.pipeline import dossier_files
from demarche.graph.records import Dossier
from demarche.graph.sources.crosswalk import read_crosswalk
from demarche.graph.sources.dossier import read_dossier, verify_spans


@pytest.fixture(scope="module")
def dossiers(repository: Path) -> dict[str, Dossier]:
    found = map(read_dossier, dossier_files(repository / "seed_data"))
    return {dossier.document.id: dossier for dossier in found}


@pytest.fixture(scope="module")
def texts(shared: Path) -> dict[str, str]:
    """Each text by the digest of its bytes."""
    found = (file.read_bytes() for file in sorted((shared / "data" / "articles").glob("*.txt")))
    return {sha256(text).hexdigest(): text.decode() for text in found}


def test_each_dossier_is_of_a_text_at_hand_and_all_its_spans_verify(
    dossiers: dict[str, Dossier], texts: dict[str, str]
) -> None:
    assert len(dossiers) == 114
    assert {one.document.sha256 for one in dossiers.values()} <= texts.keys()
    assert [
        problem for one in dossiers.values() for problem in verify_spans(one, texts[one.document.sha256])
    ] == []


def test_the_words_of_every_row_stand_at_its_characters(
    repository: Path, shared: Path, dossiers: dict[str, Dossier], texts: dict[str, str]
) -> None:
    entries = {one.row: one.document for one in read_crosswalk(repository / "seed_data" / "crosswalk").rows}
    lines = (shared / "data" / "reactions.jsonl").read_text("utf-8").splitlines()
    fit = [
        row["id"]
        for row in map(json.loads, lines)
        if texts[dossiers[entries[row["id"]]].document.sha256][row["quote_start"] : row["quote_end"]]
        == row["quote"]
    ]
    assert len(fit) == 367


def test_one_changed_character_is_noticed(dossiers: dict[str, Dossier], texts: dict[str, str]) -> None:
    dossier = dossiers["2017-07-28-vox"]
    start = min(int(span.split("-")[0]) for span in dossier.spans)
    text = texts[dossier.document.sha256]
    changed = text[:start] + chr(ord(text[start]) + 1) + text[start + 1 :]
    assert any(
        problem.field.startswith(f"{start}-")
        or problem.record.startswith(f"{start}-")
        or f"{start}-" in str(problem)
        for problem in verify_spans(dossier, changed)
    )
