"""What a person types becomes the thing it names: ids, codes, and names in several words."""

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import Ambiguous, NotFound
from demarche.graph.resolve import resolve


@pytest.mark.parametrize(
    ("kind", "text", "reference"),
    [
        ("actor", "Shinzo Abe", "person/shinzo-abe"),
        ("actor", "shinzo-abe", "person/shinzo-abe"),
        ("government", "Government of Japan", "body/jpn"),
        ("government", "JPN", "body/jpn"),
        ("thing", "Shinzo Abe", "person/shinzo-abe"),
        ("thing", "person/shinzo-abe", "person/shinzo-abe"),
        ("thing", "2016-06-22-musudan", "event/2016-06-22-musudan"),
        ("thing", "security forum of June 2016 in Beijing", "event/2016-06-22-japan-times/security-forum"),
        ("thing", "2016-06-22-japan-times/security-forum", "event/2016-06-22-japan-times/security-forum"),
        ("thing", "2016-06-22-japan-times/kirby", "act/2016-06-22-japan-times/kirby"),
        ("thing", "2016-06-22-japan-times", "document/2016-06-22-japan-times"),
        ("thing", "jpn-prime-minister", "office/jpn-prime-minister"),
    ],
)
def test_a_thing_is_found_by_id_by_code_and_by_name(
    kind: str, text: str, reference: str, seed_graph: KnowledgeGraph
) -> None:
    assert resolve(seed_graph.store, kind, text).value == ids.BASE + reference


@pytest.mark.parametrize("kind", ["actor", "government", "event", "document", "thing"])
def test_several_words_that_name_nothing_are_not_found(kind: str, seed_graph: KnowledgeGraph) -> None:
    with pytest.raises((NotFound, Ambiguous), match="nobody at all"):
        resolve(seed_graph.store, kind, "nobody at all")


def test_what_is_hardly_like_an_id_is_not_offered_for_it(seed_graph: KnowledgeGraph) -> None:
    with pytest.raises(NotFound):
        resolve(seed_graph.store, "event", "1901-01-01-nothing")
    for kind, text, near in (
        ("event", "2016-06-22-musudam", "2016-06-22-musudan"),
        ("actor", "Japon", "Japan"),
    ):
        with pytest.raises(Ambiguous) as offered:
            resolve(seed_graph.store, kind, text)
        assert near in offered.value.candidates
