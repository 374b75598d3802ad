"""The pages: their links lead somewhere, their values are text, and nothing is loaded from another host."""

import csv
import html
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.service import pages
from demarche.service.settings import Settings
from tests.service.conftest import served

PAGES = [
    "/",
    "/?from=2016-06&until=2016-06",
    "/matrix?from=2016&until=2017",
    "/network?from=2017&until=2017",
    "/search?q=sanctions",
    "/?reacted=true",
    "/launches/2016-06-22-musudan",
    "/launches/2016-06-22-musudan-1",
    "/questions",
    "/questions/who-reacted",
    "/questions/who-reacted?event=2016-06-22-musudan",
    "/sparql",
    "/ontology",
    "/id/event/2016-06-22-musudan",
    "/id/document/2016-06-22-japan-times",
    "/id/person/gen-nakatani",
    "/code/level",
    "/nowhere",
    "/docs",
]
AS_BROWSER = {"Accept": "text/html,*/*;q=0.8"}


class Links(HTMLParser):
    """The links of a page, what it loads, and the ids in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.inline = 0
        """Scripts and styles that stand in the page itself; data that no browser runs do not count."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [given.get("id") or ""]
        data = given.get("type") == "application/json"
        self.inline += tag == "style" or (tag == "script" and not given.get("src") and not data)
        if tag == "a" or (tag == "link" and given.get("rel") == "alternate"):
            self.links.append(given.get("href") or "")
        elif tag in {"link", "script", "img", "iframe", "form"}:
            self.loads += [one for name in ("href", "src", "action") if (one := given.get(name))]


def _read(client: httpx.Client, path: str) -> tuple[httpx.Response, Links]:
    reply = client.get(path, headers=AS_BROWSER)
    found = Links()
    found.feed(reply.text)
    return reply, found


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_nothing_from_another_host(client: httpx.Client, path: str) -> None:
    reply, found = _read(client, path)
    assert reply.headers["content-type"].startswith("text/html")
    assert found.loads
    for one in found.loads:
        assert not urlsplit(one).netloc, one
        assert client.get(one, headers=AS_BROWSER).status_code == 200, one
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert not found.inline


def test_no_style_or_script_of_ours_names_another_host(client: httpx.Client) -> None:
    assert not re.search(r"https?://|@import", client.get("/static/style.css").text)


def test_the_links_of_the_pages_lead_somewhere(client: httpx.Client) -> None:
    seen: dict[str, tuple[int, Links]] = {}
    for path in [one for one in PAGES if one != "/nowhere"]:
        for link in {urljoin(path, one) for one in _read(client, path)[1].links}:
            target, fragment = urldefrag(link)
            if urlsplit(target).netloc:
                assert link.startswith(("https://", "http://"))
                continue
            if target not in seen:
                reply, found = _read(client, target)
                seen[target] = reply.status_code, found
            status, found = seen[target]
            assert (status, target) == (200, target), f"linked from {path}"
            assert not fragment or fragment in found.ids, f"{link}, linked from {path}"
    assert len(seen) > 300


def test_the_start_page_lists_the_newest_first_and_marks_what_was_reacted_to(client: httpx.Client) -> None:
    text = client.get("/").text
    dates = re.findall(r'class="date">([\d-]+)', text)
    assert len(dates) > 150
    assert dates == sorted(dates, reverse=True)
    entry = re.search(r'<li class="reacted" data-id="2016-06-22-musudan".*?</li>', text, re.DOTALL)
    assert entry
    assert re.search(r"\d+ reactions", entry.group())


def test_the_list_counts_the_acts_that_the_page_shows(client: httpx.Client) -> None:
    listed = re.search(
        r'musudan">.*?(\d+) reaction', client.get("/?from=2016-06-22&until=2016-06-22").text, re.DOTALL
    )
    page = client.get("/launches/2016-06-22-musudan").text
    shown = len(set(re.findall(r'href="(/id/act/[^"]+)">this act', page)))
    assert listed
    assert int(listed[1]) == shown > 0


@pytest.mark.parametrize(
    ("date", "status"),
    [
        ("2016", 200),
        ("1901", 200),
        ("June 2016", 400),
        ("2016-6", 400),
        ("2017-13-45", 400),
        ("2017-02-30", 400),
    ],
)
def test_the_list_is_searched_by_date(client: httpx.Client, date: str, status: int) -> None:
    reply = client.get("/", params={"from": date, "until": date})
    assert reply.status_code == status
    shown = re.findall(r'<li(?: class="reacted")? data-id="[^"]+" data-date="([\d-]+)"', reply.text)
    assert all(one.startswith(date) for one in shown)
    assert bool(shown) == (date == "2016")


def test_a_year_of_the_list_counts_what_the_filter_leaves_of_it(client: httpx.Client) -> None:
    text = client.get("/?outcome=mixed").text
    for year, shown, every in re.findall(r'<h3 id="h(\d{4})">\d{4} <small>(?:(\d+) of )?(\d+)<', text):
        entries = re.search(rf'<section id="y{year}".*?</section>', text, re.DOTALL)
        assert entries
        hidden = re.findall(r"<li(?: class=\"reacted\")?( hidden)? data-id", entries[0])
        assert (int(shown or every), int(every)) == (hidden.count(""), len(hidden)), year
    assert '<h3 id="h2017">2017 <small>2 of 16<' in text


def test_a_launch_page_tells_explicit_from_presumed_in_words(client: httpx.Client) -> None:
    text = client.get("/launches/2016-06-22-musudan").text
    cards = re.findall(r'<li class="card (\w+)" id=.*?>(.*?)</article>', text, re.DOTALL)
    assert {kind for kind, _ in cards} == {"explicit", "presumed"}
    assert all(f'<span class="link {kind}">{kind}' in card for kind, card in cards)
    assert "simply cannot be tolerated" in text
    assert "characters 1915–2124" in text


def test_no_bar_of_the_fan_begins_before_the_launch(client: httpx.Client) -> None:
    """As in the answers about lags: who is known to have reacted on that day did so after the launch."""
    page = client.get("/launches/2016-06-22-musudan").text
    found = re.search(r'<script[^>]*id="fan-1"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found
    acts = json.loads(found[1])["acts"]
    dated = [act for act in acts if act["until"] is not None]
    assert len(dated) > 20
    assert min(act["from"] for act in dated) == 0
    (japan,) = (
        row
        for row in client.get("/questions/lags?event=2016-06-22-musudan&format=json").json()["rows"]
        if row["unit"] == "Government of Japan"
    )
    own = [act for act in dated if act["government"] == "Government of Japan"]
    assert min(act["from"] for act in own) == japan["min_hours"]
    assert min(act["until"] for act in own) == japan["max_hours"]


def test_no_two_cards_of_a_page_have_one_id(client: httpx.Client) -> None:
    """Acts that several documents report, and those that answer both launches of a comparison."""
    both = "/launches/2017-07-28-hwasong-14-1?vs=2017-07-04-hwasong-14-1"
    found = [one for one in _read(client, both)[1].ids if one]
    assert any(one.endswith("--2") for one in found)
    assert len(found) == len(set(found))


def test_a_launch_page_shows_the_reactions_that_its_filter_asks_for(client: httpx.Client) -> None:
    page = client.get("/launches/2016-06-22-musudan?actor=body/jpn&level=2&explicit_only=true").text
    cards = page.split('<li class="card ')[1:]
    assert len(cards) == 3
    for card in cards:
        assert card.startswith("explicit")
        assert "Government of Japan" in card
        assert "<b>level 2</b>" in card
    nobody = client.get("/launches/2017-07-28-hwasong-14-1?actor=body/jpn")
    assert "None of the 23 acts on record is like that; widen the filter" in nobody.text
    assert "0 of 23</small>" in nobody.text
    assert "That is not the same as silence" in nobody.text
    assert '/questions/silent?event=2017-07-28-hwasong-14-1"' in nobody.text
    assert client.get("/launches/2016-06-22-musudan?level=high").status_code == 400


def test_the_filter_of_a_launch_knows_an_actor_by_his_name_and_refuses_one_that_nobody_is(
    client: httpx.Client,
) -> None:
    launch, browser = "/launches/2016-06-22-musudan", {"Accept": "text/html"}
    for one in ("body/jpn", "JPN", "government of japan"):
        page = client.get(launch, params={"actor": one}, headers=browser).text
        assert '<option value="body/jpn" selected>Government of Japan' in page, one
    minister = client.get(launch, params={"actor": "office/jpn-minister-of-defense"}, headers=browser)
    assert '<li class="card ' in minister.text
    nobody = client.get(launch, params={"actor": "zzz"}, headers=browser)
    assert nobody.status_code == 404
    assert "there is no actor &#39;zzz&#39;" in nobody.text


@pytest.mark.parametrize("page", ["/launches/2016-06-22-musudan", "/matrix", "/network"])
def test_a_switch_is_told_in_the_words_that_the_rest_answers_understand(
    client: httpx.Client, page: str
) -> None:
    browser = {"Accept": "text/html"}

    def switched(value: str) -> bool:
        reply = client.get(page, params={"explicit_only": value}, headers=browser)
        assert reply.status_code == 200
        return re.search(r'name="explicit_only" value="true" checked', reply.text) is not None

    assert [switched(value) for value in ("true", "1", "on", "false", "0", "")] == [True] * 3 + [False] * 3
    refused = client.get(page, params={"explicit_only": "maybe"}, headers=browser)
    assert refused.status_code == 400
    assert "explicit_only is &#39;maybe&#39;; it may be true or false" in refused.text


@pytest.mark.parametrize(
    "path", ["/launches/2016-06-22-musudan", "/launches/2017-07-28-hwasong-14-1?vs=2016-06-22-musudan"]
)
def test_claims_that_differ_stand_side_by_side_apart_from_those_that_agree(
    client: httpx.Client, path: str
) -> None:
    page = client.get(path).text
    tables = page.split('<caption class="unseen">')[1:]
    verdicts = [(one.split("<")[0], re.findall(r'<tr class="([\w-]+)"', one)) for one in tables]
    (differ,) = (one for one in tables if one.startswith("Where sources differ"))
    assert ("Where sources differ", ["precision-only", "precision-only"]) in verdicts
    assert {one for name, found in verdicts if name.startswith("What one") for one in found} == {
        "agree",
        "single",
    }
    (row,) = (one for one in differ.split("<tr ") if "partial success" in one)
    assert "success (asserted)" in row


def test_the_matrix_is_had_as_data_with_all_options_of_the_page(client: httpx.Client) -> None:
    options = "fold=person&from=2016&until=2016&explicit_only=true"
    page = client.get(f"/matrix?{options}").text
    asked = html.unescape(re.search(r'href="(/matrix\?[^"]*format=csv)"', page)[1])  # type: ignore[index]
    assert asked == f"/matrix?{options}&format=csv"
    rows = list(csv.DictReader(io.StringIO(client.get(asked).text)))
    assert len(rows) == len(re.findall(r'class="cell ', page))
    assert {row["link"] for row in rows} == {"explicit"}
    assert "Shinzo Abe" in {row["unit"] for row in rows}
    told = client.get(asked.replace("csv", "json")).json()
    assert len(told["rows"]) == len(rows)
    refused = client.get("/matrix?format=csv&untill=2016")
    assert (refused.status_code, "'untill' is not understood here" in refused.text) == (400, True)


def test_a_cell_of_the_matrix_leads_to_its_acts_and_columns_have_short_names(client: httpx.Client) -> None:
    page = client.get("/matrix?from=2016&until=2017").text
    heads = re.findall(r'<th scope="col"><a [^>]*><span>([^<]*)', page)
    assert {"2016-01-06 nuclear test", "2016-06-22 Musudan ×2", "2017-07-28 Hwasong-14"} <= set(heads)
    cell = re.search(
        r'href="([^"]*06-22-musudan[^"]*)" aria-label="Government of Japan, [^"]*; (\d+) acts"', page
    )
    assert cell
    target, said = cell.groups()
    assert target.startswith("/launches/2016-06-22-musudan?actor=body/jpn#")
    assert f"<small>{said} of" in client.get(target.partition("#")[0]).text


def test_no_column_of_an_answer_is_empty_on_the_page_for_want_of_a_variable(
    seed_graph: KnowledgeGraph,
) -> None:
    for name, question in seed_graph.questions.items():
        shown = seed_graph.ask(name).variables
        assert {one for one in question.columns if not {one, f"{one}_label"} & set(shown)} == set(), name


def test_an_empty_answer_is_not_told_as_if_nothing_happened(client: httpx.Client) -> None:
    empty = _read(client, "/questions/silent?event=2017-07-28-hwasong-14-1")[0].text
    assert "<p>0 rows" in empty
    assert "Nothing on record is like that. It is not to say that nothing happened" in empty
    assert "Nothing on record" not in _read(client, "/questions/silent?event=2016-06-22-musudan")[0].text


def test_the_questions_tell_which_of_them_are_a_query(
    client: httpx.Client, seed_graph: KnowledgeGraph
) -> None:
    page = _read(client, "/questions")[0].text
    queries = {one.name for one in seed_graph.questions.values() if one.query}
    computed = set(re.findall(r"<code>([\w-]+)</code> <small>computed</small>", page))
    assert computed == set(seed_graph.questions) - queries
    assert f"{len(queries)} of the\n{len(seed_graph.questions)} are a query" in page
    assert _read(client, "/sparql")[0].text.count("<li data-example>") == len(queries)


def test_every_page_leads_to_the_files_and_the_changes_and_any_answer_has_an_icon(
    client: httpx.Client,
) -> None:
    links = _read(client, "/nowhere")[1].links
    assert {"/dumps", "/changes?format=atom"} <= set(links)
    icon = client.get("/favicon.ico")
    assert (icon.status_code, icon.headers["content-type"]) == (200, "image/svg+xml")
    assert icon.content == client.get("/static/icon.svg").content


def test_a_date_leads_to_the_launch_of_that_day(client: httpx.Client) -> None:
    reply = client.get("/launches/2016-06-22")
    assert (reply.status_code, reply.headers["location"]) == (307, "/launches/2016-06-22-musudan")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/launches/2016-06-22-musudam", "/launches/2016-06-22-musudan"),
        ("/questions/ladder?event=2016-06-22-musudam", "/questions/ladder?event=2016-06-22-musudan"),
    ],
)
def test_what_was_perhaps_meant_is_one_click_away(client: httpx.Client, path: str, target: str) -> None:
    assert target in _read(client, path)[1].links


def test_search_leads_to_the_launch_with_its_reactions(client: httpx.Client) -> None:
    links = _read(client, "/search?q=Musudan&kind=event")[1].links
    assert "/launches/2016-06-22-musudan" in links


def test_under_a_root_path_all_links_stay_under_it(seed_graph: KnowledgeGraph) -> None:
    with served(seed_graph, Settings(root_path="/demarche")) as client:
        for path in (
            "/",
            "/launches/2016-06-22-musudan",
            "/id/event/2016-06-22-musudan",
            "/questions",
            "/ontology",
        ):
            _, found = _read(client, path)
            ours = [one for one in [*found.links, *found.loads] if one.startswith("/")]
            assert ours
            assert all(one.startswith("/demarche/") for one in ours)
            # The proxy in front takes the root path away before it hands a request on.
            assert client.get(ours[-1].removeprefix("/demarche"), headers=AS_BROWSER).status_code == 200
        assert (
            client.get("/id/event/2016-06-22-musudan").headers["content-location"].startswith("/demarche/id/")
        )


def test_labels_are_text_and_links_lead_to_web_pages_only(tiny: KnowledgeGraph) -> None:
    thing, script = f"{ids.BASE}event/2020-01-01-x", "<script>alert(1)</script>"
    label = "<http://www.w3.org/2000/01/rdf-schema#label>"
    tiny.store.replace(
        f"{ids.BASE}catalogue/c",
        [
            f'<{ids.BASE}catalogue/c> a <{ids.ONTOLOGY}#Catalogue> ; {label} "{script}" .',
            f'<{thing}> a <{ids.ONTOLOGY}#Event> ; {label} "{script}" .',
            f"<{thing}> <{ids.ONTOLOGY}#kind> <{ids.CODE}event-kind/k> .",
            f'<{thing}> <{ids.ONTOLOGY}#localDate> "2020-01-01" .',
            f"<{thing}> <{ids.ONTOLOGY}#place> <javascript:alert(1)> .",
            f'<{thing}> <{ids.ONTOLOGY}#zone> "\\" onmouseover=alert(1) \\"" .',
            f'<{ids.CODE}event-kind/k> <http://www.w3.org/2004/02/skos/core#prefLabel> "{script}" .',
        ],
    )
    with served(tiny) as client:
        for path in (
            "/",
            "/launches/2020-01-01-x",
            "/id/event/2020-01-01-x",
            "/id/catalogue/c",
            "/code/event-kind/k",
        ):
            reply, found = _read(client, path)
            assert (reply.status_code, path) == (200, path)
            assert not found.inline
            assert (
                path == "/" or "&lt;script&gt;" in reply.text
            )  # the start page lists launches and tests only
            assert not [one for one in found.links if one.startswith("javascript:")]
        for query in (script, '"><script>'):
            assert "<script>" not in client.get("/", params={"from": query}, headers=AS_BROWSER).text


def test_without_built_scripts_the_pages_say_so_and_tell_the_same(
    seed_graph: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with an install under DEMARCHE_NO_UI=1, which leaves the folder of scripts out."""
    monkeypatch.setattr(pages, "STATIC", tmp_path)
    pages._manifest.cache_clear()
    try:
        with served(seed_graph) as client:
            for path, told in (
                ("/", "Two Musudan launches of 22 June 2016"),
                ("/launches/2016-06-22-musudan", "simply cannot be tolerated"),
                ("/matrix?from=2016&until=2016", "Government of Japan"),
                ("/network?from=2017&until=2017", "Government of Japan"),
                ("/sparql", "Answer as"),
            ):
                reply, found = _read(client, path)
                assert (reply.status_code, "/static/ui/" in reply.text, found.inline) == (200, False, 0)
                assert told in reply.text
                assert "DEMARCHE_NO_UI" in reply.text
    finally:
        pages._manifest.cache_clear()
