"""What query bombs do to the service and to ``oxigraph serve``: a table, and how long others wait meanwhile.

Both serve the same record with the same limit on a query. Each bomb of ``tests/robustness/bombs.py`` is sent to one
after the other; a server that has not answered after ``--patience`` seconds, or has ended, is started anew. The peer
gets no more memory than its share, and whatever is started here ends with it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import runpy
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import sysconfig
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from demarche.graph import open_graph

BOMBS = Path(__file__).parents[1] / "tests" / "robustness" / "bombs.py"
PEER_MEMORY = 4 * 10**9
PINGS, ROUNDS = 200, 5
TO_REACH = 3.0
FATAL = {"held", "server ended"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Server:
    """A server that is started when it is needed, and again when it has ended."""

    def __init__(self, start: Callable[[], tuple[subprocess.Popen[bytes], str]]) -> None:
        self._start = start
        self.process, self.address = start()
        self.ended = 0

    def post(self, query: str, patience: float) -> tuple[str, float]:
        """What became of the query, in a word, and the seconds until then."""
        begin = time.perf_counter()
        body = urlencode({"query": query}, errors="surrogatepass").encode()
        try:
            request = urllib.request.Request(f"{self.address}", body, {**FORM, "Accept": JSON})
            with urllib.request.urlopen(request, timeout=patience) as reply:
                told = _told(_read(reply, begin + patience))
        except urllib.error.HTTPError as error:
            told = str(error.code)
        except TimeoutError:
            told = "held"
        except (OSError, HTTPException) as error:
            told = "held" if "timed out" in str(error) else self._cut()
        seconds = time.perf_counter() - begin
        if told in FATAL:
            self._renew()
        return told, seconds

    def _cut(self) -> str:
        """Why a connection broke: mostly because its server is no more, which shows a moment later."""
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            return "cut off"
        return "server ended"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def _renew(self) -> None:
        self.ended += 1
        self.stop()
        self.process, self.address = self._start()


JSON = "application/sparql-results+json, application/n-triples;q=0.5"


def main() -> None:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # and with it all that was started
    made = runpy.run_path(str(BOMBS))
    bombs: dict[str, str] = {**made["REFUSED"], **made["ENDLESS"]}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "record.nq"
        file.write_bytes(open_graph().store.dump())
        ours = Server(lambda: _demarche(Path(folder), options.seconds))
        peer = None if options.without_peer else Server(lambda: _oxigraph(file, options.seconds))
        try:
            _ping_beside_bombs(ours, made["ENDLESS"])
            _tell(bombs, ours, peer, options)
        finally:
            for server in (ours, peer):
                if server:
                    server.stop()


def _tell(bombs: Mapping[str, str], ours: Server, peer: Server | None, options: argparse.Namespace) -> None:
    limit = options.seconds + max(1.0, options.seconds / 4)
    print(f"\nbombs, with a limit of {options.seconds:g} s on a query and {options.patience:g} s of patience")
    print(f"  {'':<28}{'demarche':>26}{'oxigraph serve' if peer else '':>26}")
    over: dict[str, int] = {"demarche": 0, "oxigraph serve": 0}
    for family, query in bombs.items():
        cells = []
        for name, server in (("demarche", ours), ("oxigraph serve", peer)):
            if server:
                told, seconds = server.post(query, options.patience)
                over[name] += seconds > limit or told in {*FATAL, "cut off", "200, broken"}
                cells.append(f"{told:>15} {seconds:>8.2f} s")
        print(f"  {family:<28}" + " ".join(cells))
    for name, server in (("demarche", ours), ("oxigraph serve", peer)):
        if server:
            print(
                f"  {name}: {over[name]} of {len(bombs)} over {limit:g} s, broken or fatal; "
                f"started anew {server.ended} times"
            )


def _ping_beside_bombs(ours: Server, bombs: Mapping[str, str]) -> None:
    """The 99th percentile of a ping, quiet and while one client sends bombs."""
    done = threading.Event()

    def burn() -> None:
        while not done.is_set():
            for query in bombs.values():
                if done.is_set():
                    return
                ours.post(query, 60)

    rounds = []
    for _ in range(ROUNDS):
        done.clear()
        quiet = _p99(ours)
        burning = threading.Thread(target=burn)
        burning.start()
        rounds.append((quiet, _p99(ours)))
        done.set()
        burning.join()
    quiet, busy = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"a ping of /health, 99th percentile, median of {ROUNDS} rounds taken in turns")
    print(f"  quiet {quiet * 1000:.2f} ms, beside bombs {busy * 1000:.2f} ms: {busy / quiet:.2f}x")
    print(f"  (to reach: at most {TO_REACH:g}x)")


def _p99(server: Server) -> float:
    taken = []
    for _ in range(PINGS):
        begin = time.perf_counter()
        urllib.request.urlopen(server.address.replace("/sparql", "/health"), timeout=60).close()
        taken.append(time.perf_counter() - begin)
        time.sleep(0.01)
    return statistics.quantiles(taken, n=100)[98]


def _read(reply: HTTPResponse, deadline: float) -> bytes:
    """The whole reply; TimeoutError for one that has no end."""
    found = bytearray()
    while part := reply.read1(2**20):
        found += part
        if time.perf_counter() > deadline:
            raise TimeoutError
    return bytes(found)


def _told(body: bytes) -> str:
    """A reply of status 200 is whole or broken."""
    try:
        json.loads(body) if body[:1] == b"{" else body.decode()
    except ValueError:
        return "200, broken"
    return "200"


def _demarche(folder: Path, seconds: float) -> tuple[subprocess.Popen[bytes], str]:
    settings = {
        "DEMARCHE_QUERY_SECONDS": str(seconds),
        "DEMARCHE_CLIENT_SECONDS": "0",
        "DEMARCHE_CACHE_BYTES": "0",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "demarche.service", "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        cwd=folder,
        env={**os.environ, **settings},
    )
    assert process.stderr
    while not (found := re.search(rb"http://127\.0\.0\.1:\d+", process.stderr.readline())):
        assert process.poll() is None, "the service did not start"
    address = found[0].decode() + "/sparql"
    urllib.request.urlopen(f"{address}?query=ASK%7B%7D", timeout=60).close()
    return process, address


def _oxigraph(file: Path, seconds: float) -> tuple[subprocess.Popen[bytes], str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = Path(sysconfig.get_path("scripts")) / "oxigraph"
    command = [
        str(program if program.exists() else shutil.which("oxigraph")),
        "serve",
        "--union-default-graph",
    ]
    command += ["--timeout-s", str(max(1, round(seconds))), "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    resource.prlimit(process.pid, resource.RLIMIT_AS, (PEER_MEMORY, PEER_MEMORY))
    _wait(port, process)
    headers = {"Content-Type": "application/n-quads"}
    store = f"http://127.0.0.1:{port}/store"
    urllib.request.urlopen(
        urllib.request.Request(store, file.read_bytes(), headers, method="POST"), timeout=300
    ).close()
    return process, f"http://127.0.0.1:{port}/query"


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("oxigraph serve did not start")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a query may take")
    parser.add_argument("--patience", type=float, default=6.0, help="how long an answer is waited for")
    parser.add_argument("--without-peer", action="store_true", help="do not start oxigraph serve")
    return parser.parse_args()


if __name__ == "__main__":
    main()
