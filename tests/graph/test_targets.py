"""Whether an act takes its stance toward the launch that it answers, or toward something else."""

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.targets import elsewhere, sign

TEST = f"{ids.BASE}event/2016-01-06-nuclear-test-1"
SALVO = f"{ids.BASE}event/2016-06-22-musudan"
WELCOME = f"{ids.BASE}act/2016-03-03-reuters/mogherini-welcomes"


def test_who_welcomes_a_resolution_against_a_test_is_not_for_the_test(seed_graph: KnowledgeGraph) -> None:
    found = elsewhere(seed_graph.reactions().about(TEST), seed_graph.reactions().names)
    assert found[WELCOME, TEST] == ["Security Council resolution of March 2016 on North Korea"]
    assert sign(1, found[WELCOME, TEST]) == "◆"


def test_an_act_toward_a_salvo_its_launches_or_its_actor_bears_its_own_sign(
    seed_graph: KnowledgeGraph,
) -> None:
    reactions = seed_graph.reactions().about(SALVO)
    against = reactions.frame.filter(act=f"{ids.BASE}act/2016-06-22-japan-times/kirby")
    assert len(against) >= 1
    found = elsewhere(reactions, seed_graph.reactions().names)
    assert not [one for one in found if one[0] == against["act"][0]]
    assert sign(against["polarity"][0]) == "▼▼"
