"""The code lists are well made, the generated modules are current, and a misspelt term raises."""

import csv
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from inspect import get_annotations
from pathlib import Path

import pytest
import yaml
from rdflib import RDF, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DefinedNamespace

from demarche import ontology
from demarche.ontology import CODE, DM, ONTOLOGY_DIR, codes, terms
from demarche.ontology.__main__ import TurtleError, generated, main

GRASP = Namespace("http://groundedannotationframework.org/grasp/factuality#")
ELSEWHERE = {GRASP[name] for name in ("certain", "possible", "probable", "underspecified")}
MATCHES = (SKOS.broadMatch, SKOS.closeMatch, SKOS.narrowMatch, SKOS.relatedMatch)

# How many concepts each scheme has: a list cut short while editing is seen here.
SIZES = {
    "act-kind": 45,
    "basis": 6,
    "body-type": 27,
    "cameo": 60,
    "certainty": 4,
    "channel": 26,
    "comparator": 7,
    "event-kind": 30,
    "fidelity": 4,
    "level": 8,
    "missile-class": 9,
    "mode": 7,
    "outcome": 4,
    "outcome-status": 5,
    "place-type": 9,
    "plover": 33,
    "precision": 7,
    "quantity": 14,
    "seniority": 12,
    "stance": 28,
    "unit": 8,
    "verification": 3,
}
WITH_EXAMPLES = {"act-kind", "channel", "comparator", "event-kind", "fidelity", "level", "mode", "stance"}
WITH_MATCHES = {"act-kind", "certainty", "event-kind", "level", "stance"}

# The only two scores in which the table of ICEWS differs from that of GDELT, which is ours.
ICEWS_DIFFERS = {"016": Decimal("-5"), "022": Decimal("3.4")}


@pytest.fixture(scope="module")
def graph() -> Graph:
    return Graph().parse(ONTOLOGY_DIR / "codes.ttl")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("demarche.ttl", "codes.ttl", "terms.py", "codes.py"):
        shutil.copy(ONTOLOGY_DIR / name, tmp_path)
    return tmp_path


# The generated modules


@pytest.mark.parametrize("module", ["terms.py", "codes.py"])
def test_a_generated_module_is_what_the_turtle_makes(module: str) -> None:
    assert (ONTOLOGY_DIR / module).read_text(encoding="utf-8") == generated(ONTOLOGY_DIR)[module]


def test_the_check_names_the_module_that_is_out_of_date_and_mends_nothing(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turtle = copy / "codes.ttl"
    turtle.write_text(turtle.read_text().replace("stance:warn a ", "stance:caution a "))
    before = (copy / "codes.py").read_text()
    assert main(["--check"], copy) == 1
    assert "terms.py, codes.py" in capsys.readouterr().err
    assert (copy / "codes.py").read_text() == before


def test_without_the_check_both_modules_are_written_and_then_current(copy: Path) -> None:
    for module in ("terms.py", "codes.py"):
        (copy / module).unlink()
    assert [main([], copy), main(["--check"], copy)] == [0, 0]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("a skos:Concept ;", "a skos:Concept", "codes.ttl: "),
        ("skos:definition", "skos:note", "has no skos:definition"),
        ("dm:polarity", "dm:plarity", "has no dm:polarity"),
        ("stance:warn", "code:warn", "code/warn> is not a name in <https://w3id.org/demarche/code/stance/>"),
    ],
)
def test_turtle_that_cannot_be_used_stops_with_the_reason(
    old: str, new: str, complaint: str, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turtle = copy / "codes.ttl"
    turtle.write_text(turtle.read_text().replace(old, new))
    assert main([], copy) == 1
    assert complaint in capsys.readouterr().err


def test_a_missing_turtle_file_is_named(copy: Path) -> None:
    (copy / "demarche.ttl").unlink()
    with pytest.raises(TurtleError, match=r"demarche\.ttl"):
        generated(copy)


def test_the_words_of_the_codes_come_without_rdflib() -> None:
    script = "import sys, demarche.ontology.codes; print('rdflib' in sys.modules)"
    assert _python(script) == "False"


def test_the_first_use_of_a_term_brings_rdflib() -> None:
    script = "import sys; from demarche.ontology import DM; print('rdflib' in sys.modules, DM.reactsTo)"
    assert _python(script) == f"True {DM.reactsTo}"


# Closed namespaces


MISSPELT: list[Callable[[], object]] = [
    lambda: DM.speakr,
    lambda: DM["speakr"],
    lambda: CODE.levl,
    lambda: CODE["act_kind"],
    lambda: terms.Stance.condem,
    lambda: terms.Stance["condem"],
    lambda: terms.Stance["call-for-dialog"],
    lambda: terms.Cameo["14"],
    lambda: terms.SCHEMES["stance"]["verbal"],
    lambda: terms.SCHEMES["stanze"],
    lambda: ontology.path("code.ttl"),
    lambda: getattr(ontology, "DN"),  # noqa: B009 (the checker would stop the plain form)
]


@pytest.mark.parametrize("use", MISSPELT)
def test_a_misspelt_term_raises(use: Callable[[], object]) -> None:
    with pytest.raises((AttributeError, KeyError, FileNotFoundError)):
        use()


def test_every_concept_is_reached_by_its_name(graph: Graph) -> None:
    reached = {terms.SCHEMES[slug][name] for slug, names in codes.SCHEMES.items() for name in names}
    assert reached == set(graph.subjects(RDF.type, SKOS.Concept))


def test_a_name_that_python_can_write_is_reached_as_an_attribute() -> None:
    spaces: tuple[type[DefinedNamespace], ...] = (DM, CODE, *terms.SCHEMES.values())
    lost = [
        f"{space.__name__}.{name}"
        for space in spaces
        for name in get_annotations(space)
        if getattr(space, name) != space[name]
    ]
    assert lost == []


def test_the_words_of_a_scheme_follow_its_rank() -> None:
    for slug, table in (("level", codes.LEVEL_RANK), ("seniority", codes.SENIORITY_RANK)):
        assert list(codes.SCHEMES[slug]) == sorted(table, key=table.__getitem__)


# The code lists


def test_every_scheme_has_the_concepts_that_were_counted(graph: Graph) -> None:
    assert Counter(_scheme(one) for one in _concepts(graph)) == SIZES
    assert {str(one).rpartition("/")[2] for one in graph.subjects(RDF.type, SKOS.ConceptScheme)} == set(SIZES)


def test_every_concept_is_in_the_scheme_of_its_iri_and_in_no_other(graph: Graph) -> None:
    strays = [one for one in _concepts(graph) if set(graph.objects(one, SKOS.inScheme)) != {_home(one)}]
    assert strays == []


def test_the_file_is_sorted_by_scheme_and_then_by_concept() -> None:
    lines = (ONTOLOGY_DIR / "codes.ttl").read_text(encoding="utf-8").splitlines()
    schemes = [line.split()[0] for line in lines if line.endswith(" a skos:ConceptScheme ;")]
    concepts = [line.split()[0].split(":") for line in lines if line.endswith(" a skos:Concept ;")]
    assert [schemes, concepts] == [sorted(schemes), sorted(concepts)]
    assert len(concepts) == sum(SIZES.values())


@pytest.mark.parametrize("text", [SKOS.prefLabel, SKOS.definition, SKOS.notation])
def test_every_concept_has_one_label_one_definition_and_one_notation(graph: Graph, text: URIRef) -> None:
    assert [one for one in _concepts(graph) if len(list(graph.objects(one, text))) != 1] == []


def test_labels_definitions_and_examples_are_english_and_notations_are_plain(graph: Graph) -> None:
    spoken = {SKOS.prefLabel: "en", SKOS.definition: "en", SKOS.example: "en", SKOS.notation: None}
    wrong = [
        text
        for predicate, language in spoken.items()
        for text in graph.objects(None, predicate)
        if not isinstance(text, Literal) or text.language != language or not isinstance(text.value, str)
    ]
    assert wrong == []


def test_a_definition_is_a_sentence_and_stands_once_in_its_scheme(graph: Graph) -> None:
    short = [text for text in _texts(graph, SKOS.definition) if not _is_sentence(text)]
    assert short == []
    told = Counter((_scheme(one), str(graph.value(one, SKOS.definition))) for one in _concepts(graph))
    assert [key for key, times in told.items() if times > 1] == []


def test_the_lists_that_coders_choose_from_have_examples(graph: Graph) -> None:
    bare = [one for one in _concepts(graph) if (_scheme(one) in WITH_EXAMPLES) != bool(_examples(graph, one))]
    assert bare == []
    assert [text for text in _texts(graph, SKOS.example) if not _is_sentence(text)] == []


def test_a_notation_stands_for_one_concept_of_its_scheme(graph: Graph) -> None:
    used = Counter((_scheme(one), str(graph.value(one, SKOS.notation))) for one in _concepts(graph))
    assert [key for key, times in used.items() if times > 1] == []


def test_the_notation_of_a_level_is_its_rank(graph: Graph) -> None:
    notations = {name: str(graph.value(terms.Level[name], SKOS.notation)) for name in codes.SCHEMES["level"]}
    assert notations == {name: str(rank) for name, rank in codes.LEVEL_RANK.items()}


def test_every_concept_is_on_top_of_its_scheme_or_below_another_concept_of_it(graph: Graph) -> None:
    for one in _concepts(graph):
        above = {*graph.objects(one, SKOS.topConceptOf), *graph.objects(one, SKOS.broader)}
        allowed = {_home(one), *graph.subjects(SKOS.inScheme, _home(one))} - {one}
        assert len(above) == 1, one
        assert above <= allowed, one


def test_a_kind_of_act_is_a_statement_or_a_material_act(graph: Graph) -> None:
    tops = set(graph.subjects(SKOS.topConceptOf, CODE["act-kind"]))
    assert tops == {terms.ActKind.statement, terms.ActKind["material-act"]}


def test_every_match_leads_to_a_declared_code(graph: Graph) -> None:
    declared = {*graph.subjects(SKOS.inScheme, CODE.cameo), *graph.subjects(SKOS.inScheme, CODE.plover)}
    assert {target for _, _, target in _matches(graph)} - declared == ELSEWHERE


def test_only_the_lists_that_have_a_counterpart_are_matched(graph: Graph) -> None:
    assert {_scheme(one) for one, _, _ in _matches(graph)} == WITH_MATCHES


def test_every_level_and_every_stance_is_matched(graph: Graph) -> None:
    matched = {one for one, _, _ in _matches(graph)}
    assert {one for one in _concepts(graph) if _scheme(one) in {"level", "stance"}} - matched == set()


@pytest.mark.parametrize(
    ("concept", "match", "target"),
    [
        (terms.Level["diplomatic-protest"], SKOS.broadMatch, terms.Cameo["114"]),
        (terms.ActKind["diplomatic-protest"], SKOS.broadMatch, terms.Cameo["114"]),
        (terms.ActKind["intercept-order"], SKOS.broadMatch, terms.Cameo["152"]),
        (terms.ActKind["refusal-to-comment"], SKOS.closeMatch, terms.Cameo["011"]),
        (terms.ActKind["call-for-talks"], SKOS.closeMatch, terms.Plover["request-meet"]),
        (terms.Stance.criticise, SKOS.closeMatch, terms.Cameo["111"]),
        (terms.Stance.praise, SKOS.closeMatch, terms.Cameo["051"]),
        (terms.EventKind.sanction, SKOS.closeMatch, terms.Plover["sanction-discontinue"]),
        (terms.EventKind["missile-launch"], SKOS.broadMatch, terms.Plover["mobilize-weapons"]),
        (terms.Certainty.probable, SKOS.closeMatch, GRASP.probable),
    ],
)
def test_a_match_that_findings_rest_on_is_as_decided(
    concept: URIRef, match: URIRef, target: URIRef, graph: Graph
) -> None:
    assert (concept, match, target) in graph


def test_two_concepts_are_matched_in_one_way_only(graph: Graph) -> None:
    pairs = Counter((one, target) for one, _, target in _matches(graph))
    assert [pair for pair, times in pairs.items() if times > 1] == []


def test_no_match_makes_a_concept_the_broader_of_another_of_its_own_scheme(graph: Graph) -> None:
    """What matches through CAMEO and PLOVER entail must not be a hierarchy that the scheme lacks."""
    wrong = [
        (str(one), str(above))
        for one in _concepts(graph)
        for above in _above(graph, one) - ({*graph.transitive_objects(one, SKOS.broader)} - {one})
        if _scheme(one) == _scheme(above)
    ]
    assert wrong == []


def test_a_related_match_is_never_a_broader_one_as_well(graph: Graph) -> None:
    """SKOS keeps the two apart (its integrity conditions S27 and S46)."""
    related = [(one, other) for one, match, other in _matches(graph) if match == SKOS.relatedMatch]
    both = [
        (one, other) for one, other in related if other in _above(graph, one) or one in _above(graph, other)
    ]
    assert both == []


# Attributes


def test_a_cameo_code_is_its_name_with_every_leading_zero(graph: Graph) -> None:
    notations = {graph.value(terms.Cameo[name], SKOS.notation): name for name in codes.SCHEMES["cameo"]}
    assert notations == {Literal(name): name for name in codes.SCHEMES["cameo"]}
    assert {len(name) for name in codes.SCHEMES["cameo"]} == {2, 3, 4}


def test_every_attribute_of_a_concept_is_a_declared_term(graph: Graph) -> None:
    ours = {term for term in graph.predicates() if str(term).startswith(str(DM))}
    assert ours == {DM.rank, DM.polarity, DM.defaultIntensity, DM.goldstein, DM.ploverScore}


def test_the_ladder_has_a_level_for_every_rank_from_0_to_7() -> None:
    assert list(codes.LEVEL_RANK.values()) == list(range(8))


def test_the_ladder_of_offices_leads_from_a_head_of_state_to_no_office() -> None:
    assert list(codes.SENIORITY_RANK.values()) == list(range(1, 13))
    assert list(codes.SENIORITY_RANK)[:: len(codes.SENIORITY_RANK) - 1] == ["head-of-state", "none"]


def test_every_stance_has_a_polarity_and_an_intensity_on_their_scales() -> None:
    assert set(codes.STANCE_POLARITY.values()) == {-2, -1, 0, 1, 2}
    assert set(codes.STANCE_INTENSITY.values()) <= {1, 2, 3, 4, 5}
    assert codes.STANCE_POLARITY.keys() == codes.STANCE_INTENSITY.keys() == set(codes.SCHEMES["stance"])


def test_each_code_of_the_outside_schemes_has_its_score(graph: Graph) -> None:
    for scheme, score in ((CODE.cameo, DM.goldstein), (CODE.plover, DM.ploverScore)):
        for one in graph.subjects(SKOS.inScheme, scheme):
            value = graph.value(one, score)
            assert isinstance(value, Literal), one
            assert isinstance(value.value, Decimal), one
            assert abs(value.value) <= 10, one


# Against the files that stand beside the checkout


def test_the_cameo_codes_and_scores_are_those_of_the_published_list(graph: Graph, shared: Path) -> None:
    table = shared / "data" / "codes" / "cameo-codes_andybega-icews.csv"
    with table.open(encoding="utf-8", errors="replace", newline="") as rows:
        published = {row["code"]: Decimal(row["goldstein"]) for row in csv.DictReader(rows)}
    ours = {str(graph.value(one, SKOS.notation)): _decimal(graph, one) for one in _cameo(graph)}
    different = {code: published.get(code) for code, score in ours.items() if published.get(code) != score}
    assert different == ICEWS_DIFFERS


def test_the_plover_categories_and_modes_are_those_of_the_published_list(graph: Graph, shared: Path) -> None:
    table = shared / "data" / "codes" / "plover_event_mode_questions_NGEC.csv"
    with table.open(encoding="utf-8", newline="") as rows:
        published = {_plover(row["event_type"], row["mode"]) for row in csv.DictReader(rows)}
    ours = {str(graph.value(one, SKOS.notation)) for one in graph.subjects(SKOS.inScheme, CODE.plover)}
    assert {code for code in ours if code.split("/")[0] not in published} == set()


def test_every_word_of_the_gold_annotation_has_a_concept(shared: Path) -> None:
    gold = yaml.safe_load((shared / "data" / "gold_seed.yaml").read_text(encoding="utf-8"))
    said, happened = gold["statements"], gold["events"]
    used = {
        "level": {statement["reaction_level"].split("-", 1)[1] for statement in said},
        "stance": {statement["stance"]["label"] for statement in said},
        "mode": {statement["mode"] for statement in said},
        "channel": {statement["channel"] for statement in said},
        "act-kind": {statement["kind"] for statement in said},
        "fidelity": {quote["fidelity"].split()[0] for statement in said for quote in statement["quotes"]},
        "place-type": {place["kind"] for place in gold["places"]},
    }
    unknown = {slug: words - set(codes.SCHEMES[slug]) for slug, words in used.items()}
    assert unknown == {slug: set() for slug in used}
    kinds = {*codes.SCHEMES["event-kind"], *codes.SCHEMES["act-kind"]}
    assert {event["kind"] for event in happened} - kinds == set()


def test_every_missile_class_of_the_catalogue_is_a_notation(graph: Graph, shared: Path) -> None:
    with (shared / "data" / "launches.csv").open(encoding="utf-8", newline="") as rows:
        launches = list(csv.DictReader(rows))
    classes = graph.subjects(SKOS.inScheme, CODE["missile-class"])
    known = {str(graph.value(one, SKOS.notation)) for one in classes}
    assert {launch["missile_class"].upper() for launch in launches} - known == set()
    assert {launch["outcome"] for launch in launches} - set(codes.SCHEMES["outcome"]) == set()


def _python(script: str) -> str:
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return run.stdout.strip()


def _concepts(graph: Graph) -> list[URIRef]:
    return sorted(one for one in graph.subjects(RDF.type, SKOS.Concept) if isinstance(one, URIRef))


def _home(concept: URIRef) -> URIRef:
    return URIRef(concept.rpartition("/")[0])


def _scheme(concept: URIRef) -> str:
    return concept.split("/")[-2]


def _matches(graph: Graph) -> Iterator[tuple[URIRef, URIRef, URIRef]]:
    for match in MATCHES:
        for one, target in graph.subject_objects(match):
            assert isinstance(one, URIRef)
            assert isinstance(target, URIRef)
            yield one, match, target


def _above(graph: Graph, concept: URIRef) -> set[URIRef]:
    """What SKOS entails to be broader than the concept, through schemes and matches of every direction."""
    found, waiting = set[URIRef](), [concept]
    while waiting:
        one = waiting.pop()
        upward = (
            *graph.objects(one, SKOS.broader),
            *graph.objects(one, SKOS.broadMatch),
            *graph.subjects(SKOS.narrowMatch, one),
        )
        new = {node for node in upward if isinstance(node, URIRef)} - found
        found |= new
        waiting += new
    return found


def _texts(graph: Graph, predicate: URIRef) -> list[str]:
    return [str(text) for text in graph.objects(None, predicate)]


def _examples(graph: Graph, concept: URIRef) -> list[str]:
    return [str(text) for text in graph.objects(concept, SKOS.example)]


def _is_sentence(text: str) -> bool:
    return text[0].isupper() and text.endswith(".") and len(text.split()) >= 4


def _cameo(graph: Graph) -> list[URIRef]:
    return [one for one in _concepts(graph) if _scheme(one) == "cameo"]


def _decimal(graph: Graph, code: URIRef) -> Decimal:
    value = graph.value(code, DM.goldstein)
    assert isinstance(value, Literal)
    return Decimal(str(value))


def _plover(category: str, mode: str) -> str:
    return f"{category}/{mode}" if mode else category
