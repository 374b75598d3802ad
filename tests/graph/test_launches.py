"""The list of launches says of each what the other answers say of it."""

from demarche.graph import KnowledgeGraph
from demarche.graph.indicators.disagreement import side_by_side
from demarche.graph.launches import launches
from demarche.graph.reactions import Reactions


def test_a_launch_counts_the_acts_that_the_reaction_table_has_of_it(seed_graph: KnowledgeGraph) -> None:
    reactions, listed = seed_graph.reactions(), launches(seed_graph.store)
    every = {one.iri: reactions.about(one.iri) for one in listed}
    counts = {iri: (acts(found), acts(found.explicit())) for iri, found in every.items()}
    assert {one.iri: (one.reactions, one.explicit) for one in listed} == counts
    assert max(counts.values()) > (30, 10)


def acts(found: Reactions) -> int:
    return found.frame["act"].n_unique()


def test_a_launch_has_the_outcomes_that_are_claimed_of_it_and_of_what_documents_tell_of_it(
    seed_graph: KnowledgeGraph,
) -> None:
    """A document tells of the tests of 2016 in its own words, matched to them."""
    matched = [one for one in launches(seed_graph.store) if one.reactions and one.date.startswith("2016")]
    assert any(one.outcomes for one in matched)
    for one in matched:
        topics = side_by_side(seed_graph.store, one.iri)
        claimed = {
            claim.said.split(" (")[0]
            for topic in topics
            if topic.quantity == "outcome"
            for claim in topic.claims
        }
        assert {code.replace("-", " ") for code in one.outcomes} == claimed
