"""The page on the acts that were read again lists those that the seed draws, and its sums are those of its table."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from demarche.graph.sources.dossier import read_dossier
from tests.record.sample import draw

ROW = re.compile(r"^\| `(act/[a-z0-9/-]+)` \| (right|mended|doubtful)\b", re.MULTILINE)
SEED, DRAWN = 20170728, 40


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs/review.md").read_text(encoding="utf-8")


def test_the_page_names_the_seed_and_lists_exactly_the_acts_that_it_draws(page: str) -> None:
    assert f"random.Random({SEED})" in page
    assert [act for act, _ in ROW.findall(page)] == sorted(draw(SEED, DRAWN))


def test_the_sums_of_the_page_are_those_of_its_table(page: str) -> None:
    told = re.search(r"(\d+) right, (\d+) mended, (\d+) doubtful", page)
    assert told is not None
    found = Counter(verdict for _, verdict in ROW.findall(page))
    assert tuple(map(int, told.groups())) == (found["right"], found["mended"], found["doubtful"])


def test_every_act_that_was_read_is_still_in_the_record(repository: Path) -> None:
    missing = []
    for act in draw(SEED, DRAWN):
        document, name = act.removeprefix("act/").split("/")
        path = repository / f"seed_data/documents/{document[:4]}/{document}.yaml"
        if name not in {told.id for told in read_dossier(path).acts}:
            missing.append(act)
    assert missing == []
