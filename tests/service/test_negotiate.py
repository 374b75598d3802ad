"""Content negotiation: what a client asks for and what it gets."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarche.service.negotiate import (
    HTML,
    JSON_LD,
    MOST_RANGES,
    N_TRIPLES,
    RDF_XML,
    TURTLE,
    NotAcceptable,
    best,
    ending,
    named,
    split_ending,
)

OFFERS = (TURTLE, HTML, JSON_LD, N_TRIPLES, RDF_XML)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, TURTLE),
        ("", TURTLE),
        ("*/*", TURTLE),
        (FIREFOX, HTML),
        ("application/rdf+xml;q=0.5, application/ld+json;q=0.9", JSON_LD),
        ("text/*, text/turtle;q=0.1", HTML),
        ("*/*, text/turtle;q=0, text/html;q=0", JSON_LD),
        ("TEXT/HTML ; Q=0.7", HTML),
        ("text/turtle;charset=utf-8", TURTLE),
        ("nonsense, application/n-triples", N_TRIPLES),
        ("text/turtle;q=high, application/rdf+xml;q=0.1", RDF_XML),
    ],
)
def test_the_client_gets_what_it_likes_most(accept: str | None, chosen: str) -> None:
    assert best(accept, OFFERS) == chosen


def test_of_a_long_header_the_beginning_is_read() -> None:
    assert best("image/png," * (MOST_RANGES - 1) + "text/html", OFFERS) == HTML
    with pytest.raises(NotAcceptable):
        best("image/png," * MOST_RANGES + "text/html", OFFERS)


@pytest.mark.parametrize("accept", ["image/png", "text/turtle;q=0", "*/*;q=0", "nonsense"])
def test_a_client_that_takes_nothing_of_ours_is_told_what_there_is(accept: str) -> None:
    with pytest.raises(NotAcceptable) as refused:
        best(accept, OFFERS)
    assert refused.value.offers == OFFERS


@given(st.permutations(OFFERS), st.lists(st.integers(1, 1000), min_size=5, max_size=5, unique=True))
def test_the_highest_quality_wins_in_whatever_order_it_stands(order: list[str], qualities: list[int]) -> None:
    asked = dict(zip(order, qualities, strict=True))
    accept = ",".join(f"{one};q={quality / 1000:.3f}" for one, quality in asked.items())
    assert best(accept, OFFERS) == max(asked, key=lambda one: asked[one])


@given(st.text(max_size=80))
def test_any_header_is_answered_or_refused(accept: str) -> None:
    with suppress(NotAcceptable):
        assert best(accept, OFFERS) in OFFERS


@given(st.sampled_from(OFFERS), st.from_regex(r"[a-z0-9/.-]{1,40}", fullmatch=True))
def test_an_ending_is_split_off_and_put_back(offer: str, path: str) -> None:
    assert split_ending(f"{path}.{ending(offer)}", OFFERS) == (path, offer)


def test_an_unknown_ending_belongs_to_the_path() -> None:
    assert split_ending("event/version-0.1", OFFERS) == ("event/version-0.1", None)
    assert split_ending("answer.csv", OFFERS) == ("answer.csv", None)


def test_a_format_that_is_not_offered_is_refused() -> None:
    with pytest.raises(NotAcceptable, match="format=ttl"):
        named("csv", OFFERS)
