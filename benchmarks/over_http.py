"""Requests a second over HTTP: the service against ``oxigraph serve`` and ``rdflib-endpoint``, on the same data.

Of one cheap question three answers are asked for, of a few rows, of some 70 kB and of ten thousand rows, and one answer
of a costly question; each as a question of ours and as the same SPARQL. Ours are measured warm and, with nothing kept,
as SPARQL that runs each time. The rivals take turns in each round; printed is the median of the rounds. The data
are the record with two documents of as many events as the answers need, and the same with every file of ICEWS events
in ``../shared/data/icews`` as ``demarche load`` reads it, where they are there. A ratio that is not
reached, or no wrk to measure it with, makes the script fail when all is printed.
The name is not ``http``, which would hide the library of that name from all scripts beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from demarche.graph import feed, open_graph
from demarche.graph import identifiers as ids
from demarche.graph.questions import question
from demarche.graph.seed import seed_data_folder
from demarche.graph.sources.icews import read_spellings
from demarche.graph.store import PREFIXES, OxigraphStore, Term, freeze

TABLES = Path(__file__).parents[2] / "shared/data/icews"
ROWS = {"medium": 140, "large": 10_000}
MADE = f"{ids.BASE}document/made-"
RESULTS = "application/sparql-results+json"
TO_REACH = {"small": 0.85, "medium": 6, "large": 15, "costly": 6}
TO_REACH_UNKEPT = {"medium": 0.7, "large": 0.7, "costly": 0.7}
TO_REACH_ENDPOINT = 20
SLOW = (
    1.0  # seconds for one answer: of who takes longer, the most that the processors allow stands for its rate
)

OURS, SPARQL, UNKEPT = "question, warm", "SPARQL, warm", "SPARQL, nothing kept"
MISSED = "NOT REACHED"
PEER, ENDPOINT = "oxigraph serve", "rdflib-endpoint"


@dataclass(frozen=True)
class Asked:
    """One answer that all are asked for: how ours is called, and its SPARQL."""

    size: str
    path: str
    query: str

    @property
    def sparql(self) -> str:
        return urlencode({"query": self.query})


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # and with it all that was started
    if shutil.which("wrk") is None:
        sys.exit("benchmarks/over_http.py needs wrk (apt-get install wrk); nothing was measured")
    record = _verified(open_graph().store.dump())
    missed = list[str]()
    with tempfile.TemporaryDirectory() as folder:
        endpoint = None if options.without_endpoint else _endpoint_python(Path(folder))
        if not TABLES.is_dir():
            print(
                "\nno event tables beside the checkout: answers of 140 and 10,000 rows and larger data are left out"
            )
            missed += _measure("the record", record, Path(folder), endpoint, options)
        else:
            made = record + _made()
            missed += _measure("the record and two documents", made, Path(folder), endpoint, options)
        if TABLES.is_dir() and not options.without_events:
            events = b"".join(_events())
            name = "the record, two documents and ICEWS"
            missed += _measure(name, made + events, Path(folder), endpoint, options)
    if missed:
        sys.exit("\n".join(["", "Not reached:", *missed]))


def _measure(
    name: str, quads: bytes, folder: Path, endpoint: Path | None, options: argparse.Namespace
) -> list[str]:
    """Print what is measured on these quads; the goals that are missed."""
    file = folder / "data.nq"
    file.write_bytes(quads)
    print(f"\nOn {name}: {quads.count(b' .' + chr(10).encode())} triples")
    missed = list[str]()
    with ExitStack() as running:
        ours = running.enter_context(_demarche(quads, folder))
        unkept = running.enter_context(_demarche(quads, folder, DEMARCHE_CACHE_BYTES="0"))
        peer = running.enter_context(_oxigraph(file))
        rivals = {PEER: f"{peer}/query?"}
        if endpoint:
            rivals[ENDPOINT] = f"{running.enter_context(_endpoint(file, endpoint))}/?"
        for asked in _asked(made=MADE.encode() in quads, with_events=b"/catalogue/icews" in quads):
            urls = {OURS: ours + asked.path, SPARQL: f"{ours}/sparql?{asked.sparql}"}
            urls |= {UNKEPT: f"{unkept}/sparql?{asked.sparql}"}
            urls |= {rival: address + asked.sparql for rival, address in rivals.items()}
            missed += [f"  {name}: {one}" for one in _tell(asked, urls, options)]
    return missed


def _tell(asked: Asked, urls: dict[str, str], options: argparse.Namespace) -> list[str]:
    size, rows = _equal(urls)
    alone = {one: _seconds(url) for one, url in urls.items()}
    print(f"\n  {asked.size}: {rows} rows, {size / 1000:.1f} kB as SPARQL results")
    print(f"    {'requests a second with':<24}" + "".join(f"{one:>22}" for one in urls))
    missed = list[str]()
    for clients in [8] if asked.size == "costly" else options.clients:
        found: dict[str, list[float]] = {one: [] for one in urls}
        for _ in range(options.rounds):
            for one, url in urls.items():
                if alone[one] < SLOW:
                    found[one].append(_rate(url, clients, options.seconds, alone[one]))
                else:
                    found[one].append((os.cpu_count() or 1) / alone[one])
        rates = {one: statistics.median(every) for one, every in found.items()}
        cells = (f"{rate:>12,.1f} ({rate / rates[PEER]:>6.2f}x)" for rate in rates.values())
        print(f"    {clients:>3} connections{'':<10}" + "".join(f"{cell:>22}" for cell in cells))
        held = _held(asked.size, rates)
        print("        " + "; ".join(held))
        missed += [f"{asked.size}, {clients} connections: {one}" for one in held if MISSED in one]
    return missed


def _held(size: str, rates: dict[str, float]) -> list[str]:
    """Whether each ratio that is to be reached is."""
    goals = [(OURS, PEER, TO_REACH[size]), (SPARQL, PEER, TO_REACH[size])]
    if size in TO_REACH_UNKEPT:
        goals.append((UNKEPT, PEER, TO_REACH_UNKEPT[size]))
    if ENDPOINT in rates:
        goals.append((OURS, ENDPOINT, TO_REACH_ENDPOINT))
    told = []
    for ours, rival, goal in goals:
        ratio = rates[ours] / rates[rival]
        told.append(f"{ours} / {rival} {ratio:.2f} ({'reached' if ratio >= goal else MISSED}: {goal:g})")
    return told


def _asked(*, made: bool, with_events: bool) -> Iterator[Asked]:
    yield _question("small", "date-shift", "document", f"{ids.BASE}document/2016-06-22-japan-times")
    if made:
        for size in ROWS:
            yield _question(size, "date-shift", "document", MADE + size)
    if not with_events:  # of so many events it takes longer than a query may
        yield _question("costly", "who-reacted", "event", f"{ids.BASE}event/2016-06-22-musudan")


def _question(size: str, name: str, parameter: str, iri: str) -> Asked:
    query = question(name).bound({parameter: Term(iri)})
    stripped = "\n".join(line for line in query.splitlines() if not line.startswith("#"))
    local = ids.local(iri).partition("/")[2]
    return Asked(size, f"/questions/{name}?{urlencode({parameter: local})}", stripped)


def _equal(urls: dict[str, str]) -> tuple[int, int]:
    """The size of the answer as SPARQL results, and its rows: all rivals give as many, or nothing is measured."""
    bodies = {name: _get(url) for name, url in urls.items()}
    rows = {name: _rows(json.loads(body)) for name, body in bodies.items()}
    assert len(set(rows.values())) == 1, f"the rivals do not agree: {rows}"
    return len(bodies[PEER]), rows[PEER]


def _rows(reply: dict[str, Any]) -> int:
    found: list[object] = reply["results"]["bindings"] if "results" in reply else reply["rows"]
    return len(found)


def _get(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": _accept(url)})
    with urllib.request.urlopen(request, timeout=120) as reply:
        body: bytes = reply.read()
        return body


def _accept(url: str) -> str:
    return "application/json" if "/questions/" in url else RESULTS


def _rate(url: str, clients: int, seconds: int, alone: float) -> float:
    """Requests answered in a second; a slow rival gets the time for two rounds of its clients, but not forever."""
    run = min(max(seconds, round(2 * clients * alone)), 10)
    command = [
        "wrk",
        "-t1",
        f"-c{clients}",
        f"-d{run}s",
        "--timeout",
        "60s",
        "-H",
        f"Accept: {_accept(url)}",
        url,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if failed := re.search(r"Non-2xx or 3xx responses: \d+", done):
        sys.exit(f"{url[:80]}: {failed[0]}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", done)
    _settle(url, alone)
    return max(float(found[1]) if found else 0.0, 1 / run)  # of who does not end in time, the most it can be


def _settle(url: str, alone: float) -> None:
    """Wait until the server is done with what nobody waits for any more."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and _seconds(url) > 2 * alone + 0.02:
        time.sleep(0.1)


def _seconds(url: str) -> float:
    begin = time.perf_counter()
    _get(url)
    return time.perf_counter() - begin


def _verified(quads: bytes) -> bytes:
    """Without what is kept apart: neither rival could keep it out of its union."""
    store = OxigraphStore()
    store.load(quads)
    for graph in ids.APART:
        store.remove(graph)
    return store.dump()


def _events() -> Iterator[bytes]:
    """The quads of every file of events, as they are loaded."""
    spellings = read_spellings(seed_data_folder())
    for file in sorted(TABLES.glob("*.tsv")):
        yield from feed.quads(file, spellings)


def _made() -> bytes:
    """Two documents of fixed size, whose events are lines of the tables.

    Their date in UTC is made up, a day before, so that there is a question with as many rows. Nobody keeps them.
    """
    lines = (line for file in sorted(TABLES.glob("*.tsv")) for line in file.read_text("utf-8").splitlines())
    kind = f"<{PREFIXES['rdf']}type> <{PREFIXES['dm']}Document>"
    documents = [f"<{MADE}{size}> {kind} <{MADE}{size}> .\n" for size in ROWS]
    rows = [line.split("\t") for line in islice(lines, sum(ROWS.values()))]
    return "".join([*documents, *(_event(number, row) for number, row in enumerate(rows))]).encode()


def _event(number: int, row: list[str]) -> str:
    subject, relation, other, on = row[:4]
    graph = MADE + ("medium" if number < ROWS["medium"] else "large")
    event, label = f"<{ids.BASE}event/made-{number}>", json.dumps(f"{subject}: {relation}: {other}")
    before = date.fromisoformat(on) - timedelta(days=1)
    dm, day = PREFIXES["dm"], f"<{PREFIXES['xsd']}date>"
    return (
        f"{event} <{PREFIXES['rdf']}type> <{dm}Event> <{graph}> .\n"
        f"{event} <{PREFIXES['rdfs']}label> {label} <{graph}> .\n"
        f'{event} <{dm}localDate> "{on}"^^{day} <{graph}> .\n'
        f'{event} <{dm}utcDate> "{before}"^^{day} <{graph}> .\n'
        f'{event} <{dm}earliest> "{on}T00:00:00Z"^^<{PREFIXES["xsd"]}dateTime> <{graph}> .\n'
    )


@contextmanager
def _demarche(quads: bytes, folder: Path, **settings: str) -> Iterator[str]:
    """``demarche serve`` on a store that holds those quads, in a folder of its own."""
    store = Path(tempfile.mkdtemp(dir=folder, prefix="store-"))
    freeze(quads, store)
    port = _free_port()
    command = [sys.executable, "-m", "demarche.service", "serve", "--port", str(port), "--store", str(store)]
    environment = {**os.environ, "DEMARCHE_TEXTS": str(folder / "no-texts"), **settings}
    with _served(command, port, environment) as address:
        yield address


@contextmanager
def _oxigraph(file: Path) -> Iterator[str]:
    beside_python = Path(sysconfig.get_path("scripts")) / "oxigraph"
    program = str(beside_python if beside_python.exists() else shutil.which("oxigraph"))
    port = _free_port()
    command = [program, "serve", "--union-default-graph", "--bind", f"127.0.0.1:{port}"]
    with _served(command, port) as address:
        headers = {"Content-Type": "application/n-quads"}
        urllib.request.urlopen(
            urllib.request.Request(f"{address}/store", file.read_bytes(), headers, method="POST"), timeout=300
        ).close()
        yield address


@contextmanager
def _endpoint(file: Path, python: Path) -> Iterator[str]:
    """``rdflib-endpoint`` on Oxigraph, which serves it far better than rdflib's own store and engine."""
    code = f"""
import rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
data = rdflib.Dataset(store="Oxigraph", default_union=True)
data.store._inner.load(path={str(file)!r}, format=__import__("pyoxigraph").RdfFormat.N_QUADS)
uvicorn.run(SparqlEndpoint(graph=data), port={(port := _free_port())}, log_level="critical")
"""
    with _served([str(python), "-c", code], port) as address:
        yield address


@contextmanager
def _served(command: list[str], port: int, environment: dict[str, str] | None = None) -> Iterator[str]:
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, stdout=quiet, stderr=quiet, env=environment)
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait(20)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit(f"a server ended before it listened: {server.args!r}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"a server does not listen: {server.args!r}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _endpoint_python(folder: Path) -> Path | None:
    """The Python of a fresh environment with rdflib-endpoint in it; it is no dependency of ours."""
    python = folder / "endpoint/bin/python"
    wanted = ["rdflib-endpoint==0.6.3", "oxrdflib", "uvicorn"]
    for command in (
        [sys.executable, "-m", "venv", str(folder / "endpoint")],
        [str(python), "-m", "pip", "install", "--quiet", *wanted],
    ):
        if subprocess.run(command, capture_output=True).returncode:
            print("rdflib-endpoint cannot be installed here: it is left out")
            return None
    return python


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1, help="of each run of wrk")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--without-events", action="store_true", help="leave the ICEWS events out")
    parser.add_argument("--without-endpoint", action="store_true", help="leave rdflib-endpoint out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
