"""Nobody stands in the directory twice: names that are nearly the same are those of the pairs listed here."""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest

from demarche.graph.records import Body, Directory, Named, Person
from demarche.graph.sources.dossier import read_directory

LIKE = 0.8
DIFFERENT = {
    ("john-kerry", "john-kirby"): "the Secretary of State and the spokesman of his department",
    ("kim-sung-han", "sung-kim"): "South Korea's security adviser of 2022 and the American envoy of 2016",
    ("abc-news", "bbc-news"): "an American and a British broadcaster",
    ("usa-department-of-defense", "usa-department-of-state"): "two departments",
    ("usa-department-of-defense", "usa-department-of-the-treasury"): "two departments",
    ("usa-pacific-command", "usa-strategic-command"): "two commands",
    ("usa", "usa-navy"): "a government and one of its services",
    ("usa-navy", "usa-senate"): "a service and a chamber",
    ("usa-air-force", "usa-armed-forces"): "a service and the whole of them",
    ("usa-air-force", "usa-pacific-air-forces"): "a service and its command in the Pacific",
    ("kor-air-force", "kor-armed-forces"): "a service and the whole of them",
    (
        "kor-national-security-council",
        "kor-national-security-office",
    ): "the council and the president's office that serves it",
    ("kor-ministry-of-foreign-affairs", "kor-ministry-of-national-defense"): "two ministries",
    ("kor-ministry-of-national-defense", "kor-ministry-of-unification"): "two ministries",
}


@pytest.fixture(scope="module")
def directory(repository: Path) -> Directory:
    return read_directory(repository / "seed_data" / "directory")


def test_no_person_and_no_body_stands_in_the_directory_twice(directory: Directory) -> None:
    found = {*alike(directory.persons), *alike(directory.bodies)}
    assert found - DIFFERENT.keys() == set(), (
        "nearly the same names: one actor, or a pair to be listed with its reason"
    )
    assert DIFFERENT.keys() - found == set(), "listed, but no longer alike"


def test_no_two_share_an_entry_of_wikidata(directory: Directory) -> None:
    for named in (directory.persons, directory.bodies, directory.offices):
        known = [one.wikidata for one in named if one.wikidata]
        assert sorted(known) == sorted(set(known))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kim Jong Un", "Kim Jong-un"),
        ("Hong Lei", "Lei Hong"),
        ("Mark Rutte", "Marc Rutte"),
        ("Shinzo Abe", "Abe Shinzo"),
    ],
)
def test_another_spelling_or_order_of_a_name_is_noticed(one: str, other: str) -> None:
    assert list(alike([Person(id="a", label=one), Person(id="b", label=other)])) == [("a", "b")]


def test_an_alias_and_a_british_spelling_are_noticed_within_a_state_only() -> None:
    def ministry(name: str, label: str, state: str) -> Body:
        return Body(
            id=name,
            label=label,
            type="government-body",
            body_type="defence-ministry",
            government=f"body/{state}",
        )

    bodies = [
        ministry("a", "Ministry of Defense", "jpn"),
        ministry("b", "Defence Ministry of", "jpn"),
        ministry("c", "Ministry of Defence", "gbr"),
    ]
    assert list(alike(bodies)) == [("a", "b")]


def alike(named: Iterable[Named]) -> Iterator[tuple[str, str]]:
    """The pairs whose labels or aliases nearly agree, whatever the order of the words; bodies within one state only."""
    keys = {
        one.id: (_state(one), {key for name in (one.label, *one.aliases) for key in _keys(name)})
        for one in named
    }
    for (a, (here, mine)), (b, (there, theirs)) in combinations(sorted(keys.items()), 2):
        if here == there and any(_near(x, y) for x in mine for y in theirs):
            yield a, b


def _state(one: Named) -> str | None:
    if isinstance(one, Body):
        return one.government or (f"body/{one.id}" if one.type == "government" else None)
    return None


def _keys(name: str) -> Iterator[str]:
    words = re.findall(r"\w+", name.casefold().replace("defence", "defense"))
    yield " ".join(words)
    yield " ".join(sorted(words))


def _near(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other)
    return matcher.real_quick_ratio() >= LIKE and matcher.quick_ratio() >= LIKE and matcher.ratio() >= LIKE
