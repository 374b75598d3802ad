"""A store elsewhere: any SPARQL 1.1 server, by URL; apart from the local engine so that no start pays for HTTP."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any, Literal
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

from . import identifiers as ids
from .errors import BadQuery, StoreError, StoreTimeout, TooLarge
from .kept import Kept
from .store import (
    PREFIXES,
    Answer,
    Dataset,
    OxigraphStore,
    ResultKind,
    Store,
    Table,
    Term,
    apart_of,
    names_apart,
    names_of,
)


class RemoteStore(Store):
    """Any SPARQL 1.1 server. Its default graph must be the union of its named graphs.

    A name and password in the URL are sent with each request and told to nobody else: no message has them, and no
    server that another server points to gets them.
    """

    def __init__(self, query_url: str, update_url: str | None = None, timeout: float = 60.0) -> None:
        self._query_url, self._headers = _reached(query_url)
        base = self._query_url.removesuffix("/query").removesuffix("/sparql")
        self._update_url = _reached(update_url)[0] if update_url else f"{base}/update"
        self._timeout = timeout
        self._opener = urllib.request.build_opener(_Unled)
        self._kept_apart: Callable[[], bytes] = bytes
        self._together = Kept(self, self._copied)

    def check_union(self) -> None:
        """StoreError where a query without GRAPH sees no named graph; an empty store is tried with a triple."""
        probe = f"<{ids.BASE}graph/probe>"
        empty = not self.ask("ASK { GRAPH ?g { ?s ?p ?o } }")
        if empty:
            self.update(f"INSERT DATA {{ GRAPH {probe} {{ {probe} a {probe} }} }}")
        try:
            seen = self.ask("ASK { { SELECT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } LIMIT 1 } ?s ?p ?o }")
        finally:
            if empty:
                self.update(f"DROP SILENT GRAPH {probe}")
        if not seen:
            raise StoreError(
                f"the default graph of the store at {self._query_url} is not the union of its named graphs; "
                "serve it so that it is, as oxigraph serve --union-default-graph does"
            )

    def select(self, query: str) -> Table:
        if names_apart(query):
            return self._together().select(query)
        reply = self._results(query)
        if "results" not in reply:
            raise BadQuery("this query is no SELECT")
        names = tuple(reply["head"].get("vars", ()))
        rows = tuple(
            tuple(_json_term(row.get(name)) for name in names) for row in reply["results"]["bindings"]
        )
        return Table(names, rows)

    def select_apart(self, query: str) -> Table:
        return self._together().select_apart(query)

    def keep_apart(self, quads: Callable[[], bytes]) -> None:
        self._kept_apart, self._together = quads, Kept(self, self._copied)

    def ask(self, query: str) -> bool:
        if names_apart(query):
            return self._together().ask(query)
        reply = self._results(query)
        if "boolean" not in reply:
            raise BadQuery("this query is no ASK")
        return bool(reply["boolean"])

    def answer(
        self,
        query: str,
        media_types: Mapping[ResultKind, str],
        dataset: Dataset | None = None,
        base: str | None = None,
        most: int | None = None,
    ) -> Answer:
        if names_apart(" ".join([query, *names_of(dataset)])):
            return self._together().answer(query, media_types, dataset, base, most)
        accept = ", ".join(
            dict.fromkeys((media_types["solutions"], media_types["boolean"], media_types["graph"]))
        )
        media_type, body = self._ask_for(query, accept, dataset, most, base)
        if most is not None and len(body) > most:
            raise TooLarge(f"an answer may have {most} bytes; ask for less, or for parts by LIMIT")
        kind: ResultKind = "graph" if media_type == media_types["graph"] else "solutions"
        return Answer(kind, media_type, body)

    def update(self, update: str) -> None:
        self._post(self._update_url, update.encode(), "application/sparql-update", "*/*")

    def load(self, nquads: bytes) -> None:
        local = OxigraphStore()
        local.load(nquads)
        for graph in ids.APART:
            local.remove(graph)  # with what the meta graph says of it: the union here would show it
        self.keep_apart(lambda: nquads)
        for graph in local.graphs():
            self.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {local.dump_graph(graph)} }} }}")

    def dump(self) -> bytes:
        """What lies there, and what is kept apart from it, sorted each."""
        found = self.select("SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
        lines = (" ".join(term.n3() for term in row if term) + " .\n" for row in found.rows)
        return "".join(sorted(lines)).encode() + apart_of(self._kept_apart())

    def _copied(self, _before: OxigraphStore | None) -> OxigraphStore:
        """A copy of all graphs in memory with what is kept apart."""
        found = self.select("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        if (held := int(next(iter(found))["n"] or 0)) > _MOST_COPIED:
            raise StoreError(f"what is unverified is shown beside at most {_MOST_COPIED} triples, not {held}")
        copy = OxigraphStore()
        copy.load(self.dump())
        return copy

    def _results(self, query: str) -> dict[str, Any]:
        media_type, body = self._ask_for(query, _RESULTS)
        try:
            reply = json.loads(body)
        except ValueError as error:
            raise StoreError(f"the store at {self._query_url} answered {media_type}, not results") from error
        if not isinstance(reply, dict):
            raise StoreError(f"the store at {self._query_url} answered no results")
        return reply

    def _ask_for(
        self,
        query: str,
        accept: str,
        dataset: Dataset | None = None,
        most: int | None = None,
        base: str | None = None,
    ) -> tuple[str, bytes]:
        """The reply to a query, before which a line is put that declares our prefixes."""
        prologue = f"BASE <{base}> " if base else ""
        prologue += " ".join(f"PREFIX {name}: <{value}>" for name, value in PREFIXES.items())
        graphs = [("default-graph-uri", name) for name in (dataset and dataset.default) or ()]
        graphs += [("named-graph-uri", name) for name in (dataset and dataset.named) or ()]
        body = urlencode([("query", f"{prologue}\n{query}"), *graphs]).encode()
        return self._post(self._query_url, body, "application/x-www-form-urlencoded", accept, most)

    def _post(
        self, url: str, body: bytes, content_type: str, accept: str, most: int | None = None
    ) -> tuple[str, bytes]:
        """The type and the bytes of the reply; of one that is too long, one byte more than it may have."""
        headers = {"Content-Type": content_type, "Accept": accept, **self._headers}
        request = urllib.request.Request(url, body, headers)  # noqa: S310
        with _explained(url), self._opener.open(request, timeout=self._timeout) as reply:
            return reply.headers.get_content_type(), reply.read(None if most is None else most + 1)


class _Unled(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else: what the store is, the settings say, and its password is for nobody else."""

    def redirect_request(self, *_: object) -> None:
        return None


_MOST_COPIED = 2_000_000
_RESULTS = "application/sparql-results+json"


def _reached(url: str) -> tuple[str, dict[str, str]]:
    """The URL without the name and password in it, and the header that carries them."""
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    if "@" in bare.geturl() or parts.fragment:
        raise StoreError(
            "the URL of the store cannot be read: in its name and password, # / ? @ are %23 %2F %3F %40"
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise StoreError(f"{bare.geturl()}: a store is reached by https, or by http on this machine")
    if parts.username is None:
        return url, {}
    return bare.geturl(), {"Authorization": f"Basic {_token(parts)}"}


_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def _token(parts: SplitResult) -> str:
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return b64encode(pair.encode()).decode()


def _json_term(value: Mapping[str, str] | None) -> Term | None:
    if value is None:
        return None
    kinds: dict[str, Literal["uri", "literal", "bnode"]] = {"uri": "uri", "bnode": "bnode"}
    language = value.get("xml:lang")
    default = f"{PREFIXES['rdf']}langString" if language else f"{PREFIXES['xsd']}string"
    kind = kinds.get(value["type"], "literal")
    return Term(value["value"], kind, value.get("datatype", default) if kind == "literal" else None, language)


def _one_line_up(place: re.Match[str]) -> str:
    return f"{place[1]}{int(place[2]) - 1}:"


_LINE = re.compile(r"(error at )(\d+):")
"""The line of a query that another Oxigraph could not read, one more than the reader's own, which is after ours."""


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Say which store failed and how, instead of a traceback from the depths of HTTP."""
    try:
        yield
    except urllib.error.HTTPError as error:
        detail = error.read(500).decode(errors="replace").strip()
        if error.code == 400:
            raise BadQuery(_LINE.sub(_one_line_up, detail)) from error
        raise StoreError(f"the store at {url} answered {error.code}: {detail}") from error
    except (OSError, HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        if isinstance(reason, TimeoutError):
            raise StoreTimeout(f"the store at {url} did not answer in time") from error
        raise StoreError(f"the store at {url} cannot be reached: {reason}") from error
