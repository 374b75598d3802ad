"""Whether one actor's stance differs: by object, within the day, over time; and when it cannot be said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph.indicators.stances import Stance, differs

STANCES = st.builds(
    Stance,
    st.sampled_from(["launch", "country"]),
    st.integers(-2, 2),
    st.sampled_from([None, "2016-06-22", "2016-06-23"]),
)
HERE = Stance("launch", -2, "2016-06-22")


@pytest.mark.parametrize(
    ("other", "ways"),
    [
        (Stance("country", -1, "2016-06-22"), ["by object"]),
        (Stance("launch", 0, "2016-06-22"), ["within the day"]),
        (Stance("launch", 0, "2016-06-23"), ["over time"]),
        (Stance("country", 0, "2016-06-23"), []),
        (Stance("launch", -2, "2016-06-23"), []),
        (Stance("launch", 2, None), []),
    ],
)
def test_a_stance_differs_in_the_way_that_its_definition_says(other: Stance, ways: list[str]) -> None:
    assert differs(HERE, [HERE, other]) == ways
    assert differs(other, [HERE, other]) == ways


@given(taken=st.lists(STANCES, max_size=8), data=st.data())
def test_the_order_of_the_acts_changes_nothing(taken: list[Stance], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(taken))
    assert [differs(one, taken) for one in taken] == [differs(one, mixed) for one in taken]


@given(one=STANCES, other=STANCES)
def test_to_differ_is_mutual(one: Stance, other: Stance) -> None:
    assert differs(one, [other]) == differs(other, [one])


def test_an_event_leaves_only_the_acts_that_answer_it(seed_graph: KnowledgeGraph) -> None:
    event = "2016-06-22-musudan"
    acts = {row["act_id"] for row in seed_graph.ask("stances", actor="JPN", event=event)}
    every = {row["act_id"] for row in seed_graph.ask("stances", actor="JPN")}
    answers = {row["act_id"] for row in seed_graph.ask("who-reacted", event=event)}
    assert acts == every & answers
    assert acts < every


def test_each_act_stands_once_for_each_object_however_many_documents_tell_it(
    seed_graph: KnowledgeGraph,
) -> None:
    for actor in ("JPN", "USA", "KOR", "PRK"):
        rows = list(seed_graph.ask("stances", actor=actor))
        keys = [(row["act_id"], row["object_id"], row["stance_id"]) for row in rows]
        assert len(keys) == len(set(keys))
        assert rows == sorted(rows, key=lambda row: row["earliest"] or "~")
