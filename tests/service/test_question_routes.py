"""The questions over HTTP: each is listed, documented, and answered alike in every format."""

import csv
import io
from xml.etree import ElementTree

import httpx
import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.questions import questions

MUSUDAN = {"event": "2016-06-22-musudan"}
NS = {"r": "http://www.w3.org/2005/sparql-results#"}


def test_every_question_is_listed_with_an_example_that_answers(client: httpx.Client) -> None:
    listed = client.get("/questions").json()
    assert [one["name"] for one in listed] == list(questions())
    for one in listed:
        reply = client.get(one["example"])
        assert (one["name"], reply.status_code) == (one["name"], 200), reply.text
        assert reply.json()["question"] == one["name"]


def test_the_description_of_the_api_names_the_parameters_of_each_question(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for name, question in questions().items():
        declared = {one["name"]: one for one in paths[f"/questions/{name}"]["get"]["parameters"]}
        assert declared.keys() == {*(one.name for one in question.parameters), "as_of", "format"}
        assert all(declared[one.name]["required"] != one.optional for one in question.parameters)


def test_the_answer_is_that_of_the_graph_in_every_format(
    client: httpx.Client, seed_graph: KnowledgeGraph
) -> None:
    expected = [row["act_id"] for row in seed_graph.ask("who-reacted", **MUSUDAN)]
    assert len(expected) >= 16

    def ask(media_type: str) -> httpx.Response:
        reply = client.get("/questions/who-reacted", params=MUSUDAN, headers={"Accept": media_type})
        assert reply.headers["content-type"].split(";")[0] == media_type
        return reply

    as_tsv = ask("text/tab-separated-values").text.splitlines()
    column = as_tsv[0].split("\t").index("?act_id")
    as_xml = ElementTree.fromstring(ask("application/sparql-results+xml").content)  # noqa: S314
    answers = {
        "json": [row["act_id"] for row in ask("application/json").json()["rows"]],
        "results": [
            row["act_id"]["value"]
            for row in ask("application/sparql-results+json").json()["results"]["bindings"]
        ],
        "csv": [row["act_id"] for row in csv.DictReader(io.StringIO(ask("text/csv").text))],
        "tsv": [line.split("\t")[column].strip("<>") for line in as_tsv[1:]],
        "xml": [one.text for one in as_xml.findall(".//r:binding[@name='act_id']/r:uri", NS)],
    }
    assert answers == dict.fromkeys(answers, expected)


def test_json_has_numbers_where_the_graph_has_numbers(client: httpx.Client) -> None:
    row = client.get("/questions/who-reacted", params=MUSUDAN).json()["rows"][0]
    assert isinstance(row["level_rank"], int)
    assert isinstance(row["start"], int)


def test_an_event_may_be_named_by_its_date(client: httpx.Client) -> None:
    by_date, by_id = ({"event": "2016-06-22"}, MUSUDAN)
    answers = [
        client.get("/questions/who-reacted", params=given).json()["rows"] for given in (by_date, by_id)
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("address", "status", "reason"),
    [
        ("/questions/who-reacted", 400, "who-reacted needs event"),
        ("/questions/who-reacted?event=2016-06-22-musudam", 404, "there is no event"),
        ("/questions/who-reacted?event=1901-01-01", 404, "local date 1901-01-01"),
        ("/questions/who-reacted?event=a&event=b", 400, "given twice"),
        ("/questions/who-reacted?event=2016-06-22&colour=red", 400, "no parameter colour"),
        ("/questions/who-reacted?event=%3Cx%3E%7D", 400, "cannot be the name"),
        ("/questions/who-reacted?event=2016-06-22&format=ttl", 406, "format=csv"),
        ("/questions/who-cares", 404, "there is no question 'who-cares'"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(
    client: httpx.Client, address: str, status: int, reason: str
) -> None:
    reply = client.get(address)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reason in reply.json()["detail"]


def test_a_misspelt_event_is_answered_with_the_candidates(client: httpx.Client) -> None:
    reply = client.get("/questions/who-reacted?event=2016-06-22-musudam")
    assert "2016-06-22-musudan" in reply.json()["candidates"]


def test_a_person_without_an_event_gets_a_form_with_an_example(client: httpx.Client) -> None:
    reply = client.get("/questions/who-reacted", headers={"Accept": "text/html"})
    assert reply.status_code == 200
    assert 'name="event" value="2016-06-22-musudan"' in reply.text


def test_every_question_has_a_page_with_its_answer(client: httpx.Client) -> None:
    for name, question in questions().items():
        given = {key: ids.local(value) for key, value in question.example.items()}
        reply = client.get(f"/questions/{name}", params={**given, "format": "html"})
        assert (name, reply.status_code) == (name, 200), reply.text
        assert "row" in reply.text
