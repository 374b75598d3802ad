"""Each view, opened by its address: it draws, asks no other host, is accessible, and fits a narrow screen."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.browser import ARGUMENTS, CHROMIUM, HEIGHT, LARGE, NARROW, Watched, watched
from tests.pages.views import VIEWS
from tests.service.processes import serving

AXE = "service/demarche/service/ui/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
REFUSED = {"missing", "refused"}
DRAWN = {
    "launches": "#timeline svg .mark",
    "launch": "#fan svg .act",
    "compared": "#fan svg .act",
    "matrix": "table.matrix a.cell",
    "network": "#network canvas",
    "neighbourhood": "#network canvas",
    "actor": "#acts svg .mark",
    "place": "#map svg .spot",
    "sparql": ".editor",
}


def _opened(found: Watched, view: str) -> Page:
    page = found.open(VIEWS[view])
    if view in DRAWN:
        page.locator(DRAWN[view]).first.wait_for()
    return page


def _forgive_status(found: Watched, view: str) -> None:
    """A browser reports the status of the page itself when it is an error."""
    if view in REFUSED:
        found.errors = [one for one in found.errors if "server responded with a status of 4" not in one]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_opens_by_its_address_without_an_error_and_says_what_it_is(reader: Watched, view: str) -> None:
    page = _opened(reader, view)
    _forgive_status(reader, view)
    assert page.title().endswith("Demarche")
    assert page.locator("h1").count() == 1
    assert page.locator("main").inner_text().strip()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_a_view_has_no_violation_of_wcag_2_2_aa(
    browser: Browser, site: str, repository: Path, view: str, scheme: str
) -> None:
    with watched(browser, site, color_scheme=scheme, bypass_csp=True) as found:
        page = _opened(found, view)
        page.wait_for_timeout(200)
        page.add_script_tag(path=repository / AXE)
        said: dict[str, Any] = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")
    assert said["passes"]
    broken = [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in said["violations"]]
    assert not broken, broken


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_a_narrow_screen(browser: Browser, site: str, view: str) -> None:
    with watched(browser, site, viewport={"width": NARROW, "height": HEIGHT}) as found:
        page = _opened(found, view)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW


def test_a_large_screen_is_used(browser: Browser, site: str) -> None:
    with watched(browser, site, viewport=LARGE) as found:
        page = _opened(found, "matrix")
        table = page.locator(".scroll.tall")
        assert table.evaluate("(one) => one.scrollHeight <= one.clientHeight")
        left = [page.locator(one).first.bounding_box() for one in ("header .name", "h1", "footer p")]
        assert len({round(one["x"]) for one in left if one}) == 1
        drawn = _opened(found, "launches").locator("#timeline svg.timeline").bounding_box()
        assert drawn
        assert drawn["width"] > LARGE["width"] / 2


def test_the_views_work_behind_a_prefix(browser: Browser, seed_cache: Path, built: Path) -> None:
    """The proxy in front takes the prefix away, as Chromium is told to do here."""
    assert built.is_dir()
    with serving(CACHE=seed_cache, ROOT_PATH="/archive/demarche") as one:
        own = str(one.client.base_url).rstrip("/")
        with watched(browser, own) as found:
            found.page.route(
                "**/archive/demarche/**",
                lambda route: route.fulfill(
                    response=route.fetch(url=route.request.url.replace("/archive/demarche", ""))
                ),
            )
            for view, drawing in DRAWN.items():
                page = found.page
                page.goto(f"{own}/archive/demarche{VIEWS[view]}", wait_until="networkidle")
                page.locator(drawing).first.wait_for()
            page.get_by_role("link", name="Launches").click()
            page.locator("li.reacted a").first.click()
            page.locator("#fan .act").first.wait_for()
            assert "/archive/demarche/launches/" in page.url
            assert [one for one in found.requests if "/archive/demarche/" not in one] == []
            assert found.errors == []


def test_on_paper_a_view_has_its_figures_and_no_controls(reader: Watched) -> None:
    """All columns of the matrix, in several figures; the network, of which WebGL would leave an empty box."""
    page = reader.open("/matrix")
    columns = page.locator("table.matrix thead th").count() - 1
    page.emulate_media(media="print")
    figures = page.locator(".printed svg")
    figures.first.wait_for()
    assert figures.count() == -(-columns // 16) > 1
    assert figures.locator("text[transform]").count() == columns
    assert not [one for one in page.locator("form, table, button").all() if one.is_visible()]
    assert re.fullmatch(r"Record \w+", page.locator("footer").inner_text().strip())
    page.emulate_media(media="screen")
    expect(figures).to_have_count(0)
    page = reader.open(VIEWS["network"])
    page.locator(DRAWN["network"]).first.wait_for()
    page.emulate_media(media="print")
    expect(page.locator(".printed svg")).to_be_visible()
    assert not page.locator("#network canvas").first.is_visible()


def test_without_webgl_the_table_stays_and_a_text_says_so(browser: Browser, site: str) -> None:
    plain = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, "--disable-3d-apis"])
    with watched(plain, site) as found:
        page = found.open(VIEWS["network"])
        assert "draws no WebGL" in page.locator("#network .drawing").inner_text()
        page.get_by_role("button", name="around: show Government of Japan and its neighbours").click()
        assert "Government of Japan and its" in page.locator("#path").inner_text()
        assert page.locator("#ranking tr.chosen").count() == 1
        assert found.errors == []
    plain.close()
