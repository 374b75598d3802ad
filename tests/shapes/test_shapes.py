"""Every shape has a file that breaks it and nothing else, and a file beside it that keeps every rule."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis.strategies import dates, integers
from rdflib import RDF, RDFS, SH, SKOS, Graph, Namespace, URIRef

from demarche.graph import identifiers as ids
from demarche.graph import validate
from demarche.graph.store import Store
from demarche.graph.triples import NamedGraph
from demarche.ontology import DM, path
from tests.shapes.graphs import HERE, named, read, stocked_store

DMSH = Namespace("https://w3id.org/demarche/shapes#")
RULES = 111
PARTS = 45
WARNINGS = {"ActWithinTenure", "WeekdayAgrees"}

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

invalid = sorted((HERE / "invalid").glob("*.ttl"))
valid = sorted((HERE / "valid").glob("*.ttl"))


@cache
def shapes() -> Graph:
    return Graph().parse(path("shapes.ttl"))


def rules() -> set[str]:
    kinds = (SH.NodeShape, SH.PropertyShape)
    return {str(node).removeprefix(DMSH) for kind in kinds for node in shapes().subjects(RDF.type, kind)}


def parts() -> Iterator[tuple[str, URIRef]]:
    """Each rule that demands several properties at once, with each property that it demands."""
    for rule in sorted(rules()):
        for members in shapes().objects(DMSH[rule], SH["and"]):
            for member in shapes().items(members):
                prop = shapes().value(member, SH.path)
                if isinstance(prop, URIRef):
                    yield rule, prop


def broken(graph: NamedGraph, store: Store) -> dict[str, str]:
    """The rules that a graph breaks, each with its severity."""
    return {one.rule: one.severity for one in validate.violations(graph, store, "file")}


@pytest.fixture(scope="module")
def store() -> Store:
    return stocked_store()


def test_as_many_rules_are_tried_as_there_are() -> None:
    assert (len(rules()), len(invalid), len(valid), len(list(parts()))) == (RULES, RULES, RULES, PARTS)


@pytest.mark.parametrize("files", [invalid, valid], ids=["invalid", "valid"])
def test_each_shape_has_its_file_and_each_file_its_shape(files: list[Path]) -> None:
    assert {file.stem for file in files} == rules()


@pytest.mark.parametrize("file", invalid, ids=lambda file: file.stem)
def test_a_breaking_file_breaks_the_rule_it_is_named_after_and_no_other(file: Path, store: Store) -> None:
    assert broken(read(file), store) == {file.stem: "warning" if file.stem in WARNINGS else "violation"}


@pytest.mark.parametrize("file", valid, ids=lambda file: file.stem)
def test_a_valid_file_breaks_no_rule(file: Path, store: Store) -> None:
    assert broken(read(file), store) == {}


@pytest.mark.parametrize("file", invalid, ids=lambda file: file.stem)
def test_without_its_shape_a_breaking_file_would_pass(
    file: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fewer = Graph()
    for triple in shapes():
        if triple[0] != DMSH[file.stem]:
            fewer.add(triple)
    monkeypatch.setattr(validate, "_shapes", lambda: fewer)
    assert broken(read(file), store) == {}


@pytest.mark.parametrize(("rule", "prop"), list(parts()), ids=lambda part: str(part).rpartition("#")[2])
def test_a_rule_of_many_parts_misses_each_of_them(rule: str, prop: URIRef, store: Store) -> None:
    graph = Graph().parse(HERE / "valid" / f"{rule}.ttl")
    graph.remove((None, prop, None))
    assert rule in broken(named(graph), store)


@given(day=dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)), shift=integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_a_weekday_is_doubted_when_and_only_when_the_calendar_has_another(
    store: Store, day: date, shift: int
) -> None:
    text = (HERE / "valid" / "WeekdayAgrees.ttl").read_text(encoding="utf-8")
    text = text.replace('"2016-06-22"', f'"{day}"').replace(
        "Wednesday", WEEKDAYS[(day.weekday() + shift) % 7]
    )
    found = broken(named(Graph().parse(data=text, format="turtle")), store)
    assert found == ({"WeekdayAgrees": "warning"} if shift else {})


@pytest.mark.parametrize(
    ("dates_of_tenure", "is_doubted"),
    [
        ('dm:heldFrom "2014-12-24"^^xsd:date ; dm:heldUntil "2015-12-24"^^xsd:date', False),
        ('dm:heldFrom "2014-12-25"^^xsd:date', True),
        ('dm:heldFrom "2014-12"^^xsd:gYearMonth', False),
        ('dm:heldFrom "2015"^^xsd:gYear', True),
        ('dm:heldUntil "2014-12-23"^^xsd:date', True),
        ('dm:heldUntil "2014"^^xsd:gYear', False),
        ('dm:attestedAt "2014-03-01"^^xsd:date', False),
        ('dm:attestedAt "2013-12-24"^^xsd:date', True),
        ('dm:attestedAt "2014-12-24"^^xsd:date ; dm:heldUntil "2014-11"^^xsd:gYearMonth', True),
        ("rdfs:comment 'nothing dates it'", True),
    ],
)
def test_an_act_of_24_december_2014_is_held_against_the_dates_of_the_tenure(
    dates_of_tenure: str, is_doubted: bool, store: Store
) -> None:
    text = (HERE / "valid" / "ActWithinTenure.ttl").read_text(encoding="utf-8")
    tenure = "<tenure/x> a dm:Tenure ; dm:person <person/ann> ; dm:office <office/minister> ;"
    rest = f"dm:inBody <body/ministry> ; dm:basis basis:external ; {dates_of_tenure} ."
    text = text.replace("tenure/ann-minister-2014", "tenure/x") + tenure + rest
    found = broken(named(Graph().parse(data=text, format="turtle")), store)
    assert found == ({"ActWithinTenure": "warning"} if is_doubted else {})


def test_what_the_store_holds_beforehand_lacks_nothing_but_a_report_of_its_act(store: Store) -> None:
    assert broken(read(HERE / "elsewhere.ttl"), store) == {"ActReport": "violation"}


def test_each_rule_says_once_what_to_mend() -> None:
    messages = {rule: list(shapes().objects(DMSH[rule], SH.message)) for rule in rules()}
    assert [rule for rule, texts in messages.items() if len(texts) != 1] == []
    assert set(shapes().subjects(SH.message)) == {DMSH[rule] for rule in rules()}


def test_only_two_rules_warn() -> None:
    assert set(shapes().subjects(SH.severity, SH.Warning)) == {DMSH[rule] for rule in WARNINGS}


def test_every_property_whose_value_is_a_code_has_a_rule_that_names_its_code_list() -> None:
    coded = set(Graph().parse(path("demarche.ttl")).subjects(RDFS.range, SKOS.Concept))
    schemes = [DMSH[rule] for rule in rules() if rule.endswith("InScheme")]
    guarded = {prop for shape in schemes for prop in shapes().objects(shape, SH.targetSubjectsOf)}
    # Acts and events share dm:kind: EventKindInScheme, StatementKind and MaterialActKind guard it by class.
    assert coded - guarded == {DM.kind}


def test_the_shapes_speak_of_declared_terms_only() -> None:
    declared = {
        node for file in ("demarche.ttl", "codes.ttl") for node in Graph().parse(path(file)).subjects()
    }
    terms = {term for triple in shapes() for term in triple if isinstance(term, URIRef)}
    assert {term for term in terms if str(term).startswith((str(DM), ids.CODE))} - declared == set()
