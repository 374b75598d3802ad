"""The one store that all golden answers are about."""

from pathlib import Path

import pytest

from demarche.graph.store import OxigraphStore
from tests.questions.one_document import store_of_one_document


@pytest.fixture(scope="session")
def one_document(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> OxigraphStore:
    return store_of_one_document(repository / "seed_data", tmp_path_factory.mktemp("seed"))
