"""Each question has one golden answer, one section of documentation, and gives the same answer on another engine."""

import contextlib
import csv
import io
import re
import shlex
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Dataset

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.counts import counts
from demarche.graph.errors import Ambiguous, BadParameter, BadQuery, NotFound
from demarche.graph.exports import table_csv
from demarche.graph.questions import questions
from demarche.graph.store import OxigraphStore, Table, Term
from tests.questions.one_document import copy_of_one_document, shortened

GOLDEN = Path(__file__).parent
NUMBERS = {*range(1, 34)}
TWO_FILES = {29: {"robustness", "catalogue-rows"}}  # one competency question asks for two things
KINDS = {"event", "document", "government", "actor", "thing", "year", "date", "hours", "unit"}
# The answer about one document is rightly empty: what it quotes of any two bodies shares no phrase.
EMPTY = {"echo"}
FILES = sorted(name for name, one in questions().items() if one.query)


def answered(store: OxigraphStore, name: str) -> Table:
    one = questions()[name]
    return one.answer(KnowledgeGraph(store), one.example)


def rows(store: OxigraphStore, name: str, **parameters: str) -> list[dict[str, str | None]]:
    return list(questions()[name].answer(KnowledgeGraph(store), parameters))


def test_the_34_questions_are_there_each_with_a_number_of_its_own() -> None:
    found = [one.number for one in questions().values()]
    assert len(found) == 34
    assert set(found) == NUMBERS
    shared = {number for number in found if found.count(number) > 1}
    assert {
        number: {name for name, one in questions().items() if one.number == number} for number in shared
    } == TWO_FILES


def test_every_golden_answer_belongs_to_a_question() -> None:
    assert {file.stem for file in GOLDEN.glob("*.csv")} == set(questions())


@pytest.mark.parametrize("name", questions())
def test_a_question_gives_its_golden_answer(name: str, one_document: OxigraphStore) -> None:
    expected = (GOLDEN / f"{name}.csv").read_text(encoding="utf-8")
    assert shortened(table_csv(answered(one_document, name))) == expected


@pytest.mark.parametrize("name", questions())
def test_a_question_shows_people_columns_that_its_answer_has(name: str, one_document: OxigraphStore) -> None:
    found = answered(one_document, name)
    assert bool(found.rows) == (name not in EMPTY)
    assert set(questions()[name].columns) <= set(found.variables)


@pytest.mark.parametrize("name", questions())
def test_a_question_ends_with_a_question_mark_and_says_what_it_wants_to_know(name: str) -> None:
    one = questions()[name]
    assert one.text.endswith("?")
    assert {parameter.kind for parameter in one.parameters} <= KINDS
    assert one.parameters


@pytest.mark.parametrize("name", FILES)
def test_a_file_runs_as_it_stands_and_is_the_question_with_its_example(
    name: str, one_document: OxigraphStore
) -> None:
    text = questions()[name].query or ""
    assert one_document.select(text) == answered(one_document, name)
    assert re.search(r"^ORDER BY ", text, re.MULTILINE)


@pytest.mark.parametrize("name", questions())
def test_a_file_of_events_beside_the_record_changes_no_answer_that_it_has_no_part_in(
    name: str, one_document: OxigraphStore, beside_a_feed: OxigraphStore
) -> None:
    found = answered(beside_a_feed, name)
    assert len(set(found.rows)) == len(found.rows)
    assert found == answered(one_document, name)


def test_a_file_of_events_holds_no_launch_of_a_catalogue_and_no_act_of_a_document(
    one_document: OxigraphStore, beside_a_feed: OxigraphStore
) -> None:
    assert counts(beside_a_feed) == counts(one_document)


@pytest.fixture(scope="session")
def elsewhere(one_document: OxigraphStore) -> Dataset:
    """The same quads in rdflib, whose query engine shares nothing with ours."""
    dataset = Dataset(default_union=True)
    dataset.parse(data=one_document.dump().decode(), format="nquads")
    return dataset


# rdflib warns of its own use of a property that it has deprecated.
@pytest.mark.filterwarnings("ignore:Dataset.default_context is deprecated:DeprecationWarning")
@pytest.mark.parametrize("name", FILES)
def test_a_file_gives_the_same_answer_on_another_engine(
    name: str, one_document: OxigraphStore, elsewhere: Dataset
) -> None:
    theirs = elsewhere.query(questions()[name].query or "")
    rows = [[None if term is None else _comparable(str(term)) for term in row] for row in theirs]  # type: ignore[union-attr]
    ours = answered(one_document, name)
    assert [str(variable) for variable in theirs.vars or ()] == list(ours.variables)
    assert rows == [[None if term is None else _comparable(term.value) for term in row] for row in ours.rows]


def _comparable(text: str) -> str:
    """Engines may write one value in several ways: ``Z`` or ``+00:00``, ``1`` or ``1.0``."""
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return str(Decimal(text).normalize())
    return re.sub(r"(T\d\d:\d\d:\d\d)\+00:00$", r"\1Z", text)


HOSTILE = st.builds(
    lambda before, evil, after: before + evil + after,
    st.text(max_size=20),
    st.sampled_from([">", "<", "{", "}", '"', "\\", "\n", "|", "^", "`", "?x", "\\u003E", "; DROP ALL"]),
    st.text(max_size=20),
)


@given(text=HOSTILE)
def test_a_parameter_that_could_leave_its_place_in_the_query_is_refused(
    text: str, one_document: OxigraphStore
) -> None:
    with pytest.raises((BadParameter, NotFound, Ambiguous)):
        questions()["who-reacted"].answer(KnowledgeGraph(one_document), {"event": text})


@given(text=HOSTILE)
def test_a_hostile_term_that_reaches_a_query_is_still_one_term(
    text: str, one_document: OxigraphStore
) -> None:
    bound = questions()["ladder"].bound({"event": Term(f"https://example.org/{text}")})
    with contextlib.suppress(BadQuery):
        assert one_document.select(bound).rows == ()


def test_half_of_the_parameters_is_refused_and_so_is_an_unknown_one(one_document: OxigraphStore) -> None:
    with pytest.raises(BadParameter, match="needs second"):
        questions()["reacted-to-both"].answer(KnowledgeGraph(one_document), {"first": "2016-06-22-musudan-1"})
    with pytest.raises(BadParameter, match="no parameter document"):
        questions()["who-reacted"].answer(KnowledgeGraph(one_document), {"document": "x"})


def test_a_question_that_needs_no_parameter_is_asked_of_everything_without_one(
    one_document: OxigraphStore,
) -> None:
    graph = KnowledgeGraph(one_document)
    assert {name for name, one in questions().items() if not one.required} == {
        "lags", "first-responders", "seniority", "escalation", "stance-matrix",
    }  # fmt: skip
    events = {row["event_id"] for row in graph.ask("lags")}
    assert len(events) > 1
    assert {row["event_id"] for row in graph.ask("lags", unit="government")} == events
    assert {row["event_id"] for row in graph.ask("lags", event="2016-06-22-musudan")} < events


def test_asking_for_a_launch_leaves_out_what_answers_only_the_other(one_document: OxigraphStore) -> None:
    first = {row["act_id"] for row in rows(one_document, "who-reacted", event="2016-06-22-musudan-1")}
    second = {row["act_id"] for row in rows(one_document, "who-reacted", event="2016-06-22-musudan-2")}
    whole = {row["act_id"] for row in rows(one_document, "who-reacted", event="2016-06-22-musudan")}
    assert (len(first), len(second), len(whole)) == (3, 2, 16)
    assert not first & second
    assert first | second < whole


def test_what_answers_a_matched_description_answers_the_event(one_document: OxigraphStore) -> None:
    found = rows(one_document, "who-reacted", event="2016-01-06-nuclear-test-1")
    assert [(row["speaker"], row["link"]) for row in found] == [("Kim Jong Un", "explicit")]


def test_neither_the_order_of_the_day_before_nor_another_month_s_praise_is_a_reaction(
    one_document: OxigraphStore,
) -> None:
    acts = {
        (row["act_id"] or "").rpartition("/")[2]
        for row in rows(one_document, "who-reacted", event="2016-06-22")
    }
    assert not acts & {"intercept-order", "kim-laud", "kim-talks", "us-denuke"}


def test_the_documentation_tells_of_every_question_in_their_order(repository: Path) -> None:
    assert [name for name, _ in _sections(repository)] == list(questions())


@pytest.mark.parametrize("name", questions())
def test_the_documentation_of_a_question_agrees_with_it(
    name: str, repository: Path, one_document: OxigraphStore
) -> None:
    one = questions()[name]
    section = dict(_sections(repository))[name]
    assert one.text in section
    for parameter in one.parameters:
        assert f"`{parameter.name}`, {parameter.description}" in section
        assert f"--{parameter.name} " in section
    assert f"GET /questions/{name}?" in section
    assert _table(section) or name in EMPTY, "the section shows no answer"
    for line in _table(section):
        assert line in _shown(answered(one_document, name), line)


@pytest.mark.parametrize("name", ["lags", "first-responders", "watched"])
def test_whoever_launched_and_speaks_of_it_counts_and_the_documentation_says_so(
    name: str, repository: Path, seed_graph: KnowledgeGraph
) -> None:
    told = list(seed_graph.ask(name, event="2017-09-03-nuclear-test-1"))
    own = [row for row in told if f"{ids.BASE}body/prk" in (row.get("unit_id"), row.get("actor_id"))]
    assert {row.get("verdict", "reacted") for row in own} == {"reacted"}
    assert "Whoever launched and speaks of it" in " ".join(
        dict(_sections(repository))[name].replace("whoever", "Whoever").split()
    )


def test_the_documentation_says_from_which_graph_its_rows_are_and_how_to_have_it(
    repository: Path, tmp_path: Path
) -> None:
    opening = (repository / "docs" / "questions.md").read_text(encoding="utf-8").partition("\n## ")[0]
    assert "not those of the record" in opening
    lines = opening.partition("```\n")[2].partition("```")[0].splitlines()
    assert lines[-1].endswith("--seed-data one")
    (tmp_path / "seed_data").symlink_to(repository / "seed_data")
    for line in lines[:-1]:
        subprocess.run(shlex.split(line), cwd=tmp_path, check=True)
    copy_of_one_document(repository / "seed_data", tmp_path / "ours")
    assert _files(tmp_path / "one") == _files(tmp_path / "ours")


def _files(folder: Path) -> dict[Path, bytes]:
    return {
        file.relative_to(folder): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def _sections(repository: Path) -> Iterator[tuple[str, str]]:
    text = (repository / "docs" / "questions.md").read_text(encoding="utf-8")
    for section in text.split("\n## ")[1:]:
        number, name = section.partition("\n")[0].split(" · ")
        assert questions()[name].number == int(number)
        yield name, section


def _table(section: str) -> list[dict[str, str]]:
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def _shown(table: Table, like: dict[str, str]) -> list[dict[str, str]]:
    """The rows of an answer, with no more columns than the example in the documentation shows."""
    return [{name: row[name] or "" for name in like} for row in table]


def test_a_golden_file_is_a_table_with_a_header_and_no_machine_s_line_ends() -> None:
    for file in GOLDEN.glob("*.csv"):
        data = file.read_bytes()
        assert b"\r" not in data, file.name
        widths = {len(row) for row in csv.reader(io.StringIO(data.decode()))}
        assert len(widths) == 1, file.name
