"""The most central reactor of a year: of the record as it is, in the unit that is asked for."""

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph.errors import BadParameter


def test_the_government_is_the_unit_unless_another_is_given(seed_graph: KnowledgeGraph) -> None:
    assert seed_graph.ask("central", year="2017") == seed_graph.ask("central", year="2017", unit="government")
    assert list(seed_graph.ask("central", year="2017")) != list(
        seed_graph.ask("central", year="2017", unit="person")
    )


@pytest.mark.parametrize("unit", ["actor", "person", "office", "body", "government"])
def test_shares_add_up_and_fall_with_the_rank(unit: str, seed_graph: KnowledgeGraph) -> None:
    rows = list(seed_graph.ask("central", year="2017", unit=unit))
    shares = [float(row["pagerank"] or "") for row in rows]
    assert sum(shares) == pytest.approx(1, abs=1e-4)
    assert shares == sorted(shares, reverse=True)
    assert rows[0]["rank"] == "1"


def test_only_those_who_reacted_in_the_year_are_listed(seed_graph: KnowledgeGraph) -> None:
    acts = seed_graph.reactions().frame.select("local_date", "local_last", "governments", "bodies", "actors")
    expected = {
        unit
        for first, last, *several in acts.iter_rows()
        if first and first.year == last.year == 2016
        for unit in next(found for found in several if found)
    }
    assert {row["reactor_id"] for row in seed_graph.ask("central", year="2016")} == expected


def test_a_year_without_reactions_has_no_central_reactor(seed_graph: KnowledgeGraph) -> None:
    assert not seed_graph.ask("central", year="1901").rows


@pytest.mark.parametrize(("year", "unit"), [("17", "government"), ("2017", "planet")])
def test_what_is_no_year_and_no_unit_is_refused(year: str, unit: str, seed_graph: KnowledgeGraph) -> None:
    with pytest.raises(BadParameter, match="is not"):
        seed_graph.ask("central", year=year, unit=unit)
