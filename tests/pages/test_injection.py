"""A graph of hostile values, in a real browser: every label, quote, IRI, language and variable is text."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page

from demarche.graph import KnowledgeGraph, open_graph
from demarche.graph import identifiers as ids
from tests.pages.browser import Watched, watched
from tests.service.conftest import served

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "' onfocus=alert(1) autofocus='",
    "{{7*7}}${alert(1)}",
    "<!--<script>",
    "javascript:alert(1)",
)
LABEL = "<http://www.w3.org/2000/01/rdf-schema#label>"
EVENT, ACTOR = f"{ids.BASE}event/2016-06-22-musudan", f"{ids.BASE}body/jpn"
HOSTILE = f"{ids.BASE}event/2017-07-28-hwasong-14-1"
ADDRESSES = (
    "/",
    f"/launches/{HOSTILE.rsplit('/', 1)[1]}",
    "/matrix",
    "/network",
    "/id/body/jpn",
    "/search?q=alert",
)


def _quads(act: str) -> list[str]:
    """Labels, paraphrases, links and languages that would run, did anything take them for markup."""
    said = [text.replace("\\", "\\\\").replace('"', '\\"') for text in PAYLOADS]
    return [
        f'<{ids.BASE}catalogue/hostile> a <{ids.ONTOLOGY}#Catalogue> ; {LABEL} "{said[0]}" .',
        *(f'<{thing}> {LABEL} "{text}" .' for thing in (HOSTILE, ACTOR, act) for text in said),
        *(f'<{thing}> {LABEL} "{said[1]}"@en-x-onerror .' for thing in (HOSTILE, ACTOR)),
        *(f'<{act}> <{ids.ONTOLOGY}#paraphrase> "{text}" .' for text in said),
        f"<{HOSTILE}> <{ids.ONTOLOGY}#place> <javascript:alert(1)> .",
        f"<{ACTOR}> <http://www.w3.org/2002/07/owl#sameAs> <data:text/html,%3Cscript%3Ealert(1)%3C/script%3E> .",
        f'<{HOSTILE}> <{ids.ONTOLOGY}#zone> "{said[3]}" .',
    ]


@pytest.fixture(scope="module")
def hostile(seed_cache: Path, repository: Path, built: Path) -> Iterator[str]:
    """The record with a hostile catalogue loaded on top, served."""
    assert built.is_dir()
    graph: KnowledgeGraph = open_graph(seed_data=repository / "seed_data", cache=seed_cache)
    act = next(iter(graph.ask("who-reacted", event=HOSTILE)))["act_id"] or ""
    graph.store.replace(f"{ids.BASE}catalogue/hostile", _quads(act))
    with served(graph) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def watcher(browser: Browser, hostile: str) -> Iterator[Watched]:
    with watched(browser, hostile) as found:
        found.page.add_init_script(
            "window.reports = [];"
            "addEventListener('securitypolicyviolation', (event) => reports.push(event.blockedURI))"
        )
        yield found
        assert found.page.evaluate("window.reports") == []
        assert (found.errors, found.dialogs) == ([], [])


def _links(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "[...document.querySelectorAll('[href], [src], [action]')].flatMap((one) =>"
        "['href', 'src', 'action'].map((name) => one.getAttribute(name)).filter(Boolean))"
    )
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_hostile_values_are_text_on_every_view(watcher: Watched, address: str) -> None:
    page = watcher.open(address)
    assert not [one for one in _links(page) if one.strip().lower().startswith(("javascript:", "data:"))]
    assert page.locator("img, [onerror], [onload], [onfocus], main svg[onload]").count() == 0
    assert page.locator("script:not([src]):not([type='application/json'])").count() == 0


def test_a_hostile_label_can_be_read(watcher: Watched) -> None:
    page = watcher.open(ADDRESSES[1])
    assert any(text in page.locator("main").inner_text() for text in PAYLOADS)
    page = watcher.open("/id/body/jpn")
    shown = page.locator("main").inner_text()
    assert all(text in shown for text in PAYLOADS)


def test_hostile_values_stay_text_in_a_figure(watcher: Watched) -> None:
    page = watcher.open(ADDRESSES[1])
    with page.expect_download() as kept:
        page.get_by_role("button", name="SVG: download").click()
    text = kept.value.path().read_text(encoding="utf-8")
    assert "<script" not in text
    assert "onerror=alert" not in text.replace("&lt;img src=x onerror=alert", "")


def test_hostile_answers_of_a_query_are_text(watcher: Watched) -> None:
    query = (
        'SELECT ("<img src=x onerror=alert(1)>" AS ?onerror_alert) '
        '(STRLANG("<script>alert(1)</script>", "en") AS ?said) '
        "(<javascript:alert(1)> AS ?iri) (<https://w3id.org/demarche/id/../../x%22onfocus=alert(1)> AS ?ours) {}"
    )
    page = watcher.open(f"/sparql#{urlencode({'query': query})}")
    page.locator("#answer td").first.wait_for()
    assert "<script>alert(1)</script>" in page.locator("#answer").inner_text()
    assert page.locator("#answer img, #answer script").count() == 0
    assert not [one for one in _links(page) if one.startswith("javascript:")]


def test_a_hostile_address_is_text(watcher: Watched) -> None:
    for payload in PAYLOADS:
        for address in ("/search?", "/network?projection=", "/matrix?fold=", "/?from=", "/?class="):
            name = "" if address.endswith("=") else "q="
            page = watcher.page
            page.goto(f"{watcher.site}{address}{name}{urlencode({'': payload})[1:]}")
            assert page.locator("img, [onerror], [onload], [onfocus]").count() == 0
    watcher.errors = [one for one in watcher.errors if "status of 400" not in one]
