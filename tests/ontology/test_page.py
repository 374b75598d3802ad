"""The page on the ontology for readers says what the ontology and the seed data say."""

import json
import re
from pathlib import Path

import pytest
from pyld import jsonld
from rdflib import OWL, XSD, Graph, Literal

from demarche.graph.sources.dossier import read_dossier
from demarche.graph.triples import dossier_graph
from demarche.ontology import ONTOLOGY_DIR
from demarche.ontology.codes import LEVEL_RANK
from tests.ontology.vocabulary import DM, own_terms, undeclared

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "ontology.md").read_text(encoding="utf-8")
DOSSIER = REPOSITORY / "seed_data" / "documents" / "2016" / "2016-06-22-japan-times.yaml"


@pytest.fixture(scope="module")
def dossier() -> set[tuple[object, ...]]:
    return {_plain(triple) for triple in dossier_graph(read_dossier(DOSSIER)).triples}


def test_the_table_lists_every_class_and_no_other() -> None:
    listed = re.findall(r"^\| `dm:(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted(one.removeprefix(DM) for one in own_terms(OWL.Class))


def test_the_ladder_is_that_of_the_code_list() -> None:
    rungs = re.findall(r"^\| (\d) \| `([\w-]+)` \|", PAGE, re.MULTILINE)
    assert {name: int(rank) for rank, name in rungs} == LEVEL_RANK


def test_the_page_uses_declared_terms_only() -> None:
    assert undeclared(PAGE) == set()


def test_the_example_in_turtle_is_what_the_dossier_says(dossier: set[tuple[object, ...]]) -> None:
    example = Graph().parse(data=_block("turtle"), format="turtle")
    assert undeclared(_block("turtle")) == set()
    assert len(example) > 30
    assert {_plain(triple) for triple in example} - dossier == set()


def test_the_example_in_json_is_what_the_dossier_says(dossier: set[tuple[object, ...]]) -> None:
    context = json.loads((ONTOLOGY_DIR / "context.jsonld").read_text(encoding="utf-8"))
    document = {**json.loads(_block("json")), **context}
    triples = jsonld.to_rdf(document, {"format": "application/n-quads"})
    example = Graph().parse(data=triples, format="nt")
    assert len(example) == len(document.keys() - {"@context", "id"})
    assert {_plain(triple) for triple in example} - dossier == set()


def _block(language: str) -> str:
    """The one fenced block of the page in that language."""
    (block,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return str(block)


def _plain(triple: tuple[object, ...]) -> tuple[object, ...]:
    """The triple as RDF 1.1 has it: a plain literal is a string, and Z is +00:00; rdflib would tell them apart."""
    subject, prop, value = triple
    if isinstance(value, Literal) and value.language is None:
        value = Literal(str(value), datatype=value.datatype or XSD.string)
    return subject, prop, value
