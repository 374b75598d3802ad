"""The graph of the first document against its gold annotation: every item, each relation, one test for each trap."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from demarche.graph.pipeline import put
from demarche.graph.records import Dossier
from demarche.graph.sources.dossier import read_directory, read_dossier, verify_spans
from demarche.graph.sources.yaml_files import read_yaml
from demarche.graph.store import OxigraphStore
from demarche.graph.triples import directory_graph, dossier_graph
from tests.gold import gold_view, graph_view
from tests.gold.gold_view import AtLeast, Gold, OneOf, name, names, span
from tests.gold.graph_view import GraphView, Items

SALVO, FIRST, SECOND = (f"event/2016-06-22-musudan{part}" for part in ("", "-1", "-2"))
VIEWS = {
    "statements": 18,
    "ties": 22,
    "claims": 10,
    "outcomes": 5,
    "assertions": 10,
    "events": 17,
    "actors": 31,
    "offices": 6,
    "places": 8,
    "mentions": 104,
}


@pytest.fixture(scope="module")
def dossier(repository: Path) -> Dossier:
    return read_dossier(repository / "seed_data/documents/2016/2016-06-22-japan-times.yaml")


@pytest.fixture(scope="module")
def view(repository: Path, dossier: Dossier) -> GraphView:
    store = OxigraphStore()
    for graph in (
        directory_graph(read_directory(repository / "seed_data/directory")),
        dossier_graph(dossier),
    ):
        put(graph, store, ())
    return GraphView(store, dossier.document.id)


@pytest.fixture(scope="module")
def essentials(repository: Path) -> Gold:
    return read_yaml(repository / "tests/gold/essentials.yaml")


@pytest.fixture(scope="module")
def gold(shared: Path) -> Gold:
    return read_yaml(shared / "data/gold_seed.yaml")


@pytest.fixture(scope="module")
def text(shared: Path) -> str:
    return (shared / "data/articles/000.txt").read_bytes().decode("utf-8")


def differences(expected: Items, found: Items) -> list[str]:
    """Every field of the gold with which the graph disagrees; fields that the gold leaves out are free."""
    return [
        *(f"{key}: not in the graph" for key in sorted(expected.keys() - found.keys())),
        *(
            f"{key}: {field}: gold {_shown(wanted)}, graph {_shown(found[key].get(field))}"
            for key in sorted(expected.keys() & found.keys())
            for field, wanted in expected[key].items()
            if not agree(wanted, found[key].get(field))
        ),
    ]


def agree(wanted: object, got: Any) -> bool:
    if isinstance(wanted, OneOf):
        return got in wanted
    if isinstance(wanted, AtLeast):
        return wanted <= set(got)
    return set(wanted) == set(got) if isinstance(wanted, set | frozenset) else bool(wanted == got)


def surplus(expected: Items, found: Items) -> list[str]:
    return [f"{key}: in the graph, not in the gold" for key in sorted(found.keys() - expected.keys())]


def _shown(value: object) -> str:
    return str(sorted(value, key=str)) if isinstance(value, set | frozenset) else repr(value)


def expect_none(found: Iterable[object]) -> None:
    """Fails with one line for each thing found."""
    if lines := [str(one) for one in found]:
        pytest.fail("\n".join(["these differ:", *lines]), pytrace=False)


# ---------------------------------------------------------------- item by item


@pytest.mark.parametrize("items", VIEWS)
def test_the_graph_agrees_with_the_gold(items: str, gold: Gold, view: GraphView) -> None:
    expected: Items = getattr(gold_view, items)(gold)
    assert len(expected) == VIEWS[items], "the gold changed: look at it before this number"
    expect_none(differences(expected, getattr(graph_view, items)(view)))


@pytest.mark.parametrize(
    "items", ["statements", "ties", "claims", "outcomes", "assertions", "events", "mentions"]
)
def test_the_graph_says_nothing_that_the_gold_does_not(items: str, gold: Gold, view: GraphView) -> None:
    expected, found = getattr(gold_view, items)(gold), getattr(graph_view, items)(view)
    known = {key: found[key] for key in found if not key.startswith("weapon/")}  # the gold marks no missiles
    expect_none(surplus(expected, known))


def test_the_two_acts_that_the_gold_lists_as_events_agree_with_it(gold: Gold, view: GraphView) -> None:
    expected, found = gold_view.material_acts(gold), graph_view.material_acts(view)
    assert len(expected) == 2
    expect_none([*differences(expected, found), *surplus(expected, found)])


def test_only_the_other_reading_of_the_embassy_is_an_actor_beyond_the_gold(
    gold: Gold, view: GraphView
) -> None:
    assert view.things("Actor").keys() - gold_view.actors(gold).keys() == {"body/./north-korean-embassy"}


def test_persons_bear_the_names_of_the_gold(gold: Gold, repository: Path) -> None:
    labels = {
        f"person/{one.id}": one.label for one in read_directory(repository / "seed_data/directory").persons
    }
    persons = [one for one in gold["actors"] if one["type"] == "Person"]
    assert len(persons) == gold["summary_counts"]["persons"]
    expect_none(one for one in persons if labels[name(one["id"])] != one["name"])


def test_every_speaker_holds_the_office_on_the_day(gold: Gold, view: GraphView) -> None:
    tenures = view.directory("Tenure").values()
    expect_none(
        one
        for one in gold["tenures"]
        if not any(
            tenure.one("person") == name(one["person"])
            and tenure.one("office") == name(one["office"])
            and one["holds_at"] in tenure.all("attestedAt")
            for tenure in tenures
        )
    )


def test_the_document_agrees_with_the_gold(gold: Gold, view: GraphView) -> None:
    (document,) = view.things("Document").values()
    told = gold["document"]
    assert document.one("digest") == told["sha256"]
    assert document.number("characters") == told["chars"]
    assert document.one("publicationDate") == told["publication_date"]["value"]
    assert document.one("publicationDateBasis") == told["publication_date"]["basis"]
    assert document.one("publisher") == "body/japan-times"
    assert document.one("zone") == "+09:00"
    assert document.all("boilerplate") == {span(one) for one in told["boilerplate"]}


def test_the_text_is_the_one_that_was_annotated(dossier: Dossier, text: str, essentials: Gold) -> None:
    assert sha256(text.encode()).hexdigest() == essentials["sha256"] == dossier.document.sha256
    expect_none(verify_spans(dossier, text))


def test_every_span_of_the_graph_has_the_digest_of_its_text(view: GraphView, text: str) -> None:
    assert len(view.spans) > 200
    for at, one in view.spans.items():
        start, end = (int(part) for part in at.split("-"))
        assert one.one("digest") == sha256(text[start:end].encode()).hexdigest(), at
        assert one.one("exact") in {None, text[start:end]}, at


def test_all_the_words_shown_are_quotations(view: GraphView) -> None:
    quoted = {one.one("span") for one in view.things("Quotation").values()}
    assert {at for at, one in view.spans.items() if one.one("exact")} == quoted
    assert len(quoted) == 7


# ---------------------------------------------------------------- relations


def _expected_relations(gold: Gold) -> dict[tuple[str, str, str], Gold]:
    terms = {"subEventOf": "partOf", "brings_about": "bringsAbout"}
    return {
        (name(one["subject"]), terms.get(one["relation"], one["relation"]), name(one["object"])): one
        for one in gold["event_relations"]
        if one["relation"] not in {"daysBefore", "reactsTo"}  # a claim, and ties of their own
    }


def test_every_relation_of_the_gold_is_in_the_graph(gold: Gold, view: GraphView) -> None:
    expected = _expected_relations(gold)
    assert len(expected) == 28 - 1 - 4
    expect_none(triple for triple in expected if not view.holds(*triple))


def test_the_grounds_of_the_relations_agree_with_the_gold(gold: Gold, view: GraphView) -> None:
    told = {
        triple: (OneOf(re.split(r"\W", one["basis"])[:1]), span(one.get("evidence")))
        for triple, one in _expected_relations(gold).items()
        if triple[1] not in {"partOf", "announces", "atEvent"}  # fields of events and acts
    }
    expect_none(
        f"{triple}: gold {basis}, {evidence}"
        for triple, (basis, evidence) in told.items()
        if view.links[triple].one("basis") not in basis
        or (evidence is not None and view.links[triple].one("evidence") != evidence)
    )


def test_relations_between_events_beyond_the_gold_are_none(gold: Gold, view: GraphView) -> None:
    ties = {"reactsTo", "presumablyReactsTo", "via"}
    expect_none(
        triple for triple in view.links.keys() - _expected_relations(gold).keys() if triple[1] not in ties
    )


def test_the_three_days_before_the_anniversary_are_a_claim(view: GraphView) -> None:
    (claim,) = (one for one in view.things("Claim").values() if one.one("quantity") == "days-before")
    assert (claim.one("about"), claim.one("relativeTo"), claim.one("value")) == (
        SALVO,
        "event/./anniversary-66",
        "3",
    )


def test_the_sanctions_do_not_answer_the_nuclear_test(view: GraphView) -> None:
    assert "event/./un-sanctions" in view.events
    assert not view.events["event/./un-sanctions"].all("respondsTo")


def test_no_cause_ties_the_forum_to_the_launches(view: GraphView) -> None:
    forum = "event/./security-forum"
    said = {
        term
        for subject, term, value in view.links
        if {subject, value} & {forum} and {subject, value} & {SALVO}
    }
    assert said == {"sameDayAs"}


def test_kim_does_not_answer_the_launches(view: GraphView) -> None:
    answered = {act for act, _ in view.reactions_to(SALVO, FIRST, SECOND)}
    assert not {act for act in answered if "person/kim-jong-un" in view.acts[act].all("madeBy")}


def test_exactly_the_reactions_of_the_gold_answer_the_launches(gold: Gold, view: GraphView) -> None:
    told = gold["reactions_to_22_june_launches"]
    expected = names(
        [one for key in ("verbal_or_assessment", "diplomatic", "inferred_only") for one in told[key]]
    )
    assert {act for act, _ in view.reactions_to(SALVO, FIRST, SECOND)} == expected


def test_nothing_that_must_not_be_listed_answers_the_launches(gold: Gold, view: GraphView) -> None:
    told = " ".join(gold["reactions_to_22_june_launches"]["must_not_be_listed"])
    forbidden = names(re.findall(r"(?:st|ev):[a-z-]+", told))
    answered = {act for act, _ in view.reactions_to(SALVO, FIRST, SECOND)}
    speakers = {
        actor for act in answered for actor in view.acts[act].all("actor") | view.acts[act].all("onBehalfOf")
    }
    assert len(forbidden) == 4
    assert not forbidden & answered
    assert not speakers & {
        "body/chn",
        "body/rus",
        "body/prk",
        "body/unsc",
        "body/un",
        "body/./north-korean-delegation",
    }
    assert "body/kor" not in {actor for act in answered for actor in view.acts[act].all("madeBy")}


def test_the_counts_of_the_gold_hold(gold: Gold, view: GraphView) -> None:
    told = gold["summary_counts"]
    with_words = [one for one in view.things("Report").values() if one.all("hasQuotation")]
    assert {
        "statements": len(view.things("Statement")),
        "quote_spans": len(view.things("Quotation")),
        "statements_with_quotes": len(with_words),
        "narrator_assertions": len(view.things("NarratorAssertion")),
        "measurements": sum(one.one("quantity") != "outcome" for one in view.things("Claim").values()),
        "events": len(graph_view.events(view)) + len(view.things("MaterialAct")),
    } == {key: told[key] for key in told.keys() - {"actors", "persons", "offices", "event_relations"}}


def test_nothing_from_outside_the_document_is_in_its_graph(gold: Gold, view: GraphView) -> None:
    outside = re.compile(
        r"20:56|05:56|0?5:58|0?8:05|\b1,?400\b|5,?500|1,?550|2270|Kwangmyong|STRATCOM|O'Donnell|Northeast Asia"
        r"|East Sea|Canada|2016-01-06|2016-02-07|2016-04-[12]|2016-05-30"
    )
    assert gold["external"]["note"].startswith("NOT in the article")
    expect_none(text for text in view.literals() if outside.search(text))


# ---------------------------------------------------------------- the twenty traps


def test_trap_1_all_names_of_the_launches_mean_the_one_salvo(view: GraphView) -> None:
    mentions = view.things("Mention").values()
    salvo = {one.one("span") for one in mentions if one.one("denotes") == SALVO}
    assert {"2380-2390", "2857-2867", "3210-3226", "1896-1912", "2035-2062", "2394-2412"} <= salvo
    assert {event for event, one in view.events.items() if SALVO in one.all("partOf")} == {FIRST, SECOND}


def test_trap_2_each_weekday_is_resolved_for_itself(view: GraphView) -> None:
    printed = {
        one.one("timeSpan"): one.one("localDate")
        for one in view.events.values()
        if one.one("timeText") in {"Wednesday", "Tuesday"}
    }
    assert printed == {
        "234-243": "2016-06-22", "2656-2665": "2016-06-22", "3764-3773": "2016-06-22", "2755-2762": "2016-06-21",
    }  # fmt: skip
    launches = {event for event, one in view.events.items() if one.one("kind") == "missile-launch"}
    assert launches == {FIRST, SECOND}


def test_trap_3_local_and_utc_dates_of_the_launches_differ(view: GraphView) -> None:
    told = {
        event: (one.one("localDate"), one.one("utcDate"), one.one("earliest"))
        for event, one in view.events.items()
    }
    assert told[FIRST] == ("2016-06-22", "2016-06-21", "2016-06-21T20:57:00Z")
    assert told[SECOND] == ("2016-06-22", "2016-06-21", "2016-06-21T23:03:00Z")
    assert told[SALVO][:2] == ("2016-06-22", "2016-06-21")


def test_trap_4_the_zone_of_the_clock_times_is_tokyos_and_inferred(view: GraphView) -> None:
    launches = [view.events[event] for event in (FIRST, SECOND)]
    assert [(one.one("zone"), one.one("zoneBasis")) for one in launches] == [("+09:00", "inferred")] * 2


def test_trap_5_capitals_are_governments_and_beijing_is_the_city(view: GraphView) -> None:
    meant = {one.one("span"): one.one("denotes") for one in view.things("Mention").values()}
    assert {meant["191-200"], meant["968-977"], meant["2220-2229"]} == {"body/prk"}
    assert (meant["3161-3166"], meant["3659-3669"]) == ("body/jpn", "body/usa")
    assert {meant["2249-2256"], meant["3920-3927"]} == {"place/beijing"}


def test_trap_6_a_given_name_is_no_rank(view: GraphView) -> None:
    persons = view.directory("Person")
    assert persons["person/gen-nakatani"].one("rankTitle") is None
    assert "Commander" in (persons["person/dave-benham"].one("rankTitle") or "")


def test_trap_7_benham_speaks_for_pacific_command_by_email_and_relays_norad(view: GraphView) -> None:
    said = [view.acts[f"act/./{key}"] for key in ("benham-track", "benham-norad")]
    assert {(one.one("body"), one.one("channel")) for one in said} == {("body/usa-pacific-command", "email")}
    assert said[1].one("relays") == "act/./norad-determination"
    assert view.acts["act/./norad-determination"].one("madeBy") == "body/norad"
    assert view.directory("Body")["body/norad"].one("subBodyOf") is None


def test_trap_8_the_ministry_without_a_country_is_japans(view: GraphView) -> None:
    ministry = [one for one in view.things("Mention").values() if one.one("span") in {"159-179", "246-266"}]
    assert {(one.one("denotes"), one.one("basis")) for one in ministry} == {
        ("body/jpn-ministry-of-defense", "inferred")
    }


def test_trap_9_hagiuda_announces_japan_protests_and_the_embassy_is_open(view: GraphView) -> None:
    assert view.holds("act/./hagiuda", "announces", "act/./protest")
    protest = view.acts["act/./protest"]
    assert (protest.one("madeBy"), protest.one("via")) == ("body/jpn", "body/jpn-embassy-beijing")
    readings = {
        value: link.number("confidence") for (_, term, value), link in view.links.items() if term == "via"
    }
    assert readings == {"body/jpn-embassy-beijing": 0.85, "body/./north-korean-embassy": 0.15}
    (mention,) = (one for one in view.things("Mention").values() if one.one("span") == "2234-2245")
    assert mention.all("mayDenote") == {"body/./north-korean-embassy"}
    assert not [
        one
        for one in view.things("Report").values()
        if "protest" in one.reference and one.all("hasQuotation")
    ]


def test_trap_10_the_words_of_kirby_are_edited_and_blasted_is_the_same_act(view: GraphView) -> None:
    (report,) = (one for one in view.things("Report").values() if one.one("reports") == "act/./kirby")
    (quotation,) = (
        one for one in view.things("Quotation").values() if one.reference in report.all("hasQuotation")
    )
    assert (quotation.one("fidelity"), quotation.one("editorialInsertion")) == ("edited", "2485-2500")
    assert report.one("characterisation") == "2372-2379"
    american = [act for act, _ in view.reactions_to(SALVO) if "body/usa" in view.acts[act].all("madeBy")]
    assert american == []


def test_trap_11_only_four_words_are_abes(view: GraphView) -> None:
    (quotation,) = (one for one in view.things("Quotation").values() if one.one("span") == "2096-2123")
    assert len((quotation.one("normalizedText") or "").split()) == 4


def test_trap_12_nakatani_makes_four_statements_and_gives_one_order(view: GraphView) -> None:
    his = {act: one for act, one in view.acts.items() if "person/gen-nakatani" in one.all("madeBy")}
    said = his.keys() & view.things("Statement").keys()
    assert said == {f"act/./nakatani-{key}" for key in ("failure", "capability", "concern", "forecast")}
    assert his.keys() - said == {"act/./intercept-order"}
    assert {his[act].one("stance") for act in said} == {"assess", "concern", "warn"}
    assert {his[act].one("target") for act in said} == {FIRST, SECOND, "body/prk"}


def test_trap_13_altitude_distance_and_second_launch_time_have_no_named_source(view: GraphView) -> None:
    told = {
        (one.one("quantity"), one.one("about")): one
        for one in view.things("Claim").values()
        if one.one("mode")
    }
    for quantity in ("apogee", "distance", "launch-time"):
        claim = told[quantity, SECOND]
        assert (claim.one("mode"), claim.all("holder")) == ("narrator", frozenset())


def test_trap_14_the_delegations_are_hearsay_and_their_target_is_the_state(view: GraphView) -> None:
    for key in ("usdel-criticise", "kordel-criticise"):
        act = view.acts[f"act/./{key}"]
        (report,) = (one for one in view.things("Report").values() if one.one("reports") == act.reference)
        assert (report.one("mode"), report.one("relayer")) == ("hearsay", "source/./media-reports")
        assert (act.one("target"), act.one("reactsTo"), act.one("presumablyReactsTo")) == (
            "body/prk",
            None,
            SALVO,
        )


def test_trap_15_nobody_vouches_for_the_success_of_test_and_satellite(view: GraphView) -> None:
    for event in ("event/./nuclear-test", "event/./satellite-launch"):
        (claim,) = (one for one in view.things("Claim").values() if one.one("about") == event)
        assert (claim.one("outcomeStatus"), claim.one("holder")) == ("claimed", None)
        assert claim.one("candidateHolder") == "person/kim-jong-un"


def test_trap_16_the_intercept_order_anticipates_and_does_not_react(view: GraphView) -> None:
    order = view.acts["act/./intercept-order"]
    assert (order.one("anticipates"), order.one("respondsTo")) == (SALVO, None)
    assert "act/./intercept-order" not in view.things("Reaction")
    assert (order.one("latest") or "") < (view.events[FIRST].one("earliest") or "")


def test_trap_17_silence_is_declared_for_whom_the_page_could_have_shown(view: GraphView) -> None:
    (coverage,) = view.things("Coverage").values()
    assert {"body/jpn", "body/chn", "body/rus", "body/prk", "body/kor", "body/usa"} <= coverage.all("watches")
    assert {SALVO, FIRST, SECOND} == coverage.all("watchesEvent")
    critics = {
        actor for act in view.acts.values() if act.one("stance") == "criticise" for actor in act.all("madeBy")
    }
    assert critics == {"body/./us-delegation", "body/./south-korean-delegation"}


def test_trap_18_no_report_uses_the_boilerplate(view: GraphView) -> None:
    assert {at for at in view.spans if int(at.split("-")[0]) >= 4231} == {"4231-4335", "4336-4388"}


def test_trap_19_four_earlier_tests_are_counted_and_not_dated(view: GraphView) -> None:
    earlier = [
        event for event, one in view.events.items() if (one.one("kind") or "").startswith("missile-launch")
    ]
    assert set(earlier) == {SALVO, FIRST, SECOND, "event/./prior-musudan-tests"}
    assert view.events["event/./prior-musudan-tests"].one("localDate") == "2016-04"


def test_trap_20_misprints_are_kept_in_the_text_and_mended_in_the_names(gold: Gold, view: GraphView) -> None:
    printed = {one["text"] for one in gold["document"]["typos_kept"]}
    assert "South Korea’s Joint Chief Staff" in printed
    assert not [
        text for text in view.literals() if any(typo in text for typo in printed - {"Tuesday’s launch"})
    ]
    assert {"458-489", "3419-3466", "3982-4025"} <= view.spans.keys()


def test_no_trap_of_the_gold_is_without_its_test_and_its_note(gold: Gold, dossier: Dossier) -> None:
    tests = [one for one in globals() if one.startswith("test_trap_")]
    assert len(tests) == len(gold["traps"]) == len(dossier.notes) == 20


def test_the_unnamed_sea_is_not_silently_the_sea_of_japan(view: GraphView) -> None:
    (mention,) = (one for one in view.things("Mention").values() if one.one("span") == "448-455")
    assert (mention.one("basis"), mention.number("confidence")) == ("inferred", 0.9)
    assert view.events[FIRST].one("landingPlace") is None
    assert view.events[SECOND].one("landingPlace") == "place/sea-of-japan"


def test_later_mentions_of_the_sanctions_may_mean_all_of_them(view: GraphView) -> None:
    later = [one for one in view.things("Mention").values() if one.one("span") in {"2555-2595", "3317-3335"}]
    assert [(one.one("denotes"), one.number("confidence")) for one in later] == [
        ("event/./un-sanctions", 0.7)
    ] * 2


def test_abe_speaks_in_the_later_of_his_two_terms(view: GraphView) -> None:
    terms = [one for one in view.directory("Tenure").values() if one.one("person") == "person/shinzo-abe"]
    assert len(terms) == 2
    (capacity,) = view.acts["act/./abe-denounce"].all("inCapacity")
    (held,) = (one for one in terms if one.reference == capacity)
    assert (held.one("heldFrom") or "") < "2016-06-22" < (held.one("heldUntil") or "")


# ---------------------------------------------------------------- the essentials, in a bare clone


def test_the_essentials_hold_without_the_shared_folder(essentials: Gold, view: GraphView) -> None:
    expect_none(differences(_essential(essentials), _found(view)))
    expect_none(surplus(_essential(essentials), _found(view)))


def _essential(essentials: Gold) -> Items:
    return {
        f"act/./{key}": {
            "by": {one["by"]},
            "level": one["level"],
            "mode": one["mode"],
            "span": one["span"],
            "quotes": set(one["quotes"]),
            "answers": set(one.get("answers", ())),
            "presumed": one.get("presumed", {}),
        }
        for key, one in essentials["acts"].items()
    }


def _found(view: GraphView) -> Items:
    quotations = view.things("Quotation")
    reports = {report.one("reports"): report for report in view.things("Report").values()}
    return {
        act: {
            "by": one.all("madeBy"),
            "level": one.one("level"),
            "mode": reports[act].one("mode"),
            "span": reports[act].one("span"),
            "quotes": {quotations[quote].one("span") for quote in reports[act].all("hasQuotation")},
            "answers": one.all("reactsTo"),
            "presumed": {
                event: view.links[act, "presumablyReactsTo", event].number("confidence")
                for event in one.all("presumablyReactsTo")
            },
        }
        for act, one in view.acts.items()
    }
