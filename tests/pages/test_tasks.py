"""What an analyst does on the pages, by clicking and typing: one task for each view, in a real browser."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.pages.browser import Watched

SVG = "{http://www.w3.org/2000/svg}"
OUTSIDE = """(text) => {
    const whole = document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
    document.body.append(whole);
    const room = whole.getBoundingClientRect();
    const within = ({left, right, top, bottom}) =>
        left >= room.left && right <= room.right && top >= room.top && bottom <= room.bottom;
    const found = [...whole.querySelectorAll("text")].filter((one) => !within(one.getBoundingClientRect()));
    const ground = getComputedStyle(whole.querySelector("rect")).fill;
    whole.remove();
    return [...found.map((one) => one.textContent), ...(ground === "rgb(255, 255, 255)" ? [] : [ground])];
}"""
"""The texts of a figure that its frame cuts, and its ground where that is not white."""
COVERED = """(selector) => {
    const boxes = [...document.querySelectorAll(selector)].map((one) => one.lastElementChild.getBoundingClientRect());
    const covers = (box, x, y) => box.left < x && x < box.right && box.top < y && y < box.bottom;
    return boxes.filter(({left, right, top, bottom}, at) =>
        boxes.some((box, other) => other !== at && covers(box, (left + right) / 2, (top + bottom) / 2))).length;
}"""
"""How many marks are covered in their middle by another one."""
LOOKS = """(marks) => marks.map((mark) => {
    const ground = getComputedStyle(document.querySelector("figure .drawing")).backgroundColor;
    return [mark.innerHTML, ...[...mark.children].map((part) => getComputedStyle(part).fill === ground)];
})"""
"""What each mark looks like but for its colours: its shapes, and which of them are hollow."""
LATER, EARLIER = "/launches/2017-07-28-hwasong-14-1", "2016-06-22"


def _downloaded(page: Page, button: str, exact: bool = False) -> Path:
    with page.expect_download() as kept:
        page.get_by_role("button", name=button, exact=exact).click()
    return kept.value.path()


def _texts(svg: Path) -> list[str]:
    root = ET.fromstring(svg.read_text(encoding="utf-8"))  # noqa: S314
    assert root.tag == f"{SVG}svg"
    assert not list(root.iter(f"{SVG}script"))
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


def _is_picture(png: Path, wider_than: int) -> bool:
    data = png.read_bytes()
    return data.startswith(b"\x89PNG") and int.from_bytes(data[16:20], "big") > wider_than


def test_find_a_launch_on_the_timeline_and_open_it(reader: Watched) -> None:
    page = reader.open("/")
    page.get_by_label("from").fill("2017-07")
    page.get_by_label("until").fill("2017-07")
    page.get_by_label("class").select_option(label="ICBM")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#shown")).to_have_text(re.compile(r"^2 of "))
    assert page.locator("#timeline svg.timeline .mark").count() == 2
    days = page.locator("#timeline .tick + text").all_text_contents()
    assert days[0] == "2017-07-01"
    assert len(days) > 4
    assert {"from=2017-07", "class=icbm"} <= set(page.url.partition("?")[2].split("&"))
    page.reload()
    expect(page.locator("#shown")).to_have_text(re.compile(r"^2 of "))
    page.get_by_role("link", name=re.compile("2017-07-28")).click()
    expect(page.locator("h1")).to_have_text("Hwasong-14 launch of 28 July 2017")
    page.go_back()
    expect(page.locator("#shown")).to_have_text(re.compile(r"^2 of "))


def test_zoom_the_timeline_by_its_buttons_and_widen_it_again(reader: Watched) -> None:
    page = reader.open("/")
    everything = page.locator("#timeline svg.timeline .mark").count()
    assert page.evaluate(COVERED, "#timeline svg.timeline .mark") == 0
    page.get_by_role("button", name="zoom in").click()
    assert everything / 2 < page.locator("#timeline svg.timeline .mark").count() < everything
    assert "from=" in page.url
    page.get_by_role("button", name="all: show all years").click()
    assert page.locator("#timeline svg.timeline .mark").count() == everything


def test_the_timeline_shows_the_launches_of_what_the_list_shows(reader: Watched) -> None:
    """Of a salvo whose launches ended differently each of them, though none is of a differing outcome itself."""
    page = reader.open("/?outcome=mixed")
    expect(page.locator("#shown")).to_have_text(re.compile(r"^9 of "))
    listed = page.locator("ul.launches li:not([hidden])").evaluate_all(
        "(all) => all.map((one) => one.dataset.id)"
    )
    drawn = page.locator("#timeline .mark[data-id]").evaluate_all("(all) => all.map((one) => one.dataset.id)")
    assert set(drawn) == set(listed)
    assert drawn.count("2022-11-03-unknown") == 6
    expect(page.locator("#h2017")).to_have_text("2017 2 of 16")
    page.get_by_role("link", name="show all").first.click()
    expect(page.locator("#h2017")).to_have_text("2017 16")


def test_a_day_that_there_is_not_is_not_asked_for(reader: Watched) -> None:
    page = reader.open("/")
    page.get_by_label("from").fill("2017-02-30")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.get_by_label("from").evaluate("(one) => one.validationMessage") == "2017-02-30 is no date"
    assert page.url == f"{reader.site}/"
    page.get_by_label("from").fill("2017-02-28")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.url.endswith("from=2017-02-28")


def test_a_filter_that_nothing_passes_says_how_to_go_on(reader: Watched) -> None:
    address = "/?from=2018&until=2016"
    page = reader.open(address)
    shown = page.locator("#shown").inner_text()
    assert re.fullmatch(r"0 of \d+ shown: no launch or test is like that; widen the filter", shown)
    assert f'role="status">{shown}' in page.request.get(f"{reader.site}{address}").text()
    expect(page.locator("#timeline svg.timeline")).to_contain_text("no launch or test is like that")
    page.get_by_role("link", name="show all").first.click()
    expect(page.locator("#shown")).not_to_contain_text("widen")


def test_find_who_in_a_government_reacted_and_read_the_source(reader: Watched) -> None:
    """Of Japan nobody is on record for 28 July 2017, and the page does not call that silence."""
    page = reader.open(LATER)
    cards = page.locator(".card")
    assert cards.count() > 20
    assert cards.filter(has_text="Government of Japan").count() == 0
    mark = page.locator("#fan .act", has_text="Wang Yi").first
    mark.click()
    chosen = page.locator(".card:target")
    expect(chosen).to_contain_text("Ministry of Foreign Affairs of China")
    place = re.search(r"characters (\d+)–(\d+)", chosen.locator(".source").inner_text())
    assert place
    chosen.locator(".source a").first.click()
    expect(page.locator(".crumbs")).to_contain_text("document")
    page.go_back()
    expect(page.locator(".card:target")).to_contain_text("Wang Yi")


def test_compare_two_launches_and_read_what_japan_said_to_the_earlier(reader: Watched) -> None:
    page = reader.open(LATER)
    assert page.locator("datalist option[value='2016-06-22-musudan']").count() == 1
    page.get_by_label("compare with").fill(EARLIER)
    page.get_by_role("button", name="Show").click()
    expect(page.locator("h1")).to_contain_text("Two Musudan launches of 22 June 2016")
    assert f"vs={EARLIER}" in page.url
    later, earlier = page.locator(".pair > section").all()
    assert later.locator(".card").filter(has_text="Government of Japan").count() == 0
    told = earlier.locator(".card").filter(has_text="Shinzo Abe").first
    assert "Prime Minister of Japan" in told.inner_text()
    table = earlier.locator(".claims").first
    edge, verdict = (one.bounding_box() for one in (table.locator(".."), table.locator("td").last))
    assert edge
    assert verdict
    assert verdict["x"] + verdict["width"] <= edge["x"] + edge["width"]
    for one in (LATER, "/launches/2016-06-22-musudan"):
        assert page.request.get(f"{reader.site}{one}").text().count("As data: ") == 1
    data = page.locator("p", has_text="As data, ").all_inner_texts()
    assert [one.split(": ")[0] for one in data] == [
        "As data, Hwasong-14 launch of 28 July 2017",
        "As data, Two Musudan launches of 22 June 2016",
    ]
    expect(page.locator("section[aria-labelledby=both] table")).to_contain_text(
        "United Nations Security Council"
    )
    assert page.locator("#fan .moment").count() == 2
    told.locator(".source a").first.click()
    expect(page.locator("main")).to_contain_text("Told here")
    page.go_back()
    assert page.locator(".pair section .cards").count() == 2
    page.locator("select[name=actor]").select_option(label="Government of Japan")
    page.get_by_role("button", name="Show").click()
    expect(earlier.locator("h2").first).to_contain_text(re.compile(r"\d+ of \d+"))
    assert f"vs={EARLIER}" in page.url
    assert not earlier.locator(".card").filter(has_not_text="Japan").count()
    expect(later).to_contain_text("on record is like that")


def test_a_launch_leaves_as_a_figure_for_print(reader: Watched) -> None:
    page = reader.open(LATER)
    page.locator("#fan .act").first.wait_for()
    texts = _texts(_downloaded(page, "SVG: download"))
    assert any(text.startswith("Wang Yi") for text in texts)
    source = rf"Source: Demarche, record \w+, {reader.site}{LATER}, \d+ \w+ \d{{4}}"
    assert any(re.fullmatch(source, text) for text in texts)
    assert _is_picture(_downloaded(page, "PNG: download"), 1500)


def test_every_drawing_leaves_light_and_whole_with_its_title_and_key(reader: Watched) -> None:
    reader.page.emulate_media(color_scheme="dark")
    for address, title, key, holds in (
        ("/?class=nuclear", "Launches and nuclear tests, ", "reactions on record", "nuclear test"),
        (f"{LATER}?vs={EARLIER}", "Reactions to: ", "presumed", "4 multilateral"),
        ("/matrix?from=2016&until=2017", "Strongest reaction of each ", "2 verbal", "silent"),
        ("/id/body/jpn", "Acts of Government of Japan", "against", "3 diplomatic protest"),
        (
            "/id/place/sohae-satellite-launching-station",
            "Sohae ",
            "39.66° N",
            "Sohae Satellite Launching Station",
        ),
    ):
        page = reader.open(address)
        page.locator("figure svg, table.matrix").first.wait_for()
        made = _downloaded(page, "SVG: download")
        texts = _texts(made)
        assert holds in texts, address
        for start in (title, key, "Source: Demarche, record "):
            assert any(text.startswith(start) for text in texts), (address, start)
        assert any(f"{reader.site}{address}" in text for text in texts), address
        assert page.evaluate(OUTSIDE, made.read_text(encoding="utf-8")) == [], address


def test_a_figure_says_what_it_leaves_out(reader: Watched) -> None:
    """What the days of its first and last mark leave of its axis; and the launches without a reaction."""
    page = reader.open("/")
    page.locator("#timeline .mark").first.wait_for()
    days = page.locator("ul.launches li").evaluate_all("(all) => all.map((one) => one.dataset.date).sort()")
    texts = _texts(_downloaded(page, "SVG: download"))
    assert f"Launches and nuclear tests, {days[0]} to {days[-1]}" in texts
    assert {"sources differ", "glide vehicle", "other"} <= set(texts)
    page = reader.open("/matrix")
    expect(page.locator("#matrix > p").first).to_contain_text("where a reaction to it is on record")
    texts = _texts(_downloaded(page, "SVG: download"))
    assert "Strongest reaction of each government to each launch with a reaction on record" in texts


def test_no_two_classes_and_no_two_outcomes_of_the_timeline_look_alike_without_colour(
    reader: Watched,
) -> None:
    page = reader.open("/")
    page.locator("#timeline .mark").first.wait_for()
    keys = page.locator("#timeline figcaption .key g").evaluate_all(LOOKS)
    outcomes, classes = keys[:5], keys[5:]
    assert len(classes) == page.locator("#timeline .lane").count() > 8
    for some in (outcomes, classes):
        assert len({*map(tuple, some)}) == len(some)


def test_a_matrix_of_nothing_says_why_it_leaves_as_no_figure(reader: Watched) -> None:
    page = reader.open("/matrix?from=1950&until=1951")
    page.get_by_role("button", name="SVG: download").click()
    expect(page.get_by_role("alert")).to_have_text("No reaction is like that, so there is no figure of it.")
    page.get_by_label("from").fill("2016")
    page.get_by_label("until").fill("2017")
    page.get_by_label("until").press("Enter")
    page.locator("table.matrix").wait_for()
    assert _texts(_downloaded(page, "SVG: download"))
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_narrow_screen_cuts_no_name_of_an_axis(reader: Watched) -> None:
    reader.page.set_viewport_size({"width": 390, "height": 844})
    for launch in ("2017-07-04-hwasong-14-1", "2016-02-07-unha-3-1"):
        page = reader.open(f"/launches/{launch}")
        edge = page.locator("#fan .drawing").bounding_box()
        names = [one.bounding_box() for one in page.locator("#fan .tick + text").all()]
        assert edge
        assert [one for one in names if one and one["x"] + one["width"] > edge["x"] + edge["width"]] == []
        assert "1 month" in page.locator("#fan .tick + text").all_text_contents()


def test_a_figure_has_one_size_on_every_screen(reader: Watched) -> None:
    for address, drawing in (
        ("/", "#timeline svg .mark"),
        (LATER, "#fan .act"),
        ("/id/body/jpn", "#acts .mark"),
        ("/network?from=2017&until=2017", "#network canvas"),
    ):
        made = []
        for width, height in ((390, 844), (3840, 2160)):
            reader.page.set_viewport_size({"width": width, "height": height})
            page = reader.open(address)
            page.locator(drawing).first.wait_for()
            root = ET.fromstring(_downloaded(page, "SVG: download").read_text(encoding="utf-8"))  # noqa: S314
            made.append((root.get("viewBox"), len(list(root.iter(f"{SVG}text")))))
        assert made[0] == made[1], address


def test_share_copies_the_address_of_the_view(reader: Watched) -> None:
    page = reader.open("/matrix?fold=person&from=2017")
    page.get_by_role("button", name="share: copy").click()
    expect(page.get_by_role("status").filter(has_text="address copied")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_walk_the_matrix_by_keyboard_and_open_an_act(reader: Watched) -> None:
    page = reader.open("/matrix?from=2016&until=2017")
    cells = page.locator("table.matrix a.cell")
    cells.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    focused = page.locator("table.matrix a.cell:focus")
    name = focused.get_attribute("aria-label") or ""
    assert name.startswith("Government of Japan, Hwasong-15 launch of 29 November 2017: level 4, ")
    assert page.locator('table.matrix a.cell[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    expect(page.locator(".card:target")).to_contain_text("Japan")
    page.go_back()
    expect(page.locator("table.matrix")).to_be_visible()


def test_the_matrix_says_silent_only_where_the_sources_were_watched(reader: Watched) -> None:
    page = reader.open("/matrix?from=2016&until=2016")
    row = page.locator("table.matrix tbody tr").filter(
        has=page.get_by_role("rowheader", name="Government of China")
    )
    silent = row.locator(".silent")
    assert silent.count() == 1
    empty = row.locator("td").filter(has_not=page.locator("a, .silent"))
    assert {one.inner_text().strip() for one in empty.all()} == {""}
    silent.click()
    verdict = page.locator("tbody tr").filter(has_text="Government of China").locator("td").first
    expect(verdict).to_have_text("silent")


def test_fold_the_matrix_by_person_without_leaving_the_page(reader: Watched) -> None:
    page = reader.open("/matrix?from=2016&until=2016")
    page.get_by_label("rows").select_option("person")
    expect(page.locator("table.matrix tbody")).to_contain_text("Shinzo Abe")
    assert "fold=person" in page.url
    page.go_back()
    expect(page.locator("table.matrix tbody")).to_contain_text("Government of Japan")
    expect(page.get_by_label("rows")).to_have_value("government")


def test_find_the_most_central_government_of_a_year_and_its_neighbourhood(reader: Watched) -> None:
    page = reader.open("/network")
    page.get_by_label("from", exact=True).fill("2017")
    page.get_by_label("until", exact=True).fill("2017")
    page.get_by_role("button", name="Draw").click()
    expect(page.locator(".slider output")).to_have_text("2017")
    expect(page.locator("#ranked")).to_contain_text("13 actors folded by government")
    first = page.locator("#ranking tbody tr").first
    expect(first).to_contain_text("Government of the United States")
    first.get_by_role("button", name="around").click()
    expect(page.locator("#path")).to_contain_text("Government of the United States and its 12 neighbours")
    assert "node=body" in page.url
    page.reload()
    expect(page.locator("#path")).to_contain_text("and its 12 neighbours")
    page.get_by_role("button", name="show all").click()
    expect(page.locator("#path")).to_be_empty()
    page.go_back()
    expect(page.locator("#path")).to_contain_text("and its 12 neighbours")


def test_find_the_path_between_two_actors_by_row_and_by_name(reader: Watched) -> None:
    page = reader.open("/network?projection=actor-event&fold=person")
    rows = page.locator("#ranking tbody tr")
    everyone = rows.count()
    rows.filter(has_text="Shinzo Abe").get_by_role("button", name="around").click()
    expect(page.locator("#path")).to_contain_text("Shinzo Abe and its 13 neighbours")
    rows.filter(has_text="John Kirby").get_by_role("button", name="path to").click()
    expect(page.locator("#path h2")).to_have_text("From Shinzo Abe to John Kirby")
    expect(page.locator("#path p")).to_contain_text(re.compile(r"^Shinzo Abe – .* – John Kirby"))
    assert rows.count() == rows.filter(visible=True).count() == everyone
    assert page.locator("#ranking tr.chosen").count() == 2
    page.get_by_label("around", exact=True).fill("george w. bush")
    page.get_by_label("path to", exact=True).fill("turnbull")
    page.get_by_label("path to", exact=True).press("Enter")
    expect(page.locator("#path h2")).to_have_text("From George W. Bush to Malcolm Turnbull")
    assert page.url.endswith("&node=person%2Fgeorge-w-bush&to=person%2Fmalcolm-turnbull")
    page.get_by_label("path to", exact=True).fill("nobody at all")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("alert")).to_have_text("No node of this network is called nobody at all.")
    page.go_back()
    expect(page.get_by_label("path to", exact=True)).to_have_value("John Kirby")
    page.get_by_role("link", name="how the whole record connects them, step by step, with sources").click()
    expect(page.locator("h1")).to_contain_text("connect")
    assert page.locator("tbody tr").count() >= 1


def test_an_end_of_a_path_that_is_not_in_the_network_is_told(reader: Watched) -> None:
    page = reader.open("/network?from=2017&until=2017&node=body/jpn&to=body/fra")
    expect(page.locator("#path")).to_contain_text("body/fra is not in this network: widen its window")
    assert page.locator("#ranking tbody tr").count() == 13


def test_a_network_leaves_as_a_figure_a_picture_and_files(reader: Watched) -> None:
    page = reader.open("/network?from=2017&until=2017&measure=degree")
    page.locator("#network canvas").first.wait_for()
    figure = _downloaded(page, "SVG: download")
    texts = _texts(figure)
    assert {"Japan ·1", "United States ·1", "North American Aerospace Defense Command ·3"} <= set(texts)
    assert any("/network?from=2017&until=2017" in text for text in texts)
    assert _is_picture(_downloaded(page, "PNG: download"), 500)
    nodes = ET.parse(_downloaded(page, "GEXF: download")).findall(".//{*}attribute")  # noqa: S314
    assert {"degree", "group"} <= {one.get("title") for one in nodes}
    with _downloaded(page, "CSV: download").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 75
    page.goto("about:blank")
    page.set_content(figure.read_text(encoding="utf-8"))
    boxes = page.evaluate(
        "[...document.querySelectorAll('text')].map((one) => one.getBoundingClientRect())"
        ".map(({ left, top, right, bottom }) => [left, top, right, bottom])"
    )
    crossing = [(a, b) for a, b in combinations(boxes, 2) if _overlap(a, b)]
    assert crossing == []


def _overlap(one: list[float], other: list[float]) -> bool:
    """Whether two boxes have more in common than the edge of a line."""
    return all(min(one[n + 2], other[n + 2]) - max(one[n], other[n]) > 1 for n in (0, 1))


def test_the_ranking_is_sorted_by_a_column_and_the_address_says_by_which(reader: Watched) -> None:
    page = reader.open("/network?from=2017&until=2017")
    acts = page.locator("#ranking tbody tr td:nth-child(4)")
    page.get_by_role("button", name="acts", exact=True).click()
    upwards = [int(one) for one in acts.all_inner_texts()]
    assert upwards == sorted(upwards)
    page.get_by_role("button", name="acts", exact=True).click()
    assert page.url.endswith("&sort=-acts")
    page.reload()
    assert [int(one) for one in acts.all_inner_texts()] == upwards[::-1]
    assert page.locator("#ranking th[aria-sort=descending]").inner_text().startswith("acts")


def test_the_years_slide_and_one_hold_is_one_step_of_the_history(reader: Watched) -> None:
    page = reader.open("/network?from=1984&until=1990")
    expect(page.locator(".slider output")).to_have_text("1984–1990")
    page.get_by_role("button", name="SVG: download").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing is drawn here")
    page.goto(f"{reader.site}/network")
    page.get_by_label("first year").focus()
    for _ in range(11):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".slider output")).to_have_text("2017–2024")
    expect(page.get_by_label("from", exact=True)).to_have_value("2017")
    expect(page.locator("#ranked")).to_contain_text(re.compile(r"\d+ actors"))
    page.go_back()
    expect(page.locator(".slider output")).to_have_text("2006–2024")
    assert page.url.endswith("/network")


def test_a_network_that_does_not_come_leaves_no_other_in_its_place(reader: Watched) -> None:
    page = reader.open("/network?from=2017&until=2017")
    page.route("**/network?*", lambda route: route.abort("connectionrefused"))
    page.get_by_role("combobox", name="between").select_option("body")
    expect(page.get_by_role("alert")).to_contain_text("Failed to fetch")
    assert not page.locator("#ranking").is_visible()
    page.unroute("**/network?*")
    page.get_by_role("button", name="try again").click()
    expect(page.locator("#ranked")).to_contain_text("actors folded by body")
    reader.errors.clear()


def test_a_network_too_large_or_unknown_is_refused_in_words(reader: Watched) -> None:
    page = reader.open("/network?from=2017&until=2017")
    page.evaluate("history.pushState(null, '', '?from=nowhere'); dispatchEvent(new Event('demarche:state'))")
    expect(page.get_by_role("alert")).to_contain_text("nowhere")
    reader.errors = [one for one in reader.errors if "status of 400" not in one]


def test_search_from_any_page_by_the_slash_key(reader: Watched) -> None:
    page = reader.open("/matrix?from=2017")
    page.keyboard.press("/")
    page.keyboard.type("cannot be tolerated")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Search")
    page.get_by_label("among").select_option(label="statements and deeds")
    page.get_by_role("button", name="Search", exact=True).click()
    assert "kind=statement" in page.url
    assert page.locator(".hits li").count() >= 1
    page.locator(".hits a").first.click()
    assert "/id/act/" in page.url


def test_search_for_a_day_and_see_who_spoke_on_it(reader: Watched) -> None:
    page = reader.open("/search?q=2017-07-28")
    expect(page.get_by_role("status")).to_have_text("3 found: 1 event, 1 statement or deed, 1 document")
    hits = page.locator(".hits h2")
    expect(hits.first).to_have_text("Hwasong-14 launch of 28 July 2017")
    told = hits.filter(has_text="Joseph Dunford · Harry Harris: ")
    name = f"Harry Harris and Joseph Dunford: {told.get_by_role('link').inner_text()}"
    told.get_by_role("link").click()
    expect(page.locator("h1")).to_have_text(name)
    assert page.title() == f"{name} – Demarche"


def test_a_search_without_a_hit_says_how_it_searches(reader: Watched) -> None:
    page = reader.open("/search?q=xyzzy")
    expect(page.get_by_role("status")).to_have_text("0 found")
    expect(page.locator("main")).to_contain_text("All words must occur")


def test_run_an_example_query_and_download_its_answer(reader: Watched) -> None:
    page = reader.open("/sparql")
    page.locator(".editor").wait_for()
    example = page.locator("[data-example]").first
    example.locator("summary").click()
    example.get_by_role("button", name="use").click()
    page.get_by_role("button", name="Run").click()
    expect(page.locator("#answer table")).to_contain_text("Shinzo Abe")
    rows = page.locator("#answer tbody tr").count()
    with _downloaded(page, "CSV: download").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == rows
    page.reload()
    expect(page.locator("#answer table")).to_contain_text("Shinzo Abe")


def test_type_queries_stop_one_and_go_back_to_the_one_before(reader: Watched) -> None:
    page = reader.open("/sparql")

    def run(query: str) -> None:
        page.locator(".editor .cm-content").click()
        page.keyboard.press("Control+a")
        page.keyboard.type(query)
        page.keyboard.press("Control+Enter")

    run("SELECT ?s WHERE { ?s ?p ")
    expect(page.get_by_role("alert")).to_contain_text("400")
    reader.errors = [one for one in reader.errors if "status of 400" not in one]
    run("ASK { ?s ?p ?o }")
    expect(page.locator("#answer")).to_contain_text("yes")
    page.route("**/sparql", lambda _: None)  # it is never answered
    run("ASK { ?s ?p 7 }")
    expect(page.locator("#answer .elapsed")).to_have_text(re.compile(r"\d\.\d s"))
    page.get_by_role("button", name="stop").click()
    expect(page.locator("#answer")).to_have_text("stopped")
    page.unroute("**/sparql")
    page.go_back()
    expect(page.locator("#answer")).to_contain_text("yes")
    expect(page.locator(".editor .cm-content")).to_have_text("ASK { ?s ?p ?o }")
    page.go_back()
    expect(page.get_by_role("alert")).to_contain_text("400")
    reader.errors = [one for one in reader.errors if "status of 400" not in one]
    page.go_back()
    expect(page.locator("#answer")).to_be_empty()
    expect(page.locator(".editor .cm-content")).to_contain_text("?act dm:respondsTo ?event")


def test_a_service_that_does_not_answer_is_told_and_not_waited_for(reader: Watched) -> None:
    page = reader.open("/sparql")
    page.locator(".editor").wait_for()
    page.route("**/sparql", lambda route: route.abort("connectionrefused"))
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("alert")).to_contain_text("ailed to fetch")
    reader.errors.clear()


def test_an_actor_has_a_timeline_that_leads_to_the_acts(reader: Watched) -> None:
    page = reader.open("/id/body/jpn")
    marks = page.locator("#acts .mark")
    assert marks.count() > 40
    assert page.evaluate(COVERED, "#acts .mark") == 0
    said = marks.first.get_attribute("aria-label") or ""
    marks.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/id/act/**")
    assert said.split(": ", 1)[1].split(";")[0] in page.locator("main").inner_text()


def test_a_thing_is_read_as_data_at_the_same_address(reader: Watched) -> None:
    page = reader.open("/id/place/sohae-satellite-launching-station")
    expect(page.locator("#map figcaption")).to_contain_text("39.66° N, 124.71° E")
    assert page.locator("#map path.land").get_attribute("d")
    address = page.get_by_role("link", name="Turtle").first.get_attribute("href") or ""
    reply = page.request.get(f"{reader.site}{address}")
    assert reply.headers["content-type"].startswith("text/turtle")
    assert "Sohae Satellite Launching Station" in reply.text()


def test_the_first_stop_of_the_tab_key_leads_to_the_content(reader: Watched) -> None:
    page = reader.open("/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_csv_of_a_question_reads_as_csv(reader: Watched) -> None:
    page = reader.open("/questions/who-reacted?event=2016-06-22-musudan")
    rows = page.locator("tbody tr").count()
    address = page.get_by_role("link", name="csv", exact=True).get_attribute("href") or ""
    reply = page.request.get(f"{reader.site}{address}")
    assert len(list(csv.DictReader(io.StringIO(reply.text())))) == rows
