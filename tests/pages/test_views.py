"""Each view, opened by its address: it draws, asks no other host, is accessible, and fits a narrow screen."""

import json
import re
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.pages.browser import ARGUMENTS, CHROMIUM, HEIGHT, LARGE, NARROW, Watched, watched
from tests.pages.views import VIEWS
from tests.service.processes import serving

AXE = "service/demarche/service/ui/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LAZY = {
    "drawing": {"network", "neighbourhood"},
    "editor": {"sparql"},
    "map": {"place"},
}
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


@pytest.fixture(scope="module")
def axe(repository: Path) -> str:
    return (repository / AXE).read_text(encoding="utf-8")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_opens_by_its_address_is_accessible_and_fits_a_narrow_screen(
    reader: Watched, view: str, axe: str
) -> None:
    """Without an error, a foreign request or a violation of WCAG 2.2 AA, light and dark; loading what it shows only."""
    page = _opened(reader, view)
    assert page.title().endswith("Demarche")
    assert page.locator("h1").count() == 1
    assert page.locator("main").inner_text().strip()
    loaded = {one.rsplit("/", 1)[1].partition("-")[0] for one in reader.answered(".js")}
    assert loaded & LAZY.keys() == {part for part, views in LAZY.items() if view in views}
    page.evaluate(axe)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert _violations(page) == [], scheme
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    page.wait_for_timeout(150)  # drawings follow the width
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    _forgive_status(reader, view)


def _violations(page: Page) -> list[tuple[str, list[str]]]:
    said: dict[str, Any] = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")
    assert said["passes"]
    return [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in said["violations"]]


def test_a_large_screen_is_used(browser: Browser, site: str) -> None:
    with watched(browser, site, viewport=LARGE) as found:
        answer = _opened(found, "question").locator(".answer")
        assert answer.evaluate("(one) => one.scrollWidth <= one.clientWidth")
        page = _opened(found, "matrix")
        table = page.locator(".scroll.tall")
        assert table.evaluate("(one) => one.scrollHeight <= one.clientHeight")
        left = [page.locator(one).first.bounding_box() for one in ("header .name", "h1", "footer p")]
        assert len({round(one["x"]) for one in left if one}) == 1
        page = _opened(found, "launches")
        for text in ("#timeline .tick + text", "#timeline figcaption"):
            assert page.locator(text).first.bounding_box()["height"] > 18  # type: ignore[index]
        drawn = page.locator("#timeline svg.timeline").bounding_box()
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
            page.unroute_all(behavior="ignoreErrors")  # what is still on its way ends with the page


def test_on_paper_a_view_has_its_figures_and_no_controls(reader: Watched) -> None:
    """All columns of the matrix, in several figures; the network, of which WebGL would leave an empty box."""
    page = reader.open("/matrix")
    columns = page.locator("table.matrix thead th").count() - 1
    page.emulate_media(media="print")
    figures = page.locator(".printed svg")
    figures.first.wait_for()
    assert figures.count() == -(-columns // 16) > 1
    assert figures.locator("text[transform]").count() == columns
    assert not [one for one in page.locator("[role=search], table, button").all() if one.is_visible()]
    assert re.fullmatch(rf"Source: Demarche, record \w+, {reader.site}/matrix, .*", _footer(page))
    page.emulate_media(media="screen")
    expect(figures).to_have_count(0)
    page = reader.open(VIEWS["network"])
    page.locator(DRAWN["network"]).first.wait_for()
    page.emulate_media(media="print")
    expect(page.locator(".printed svg")).to_be_visible()
    assert not page.locator("#network canvas").first.is_visible()


def _footer(page: Page) -> str:
    return page.locator("footer").inner_text().strip()


def test_on_paper_an_answer_has_what_was_asked_and_all_its_columns(browser: Browser, site: str) -> None:
    """In the colours of paper, where the reader's screen is dark; on the long side of the smallest usual sheet."""
    with watched(browser, site, viewport={"width": 960, "height": 700}) as found:
        page = found.open(VIEWS["question"])
        page.emulate_media(media="print", color_scheme="dark")
        expect(page.locator("input[name=event]")).to_have_value("2016-06-22-musudan")
        expect(page.locator("input[name=event]")).to_be_visible()
        assert VIEWS["question"] in _footer(page)
        table = page.locator("main table")
        assert table.evaluate("(one) => one.getBoundingClientRect().right") <= 960
        page = found.open("/sparql#query=ASK%20%7B%7D")
        expect(page.locator("#answer")).to_contain_text("yes")
        page.emulate_media(media="print")
        expect(page.locator("#answer pre")).to_be_visible()
        expect(page.locator("#answer pre")).to_have_text("ASK {}")
        page = found.open("/launches/2016-06-22-musudan?actor=body/jpn")
        page.emulate_media(media="print", color_scheme="dark")
        colour = "(one) => getComputedStyle(one).color"
        dark = page.locator(".link.explicit").first.evaluate(colour)
        assert page.locator("select[name=actor]").is_visible()
        assert not page.locator("select[name=level]").is_visible()
        page.emulate_media(media="print", color_scheme="light")
        assert page.locator(".link.explicit").first.evaluate(colour) == dark


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
