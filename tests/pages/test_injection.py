"""A graph of hostile values, in a real browser: every label, quote, IRI, language and variable is text."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from demarche.graph import KnowledgeGraph, open_graph
from demarche.graph import identifiers as ids
from demarche.graph.texts import Texts
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
STRANGE = f"{ids.BASE}act/hostile/'onfocus=alert(1)//"
"""As near to markup as an IRI can come: no store takes one with a blank, a bracket or a double quote."""
REUTERS, ATTACHED = "2016-06-23-reuters", " ".join(PAYLOADS) * 40
"""A text that somebody attached to a document of the record."""
ADDRESSES = (
    "/",
    f"/launches/{HOSTILE.rsplit('/', 1)[1]}",
    "/matrix",
    "/network",
    "/id/body/jpn",
    "/search?q=alert",
    f"/{STRANGE.removeprefix(ids.BASE.removesuffix('id/'))}",
    "/id/document/hostile",
)


DOSSIER = """
PREFIX dm: <https://w3id.org/demarche/ontology#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
INSERT DATA { GRAPH <DOC> {
<DOC> a dm:Document ; dm:publisher <ACTOR> ; dm:publicationDate "2017-07-29"^^xsd:date .
<ACT> a dm:Statement ; dm:reactsTo <EVENT> ; dm:respondsTo <EVENT> ; dm:madeBy <ACTOR> ; dm:paraphrase "a threat" ;
    dm:level <CODE/level/verbal> ; dm:channel <CODE/channel/statement> ; dm:localDate "2017-07-29"^^xsd:date .
<DOC/report> a dm:Report ; dm:reports <ACT> ; dm:mode <CODE/mode/direct> ; dm:span <SPAN/0-99> .
<SPAN/0-99> dm:start 0 ; dm:end 99 ; dm:inDocument <DOC> .
"""


def _dossier() -> str:
    """A document with one act, which has a strange IRI; each payload is a quotation of it."""
    known = {"DOC": f"{ids.BASE}document/hostile", "ACT": STRANGE, "EVENT": HOSTILE, "ACTOR": ACTOR}
    known["SPAN"] = f"{ids.BASE}span/hostile"
    quoted = (
        f"<DOC/report> dm:hasQuotation <DOC/{n}> . <DOC/{n}> a dm:Quotation ; dm:span <SPAN/{n}-{n + 1}> . "
        f"<SPAN/{n}-{n + 1}> dm:start {n} ; dm:end {n + 1} ; dm:inDocument <DOC> ; dm:exact {_literal(text)} ."
        for n, text in enumerate(PAYLOADS)
    )
    text = "\n".join([DOSSIER, *quoted, "} }"]).replace("<CODE/", f"<{ids.CODE}")
    for name, iri in known.items():
        text = re.sub(rf"<{name}([/>])", rf"<{iri}\1", text)
    return text


def _literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _quads(act: str) -> list[str]:
    """Labels, paraphrases, links and languages that would run, did anything take them for markup."""
    said = [_literal(text) for text in PAYLOADS]
    return [
        f"<{ids.BASE}catalogue/hostile> a <{ids.ONTOLOGY}#Catalogue> ; {LABEL} {said[0]} .",
        *(f"<{thing}> {LABEL} {text} ." for thing in (HOSTILE, ACTOR, act) for text in said),
        *(f"<{thing}> {LABEL} {said[1]}@en-x-onerror ." for thing in (HOSTILE, ACTOR)),
        *(f"<{act}> <{ids.ONTOLOGY}#paraphrase> {text} ." for text in said),
        f"<{HOSTILE}> <{ids.ONTOLOGY}#place> <javascript:alert(1)> .",
        f"<{ACTOR}> <http://www.w3.org/2002/07/owl#sameAs> <data:text/html,%3Cscript%3Ealert(1)%3C/script%3E> .",
        f"<{HOSTILE}> <{ids.ONTOLOGY}#zone> {said[3]} .",
    ]


@pytest.fixture(scope="module")
def hostile(seed_cache: Path, repository: Path, built: Path) -> Iterator[str]:
    """The record with a hostile catalogue loaded on top, served."""
    assert built.is_dir()
    graph: KnowledgeGraph = open_graph(seed_data=repository / "seed_data", cache=seed_cache)
    act = next(iter(graph.ask("who-reacted", event=HOSTILE)))["act_id"] or ""
    graph.store.replace(f"{ids.BASE}catalogue/hostile", _quads(act))
    graph.store.update(_dossier())
    with served(KnowledgeGraph(graph.store, Texts({REUTERS: ATTACHED}))) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture
def watcher(browser: Browser, hostile: str) -> Iterator[Watched]:
    """What breaks the policy is told to us when it does, on whatever page of the test: the next page forgets it."""
    reports: list[str] = []
    with watched(browser, hostile) as found:
        found.page.expose_function("reported", lambda blocked: reports.append(blocked))  # noqa: PLW0108
        found.page.add_init_script(
            "addEventListener('securitypolicyviolation', (event) => reported(event.blockedURI || 'inline'))"
        )
        yield found
        found.page.wait_for_timeout(50)  # a report on its way
        assert (reports, found.errors, found.dialogs) == ([], [], [])


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


def test_hostile_labels_and_quotations_can_be_read(watcher: Watched) -> None:
    page = watcher.open(ADDRESSES[1])
    quoted = page.locator(".card blockquote").all_inner_texts()
    assert any(all(text in one for text in PAYLOADS) for one in quoted)
    assert any(text in page.locator("main").inner_text() for text in PAYLOADS)
    page = watcher.open("/id/body/jpn")
    shown = page.locator("main").inner_text()
    assert all(text in shown for text in PAYLOADS)


def test_the_words_of_an_attached_text_are_marked_in_their_surroundings(watcher: Watched) -> None:
    page = watcher.open(f"/id/act/{REUTERS}/ban-denounce")
    place = re.search(r"characters (\d+)[-–](\d+)", page.locator("main").inner_text())
    passage = page.locator("blockquote.passage").first
    marked = "".join(passage.locator("mark").all_inner_texts())
    assert place
    assert " ".join(marked.split()) in " ".join(ATTACHED[int(place[1]) : int(place[2])].split())
    assert len(passage.inner_text()) > len(marked) > 20
    assert passage.locator("mark").first.evaluate("(one) => getComputedStyle(one).borderBottomWidth") == "2px"
    page = watcher.open("/launches/2016-06-22-musudan")
    assert page.locator(".card .passage mark").first.is_visible()


def test_hostile_values_stay_text_in_a_figure(watcher: Watched) -> None:
    page = watcher.open(ADDRESSES[1])
    with page.expect_download() as kept:
        page.get_by_role("button", name="SVG: download").click()
    text = kept.value.path().read_text(encoding="utf-8")
    assert "<script" not in text
    assert "onerror=alert" not in text.replace("&lt;img src=x onerror=alert", "")


def test_hostile_answers_of_a_query_are_text(watcher: Watched) -> None:
    """Names of variables, languages and datatypes from a service that would say anything, and values from ours."""
    query = (
        'SELECT (STRLANG("<script>alert(1)</script>", "en") AS ?said) '
        "(<javascript:alert(1)> AS ?iri) (<https://w3id.org/demarche/id/../../x%22onfocus=alert(1)> AS ?ours) {}"
    )
    page = watcher.open(f"/sparql#{urlencode({'query': query})}")
    page.locator("#answer td").first.wait_for()
    assert "<script>alert(1)</script>" in page.locator("#answer").inner_text()
    _is_inert(page)
    said = {"type": "literal", "value": PAYLOADS[1], "xml:lang": PAYLOADS[0], "datatype": PAYLOADS[7]}
    row = dict.fromkeys(PAYLOADS, said) | {"javascript:": {"type": "uri", "value": PAYLOADS[7]}}
    answer = {"head": {"vars": list(row)}, "results": {"bindings": [row]}}
    page.route(
        "**/sparql", lambda route: route.fulfill(json=answer, content_type="application/sparql-results+json")
    )
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#answer th")).to_have_text(list(row))
    _is_inert(page)


def _is_inert(page: Page) -> None:
    assert page.locator("#answer img, #answer script, #answer svg").count() == 0
    assert not [one for one in _links(page) if one.strip().lower().startswith(("javascript:", "data:"))]


def test_a_hostile_address_is_text(watcher: Watched) -> None:
    for payload in PAYLOADS:
        for address in ("/search?", "/network?projection=", "/matrix?fold=", "/?from=", "/?class="):
            name = "" if address.endswith("=") else "q="
            page = watcher.page
            page.goto(f"{watcher.site}{address}{name}{urlencode({'': payload})[1:]}")
            assert page.locator("img, [onerror], [onload], [onfocus]").count() == 0
    watcher.errors = [one for one in watcher.errors if "status of 400" not in one]
