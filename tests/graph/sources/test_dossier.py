"""Dossiers, directory and matches: what is sound is read, each fault is told with file, record and field."""

import shutil
from pathlib import Path

import pytest

from demarche.graph.errors import Problem, SourceError
from demarche.graph.records import Dossier
from demarche.graph.sources.dossier import read_directory, read_dossier, read_matches, verify_spans

NAME = "2016-06-22-japan-times.yaml"


@pytest.fixture(scope="module")
def seed_data(repository: Path) -> Path:
    return repository / "seed_data"


@pytest.fixture(scope="module")
def text(seed_data: Path) -> str:
    return (seed_data / "documents/2016" / NAME).read_text(encoding="utf-8")


def problems(folder: Path, text: str) -> list[tuple[str, str, str]]:
    """What is wrong with a dossier of this text: record, field and message."""
    file = folder / NAME
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_dossier(file)
    assert {problem.file for problem in caught.value.problems} == {str(file)}
    assert "\n" not in "".join(problem.message for problem in caught.value.problems)
    return [(one.record, one.field, one.message) for one in caught.value.problems]


def spoilt(text: str, old: str, new: str) -> str:
    assert old in text, f"the dossier no longer says {old!r}"
    return text.replace(old, new, 1)


def test_the_seed_dossier_is_read(seed_data: Path) -> None:
    dossier = read_dossier(seed_data / "documents/2016" / NAME)
    assert isinstance(dossier, Dossier)
    assert len(dossier.acts) == 20


@pytest.mark.parametrize(
    ("old", "new", "record", "field", "message"),
    [
        ("    level: assessment\n", "    levle: assessment\n", "acts/mod-progress", "levle", "unknown field"),
        ("    level: assessment\n", "", "acts/mod-progress", "level", "required, but missing"),
        (
            "    stance: condemn\n",
            "    stance: codnemn\n",
            "acts/abe-denounce",
            "stance",
            "'codnemn' is none of 'acknowledge'",
        ),
        (
            "published: 2016-06-22\n",
            "published: 22 June 2016\n",
            "document",
            "published",
            "'22 June 2016' is no date: expected YYYY",
        ),
        (
            "announces: [act/./protest]",
            "announces: [act/./protset]",
            "acts/hagiuda",
            "announces[0]",
            "act/./protset leads nowhere; did you mean act/./protest?",
        ),
        (
            "relayer: source/./media-reports",
            "relayer: sources/./media-reports",
            "acts/usdel-criticise",
            "reports[0].relayer",
            "'sources/./media-reports' must name one of: person, body, source",
        ),
        (
            "    level: assessment\n",
            "    level: assessment\n    level: verbal\n",
            "acts/mod-progress",
            "level",
            "the key is given twice",
        ),
        ("  - id: jcs-failure\n", "  - id: mod-launch1\n", "acts/mod-launch1", "id", "the id is taken"),
        (
            "source: 159-179",
            "source: 159-180",
            "spans",
            "",
            "span 159-180 is used but has no digest under spans",
        ),
        ("source: 159-179", "source: ١٥٩-١٧٩", "acts/mod-progress", "reports[0].source", "is no span"),
        ("source: 159-179", "source: 179-159", "acts/mod-progress", "reports[0].source", "'179-159' is no span"),
        ("polarity: -2", "polarity: -3", "acts/abe-denounce", "polarity", "-3: input should be greater than"),
        ("confidence: 0.95", "confidence: 95", "acts/hagiuda", "presumably_reacts_to[0].confidence", "95: input"),
        ("intensity: 1\n", 'intensity: "1"\n', "acts/mod-progress", "intensity", "'1': input should be"),
        (
            "normalized: some capability}",
            "normalized: great capability}",
            "acts/nakatani-capability",
            "normalized",
            "says other words than",
        ),
        (
            '  989-1004: "some capability"',
            '  989-1004: "same capability"',
            "words",
            "989-1004",
            "these words are not those",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_record_and_field(
    old: str, new: str, record: str, field: str, message: str, text: str, tmp_path: Path
) -> None:
    found = problems(tmp_path, spoilt(text, old, new))
    assert [one for one in found if one[:2] == (record, field) and message in one[2]], found


def test_all_faults_of_a_dossier_are_told_at_once(text: str, tmp_path: Path) -> None:
    bad = spoilt(text, "    stance: condemn\n", "    stance: codnemn\n")
    bad = spoilt(bad, "announces: [act/./protest]", "announces: [act/./protset]")
    bad = spoilt(bad, "    level: assessment\n", "    levle: assessment\n")
    assert {one[0] for one in problems(tmp_path, bad)} == {
        "acts/abe-denounce",
        "acts/hagiuda",
        "acts/mod-progress",
    }


def test_a_span_that_no_record_uses_is_told(text: str, tmp_path: Path) -> None:
    bad = spoilt(text, "\nspans:\n", f"\nspans:\n  7-9: {'0' * 64}\n")
    assert problems(tmp_path, bad) == [("spans", "", "span 7-9 has a digest but is used nowhere")]


# ---------------------------------------------------------------- spans against the text


def shifted(dossier: Dossier, text: str) -> set[tuple[str, str]]:
    return {(problem.record, problem.field) for problem in verify_spans(dossier, text)}


def test_a_wrong_digest_is_told_with_its_span(seed_data: Path, shared: Path) -> None:
    text = (shared / "data/articles/000.txt").read_bytes().decode("utf-8")
    dossier = read_dossier(seed_data / "documents/2016" / NAME)
    first, second = list(dossier.spans)[:2]
    wrong = dossier.model_copy(update={"spans": {**dossier.spans, first: dossier.spans[second]}})
    assert shifted(wrong, text) == {("spans", first)}


def test_a_text_that_lost_a_character_is_told_from_there_on(seed_data: Path, shared: Path) -> None:
    text = (shared / "data/articles/000.txt").read_bytes().decode("utf-8")
    dossier = read_dossier(seed_data / "documents/2016" / NAME)
    found = shifted(dossier, text[:2000] + text[2001:])
    assert {("document", "characters"), ("document", "sha256"), ("words", "2096-2123")} <= found
    assert ("spans", "0-244") not in found


# ---------------------------------------------------------------- directory and matches


@pytest.fixture
def directory(seed_data: Path, tmp_path: Path) -> Path:
    return shutil.copytree(seed_data / "directory", tmp_path / "directory")


def directory_problems(folder: Path) -> list[Problem]:
    with pytest.raises(SourceError) as caught:
        read_directory(folder)
    return list(caught.value.problems)


def test_the_directory_is_read_from_all_its_files(seed_data: Path) -> None:
    found = read_directory(seed_data / "directory")
    assert {"prk", "jpn-ministry-of-defense", "cns"} <= {body.id for body in found.bodies}
    assert {person.id for person in found.persons} >= {"gen-nakatani", "kim-jong-un"}


def test_a_tenure_of_an_unknown_person_is_told(directory: Path) -> None:
    file = directory / "tenures.yaml"
    file.write_text(file.read_text().replace("person/gen-nakatani", "person/gen-nakatanj"))
    assert directory_problems(directory) == [
        Problem(
            str(file),
            "tenures/gen-nakatani-jpn-minister-of-defense-2014",
            "person",
            "person/gen-nakatanj leads nowhere; did you mean person/gen-nakatani?",
        )
    ]


def test_an_id_that_two_files_claim_is_told(directory: Path) -> None:
    file = directory / "zz.yaml"
    file.write_text("persons: [{id: john-kirby, label: Another}]\n")
    (found,) = directory_problems(directory)
    assert (found.file, found.record, found.field) == (str(file), "persons/john-kirby", "id")
    assert "persons.yaml" in found.message


def test_faults_in_two_files_are_told_together_and_none_is_invented(directory: Path) -> None:
    (directory / "persons.yaml").write_text("persons: [{id: john-kirby\n")
    file = directory / "places.yaml"
    file.write_text(file.read_text().replace("place_type: sea", "place_type: see"))
    assert [(Path(one.file).name, one.record) for one in directory_problems(directory)] == [
        ("persons.yaml", ""),
        ("places.yaml", "places/sea-of-japan"),
    ]


def test_a_folder_without_a_directory_is_told(tmp_path: Path) -> None:
    assert "there is no *.yaml file here" in directory_problems(tmp_path)[0].message


def test_the_matches_are_read(seed_data: Path) -> None:
    assert [relation.property for relation in read_matches(seed_data / "matches.yaml").relations] == [
        "sameEventAs"
    ] * 2


def test_a_match_by_an_unknown_property_is_told(seed_data: Path, tmp_path: Path) -> None:
    file = tmp_path / "matches.yaml"
    file.write_text((seed_data / "matches.yaml").read_text().replace("sameEventAs", "sameAs", 1))
    with pytest.raises(SourceError) as caught:
        read_matches(file)
    (found,) = caught.value.problems
    assert (found.record, found.field) == ("relations[0]", "property")
