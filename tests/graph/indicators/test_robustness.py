"""What rests on presumed links: findings about an event that hold, change, vanish or appear without them."""

from collections import Counter

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.indicators.first_responders import first_responders
from demarche.graph.indicators.robustness import FINDINGS, compared
from demarche.graph.store import OxigraphStore
from tests.graph.indicators.conftest import EVENT, Said, Small

SALVO = f"{ids.BASE}event/2016-06-22-musudan"
MORNING = ("2020-01-01T06:00", "2020-01-01T07:00")
NOON = ("2020-01-01T12:00", "2020-01-01T13:00")


def test_in_the_first_document_the_highest_level_of_japan_and_south_korea_rests_on_presumed_links(
    one_document: OxigraphStore,
) -> None:
    found = compared(KnowledgeGraph(one_document).reactions().about(SALVO))
    levels = {
        ids.local(one.actor): (one.all_links, one.explicit, one.verdict)
        for one in found
        if one.finding == "highest level"
    }
    assert levels == {
        "body/jpn": ("diplomatic-protest", "verbal", "changes"),
        "body/kor": ("verbal", "assessment", "changes"),
        "body/usa": ("verbal", "verbal", "holds"),
        "body/norad": ("assessment", "assessment", "holds"),
    }
    assert [one for one in found if one.finding == "certainly first"] == []


def test_who_was_overtaken_by_a_presumed_act_comes_first_without_it(small: Small) -> None:
    graph = small(
        Said("a", ("gov-north",), *MORNING, tie="presumablyReactsTo"),
        Said("b", ("gov-south",), *NOON),
        Said("c", ("gov-west",), "2020-01-01T14:00", "2020-01-01T15:00"),
    )
    found = {
        (one.finding, ids.local(one.actor)): one.verdict for one in compared(graph.reactions().about(EVENT))
    }
    assert found == {
        ("reactor", "body/gov-north"): "vanishes",
        ("highest level", "body/gov-north"): "vanishes",
        ("certainly first", "body/gov-north"): "vanishes",
        ("possibly first", "body/gov-north"): "vanishes",
        ("certainly first", "body/gov-south"): "appears",
        ("possibly first", "body/gov-south"): "appears",
        **{
            (finding, f"body/gov-{name}"): "holds"
            for finding in ("reactor", "highest level")
            for name in ("south", "west")
        },
    }


def test_of_explicit_reactions_alone_every_finding_holds(seed_graph: KnowledgeGraph) -> None:
    found = compared(seed_graph.reactions().about(SALVO).explicit())
    assert {one.verdict for one in found} == {"holds"}
    assert {one.finding for one in found} <= set(FINDINGS)


def test_of_presumed_reactions_alone_every_finding_vanishes(small: Small) -> None:
    found = compared(small(Said("a", ("gov-north",), tie="presumablyReactsTo")).reactions())
    assert Counter(one.verdict for one in found) == {"vanishes": 4}


def test_who_is_first_is_what_the_question_of_the_first_answers(small: Small) -> None:
    """An undated act may have been the first, and so nobody certainly was; one alone is first of one."""
    alone = Said("a", ("gov-north",), *MORNING)
    for acts, expected in {
        (alone, Said("b", ("gov-south",))): {"possibly first": {"gov-north", "gov-south"}},
        (alone, Said("b", ("gov-south",), *NOON)): {
            "certainly first": {"gov-north"}, "possibly first": {"gov-north"},
        },
        (alone, Said("b", ("gov-north",)), Said("c", ("gov-south",), *NOON)): {
            "certainly first": {"gov-north"}, "possibly first": {"gov-north"},
        },
        (alone,): {"certainly first": {"gov-north"}, "possibly first": {"gov-north"}},
    }.items():  # fmt: skip
        reactions = small(*acts).reactions()
        told: dict[str, set[str]] = {}
        for one in compared(reactions):
            if one.finding.endswith("first"):
                told.setdefault(one.finding, set()).add(ids.local(one.actor).removeprefix("body/"))
        assert told == expected
        verdicts = dict(first_responders(reactions).select("unit", "first").iter_rows())
        assert {
            ids.local(one).removeprefix("body/") for one, first in verdicts.items() if first != "no"
        } == told["possibly first"]
