"""A real `demarche serve` and a real Chromium for the tests of the pages."""

from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install '.[test]'")

from playwright.sync_api import Browser  # noqa: E402

from demarche.service.pages import STATIC  # noqa: E402
from tests.pages.browser import CHROMIUM, Watched, chromium, watched  # noqa: E402
from tests.service.processes import serving  # noqa: E402


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder of the built scripts."""
    if not (STATIC / "ui/manifest.json").is_file():
        pytest.skip("needs the scripts of the pages: install without DEMARCHE_NO_UI")
    return STATIC / "ui"


@pytest.fixture(scope="session")
def site(seed_cache: Path, built: Path) -> Iterator[str]:
    assert built.is_dir()
    with serving(CACHE=seed_cache) as one:
        yield str(one.client.base_url).rstrip("/")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module: while it runs, no other event loop can run in this thread."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium on the path")
    with chromium() as one:
        yield one


@pytest.fixture
def reader(browser: Browser, site: str) -> Iterator[Watched]:
    """A page for one test; whatever the test did, nothing may have gone wrong in it."""
    with watched(browser, site) as found:
        yield found
        assert (found.errors, found.dialogs) == ([], [])
