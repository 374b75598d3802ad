"""Files of ICEWS events: what each spelling means, and every refusal with its line and field."""

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import lists, text

from demarche.graph.errors import SourceError
from demarche.graph.sources.dossier import read_directory
from demarche.graph.sources.icews import (
    HEADING,
    LONGEST,
    PROBLEMS,
    Happening,
    Spellings,
    party,
    read_happenings,
    read_spellings,
)
from demarche.ontology.codes import SCHEMES

ROW = "Foreign Affairs (France)\tMake statement\tIran\t2013-04-23\n"
PUBLISHED = {
    "Event ID": "17", "Event Date": "2018-06-01", "Source Name": "A Synthetic Name",
    "Source Sectors": "Executive,Government", "Source Country": "Japan",
    "Event Text": "Consult", "CAMEO Code": "040", "Intensity": "1",
    "Target Name": "Citizen (Iran)", "Target Sectors": "Social", "Target Country": "Iran", "Story ID": "1",
    "Sentence Number": "1", "Publisher": "P", "City": "C", "District": "D", "Province": "P", "Country": "J",
    "Latitude": "1", "Longitude": "1",
}  # fmt: skip
FOUR = {
    "icews05-15-test.tsv": 46092,
    "icews05-15-valid.tsv": 46275,
    "icews14-test.tsv": 8963,
    "icews14-valid.tsv": 8941,
}


@pytest.fixture(scope="module")
def spellings(repository: Path) -> Spellings:
    return read_spellings(repository / "seed_data")


def rows(folder: Path, content: str | bytes, spellings: Spellings) -> list[Happening]:
    file = folder / "events.tsv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_happenings(file, spellings))


def published(**changed: str) -> str:
    cells = PUBLISHED | {name.replace("_", " "): value for name, value in changed.items()}
    return "\t".join(HEADING) + "\n" + "\t".join(cells.values()) + "\n"


def test_a_row_is_read_with_code_body_and_governments(tmp_path: Path, spellings: Spellings) -> None:
    (one,) = rows(tmp_path, ROW, spellings)
    assert (one.actor.reference, one.actor.label) == (
        "body/fra-ministry-of-foreign-affairs",
        "Ministry of Foreign Affairs of France",
    )
    assert (one.government, one.target.reference, one.target_government) == ("FRA", "body/irn", "IRN")
    assert (one.relation.cameo, one.relation.level, one.relation.stance) == ("010", "assessment", None)
    assert (one.day, one.row) == ("2013-04-23", "1")


def test_the_same_row_is_the_same_act_in_any_file_and_place(tmp_path: Path, spellings: Spellings) -> None:
    (one,) = rows(tmp_path, ROW, spellings)
    _, again = rows(tmp_path, ROW.replace("Iran", "Iraq") + ROW, spellings)
    assert one.id == again.id


def test_a_published_row_is_read_with_the_government_that_the_source_tells(
    tmp_path: Path, spellings: Spellings
) -> None:
    (one,) = rows(tmp_path, published(), spellings)
    assert (one.id, one.row, one.government, one.target_government) == ("17", "17", "JPN", None)
    assert one.actor.type == "actor"
    (one,) = rows(tmp_path, published(Source_Sectors="Parties"), spellings)
    assert one.government is None


def test_an_office_holder_acts_for_the_government_on_the_days_of_the_office(
    tmp_path: Path, spellings: Spellings
) -> None:
    days = ("2009-01-19", "2009-01-20", "2017-01-20", "2017-01-21")
    found = rows(tmp_path, "".join(f"Barack Obama\tConsult\tIran\t{day}\n" for day in days), spellings)
    assert [one.government for one in found] == [None, "USA", "USA", None]
    assert {one.actor.reference for one in found} == {"person/barack-obama"}


@pytest.mark.parametrize(
    ("name", "reference", "type_", "country", "acts_for_it"),
    [
        ("France", "body/fra", "government", "FRA", True),
        ("Government (France)", "body/fra", "government", "FRA", True),
        ("Police (Australia)", "body/aus-police", "government-body", "AUS", True),
        ("Citizen (France)", "body/icews/fra-citizens", "body", "FRA", False),
        ("Cabinet / Council of Ministers / Advisors (Holy See (Vatican City State))", "body/vat-cabinet",
         "government-body", "VAT", True),
        ("Member of Legislative (Govt) (Nigeria)", "body/nga-members-of-the-legislature",
         "government-body", "NGA", True),
        ("Foreign Affairs (United States)", "body/usa-department-of-state", "government-body", "USA", True),
        ("UN Security Council", "body/unsc", "international-body", None, False),
        ("Foreign Affairs (Atlantis)", None, "actor", None, False),
        ("A Synthetic (Name) League", None, "actor", None, False),
        ("(France)", None, "actor", None, False),
        ("France)", None, "actor", None, False),
    ],
)  # fmt: skip
def test_a_name_means_what_the_tables_say_and_is_never_guessed(
    name: str, reference: str | None, type_: str, country: str | None, acts_for_it: bool, spellings: Spellings
) -> None:
    found = party(name, spellings)
    assert (found.type, found.country, found.state) == (type_, country, acts_for_it)
    assert reference is None or found.reference == reference


@given(names=lists(text(min_size=1), unique=True, min_size=2, max_size=6))
def test_no_two_names_that_no_table_explains_are_one_actor(names: list[str], spellings: Spellings) -> None:
    found = [party(name, spellings) for name in names]
    unexplained = [one.reference for one in found if one.type == "actor"]
    assert len(set(unexplained)) == len(unexplained)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (ROW + ROW.replace("Make", "Made"), "line 2: relation: 'Made statement'"),
        (ROW.replace("2013-04-23", "2013-02-30"), "line 1: date: '2013-02-30' is no date"),
        (ROW.replace("2013-04-23", "20130423"), "line 1: date: '20130423'"),
        (ROW.replace("2013-04-23", "1213-04-23"), "line 1: date: '1213-04-23'"),
        (ROW.replace("\tIran", ""), "line 1: 3 columns, 4 are expected"),
        (ROW.replace("Iran", ""), "line 1: column 3: is empty"),
        (ROW + "\n", "line 2: 1 columns"),
        (ROW + ROW, "line 2: event .* stands in this file twice"),
        (ROW.encode() + b"Ir\xffan\tConsult\tIran\t2013-04-23\n", "line 2: is not UTF-8: byte 3 of the line is 0xff"),
        (ROW + "x" * (LONGEST + 1), f"line 2: is longer than {LONGEST} bytes"),
        ("", "holds no event"),
        (published(CAMEO_Code="041"), "line 2: CAMEO Code: '041' goes with another text than 'Consult'"),
        (published(Event_ID="x"), "line 2: Event ID: 'x' is no number"),
        (published(Event_Date="NA"), "line 2: Event Date: 'NA' is no date"),
        (published(Event_Text="Consulted"), "line 2: Event Text: 'Consulted'"),
        (published(Publisher=""), "line 2: column 14: is empty"),
        (published().replace("Story ID", "Story"), "line 1: column 12: 'Story' stands where 'Story ID' is expected"),
        (published().replace("\tLongitude", ""), "line 1: 19 columns, 20 are expected"),
        ("\t".join(HEADING) + "\n", "holds no event"),
    ],
)  # fmt: skip
def test_what_is_refused_is_named_with_file_line_and_field(
    content: str | bytes, said: str, tmp_path: Path, spellings: Spellings
) -> None:
    with pytest.raises(SourceError, match=rf"events\.tsv: {said}"):
        rows(tmp_path, content, spellings)


def test_all_problems_of_a_file_are_told_up_to_the_limit(tmp_path: Path, spellings: Spellings) -> None:
    bad = ROW.replace("Make", "Made")
    with pytest.raises(SourceError) as few:
        rows(tmp_path, bad * 3 + ROW, spellings)
    assert [one.record for one in few.value.problems] == ["line 1", "line 2", "line 3"]
    with pytest.raises(SourceError) as many:
        rows(tmp_path, bad * (PROBLEMS + 5), spellings)
    assert len(many.value.problems) == PROBLEMS + 1
    assert "the rest of the file is not read" in str(many.value.problems[-1])


def test_every_byte_is_told_to_who_shows_the_progress(tmp_path: Path, spellings: Spellings) -> None:
    for content in (ROW + ROW.replace("Iran", "Iraq"), published()):
        told: list[int] = []
        file = tmp_path / "events.tsv"
        file.write_text(content, encoding="utf-8")
        list(read_happenings(file, spellings, told.append))
        assert sum(told) == len(content.encode())


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"relations\.csv: no such table"):
        read_spellings(tmp_path)


def test_every_relation_has_a_reading_in_our_codes(spellings: Spellings) -> None:
    for one in spellings.relations.values():
        assert one.kind in SCHEMES["act-kind"], one
        assert one.level in SCHEMES["level"], one
        assert one.stance is None or one.stance in SCHEMES["stance"], one


def test_a_body_that_the_directory_describes_too_is_described_alike(
    repository: Path, spellings: Spellings
) -> None:
    directory = read_directory(repository / "seed_data" / "directory")
    bodies = {f"body/{one.id}": one for one in directory.bodies}
    places = [place for place, state in spellings.countries.items() if f"body/{state.lower()}" in bodies]
    names = [
        *spellings.names,
        *places,
        *(f"{role} ({place})" for role in spellings.roles for place in places),
    ]
    shared = [
        (one, bodies[one.reference]) for name in names if (one := party(name, spellings)).reference in bodies
    ]
    assert len({one.reference for one, _ in shared}) > 30
    for ours, theirs in shared:
        assert (ours.label, ours.type, ours.body_type) == (theirs.label, theirs.type, theirs.body_type)
    people = {f"person/{one.id}": one for one in directory.persons}
    for holder in (one for several in spellings.holders.values() for one in several):
        if holder.reference in people:
            assert (holder.label, holder.wikidata) == (
                people[holder.reference].label,
                people[holder.reference].wikidata,
            )


def test_no_name_stands_twice_in_a_table(repository: Path) -> None:
    for file in (repository / "seed_data" / "sources" / "icews").glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            keys = Counter(row[0] for row in csv.reader(lines))
        assert file.stem == "holders" or max(keys.values()) == 1, file


@pytest.mark.parametrize(("name", "expected"), FOUR.items())
def test_the_real_files_are_read_whole(name: str, expected: int, shared: Path, spellings: Spellings) -> None:
    found = list(read_happenings(shared / "data" / "icews" / name, spellings))
    assert len({one.id for one in found}) == len(found) == expected


def test_events_that_stand_in_two_files_are_one_act(shared: Path, spellings: Spellings) -> None:
    found = [one.id for name in FOUR for one in read_happenings(shared / "data" / "icews" / name, spellings)]
    assert (len(found), len(set(found))) == (110_271, 108_756)


def test_the_published_sample_is_read_whole(shared: Path, spellings: Spellings) -> None:
    file = shared / "data" / "feeds" / "icews_events.2018.sample.tab"
    found = list(read_happenings(file, spellings))
    assert len(found) == 3705
    assert Counter(one.government is not None for one in found)[True] == 2744
