"""Behind a proxy that shows the service under a path of its own, every link stays under that path."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from demarche.graph import KnowledgeGraph
from demarche.service.settings import Settings
from tests.service.conftest import served

PREFIX = "/some/demarche"
START = ["/", "/questions", "/launches/2016-06-22-musudan", "/docs", "/ontology", "/sparql", "/code/level"]
LINK = re.compile(r'(?:href|src|action|data-description)="([^"]*)"')
PER_KIND = 4


class Proxy(BaseHTTPRequestHandler):
    """Hands on what lies under the prefix, without the prefix, as proxies do; there is nothing else."""

    behind: ClassVar[str]

    def do_GET(self) -> None:
        inside = self.path.startswith(f"{PREFIX}/")
        reply = httpx.get(
            f"{self.behind}{self.path.removeprefix(PREFIX)}" if inside else f"{self.behind}/nothing-here",
            headers={"Accept": self.headers.get("Accept", "*/*"), "Accept-Encoding": "identity"},
        )
        self.send_response(reply.status_code if inside else 404)
        for name, value in reply.headers.items():
            if name not in {"connection", "transfer-encoding", "date", "server"}:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def proxied(behind: str) -> Iterator[httpx.Client]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Told", (Proxy,), {"behind": behind}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}", timeout=20) as client:
            yield client
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@pytest.fixture(scope="module")
def proxy(seed_graph: KnowledgeGraph) -> Iterator[httpx.Client]:
    with (
        served(seed_graph, Settings(root_path=PREFIX)) as behind,
        proxied(str(behind.base_url).rstrip("/")) as client,
    ):
        yield client


def links(reply: httpx.Response) -> set[str]:
    """Where a page leads to on the same host, and what its headers name."""
    found = (
        {unescape(one) for one in LINK.findall(reply.text)}
        if "html" in reply.headers["content-type"]
        else set()
    )
    found |= set(re.findall(r"<([^>]*)>; rel=", reply.headers.get("link", "")))
    found |= {reply.headers[name] for name in ("content-location", "location") if name in reply.headers}
    if reply.headers["content-type"] == "application/json" and "openapi" not in reply.url.path:
        found |= set(re.findall(r'": ?"(/[^"]*)"', reply.text))
    absolute = (urljoin(str(reply.url), one) for one in found)
    return {
        f"{one.path}{'?' if one.query else ''}{one.query}"
        for one in map(urlsplit, absolute)
        if one.netloc == reply.url.netloc.decode()
    }


def kind(link: str) -> str:
    """What links alike lead to: the first two steps of the path, and the ending."""
    path = urlsplit(link).path.removeprefix(PREFIX)
    return (
        "/".join(path.split("/")[:3])
        if path.startswith("/id/")
        else path.split("/")[1] + path.rpartition(".")[2][:5]
    )


def test_every_link_stays_under_the_path_of_the_proxy(proxy: httpx.Client) -> None:
    waiting, seen, asked = [f"{PREFIX}{one}" for one in START], set[str](), dict[str, int]()
    while waiting:
        path = waiting.pop()
        reply = proxy.get(path, headers={"Accept": "text/html, application/json;q=0.9, */*;q=0.5"})
        assert reply.status_code in {200, 307}, path
        for link in links(reply) - seen:
            seen.add(link)
            assert link.startswith(f"{PREFIX}/"), f"{path} leads to {link}"
            asked[kind(link)] = asked.get(kind(link), 0) + 1
            if asked[kind(link)] <= PER_KIND:
                waiting.append(link)
    assert len(asked) > 15


def test_the_json_of_the_questions_leads_to_their_examples(proxy: httpx.Client) -> None:
    examples = [one["example"] for one in proxy.get(f"{PREFIX}/questions").json()]
    assert examples
    for example in examples:
        assert example.startswith(f"{PREFIX}/questions/")
        assert proxy.get(example).status_code == 200


def test_the_description_of_the_api_names_the_path(proxy: httpx.Client) -> None:
    assert proxy.get(f"{PREFIX}/openapi.json").json()["servers"] == [{"url": PREFIX}]


def test_a_redirect_stays_under_the_path(proxy: httpx.Client) -> None:
    reply = proxy.get(f"{PREFIX}/launches/2016-06-22", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (307, f"{PREFIX}/launches/2016-06-22-musudan")


def test_probes_and_kept_answers_work_under_the_path(proxy: httpx.Client) -> None:
    for path in ("/health", "/ready", "/questions", "/questions"):
        assert proxy.get(f"{PREFIX}{path}").status_code == 200
    told = proxy.get(f"{PREFIX}/metrics").text
    assert re.search(
        r'demarche_requests_total\{cached="yes",method="GET",route="/questions",status="200"\}', told
    )


def test_a_posted_query_is_kept_under_the_path(seed_graph: KnowledgeGraph) -> None:
    with served(seed_graph, Settings(root_path=PREFIX)) as client:
        for _ in range(2):
            assert client.post("/sparql", data={"query": "ASK { ?s ?p ?o }"}).json()["boolean"] is True
        assert 'cached="yes",method="POST",route="/sparql"' in client.get("/metrics").text
