"""Whatever comes in, an answer goes out: made-up requests, files, records and queries are read or refused."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from demarche.graph.errors import BadQuery, Problem, SourceError
from demarche.graph.ledger import Ledger
from demarche.graph.records import Dossier, Matches, OwnDirectory
from demarche.graph.sources.dossier import read_directory, read_dossier, read_matches, read_own_directory
from demarche.graph.sources.icews import read_happenings, read_spellings
from demarche.graph.sources.yaml_files import read_yaml, validated
from demarche.graph.tokens import Tokens
from demarche.service.guard import checked, checked_update, tokens
from tests.robustness.conftest import SOAK
from tests.robustness.curating import draft_of
from tests.service.canaries import Canary
from tests.service.processes import Served, serving

PATIENCE = 20
WRITTEN = "/records"
QUICK = settings(
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    max_examples=40 * SOAK,
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    Ledger.create(path)
    return path


@pytest.fixture(scope="module")
def bearing(ledger: Path) -> dict[str, str]:
    """What lets a request go as far as any may."""
    return {"Authorization": f"Bearer {Tokens.of(ledger).add('admin', 'admin')}"}


@pytest.fixture(scope="module")
def server(seed_cache: Path, ledger: Path, repository: Path) -> Iterator[Served]:
    settings = {"LEDGER": ledger, "SEED_DATA": repository / "seed_data", "CLIENT_SECONDS": 0}
    with serving(CACHE=seed_cache, QUERY_SECONDS=2, **settings) as one:
        yield one


def test_no_request_made_from_the_description_fails_or_hangs_the_service(
    server: Served, bearing: dict[str, str]
) -> None:
    described = schemathesis.openapi.from_dict(server.client.get("/openapi.json").json())
    asked: list[tuple[str, int]] = []
    for found in described.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]
        for mode in GenerationMode:
            try:
                asked += _ask_all(operation, mode, str(server.client.base_url), bearing)
            except Unsatisfiable:  # nothing about this operation can be wrong
                assert mode is GenerationMode.NEGATIVE, operation.label
    assert [one for one in asked if one[1] >= 500] == []
    curated = [one for one in asked if WRITTEN in one[0]]
    shut_out = [one for one in curated if one[1] in {401, 403}]  # some are made up without the token
    assert len(shut_out) * 10 < len(curated), shut_out
    assert len({label for label, _ in asked}) > 70
    assert server.process.poll() is None
    assert server.client.get("/ready").status_code == 200


def _ask_all(
    operation: Any, mode: GenerationMode, address: str, headers: dict[str, str]
) -> list[tuple[str, int]]:
    """Each operation and its status; oftener where records are written."""
    asked: list[tuple[str, int]] = []

    @settings(QUICK, max_examples=(8 if WRITTEN in operation.label else 2) * SOAK)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        reply = case.call(base_url=address, timeout=PATIENCE, headers=headers)
        asked.append((operation.label, reply.status_code))

    ask()
    return asked


ODD = st.sampled_from(
    [
        *(
            "",
            "0",
            "-1",
            "9" * 20,
            "1e400",
            "nan",
            "inf",
            "true",
            "null",
            "[",
            "{}",
            "%",
            "\x00",
            "é",
            "٣",
            "<a>",
            '"',
        ),
        *(
            "9999-12-31",
            "9999-12",
            "9999",
            "0001-01-01",
            "0001",
            "10000-01-01",
            "-0001-01-01",
            "2016-02-30",
            "2016-W01",
        ),
        *(
            "x" * 3000,
            "event/..",
            "http://[",
            "2016-06-22-musudan",
            "person",
            "JPN",
            "government",
            "2016-06-22",
        ),
    ]
)
PAGES = {
    "/": ("from", "until", "kind", "year", "fold", "offset"),
    "/matrix": ("from", "until", "fold", "explicit_only"),
    "/network": ("projection", "from", "until", "fold", "ego", "size"),
    "/search": ("q", "kind", "offset", "limit"),
    "/launches/2016-06-22-musudan": ("vs", "fold", "from"),
    "/network/co-reaction": ("from", "until", "fold", "format", "explicit_only"),
    "/network/co-reaction/centrality": ("from", "until", "measure"),
    "/network/co-reaction/ego": ("actor", "radius", "until"),
    "/events": ("from", "until", "kind", "offset", "limit"),
    "/changes": ("after", "before", "limit", "format"),
    "/records/2016-07-09-reuters": ("as_of", "draft"),
}


@settings(QUICK, max_examples=100 * SOAK)
@given(data=st.data())
def test_a_page_asked_with_anything_is_shown_or_refused(
    server: Served, canary: Canary, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(sorted(PAGES)))
    odd = ODD | st.just(canary.url)
    asked = data.draw(st.dictionaries(st.sampled_from(PAGES[path]), odd, min_size=1, max_size=2))
    accept = data.draw(st.sampled_from(["text/html", "*/*"]))
    reply = server.client.get(path, params=asked, headers={"Accept": accept}, timeout=PATIENCE)
    assert reply.status_code < 500, (path, asked, reply.text)


@settings(QUICK, max_examples=100 * SOAK)
@given(data=st.data())
def test_a_record_with_anything_anywhere_is_drafted_or_refused(
    server: Served, bearing: dict[str, str], template: dict[str, Any], data: st.DataObject
) -> None:
    """Over HTTP, new and as a change; what is drafted can be read."""
    record = draft_of(template, "any")
    _put_anywhere(record, data, data.draw(ODD | VALUES))
    body = json.dumps(record, ensure_ascii=True).encode()
    headers = bearing | {"Content-Type": "application/json"}
    reply = server.client.post("/records", content=body, headers=headers, timeout=PATIENCE)
    assert reply.status_code in {201, 409, 422}, reply.text
    seen = server.client.get("/records/any?draft=true", headers=bearing)
    if seen.status_code == 200:
        change = headers | {"If-Match": seen.headers["etag"]}
        reply = server.client.put("/records/any", content=body, headers=change, timeout=PATIENCE)
        assert reply.status_code in {200, 422}, reply.text


def _put_anywhere(record: Any, data: st.DataObject, value: Any) -> None:
    at = record
    while isinstance(at, dict | list) and at:
        step = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        if not isinstance(at[step], dict | list) or data.draw(st.booleans()):
            at[step] = value
            break
        at = at[step]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)


@QUICK
@given(data=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
@pytest.mark.parametrize("read", [read_dossier, read_own_directory, read_matches, read_yaml])
def test_a_file_of_anything_is_read_or_refused(
    tmp_path: Path, read: Callable[[Path], object], data: bytes
) -> None:
    file = tmp_path / "2020-01-01-any.yaml"
    file.write_bytes(data)
    _read_or_refused(partial(read, file), str(file))


@pytest.fixture(scope="module")
def dossier(repository: Path) -> str:
    return (repository / "seed_data/documents/2016/2016-06-22-japan-times.yaml").read_text("utf-8")


@QUICK
@given(data=st.data())
def test_a_dossier_with_pieces_cut_doubled_or_changed_is_read_or_refused(
    tmp_path: Path, dossier: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(dossier)))
    end = data.draw(st.integers(start, min(len(dossier), start + 200)))
    put = data.draw(
        st.sampled_from([dossier[start:end] * 2, "", "\x00", "- ", ": ", "&a *a ", "{" * 40, "\ud7ff"])
    )
    file = tmp_path / "2016-06-22-japan-times.yaml"
    file.write_text(dossier[:start] + put + dossier[end:], "utf-8")
    _read_or_refused(lambda: read_dossier(file), str(file))


@QUICK
@given(data=st.data(), value=VALUES)
@pytest.mark.parametrize("model", [Dossier, OwnDirectory, Matches])
def test_a_record_with_any_value_anywhere_is_read_or_refused(
    dossier: str, tmp_path_factory: pytest.TempPathFactory, model: Any, data: st.DataObject, value: Any
) -> None:
    file = tmp_path_factory.getbasetemp() / "2016-06-22-japan-times.yaml"
    if not file.exists():
        file.write_text(dossier, "utf-8")
    record: Any = json.loads(json.dumps(read_yaml(file)))
    _put_anywhere(record, data, value)
    _read_or_refused(lambda: validated(model, record, file), str(file))


@QUICK
@given(
    name=st.sampled_from(["governments.yaml", "persons.yaml", "offices.yaml"]), data=st.binary(max_size=100)
)
def test_a_directory_with_anything_in_a_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("directory")
    (folder / name).write_bytes(data)
    _read_or_refused(lambda: read_directory(folder), str(folder))


@QUICK
@given(lines=st.lists(st.lists(st.text(max_size=12), max_size=22).map("\t".join), max_size=6))
def test_a_file_of_events_with_anything_in_it_is_read_or_refused(
    repository: Path, tmp_path: Path, lines: list[str]
) -> None:
    file = tmp_path / "events.tsv"
    file.write_text("\n".join(lines), "utf-8", errors="replace")
    spellings = read_spellings(repository / "seed_data")
    _read_or_refused(lambda: list(read_happenings(file, spellings)), str(file))


def _read_or_refused(read: Callable[[], object], place: str) -> None:
    """A refusal names the file in each of its problems."""
    problems: tuple[Problem, ...] | None = None
    try:
        read()
    except SourceError as error:
        problems = error.problems
    assert problems is None or (problems and all(one.file.startswith(place) for one in problems))


SCRAPS = """SELECT ASK WHERE { } ( ) [ ] . ; , * ?a $b <urn:a> 'x' "y" '''z # \\u0053 \\U00000041 SERVICE LOAD FROM
GRAPH UNION OPTIONAL FILTER BIND VALUES a: :b 1 1.5e3 @en ^^ | / ^ ! && << >> INSERT DATA é"""
WORDS = st.sampled_from([*SCRAPS.split(), "\n", "\r", "\x00", "\ud800"])
QUERIES = st.lists(WORDS, max_size=60).map(" ".join) | st.text(max_size=300)


@QUICK
@given(QUERIES)
def test_the_guard_passes_or_refuses_any_text(query: str) -> None:
    for guard in (checked, checked_update):
        with suppress(BadQuery):
            assert guard(query) == query
    assert all(text in query for _, text in tokens(query))


@QUICK
@given(QUERIES)
def test_any_text_sent_as_a_query_is_answered_or_refused(server: Served, canary: Canary, query: str) -> None:
    body = query.replace("urn:a", canary.url).encode("utf-8", "surrogatepass")
    for media_type in ("application/sparql-query", "application/sparql-update"):
        reply = server.client.post("/sparql", content=body, headers={"Content-Type": media_type})
        assert reply.status_code in {200, 400, 403, 504, 507}, reply.text
        assert reply.headers["content-type"].startswith(("application/", "text/"))


@QUICK
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"]),
    path=st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x21, exclude_characters="#"), max_size=60),
    headers=st.dictionaries(
        st.sampled_from(
            ["Accept", "Range", "If-None-Match", "Content-Type", "Accept-Encoding", "Origin", "Cookie"]
        ),
        st.text(st.characters(max_codepoint=0x7E, min_codepoint=0x20), max_size=40).map(str.strip),
    ),
)
def test_any_request_is_answered(server: Served, method: str, path: str, headers: dict[str, str]) -> None:
    target = {"target": f"/{path}".encode()}
    try:
        reply = server.client.request(method, "/", headers=headers, extensions=target)
    except httpx.RemoteProtocolError:
        reply = server.client.get("/health")  # no HTTP at all: the connection is closed
    assert reply.status_code < 500
