"""The command line as a user types it: the installed program in a process of its own."""

import contextlib
import csv
import io
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import polars
import pytest
from rdflib import Graph

from demarche.graph.question import Question
from demarche.graph.questions import questions
from demarche.graph.store import Table as TableOfTerms
from demarche.graph.store import Term
from demarche.service.terminal import print_table

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def demarche(seed_cache: Path, tmp_path: Path) -> Run:
    """Runs the command in an empty folder, on the snapshot that the tests share."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "demarche.service", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env={
                "PATH": "/usr/bin:/bin",
                "DEMARCHE_CACHE": str(seed_cache),
                "DEMARCHE_TEXTS": str(tmp_path / "texts"),
            },
        )

    return run


def test_who_reacted_prints_who_in_which_office_how_and_where(demarche: Run) -> None:
    done = demarche("ask", "who-reacted", "--event", "2016-06-22-musudan")
    assert done.returncode == 0, done.stderr
    told = done.stdout.split()
    for word in ("Abe", "Minister", "Japan", "condemn", "tolerated", "explicit", "presumed", "rows"):
        assert word in told, word


def test_a_narrow_terminal_gets_a_card_for_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    label = Term("Prime Minister", "literal")
    asked = Question("q", 1, "Who?", (), ("speaker", "office", "words"), None)
    table = TableOfTerms(("speaker", "office", "words"), ((label, label, None),))
    monkeypatch.setattr("demarche.service.terminal._WIDTH_OF_A_PIPE", 40)
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        print_table(asked, table)
    assert [line.split() for line in told.getvalue().splitlines() if line.strip()] == [
        ["Who?"],
        ["speaker", "Prime", "Minister"],
        ["office", "Prime", "Minister"],
        ["1", "row"],
    ]


@pytest.mark.parametrize("event", ["2016-06-22", "event/2016-06-22-musudan", "2016-06-22-musudan"])
def test_an_event_is_known_by_its_id_and_by_its_day(demarche: Run, event: str) -> None:
    by_day = demarche("ask", "who-reacted", "--event", event, "-f", "csv")
    assert by_day.returncode == 0, by_day.stderr
    acts = {row["act_id"].rpartition("/")[2] for row in csv.DictReader(io.StringIO(by_day.stdout))}
    assert {"kirby", "abe-denounce", "protest"} <= acts
    assert not acts & {"kim-laud", "kim-talks", "us-denuke", "intercept-order"}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["ask", "who-reacted", "--event", "2016-06-22-musudam"], 2, "did you mean: 2016-06-22-musudan"),
        (["ask", "who-reacted", "--event", "2016-13-99"], 2, "no launch or test has the local date"),
        (["ask", "who-reacted", "--event", "x> } DROP ALL #"], 2, "cannot be the name of a thing"),
        (["ask", "who-reactd"], 2, "there is no question 'who-reactd'"),
        (["ask", "who-reacted", "--government", "Japan"], 2, "who-reacted has no parameter government"),
        (["ask", "reacted-to-both", "--first", "2016-06-22-musudan-1"], 2, "reacted-to-both needs second"),
        (["validate", "missing.yaml"], 1, "missing.yaml: no such file or folder"),
        (
            ["export", "--event", "2017-07-28"],
            2,
            "--event chooses reactions: --format csv, spreadsheet or parquet, not trig",
        ),
        (["export", "--format", "csv", "--from", "July"], 2, "'July' is no date"),
        (["export", "--projection", "lag"], 2, "--projection is for networks: --format graphml"),
        (
            ["export", "-f", "gexf", "--projection", "relay", "--event", "2017-07-28"],
            2,
            "relay is drawn from all acts and not from those that answer an event",
        ),
        (["plot", "matrix", "--projection", "lag", "-o", "a.svg"], 2, "--projection is for plot network"),
        (["plot", "matrix", "--hours", "5", "-o", "a.svg"], 2, "--hours is for plot lags"),
        (["plot", "lags", "-o", "lags.svg"], 2, "plot lags needs --event"),
        (["plot", "matrix", "-o", "matrix.pdf"], 2, "matrix.pdf: a figure is saved as svg or png"),
        (
            ["plot", "timeline", "--from", "1950-01-01", "--until", "1950-02-01", "-o", "a.svg"],
            2,
            "left to be drawn",
        ),
        (["load", "missing.yaml", "--store", "store"], 1, "missing.yaml: no such file or folder"),
        (["load", "missing.yaml", "--store", "http://store.example/sparql"], 1, "reached by https"),
        (["span", "missing.txt", "words"], 1, "missing.txt: No such file"),
        (["serve", "--scratch", "--host", "192.0.2.1"], 2, "it listens on 127.0.0.1, not on 192.0.2.1"),
        (["serve", "--scratch", "--store", "here"], 2, "--scratch keeps nothing"),
        (["ask", "--seed-data", "nowhere"], 0, ""),
        (["ask", "who-reacted", "--seed-data", "nowhere"], 1, "there is no folder nowhere"),
    ],
)
def test_a_mistake_is_told_in_one_line_with_a_useful_exit_code(
    demarche: Run, arguments: list[str], code: int, said: str
) -> None:
    done = demarche(*arguments)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("error:")]) <= 1


def test_a_port_in_use_is_told_before_anything_is_loaded(demarche: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = demarche("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "choose another with --port" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_parameters_a_question_answers_its_example_and_says_so(demarche: Run) -> None:
    done = demarche("ask", "who-reacted")
    assert done.returncode == 0
    assert "answering the example, --event 2016-06-22-musudan" in done.stderr


def test_the_list_of_questions_can_be_typed_as_printed(demarche: Run) -> None:
    lines = demarche("ask").stdout.splitlines()
    typed = [line.split()[1:] for line in lines if line.strip().startswith("demarche ask ")]
    assert len(typed) == len(questions())
    for arguments in typed[:3]:
        assert demarche(*arguments).returncode == 0


def test_every_parameter_of_a_question_is_an_option(demarche: Run) -> None:
    offered = demarche("ask", "--help").stdout
    for question in questions().values():
        for parameter in question.parameters:
            assert f"--{parameter.name}" in offered


def test_an_answer_comes_as_json_csv_tsv_and_turtle(demarche: Run) -> None:
    asked = ["ask", "who-reacted", "--event", "2016-06-22-musudan", "--format"]
    rows = json.loads(demarche(*asked, "json").stdout)["rows"]
    assert len(rows) == len(list(csv.DictReader(io.StringIO(demarche(*asked, "csv").stdout))))
    assert len(rows) == len(list(csv.DictReader(io.StringIO(demarche(*asked, "tsv").stdout), delimiter="\t")))
    assert len(Graph().parse(data=demarche(*asked, "ttl").stdout, format="turtle")) > len(rows)


def test_an_answer_is_the_same_on_the_command_line_as_over_http(demarche: Run, client: httpx.Client) -> None:
    event = "2016-06-22-musudan"
    for ending in ("json", "csv", "tsv"):
        printed = demarche("ask", "who-reacted", "--event", event, "-f", ending).stdout
        sent = client.get("/questions/who-reacted", params={"event": event, "format": ending}).text
        if ending == "json":
            printed, sent = json.loads(printed), json.loads(sent)
        assert printed == sent, ending


@pytest.mark.parametrize("name", ["nquads", "trig", "turtle", "ntriples", "rdfxml", "jsonld"])
def test_the_whole_graph_is_exported_in_every_format(demarche: Run, tmp_path: Path, name: str) -> None:
    done = demarche("export", "--format", name, "--output", "graph")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "graph").stat().st_size > 100_000


def test_a_certificate_is_issued_verified_and_found_out_when_altered(demarche: Run, tmp_path: Path) -> None:
    asked = ("--actor", "CHN", "--event", "2016-06-22-musudan", "--date", "2016-06-30")
    issued = demarche("certificate", "issue", *asked, "--output", "certificate.json")
    assert issued.returncode == 0, issued.stderr
    held = demarche("certificate", "verify", "certificate.json")
    assert (held.returncode, held.stderr) == (0, "")
    assert "holds: body/chn to event/2016-06-22-musudan: silent, as of 2016-06-30, 3 sources" in held.stdout
    file = tmp_path / "certificate.json"
    file.write_text(file.read_text(encoding="utf-8").replace('"silent"', '"reacted"'), encoding="utf-8")
    caught = demarche("certificate", "verify", "certificate.json")
    assert caught.returncode == 1
    assert caught.stdout.startswith("digest: ")
    assert 'verdict: was "reacted", is "silent"' in caught.stdout


def test_the_reactions_to_an_event_are_exported_as_csv_and_parquet(demarche: Run, tmp_path: Path) -> None:
    chosen = ["--event", "2017-07-28-hwasong-14-1", "--explicit-only"]
    printed = demarche("export", "--format", "csv", *chosen)
    assert printed.returncode == 0, printed.stderr
    rows = list(csv.DictReader(io.StringIO(printed.stdout)))
    assert {row["link"] for row in rows} == {"explicit"}
    assert {row["event_name"] for row in rows} == {"Hwasong-14 launch of 28 July 2017"}
    done = demarche("export", "--format", "parquet", *chosen, "-o", "reactions.parquet")
    assert done.returncode == 0, done.stderr
    assert len(polars.read_parquet(tmp_path / "reactions.parquet")) == len(rows)


@pytest.mark.parametrize("name", ["graphml", "gexf", "cytoscape", "nodelink", "nodes-csv", "edges-csv"])
def test_a_network_is_exported_in_every_format(demarche: Run, name: str) -> None:
    done = demarche("export", "--format", name, "--projection", "co-reaction", "--fold", "government")
    assert done.returncode == 0, done.stderr
    assert ("Government of Japan" in done.stdout) == (name != "edges-csv")
    assert "body/jpn" in done.stdout


def test_reactions_are_chosen_by_their_local_date(demarche: Run) -> None:
    done = demarche("export", "--format", "csv", "--from", "2017-07-28", "--until", "2017-07-29")
    days = {row["local_date"] for row in csv.DictReader(io.StringIO(done.stdout))}
    assert days == {"2017-07-28", "2017-07-29"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["timeline", "--from", "2017-07", "--until", "2017-08"],
        ["matrix", "--fold", "person", "--explicit-only"],
        ["network", "--projection", "lag", "--from", "2017", "--until", "2017"],
        ["lags", "--event", "2017-07-28", "--hours", "48", "--title", "A title of one's own"],
    ],
    ids=lambda arguments: arguments[0],
)
@pytest.mark.parametrize(("name", "opening"), [("figure.svg", b"<?xml"), ("figure.png", b"\x89PNG")])
def test_a_figure_is_drawn_as_svg_and_png(
    demarche: Run, tmp_path: Path, arguments: list[str], name: str, opening: bytes
) -> None:
    done = demarche("plot", *arguments, "-o", name)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / name).read_bytes().startswith(opening)
    if name == "figure.svg":
        drawn = (tmp_path / name).read_text(encoding="utf-8")
        assert "Source: Demarche record" in drawn
        assert ("A title of one's own" in drawn) == ("--title" in arguments)


def test_a_dossier_is_loaded_into_a_folder_and_found_there(demarche: Run, repository: Path) -> None:
    file = str(repository / "seed_data" / "documents" / "2016" / "2016-06-22-japan-times.yaml")
    done = demarche("load", file, "--store", "here")
    assert (done.returncode, "unchanged" in done.stdout) == (0, True), done.stderr
    assert demarche("ask", "channels", "--store", "here").returncode == 0


def test_a_valid_dossier_is_called_valid(demarche: Run, repository: Path) -> None:
    file = str(repository / "seed_data" / "documents" / "2016" / "2016-06-22-japan-times.yaml")
    done = demarche("validate", file)
    assert done.returncode == 0, done.stdout
    assert "violation" not in done.stdout


def test_help_shows_every_command(demarche: Run) -> None:
    told = demarche("--help").stdout
    for command in ("serve", "ask", "load", "validate", "span", "export", "plot", "version"):
        assert command in told


def test_the_network_command_ranks_who_is_central(demarche: Run) -> None:
    done = demarche(
        "network", "--projection", "co-reaction", "--fold", "government", "--measure", "pagerank",
        "--from", "2017-01-01", "--until", "2017-12-31", "--explicit-only", "--format", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert rows[0]["rank"] == 1
    assert sum(row["value"] for row in rows) == pytest.approx(1, abs=1e-6)
    assert all("2017-01-01" <= row["first"] <= row["last"] <= "2017-12-31" for row in rows)
    shown = demarche("network", "--fold", "government", "--from", "2017", "--until", "2017")
    assert "Government of Japan" in shown.stdout


def test_the_network_command_lists_what_it_can_draw_and_measure(demarche: Run) -> None:
    listed = demarche("network", "--list").stdout
    assert all(word in listed for word in ("co-reaction", "actor-event", "relay", "pagerank", "core"))


def test_a_path_on_the_command_line_is_the_question_of_connection(demarche: Run) -> None:
    ends = ("person/dave-benham", "body/norad")
    path = demarche("network", "path", *ends, "--format", "csv")
    asked = demarche("ask", "connection", "--first", ends[0], "--second", ends[1], "--format", "csv")
    assert path.stdout == asked.stdout != ""


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--projection", "nobody"), "no projection is called 'nobody'"),
        (("--measure", "fame"), "no centrality is called 'fame'"),
        (("--fold", "planet"), "'planet' is no unit"),
        (("--from", "soon"), "'soon' is no date"),
        (("--from", "2018", "--until", "2017"), "before it starts"),
    ],
)
def test_a_network_that_cannot_be_drawn_is_one_line_and_exit_code_2(
    arguments: tuple[str, ...], reason: str, demarche: Run
) -> None:
    done = demarche("network", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


EVENTS = (
    "Russia\tUse conventional military force\tUkraine\t2014-03-01\n"
    "France\tCriticize or denounce\tRussia\t2014-03-02\n"
)


def test_a_file_of_events_is_loaded_with_a_summary_and_its_rule(demarche: Run, tmp_path: Path) -> None:
    file = tmp_path / "events.tsv"
    file.write_text(EVENTS, encoding="utf-8")
    done = demarche("load", "--store", "kept", "events.tsv")
    assert done.returncode == 0, done.stderr
    assert "2 acts of 3 actors, 1 presumed reactions" in done.stdout
    assert demarche("load", "--store", "kept", "events.tsv").stdout == "events.tsv: unchanged\n"
    assert "0 presumed reactions" in demarche("load", "--store", "kept", "--days", "0", "events.tsv").stdout


def test_a_file_of_events_that_is_refused_fails_by_line_and_field(demarche: Run, tmp_path: Path) -> None:
    (tmp_path / "events.tsv").write_text(EVENTS.replace("Use", "Abuse"), encoding="utf-8")
    for arguments in (["validate"], ["load", "--store", "kept"]):
        done = demarche(*arguments, "events.tsv")
        assert done.returncode == 1
        assert "error: events.tsv: line 1: relation: 'Abuse conventional military force'" in done.stderr
    (tmp_path / "events.tsv").write_text(EVENTS, encoding="utf-8")
    assert demarche("validate", "events.tsv").stdout == "events.tsv: valid\n"
    assert demarche("load", "--store", "kept", "missing.tsv").returncode == 1
