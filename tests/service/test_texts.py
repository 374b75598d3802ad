"""Attached texts as a user meets them: on the command line, in answers, on pages, and nowhere in what is downloaded."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.texts import Texts, attach, opened
from tests.service.conftest import served

REUTERS = "2016-06-23-reuters"
SAID = "2120-2148"
PAYLOAD = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&lt; "
AS_BROWSER = {"Accept": "text/html"}
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def demarche(seed_cache: Path, tmp_path: Path) -> Run:
    """Runs the command with a folder of texts of its own."""
    env = {
        "PATH": "/usr/bin:/bin",
        "DEMARCHE_CACHE": str(seed_cache),
        "DEMARCHE_TEXTS": str(tmp_path / "texts"),
    }

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "demarche.service", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path, env=env)

    return run


@pytest.fixture(scope="module")
def articles(seed_graph: KnowledgeGraph, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Texts:
    folder = tmp_path_factory.mktemp("texts")
    attach(shared / "data" / "articles", seed_graph.store, folder)
    return opened(folder, seed_graph.store, print)


@pytest.fixture(scope="module")
def reader(seed_graph: KnowledgeGraph, articles: Texts) -> Iterator[httpx.Client]:
    """A client of a service to which all articles are attached."""
    with served(KnowledgeGraph(seed_graph.store, articles)) as client:
        yield client


@pytest.fixture(scope="module")
def words(articles: Texts) -> str:
    found = articles.words([ids.span(REUTERS, SAID)])
    assert found
    return found


def test_the_articles_are_attached_listed_shown_and_detached(
    demarche: Run, shared: Path, tmp_path: Path, words: str
) -> None:
    asked = ("ask", "quotations", "--document", REUTERS, "-f", "csv")
    done = demarche("texts", "attach", str(shared / "data" / "articles"))
    assert (done.returncode, done.stdout.split(";")[0]) == (0, "114 documents attached"), done.stderr
    assert len(demarche("texts", "list").stdout.splitlines()) == 114
    assert words in {row["words"] for row in csv.DictReader(io.StringIO(demarche(*asked).stdout))}
    assert (
        "0 documents attached, 114 were already"
        in demarche("texts", "attach", str(shared / "data" / "articles")).stdout
    )
    dumped = demarche("export", "-f", "nquads", "-o", "all.nq")
    assert dumped.returncode == 0
    assert words not in (tmp_path / "all.nq").read_text(encoding="utf-8")
    assert demarche("texts", "detach", REUTERS).stdout == "1 document detached\n"
    assert demarche("texts", "detach", REUTERS).returncode == 2
    assert demarche("texts", "detach").stdout == "113 documents detached\n"
    assert demarche("texts", "list").stdout == ""


def test_a_changed_byte_is_refused_with_document_and_characters(
    demarche: Run, shared: Path, tmp_path: Path, articles: Texts
) -> None:
    (changed,) = [
        file
        for file in (shared / "data" / "articles").glob("*.txt")
        if articles.words([ids.span(REUTERS, "0-300")]) == file.read_bytes().decode()[:300]
    ]
    text = changed.read_bytes().decode()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "copy.txt").write_bytes((text[:2130] + "#" + text[2131:]).encode())
    done = demarche("texts", "attach", "mine")
    assert done.returncode == 1
    assert f"{REUTERS}: spans: characters {SAID} are not those" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("0 documents attached")
    assert not (tmp_path / "texts").exists()


def test_a_folder_that_is_not_there_is_told_in_one_line(demarche: Run) -> None:
    done = demarche("texts", "attach", "nowhere")
    assert (done.returncode, done.stderr) == (1, "error: nowhere: no such folder\n")


def test_in_the_terminal_words_that_are_not_at_hand_have_their_place(demarche: Run) -> None:
    told = demarche("ask", "quotations", "--document", REUTERS).stdout
    assert "words at Reuters, 2016-06-23, characters" in " ".join(told.split())


def test_an_answer_over_http_has_the_words_and_their_surroundings(reader: httpx.Client, words: str) -> None:
    reply = reader.get("/questions/who-reacted", params={"event": "2016-06-22-musudan", "format": "json"})
    rows = {row["act_id"]: row for row in json.loads(reply.text)["rows"]}
    row = rows[f"{ids.BASE}act/{REUTERS}/ban-denounce"]
    assert (row["words"], row["words_at"]) == (words, None)
    assert words in row["surroundings"]
    assert len(row["surroundings"]) > len(words) + 160


@pytest.mark.parametrize(
    "path", ["/launches/2016-06-22-musudan", f"/id/act/{REUTERS}/ban-denounce", f"/id/span/{REUTERS}/{SAID}"]
)
def test_a_page_marks_the_words_in_their_surroundings(
    path: str, reader: httpx.Client, client: httpx.Client, words: str
) -> None:
    assert f"<mark>{words}</mark>" in reader.get(path, headers=AS_BROWSER).text
    without = client.get(path, headers=AS_BROWSER).text
    assert words not in without
    assert "words at " in without
    assert "Reuters, 2016-06-23, characters" in without


@pytest.mark.parametrize("ending", ["ttl", "jsonld", "nt", "rdf"])
@pytest.mark.parametrize("thing", [f"document/{REUTERS}", f"span/{REUTERS}/{SAID}"])
def test_rdf_that_is_downloaded_has_no_attached_word(
    thing: str, ending: str, reader: httpx.Client, client: httpx.Client, words: str
) -> None:
    reply = reader.get(f"/id/{thing}.{ending}")
    assert reply.status_code == 200
    assert words not in reply.text
    assert reply.headers["etag"] == client.get(f"/id/{thing}.{ending}").headers["etag"]


def test_sparql_does_not_see_attached_words(reader: httpx.Client) -> None:
    query = f"SELECT * {{ <{ids.span(REUTERS, SAID)}> <{ids.ONTOLOGY}#exact> ?words }}"
    reply = reader.get("/sparql", params={"query": query, "format": "json"})
    assert reply.json()["results"]["bindings"] == []


def test_an_attached_text_makes_another_version_of_what_shows_it(
    reader: httpx.Client, client: httpx.Client
) -> None:
    path = "/questions/quotations?document=2016-06-23-reuters"
    held = client.get(path).headers["etag"]
    assert reader.get(path, headers={"If-None-Match": held}).status_code == 200
    assert client.get(path, headers={"If-None-Match": held}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/launches/2016-06-22-musudan",
        f"/id/act/{REUTERS}/ban-denounce",
        f"/questions/quotations?document={REUTERS}",
        "/questions/who-reacted?event=2016-06-22-musudan",
    ],
)
def test_markup_in_a_text_is_shown_and_never_run(seed_graph: KnowledgeGraph, path: str) -> None:
    hostile = KnowledgeGraph(seed_graph.store, Texts({REUTERS: PAYLOAD * 100}))
    with served(hostile) as client:
        page = client.get(path, headers=AS_BROWSER).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "alert(" in page
