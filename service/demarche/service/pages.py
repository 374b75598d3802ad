"""The HTML pages: one environment of templates, in which every value is escaped and every link is checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

from demarche.graph import identifiers as ids

from .addresses import link

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


def html(template: str, request: Request, **values: Any) -> str:
    """A page; links in it follow the root path of the request."""
    root = request.scope.get("root_path", "")
    return (
        _environment()
        .get_template(template)
        .render(root=root, here=request.url.path, link=lambda iri: link(iri, root), **values)
    )


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


def short(iri: str) -> str:
    """A name for an IRI without a label: its reference, or what stands after its last # or /."""
    if iri.startswith(ids.BASE):
        return ids.local(iri)
    return iri.rstrip("/#").replace("#", "/").rsplit("/", 1)[-1] or iri
