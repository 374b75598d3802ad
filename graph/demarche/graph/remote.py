"""A store elsewhere: any SPARQL 1.1 server, by URL; apart from the local engine so that no start pays for HTTP."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlencode, urlsplit

from . import identifiers as ids
from .errors import BadQuery, StoreError, TooLarge
from .store import PREFIXES, Answer, Dataset, OxigraphStore, ResultKind, Store, Table, Term


class RemoteStore(Store):
    """Any SPARQL 1.1 server. Its default graph must be the union of its named graphs."""

    def __init__(self, query_url: str, update_url: str | None = None, timeout: float = 60.0) -> None:
        parts = urlsplit(query_url)
        if parts.scheme != "https" and not (
            parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
        ):
            raise StoreError(f"{query_url}: a store is reached by https, or by http on this machine")
        self._query_url = query_url
        self._update_url = update_url or query_url.removesuffix("/query").removesuffix("/sparql") + "/update"
        self._timeout = timeout

    def select(self, query: str) -> Table:
        reply = json.loads(self._ask_for(query, "application/sparql-results+json")[1])
        if "results" not in reply:
            raise BadQuery("this query is no SELECT")
        names = tuple(reply["head"].get("vars", ()))
        rows = tuple(
            tuple(_json_term(row.get(name)) for name in names) for row in reply["results"]["bindings"]
        )
        return Table(names, rows)

    def ask(self, query: str) -> bool:
        reply = json.loads(self._ask_for(query, "application/sparql-results+json")[1])
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
        accept = ", ".join(
            dict.fromkeys((media_types["solutions"], media_types["boolean"], media_types["graph"]))
        )
        prologue = f"BASE <{base}> " if base else ""
        media_type, body = self._ask_for(prologue + query, accept, dataset)
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
        for graph in local.graphs():
            self.update(f"INSERT DATA {{ GRAPH <{graph}> {{ {local.dump_graph(graph)} }} }}")

    def dump(self) -> bytes:
        found = self.select("SELECT ?s ?p ?o ?g WHERE { GRAPH ?g { ?s ?p ?o } }")
        lines = (" ".join(term.n3() for term in row if term) + " .\n" for row in found.rows)
        return "".join(sorted(lines)).encode()

    def _ask_for(self, query: str, accept: str, dataset: Dataset | None = None) -> tuple[str, bytes]:
        prologue = "".join(f"PREFIX {name}: <{base}> " for name, base in PREFIXES.items())
        graphs = [("default-graph-uri", name) for name in (dataset and dataset.default) or ()]
        graphs += [("named-graph-uri", name) for name in (dataset and dataset.named) or ()]
        body = urlencode([("query", prologue + query), *graphs]).encode()
        return self._post(self._query_url, body, "application/x-www-form-urlencoded", accept)

    def _post(self, url: str, body: bytes, content_type: str, accept: str) -> tuple[str, bytes]:
        request = urllib.request.Request(url, body, {"Content-Type": content_type, "Accept": accept})  # noqa: S310
        with _explained(url), urllib.request.urlopen(request, timeout=self._timeout) as reply:  # noqa: S310
            return reply.headers.get_content_type(), reply.read()


def _json_term(value: Mapping[str, str] | None) -> Term | None:
    if value is None:
        return None
    kinds: dict[str, Literal["uri", "literal", "bnode"]] = {"uri": "uri", "bnode": "bnode"}
    language = value.get("xml:lang")
    default = f"{PREFIXES['rdf']}langString" if language else f"{PREFIXES['xsd']}string"
    kind = kinds.get(value["type"], "literal")
    return Term(value["value"], kind, value.get("datatype", default) if kind == "literal" else None, language)


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Say which store failed and how, instead of a traceback from the depths of HTTP."""
    try:
        yield
    except urllib.error.HTTPError as error:
        detail = error.read(500).decode(errors="replace").strip()
        if error.code == 400:
            raise BadQuery(detail) from error
        raise StoreError(f"the store at {url} answered {error.code}: {detail}") from error
    except (urllib.error.URLError, TimeoutError) as error:
        raise StoreError(f"the store at {url} cannot be reached: {error}") from error
