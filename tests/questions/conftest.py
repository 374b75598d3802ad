"""The store of the first document with a file of coded events beside it."""

from pathlib import Path

import pytest

from demarche.graph.feed import load_events
from demarche.graph.sources.icews import read_spellings
from demarche.graph.store import OxigraphStore


@pytest.fixture(scope="session")
def beside_a_feed(
    one_document: OxigraphStore, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> OxigraphStore:
    """The same store with a file of events beside it, which describes the same governments and answers nothing."""
    states = ("Japan", "South Korea", "United States", "China", "Russia")
    rows = (f"{state}\tMake statement\t{other}\t2014-03-01\n" for state in states for other in states)
    file = tmp_path_factory.mktemp("feed") / "events.tsv"
    file.write_text(
        "".join((*rows, "North Korea\tMake statement\tBarack Obama\t2014-03-01\n")), encoding="utf-8"
    )
    store = OxigraphStore()
    store.load(one_document.dump())
    load_events(file, store, read_spellings(repository / "seed_data"))
    return store
