"""The record at a glance: counted anew from the rows of the table, by hand and by plain Python."""

from collections import Counter
from itertools import combinations

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph.indicators.overviews import co_reactions, most_reactions, stances_by_month
from demarche.graph.units import UNITS, Unit


@pytest.mark.parametrize("unit", UNITS)
def test_two_units_are_paired_once_for_each_event_that_both_answer(
    unit: Unit, seed_graph: KnowledgeGraph
) -> None:
    reactions = seed_graph.reactions()
    events: dict[str, set[str]] = {}
    for event, who in reactions.fold(unit).select("event", "unit").iter_rows():
        events.setdefault(event, set()).add(who)
    expected = Counter(pair for units in events.values() for pair in combinations(sorted(units), 2))
    found = {(one, other): count for one, other, count in co_reactions(reactions, unit).iter_rows()}
    assert found == expected != {}


def test_stances_are_counted_in_the_month_of_the_act(seed_graph: KnowledgeGraph) -> None:
    reactions = seed_graph.reactions()
    expected = Counter(
        (f"{row['local_date']:%Y-%m}", row["stance"])
        for row in reactions.frame.iter_rows(named=True)
        if row["stance"]
        and row["local_date"]
        and f"{row['local_date']:%Y-%m}" == f"{row['local_last']:%Y-%m}"
    )
    found = list(stances_by_month(reactions).iter_rows())
    assert {(month, stance): count for month, stance, count in found} == expected != {}
    assert found == sorted(found)


def test_the_most_active_come_first_and_joint_acts_count_for_each(seed_graph: KnowledgeGraph) -> None:
    reactions = seed_graph.reactions()
    expected = Counter(reactions.fold("government")["unit"].to_list())
    found = list(most_reactions(reactions, "government", most=3).iter_rows())
    assert found == sorted(expected.items(), key=lambda one: (-one[1], one[0]))[:3]


def test_nothing_is_counted_where_nothing_is(seed_graph: KnowledgeGraph) -> None:
    nothing = seed_graph.reactions().about("https://example.org/no-event")
    assert [len(made(nothing)) for made in (co_reactions, stances_by_month, most_reactions)] == [0, 0, 0]
