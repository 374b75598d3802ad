"""The HTML pages: one environment of templates, in which every value is escaped and every link is checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from demarche.graph import identifiers as ids
from demarche.ontology.codes import LEVEL_RANK

from .addresses import link, reader_link

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
VIEWS = (
    ("Launches", "/"),
    ("Matrix", "/matrix"),
    ("Network", "/network"),
    ("Questions", "/questions"),
    ("SPARQL", "/sparql"),
)
"""The views that every page leads to, by name and path."""


def html(template: str, request: Request, **values: Any) -> str:
    """A page; links in it follow the root path of the request."""
    root = request.scope.get("root_path", "")
    return (
        _environment()
        .get_template(template)
        .render(
            root=root,
            record=request.app.state.graph.store.version(),
            views=VIEWS,
            here=request.url.path,
            link=lambda iri: link(iri, root),
            reader_link=lambda iri: reader_link(iri, root),
            script=lambda view: script(view, root),
            **values,
        )
    )


@dataclass(frozen=True)
class Script:
    """Where a view's script is, what it will ask for next, and its styles; all None or empty where it was not built."""

    src: str | None = None
    preload: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()


def script(view: str, root: str) -> Script:
    """The built script of a view; an empty one where Demarche was installed without the scripts of its pages."""
    built = _manifest()
    entry = built.get(f"src/views/{view}.ts")
    if entry is None:
        return Script()
    parts = [entry, *(built[name] for name in _imported(built, entry))]
    styles = dict.fromkeys(style for part in parts for style in part.get("css", ()))
    return Script(
        f"{root}/static/ui/{entry['file']}",
        tuple(f"{root}/static/ui/{part['file']}" for part in parts[1:]),
        tuple(f"{root}/static/ui/{style}" for style in styles),
    )


def _imported(built: dict[str, Any], entry: dict[str, Any]) -> list[str]:
    """The chunks that an entry needs at once, those that they need after them."""
    found = dict.fromkeys(entry.get("imports", ()))
    for name in list(found):
        found |= dict.fromkeys(_imported(built, built[name]))
    return list(found)


@cache
def _manifest() -> dict[str, Any]:
    file = STATIC / "ui" / "manifest.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["short"] = short
    return environment


def named_levels() -> list[dict[str, object]]:
    """The rungs of the ladder of reactions in words, for the scripts of the views."""
    return [{"rank": rank, "name": name.replace("-", " ")} for name, rank in LEVEL_RANK.items()]


def short(iri: str) -> str:
    """A name for an IRI without a label: its reference, or what stands after its last # or /."""
    if iri.startswith(ids.BASE):
        return ids.local(iri)
    return iri.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1] or iri
