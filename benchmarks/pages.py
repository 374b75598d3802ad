"""The pages in a real Chromium: a launch against a static page of the same bytes, a network against bare sigma.

A launch's page is opened until its first card is visible, from two services: one as it is, which keeps what it has made
until somebody writes, and one that keeps nothing (CACHE_BYTES=0), so that each opening is the first; the former is held
to the limit. Their rival is a server of files in a process of its own, with the same HTML of which no script runs, the
same style sheet and icon, and one request more. Panning a network of two thousand nodes is timed by frames, on our page
and on a page with nothing but sigma and the same graph. All take turns in one browser, at its own speed and slowed down
four times. A ratio that is missed ends it with status 1.
Needs what the tests of the pages need: Chromium, playwright, and the scripts of the pages with their node_modules.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, Route

REPOSITORY = Path(__file__).parents[1]
sys.path.insert(0, str(REPOSITORY))

from tests.pages.browser import chromium, watched  # noqa: E402
from tests.service.processes import serving  # noqa: E402

MODULES = REPOSITORY / "service/demarche/service/ui/node_modules"
LAUNCH, NETWORK = "/launches/2017-07-28-hwasong-14-1", "/network?from=2017&until=2017"
ROUNDS, NODES, TIES, FRAMES = 15, 2000, 6000, 12
TO_REACH_LAUNCH, TO_REACH_FRAMES = 1.5, 0.7

VISIBLE = """() => new Promise((done) => {
    const look = () => document.querySelector('.card')?.getBoundingClientRect().height
        ? requestAnimationFrame(() => done(performance.now())) : requestAnimationFrame(look);
    look();
})"""
PANNED = """(frames) => new Promise((done) => {
    const host = document.querySelector('.drawing canvas.sigma-mouse, #bare canvas.sigma-mouse');
    const box = host.getBoundingClientRect();
    const send = (type, x) => (type === 'mousedown' ? host : document).dispatchEvent(new MouseEvent(type,
        {bubbles: true, clientX: box.x + x, clientY: box.y + 200, button: 0, buttons: 1}));
    send('mousedown', 300);
    let at = 0, started = 0;
    const step = () => {
        if (at === 5) started = performance.now();
        if (at === frames + 5) { send('mouseup', 300); return done(1000 * frames / (performance.now() - started)); }
        send('mousemove', 300 + 100 * Math.sin(at++ / 6));
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
})"""
BARE = """<!doctype html><body style="margin:0"><div id="bare" style="width:736px;height:576px"></div>
<script src="/bare/graphology.js"></script><script src="/bare/sigma.js"></script><script>
const {nodes, edges} = GRAPH, graph = new graphology.UndirectedGraph();
nodes.forEach(({id, label}, at) => graph.addNode(id, {label, size: 4, color: '#0072b2',
    x: Math.cos(at * 2.4) * Math.sqrt(at), y: Math.sin(at * 2.4) * Math.sqrt(at)}));
edges.forEach(({source, target}) => graph.hasEdge(source, target) || graph.addEdge(source, target, {size: 1}));
new Sigma(graph, document.getElementById('bare'));
</script>"""


def main() -> int:
    reached = True
    with serving() as one, serving(CACHE_BYTES=0) as anew, chromium() as browser, _files(one.client) as rival:
        site, first = (str(each.client.base_url).rstrip("/") for each in (one, anew))
        openings = {"ours, first opening": f"{first}{LAUNCH}", "ours": f"{site}{LAUNCH}", "static": rival}
        for slower in (1, 4):
            reached &= _tell_launch(slower, _launch(browser, openings, slower))
            reached &= _tell_frames(slower, _frames(browser, site, slower))
    return 0 if reached else 1


@contextmanager
def _files(client: httpx.Client) -> Iterator[str]:
    """The address of the same page as a file, from a server of files in a process of its own."""
    with TemporaryDirectory() as folder:
        page = client.get(LAUNCH, headers={"Accept": "text/html"}).text
        (Path(folder) / "index.html").write_text(_still(page), encoding="utf-8")
        (Path(folder) / "static").mkdir()
        for name in ("style.css", "icon.svg"):
            (Path(folder) / "static" / name).write_bytes(client.get(f"/static/{name}").content)
        (Path(folder) / "more.css").write_text("/* the one request more */", encoding="utf-8")
        command = [
            sys.executable,
            "-u",
            "-m",
            "http.server",
            "0",
            "--bind",
            "127.0.0.1",
            "--protocol",
            "HTTP/1.1",
        ]
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
            try:
                yield found[0] if found else ""
            finally:
                process.terminate()


def _launch(browser: Browser, sites: dict[str, str], slower: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in sites}
    for number in range(ROUNDS + 1):
        for name, address in sites.items():
            with watched(browser, address, bypass_csp=True) as found:
                _slow(found.page, slower)
                found.page.goto(address, wait_until="commit")
                seen = found.page.evaluate(VISIBLE)
                if number:
                    taken[name].append(seen)
    return {name: median(times) for name, times in taken.items()}


def _still(html: str) -> str:
    """The same bytes, of which no script runs, and a style sheet more."""
    inert = re.sub(r'<script type="module" src="[^"]*">', '<script type="text/inert-placeholder">', html)
    still = re.sub(r'<link rel="modulepreload" href="[^"]*">', "", inert)
    return still.replace("</head>", '<link rel="stylesheet" href="/more.css"></head>')


def _frames(browser: Browser, site: str, slower: int) -> dict[str, float]:
    graph = _graph()
    shown: dict[str, list[float]] = {"ours": [], "bare sigma": []}
    for _ in range(3):
        for name, rates in shown.items():
            with watched(browser, site, bypass_csp=True) as found:
                page = found.page
                (_give_ours if name == "ours" else _give_bare)(page, graph)
                page.goto(f"{site}{NETWORK if name == 'ours' else '/bare/'}", wait_until="networkidle")
                page.locator("canvas.sigma-mouse").wait_for(timeout=120_000)
                page.wait_for_timeout(1000)
                _slow(page, slower)
                rates.append(page.evaluate(PANNED, FRAMES))
    return {name: median(rates) for name, rates in shown.items()}


def _graph() -> dict[str, Any]:
    draw = random.Random(1)  # noqa: S311
    names = [f"https://w3id.org/demarche/id/body/made-{n}" for n in range(NODES)]
    ties = [draw.sample(names, 2) for _ in range(TIES)]
    return {
        "nodes": [{"id": name, "label": name.rsplit("/", 1)[1]} for name in names],
        "edges": [{"source": one, "target": other, "weight": 1} for one, other in ties],
    }


def _give_ours(page: Page, graph: dict[str, Any]) -> None:
    """Our page with that graph in the place of its own."""
    data = json.dumps({"graph": graph, "groups": {}, "directed": False})

    def answer(route: Route) -> None:
        head, rest = route.fetch().text().split('id="drawn">', 1)
        _answer(route, f'{head}id="drawn">{data}</script>{rest.split("</script>", 1)[1]}')

    page.route("**/network?*", answer)


def _give_bare(page: Page, graph: dict[str, Any]) -> None:
    page.route("**/bare/", lambda route: _answer(route, BARE.replace("GRAPH", json.dumps(graph))))
    for name, file in (
        ("graphology", "graphology/dist/graphology.umd.min.js"),
        ("sigma", "sigma/dist/sigma.min.js"),
    ):
        _give_file(page, f"**/bare/{name}.js", MODULES / file)


def _give_file(page: Page, pattern: str, file: Path) -> None:
    page.route(pattern, lambda route: route.fulfill(path=file))


def _answer(route: Route, html: str) -> None:
    route.fulfill(body=html, content_type="text/html; charset=utf-8")


def _slow(page: Page, times: int) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


def _tell_launch(slower: int, found: dict[str, float]) -> bool:
    static = found.pop("static")
    told = ", ".join(f"{name} {each:.0f} ms, {each / static:.2f}x" for name, each in found.items())
    reach = f"(to reach: at most {TO_REACH_LAUNCH}x)"
    print(f"first reactions visible, CPU / {slower}: static {static:.0f} ms; {told} {reach}")
    return found["ours"] / static <= TO_REACH_LAUNCH


def _tell_frames(slower: int, found: dict[str, float]) -> bool:
    ratio = found["ours"] / found["bare sigma"]
    told = ", ".join(f"{name} {rate:.1f} frames/s" for name, rate in found.items())
    print(
        f"panning {NODES} nodes, CPU / {slower}: {told}, {ratio:.2f}x (to reach: at least {TO_REACH_FRAMES}x)"
    )
    return ratio >= TO_REACH_FRAMES


if __name__ == "__main__":
    sys.exit(main())
