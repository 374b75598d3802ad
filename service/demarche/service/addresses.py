"""Where this service shows a thing of ours: IRIs never change, the links of pages follow the service's own address."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote

from starlette.types import Scope

from demarche.graph import identifiers as ids
from demarche.graph.errors import NotFound

_HOME = ids.BASE.removesuffix("id/")
_LAUNCH = re.compile(r"event/(\d{4}-\d\d-\d\d-[^/]+)")
_UNQUOTED = "/#:@!$&'()*+,;=~"


def address(iri: str, root: str = "") -> str | None:
    """The path of one of our IRIs under the root path of the service; None for any other IRI."""
    if not iri.startswith((ids.BASE, ids.CODE, ids.ONTOLOGY)):
        return None
    return f"{root}/{quote(iri.removeprefix(_HOME), safe=_UNQUOTED)}"


def link(iri: str, root: str = "") -> str | None:
    """What a page may link to: our own address of the IRI, a web page, or nothing."""
    return address(iri, root) or (iri if iri.startswith(("http://", "https://")) else None)


def reader_link(iri: str, root: str = "") -> str | None:
    """What a page for readers links to: a launch, test or salvo, named by its day, with its reactions."""
    launch = _LAUNCH.fullmatch(iri.removeprefix(ids.BASE))
    return f"{root}/launches/{quote(launch[1], safe=_UNQUOTED)}" if launch else link(iri, root)


def iri_of(path: str) -> str:
    """The IRI that is shown at a path such as ``id/event/2016-06-22-musudan``; NotFound for what can be none."""
    if ids.NO_IRI.search(path):
        raise NotFound(f"there is nothing at /{path[:100]}")
    return _HOME + path


def path_below_root(scope: Scope) -> str:
    """The path of a request without the root path, under which a proxy shows the service."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path") or "")


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
