"""The store: one named graph per source, replaced whole or not at all, behind one interface for every engine.

Nothing here knows what the triples mean. A result never leaves the thread that asked for it half-read: pyoxigraph
aborts the process when a result made in one thread is used in another, so each method reads to the end.
"""

from __future__ import annotations

import hashlib
import re
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar
from xml.parsers.expat import ExpatError, ParserCreate

import pyoxigraph

from . import identifiers as ids
from .errors import BadQuery, StoreError, TooLarge

if TYPE_CHECKING:
    from polars import DataFrame

    from .notebook import Frame

ResultKind = Literal["solutions", "boolean", "graph"]

RESULT_FORMATS = {
    "application/sparql-results+json": pyoxigraph.QueryResultsFormat.JSON,
    "application/sparql-results+xml": pyoxigraph.QueryResultsFormat.XML,
    "text/csv": pyoxigraph.QueryResultsFormat.CSV,
    "text/tab-separated-values": pyoxigraph.QueryResultsFormat.TSV,
}
GRAPH_FORMATS = {
    "text/turtle": pyoxigraph.RdfFormat.TURTLE,
    "application/n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "application/rdf+xml": pyoxigraph.RdfFormat.RDF_XML,
    "application/ld+json": pyoxigraph.RdfFormat.JSON_LD,
}
_DUMP_FORMATS = {
    **GRAPH_FORMATS,
    "application/trig": pyoxigraph.RdfFormat.TRIG,
    "application/n-quads": pyoxigraph.RdfFormat.N_QUADS,
}
PREFIXES = {
    "dm": f"{ids.ONTOLOGY}#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class Term:
    """An RDF term of an answer: an IRI, a literal or a blank node."""

    value: str
    type: Literal["uri", "literal", "bnode"] = "uri"
    datatype: str | None = None
    language: str | None = None

    def n3(self) -> str:
        """The term as SPARQL and N-Triples write it."""
        if self.type == "uri":
            return f"<{self.value.translate(_IRI_ESCAPES)}>"
        if self.type == "bnode":
            return f"_:{self.value}"
        quoted = f'"{self.value.translate(_TEXT_ESCAPES)}"'
        if self.language:
            return f"{quoted}@{self.language}"
        return quoted if self.datatype in _PLAIN else f"{quoted}^^<{self.datatype}>"


_PLAIN = {None, "http://www.w3.org/2001/XMLSchema#string"}
_TEXT_ESCAPES = {
    ord(c): e for c, e in {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}.items()
}
_IRI_ESCAPES = {ord(c): f"\\u{ord(c):04X}" for c in '<>"{}|^`\\'} | {n: f"\\u{n:04X}" for n in range(0x21)}


@dataclass(frozen=True)
class Table:
    """The solutions of a SELECT: variable names, and rows in which an unbound variable is None."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def __iter__(self) -> Iterator[dict[str, str | None]]:
        """Each row as a dictionary of plain texts, for code that knows what it asked for."""
        for row in self.rows:
            yield {
                name: None if term is None else term.value
                for name, term in zip(self.variables, row, strict=True)
            }

    def to_polars(self) -> DataFrame:
        """All values as texts; what is unbound is null."""
        import polars

        return polars.DataFrame(self._columns(), schema=dict.fromkeys(self.variables, polars.String))

    def to_pandas(self) -> Frame:
        """The same for pandas, which is installed by the extra ``notebook``."""
        from .notebook import pandas_frame

        return pandas_frame(self._columns())

    def _repr_html_(self) -> str:
        """How a notebook shows the answer: without the IRIs that stand beside names."""
        from .notebook import SHOWN_ROWS, html_table

        shown = [name for name in self.variables if not name.endswith("_id")] or list(self.variables)
        columns = self._columns()
        rows = list(
            zip(*([text or "" for text in columns[name][:SHOWN_ROWS]] for name in shown), strict=True)
        )
        return html_table([name.replace("_", " ") for name in shown], rows, len(self.rows))

    def _columns(self) -> dict[str, list[str | None]]:
        columns = zip(*self.rows, strict=True) if self.rows else [()] * len(self.variables)
        return {
            name: [term and term.value for term in column]
            for name, column in zip(self.variables, columns, strict=True)
        }


@dataclass(frozen=True)
class Answer:
    """A finished reply: what kind of result it is, and its bytes in the media type asked for."""

    kind: ResultKind
    media_type: str
    body: bytes


@dataclass(frozen=True)
class Dataset:
    """The graphs that one query sees: those merged into its default graph, and those that GRAPH finds.

    Without either, the query's own FROM and FROM NAMED say which; with both, they do not count.
    """

    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None


_FROZEN_APART = "apart.nq"
_READINGS = 8
"""How often something is read anew because of writes; after so many it is told as it is."""
_LONG_WRITE = 1.0
"""Seconds for which a reading waits until a write has ended; a bulk load takes longer, and is seen as it grows."""
_Read = TypeVar("_Read")


class Store(ABC):
    """Named graphs that are replaced whole. Without GRAPH, a query sees the union of all of them.

    What nobody has verified (``identifiers.APART``) is in no union: it is shown only to a query that names its graph. A
    server elsewhere cannot be told so, and holds none of it: for such a query, all is brought together here.
    """

    at_hand: ClassVar[bool] = False
    """Whether ``state`` asks nobody, so that it may be had before each answer."""

    @abstractmethod
    def select(self, query: str) -> Table:
        """The solutions of a SELECT; BadQuery when it does not parse."""

    @abstractmethod
    def ask(self, query: str) -> bool: ...

    @abstractmethod
    def answer(
        self,
        query: str,
        media_types: Mapping[ResultKind, str],
        dataset: Dataset | None = None,
        base: str | None = None,
        most: int | None = None,
    ) -> Answer:
        """Run any query and serialise it in the media type given for its kind of result; TooLarge above ``most`` bytes.

        Without ``dataset`` it sees the union of all graphs, whatever its FROM says; relative IRIs start at ``base``.
        """

    @abstractmethod
    def update(self, update: str) -> None:
        """Run a SPARQL update as one transaction. For our own texts; strangers' updates never come here."""

    @abstractmethod
    def load(self, nquads: bytes) -> None:
        """Add quads that were validated when they were written."""

    @abstractmethod
    def dump(self) -> bytes:
        """All quads as N-Quads, sorted, what is kept apart last, so that equal stores have equal bytes."""

    def replace(self, graph: str, triples: Iterable[str], about: Iterable[str] = ()) -> None:
        """Put the N-Triples lines in place of a graph, and ``about`` in place of what the meta graph says of it."""
        name, meta = f"<{graph}>", f"<{ids.META_GRAPH}>"
        self.update(
            f"DROP SILENT GRAPH {name} ; DELETE WHERE {{ GRAPH {meta} {{ {name} ?p ?o }} }} ; "
            f"INSERT DATA {{ GRAPH {name} {{ {_body(triples)} }} GRAPH {meta} {{ {_body(about)} }} }}"
        )

    def fill(self, graph: str, parts: Iterable[bytes], about: Iterable[str]) -> None:
        """Put N-Quads that come in parts in place of a graph that is too large for one update.

        When a part fails the graph is removed. ``about`` is written last: a graph of which the meta graph knows nothing
        was cut short by a crash, and the next load of its source puts it right.
        """
        with ExitStack() as undo:
            undo.callback(self.remove, graph)
            self.remove(graph)
            for part in parts:
                self.load(part)
            self.update(f"INSERT DATA {{ GRAPH <{ids.META_GRAPH}> {{ {_body(about)} }} }}")
            undo.pop_all()

    def select_apart(self, query: str) -> Table:
        """The solutions over what is kept apart, and nothing else; none where the engine keeps nothing apart."""
        return OxigraphStore().select(query)

    def keep_apart(self, quads: Callable[[], bytes]) -> None:  # noqa: B027
        """Where to find what is kept apart, for an engine that does not hold it itself."""

    def remove(self, graph: str) -> None:
        """Retract all that one source supports."""
        self.replace(graph, ())

    def graphs(self) -> tuple[str, ...]:
        found = self.select("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
        return tuple(row[0].value for row in found.rows if row[0])

    def holds(self, graph: str | None) -> bool:
        """Whether there is a graph of that name; a default graph (None) there is always."""
        return graph is None or graph in ids.APART or graph in self.graphs()

    def digests(self) -> dict[str, str]:
        """The digest of each graph, as the load that put it there wrote it, in the order of the graphs' names."""
        found = self.select(
            f"""SELECT ?g ?d WHERE {{ GRAPH <{ids.META_GRAPH}> {{ ?g <{ids.ONTOLOGY}#contentDigest> ?d }} }}
                ORDER BY ?g ?d"""
        )
        return {row["g"] or "": row["d"] or "" for row in found}

    def version(self) -> str:
        """A digest of the digests of all graphs: equal for equal content, whichever engine holds it."""
        lines = "\n".join(" ".join(pair) for pair in self.digests().items())
        return hashlib.sha256(lines.encode()).hexdigest()[:16]

    @property
    def folder(self) -> Path | None:
        """Where the store lies on disk, if it does."""
        return None

    def state(self) -> str:
        """What is another with every write: an answer that was made while it stayed the same may be kept with it."""
        return self.version()

    def steady(self, read: Callable[[], _Read]) -> _Read:
        """What ``read`` finds by several queries while nobody writes; of a server elsewhere nobody here knows."""
        return read()


def freeze(nquads: bytes, folder: Path) -> None:
    """Make a folder of quads that were validated when they were written, to be opened with ``read_only``."""
    together, apart = _parted(nquads)
    engine = pyoxigraph.Store(str(folder))
    engine.bulk_load(together, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
    engine.optimize()
    engine.flush()
    (folder / _FROZEN_APART).write_bytes(apart)


class OxigraphStore(Store):
    """Oxigraph in this process: in memory, or on disk when given a folder.

    ``read_only`` opens a folder that ``freeze`` made and to which nobody writes: many processes may do so at once.
    ``changes`` grows with every write, so that who keeps a copy knows when it is old.
    """

    at_hand = True

    def __init__(self, folder: Path | None = None, *, read_only: bool = False) -> None:
        self._folder, self._read_only = folder, read_only
        self.changes = 0
        self._known: tuple[int, str] | None = None
        self._everything: tuple[pyoxigraph.Store, list[pyoxigraph.NamedNode]] | None = None
        self._writing = threading.Lock()
        self._engine = self._opened(folder)

    @property
    def folder(self) -> Path | None:
        return self._folder

    @cached_property
    def _apart(self) -> pyoxigraph.Store:
        """The engine of the graphs that are kept apart, opened when it is needed."""
        if self._folder is None or not self._read_only:
            return self._opened(self._folder and self._folder / "apart")
        frozen = pyoxigraph.Store()
        frozen.load(path=str(self._folder / _FROZEN_APART), format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
        return frozen

    def _opened(self, folder: Path | None) -> pyoxigraph.Store:
        if folder is None:
            return pyoxigraph.Store()
        try:
            return (
                pyoxigraph.Store.read_only(str(folder)) if self._read_only else pyoxigraph.Store(str(folder))
            )
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the store in {folder} cannot be opened: {_reason(error)}") from error

    def select(self, query: str) -> Table:
        return _table(self._query(query))

    def ask(self, query: str) -> bool:
        found = self._query(query)
        if not isinstance(found, pyoxigraph.QueryBoolean):
            raise BadQuery("this query is no ASK")
        return bool(found)

    def answer(
        self,
        query: str,
        media_types: Mapping[ResultKind, str],
        dataset: Dataset | None = None,
        base: str | None = None,
        most: int | None = None,
    ) -> Answer:
        found = self._query(query, dataset, base)
        kind = _kind(found)
        media_type = media_types[kind]
        formats = GRAPH_FORMATS if isinstance(found, pyoxigraph.QueryTriples) else RESULT_FORMATS
        body = _Bounded(most)
        found.serialize(body, format=formats[media_type])
        written = bytes(body.written)
        if media_type.endswith("+xml"):
            _check_xml(written)
        return Answer(kind, media_type, written)

    def update(self, update: str) -> None:
        with self._change():
            self._engine.update(update)

    def replace(self, graph: str, triples: Iterable[str], about: Iterable[str] = ()) -> None:
        if graph in ids.APART:
            self._replace_apart(graph, _body(triples))
            triples = ()
        super().replace(graph, triples, about)

    def select_apart(self, query: str) -> Table:
        return _table(_asked(self._apart, query, use_default_graph_as_union=True))

    def load(self, nquads: bytes) -> None:
        together, apart = _parted(nquads)
        with self._change():
            self._engine.load(together, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)
            self._apart.load(apart, format=pyoxigraph.RdfFormat.N_QUADS, lenient=True)

    def image(self) -> bytes:
        """All quads as N-Quads in no order: what another process loads to answer as this store does."""
        return b"".join(
            _written(one.dump(format=pyoxigraph.RdfFormat.N_QUADS)) for one in (self._engine, self._apart)
        )

    def prepare(self) -> None:
        """Make now what the first query of what is kept apart would have to wait for."""
        if len(self._apart):
            self._with_apart()

    def dump(self) -> bytes:
        dumped = (one.dump(format=pyoxigraph.RdfFormat.N_QUADS) for one in (self._engine, self._apart))
        return b"".join(line for one in dumped for line in sorted(_written(one).splitlines(keepends=True)))

    def serialise(self, media_type: str) -> bytes:
        """Everything in one of the RDF formats; one without named graphs gets the union, and nothing unverified."""
        chosen = _DUMP_FORMATS[media_type]
        if chosen.supports_datasets:
            return _written(self._with_apart()[0].dump(format=chosen, prefixes=PREFIXES))
        triples = (pyoxigraph.Triple(quad.subject, quad.predicate, quad.object) for quad in self._engine)
        once = dict.fromkeys(triples)  # what two graphs say is one triple of their union
        return _written(pyoxigraph.serialize(once, format=chosen, prefixes=PREFIXES))

    def holds(self, graph: str | None) -> bool:
        engine = self._apart if graph in ids.APART else self._engine
        return graph is None or engine.contains_named_graph(_named(graph))

    def dump_graph(self, graph: str) -> str:
        """One graph as N-Triples."""
        return self._dumped(self._engine, graph).decode()

    def lines(self, graph: str) -> tuple[list[str], list[str]]:
        """A graph and what the meta graph says of it, as ``replace`` takes them."""
        engine = self._apart if graph in ids.APART else self._engine
        about = self._dumped(self._engine, ids.META_GRAPH).decode().splitlines()
        start = f"<{graph}> "
        return self._dumped(engine, graph).decode().splitlines(), [
            one for one in about if one.startswith(start)
        ]

    def contents(self, graphs: Iterable[str] | None = None) -> dict[str, str]:
        """A digest of each graph with what the meta graph says of it, all of it read anew; an empty one has none."""
        try:
            about = _by_subject(self._dumped(self._engine, ids.META_GRAPH))
            engines = (self._engine, self._apart)
            held = {name.value: one for one in engines for name in one.named_graphs()}
            wanted = (held.keys() | about.keys()) - {ids.META_GRAPH} if graphs is None else set(graphs)
            found = {
                name: (self._dumped(held[name], name) if name in held else b"", about.get(name, []))
                for name in wanted
            }
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the store in {self._folder} cannot be read: {_reason(error)}") from error
        return {name: _digest_of(*parts) for name, parts in found.items() if any(parts)}

    def _dumped(self, engine: pyoxigraph.Store, graph: str) -> bytes:
        name = pyoxigraph.NamedNode(graph)
        return _written(engine.dump(format=pyoxigraph.RdfFormat.N_TRIPLES, from_graph=name))

    def version(self) -> str:
        changes, known = self.changes, self._known
        if known is None or known[0] != changes:
            known = self._known = (changes, super().version())
        return known[1]

    def state(self) -> str:
        """The number of writes begun and ended: while one goes on, it is neither what it was nor what it will be."""
        return str(self.changes)

    def steady(self, read: Callable[[], _Read]) -> _Read:
        """Begins again where a write came between, so that all of it is of one state; in the end it is taken as it is.

        What goes wrong meanwhile is no fault of the record: half of it may have been read before, half after.
        """
        for _ in range(_READINGS - 1):
            with _Reading(self) as reading:
                found = read()
            if reading.was_steady:
                return found
        return read()

    def flush(self) -> None:
        """Hand what was written to the operating system; a store in memory has nothing to hand over."""
        try:
            self._engine.flush()
            self._apart.flush()
        except (OSError, RuntimeError) as error:
            raise StoreError(f"the store in {self._folder} cannot be written: {error}") from error

    def _query(self, query: str, dataset: Dataset | None = None, base: str | None = None) -> Any:
        chosen = _chosen(dataset)
        if names_apart(f"{query} {' '.join(names_of(dataset))}") and len(self._apart):
            engine, verified = self._with_apart()
            return _asked(engine, query, base, **({"default_graph": verified} if dataset is None else chosen))
        union = {"use_default_graph_as_union": True} if dataset is None else chosen
        return _asked(self._engine, query, base, **union)

    def _with_apart(self) -> tuple[pyoxigraph.Store, list[pyoxigraph.NamedNode]]:
        """A copy of all graphs in memory, made when first asked for, with the names of those that may be in the union.

        One engine for all would be simpler, but naming the graphs of the union in each query makes it fourteen times
        as slow (121 graphs, median over the questions), and the engine knows no union of all graphs but some.
        """
        made = self._everything
        if made is None:
            with self._writing:
                copy = pyoxigraph.Store()
                copy.bulk_extend(self._engine)
                verified = [name for name in copy.named_graphs() if isinstance(name, pyoxigraph.NamedNode)]
                copy.bulk_extend(self._apart)
                made = self._everything = (copy, verified)
        return made

    @contextmanager
    def _change(self) -> Iterator[None]:
        """One write at a time; what was known of the store before is forgotten with it, whatever becomes of it."""
        with self._writing:
            self.changes += 1
            try:
                yield
            except SyntaxError as error:
                raise BadQuery(str(error)) from error
            except (OSError, RuntimeError) as error:  # a RuntimeError says that the store is only read
                raise StoreError(f"the store refused the write: {error}") from error
            finally:
                self._everything = None
                self.changes += 1

    def _replace_apart(self, graph: str, body: str) -> None:
        name = f"<{graph}>"
        with self._change():
            self._apart.update(f"DROP SILENT GRAPH {name} ; INSERT DATA {{ GRAPH {name} {{ {body} }} }}")


class _Reading:
    """A stretch of reading, begun when no write goes on or one has taken long; errors count only if it was steady."""

    def __init__(self, store: OxigraphStore) -> None:
        self._store = store
        self.was_steady = False

    def __enter__(self) -> _Reading:
        until = time.monotonic() + _LONG_WRITE
        while self._store.changes % 2 and time.monotonic() < until:
            time.sleep(0.002)
        self._before = self._store.changes
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self.was_steady = self._store.changes == self._before
        return not self.was_steady and kind is not None and issubclass(kind, Exception)


def apart_of(nquads: bytes) -> bytes:
    """The quads of the graphs that are kept apart."""
    return _parted(nquads)[1]


def names_apart(query: str) -> bool:
    """Whether the query names a graph that is kept apart; a query that seems to does no harm."""
    return bool(_APART_NAMED.search(query))


class ScratchStore(OxigraphStore):
    """An experiment in memory: its default graph is a graph of its own, not the union, and nothing is kept apart.

    Strangers write here, so only a process that can be killed may hold one.
    """

    def run_update(self, update: str, base: str) -> None:
        try:
            self._engine.update(update, base_iri=base)
        except (SyntaxError, OSError, RuntimeError) as error:  # such as: there is no such graph to drop
            raise BadQuery(str(error)) from error

    def put(self, graph: str | None, parts: Iterable[tuple[bytes, str]], base: str, *, replace: bool) -> bool:
        """Write documents, each with its media type, into a graph (None is the default graph); whether it is new."""
        name = _graph_name(graph)
        new = not self.holds(graph)
        if replace:
            self._engine.clear_graph(name)
        if isinstance(name, pyoxigraph.NamedNode):
            self._engine.add_graph(name)
        for body, media_type in parts:
            try:
                self._engine.load(body, format=_readable(media_type, body), base_iri=base, to_graph=name)
            except (SyntaxError, ValueError) as error:
                raise BadQuery(f"this is no {media_type}: {error}") from error
        return new

    def drop(self, graph: str | None) -> bool:
        """Delete a graph; False where there is none of that name."""
        found = self.holds(graph)
        if found:
            self._engine.remove_graph(_graph_name(graph))
        return found

    def _query(self, query: str, dataset: Dataset | None = None, base: str | None = None) -> Any:
        return _asked(self._engine, query, base, **_chosen(dataset))


# A false alarm costs time only, so the name's last part is enough, whatever prefix stands before it.
_APART_NAMED = re.compile(rf"[:/](?:{'|'.join(sorted(name.rpartition('/')[2] for name in ids.APART))})\b")


def _parted(nquads: bytes) -> tuple[bytes, bytes]:
    """The quads of the union, and those of the graphs that are kept apart."""
    ends = tuple(f" <{name}> .".encode() for name in sorted(ids.APART))
    if not any(end in nquads for end in ends):
        return nquads, b""
    begin = nquads.rfind(b"\n", 0, min(found for end in ends if (found := nquads.find(end)) >= 0)) + 1
    if sum(nquads.count(end, begin) for end in ends) == nquads.count(b"\n", begin):
        return nquads[:begin], nquads[begin:]  # as ``dump`` writes them: what is kept apart comes last
    lines = nquads.splitlines(keepends=True)
    apart = [line for line in lines if line.rstrip().endswith(ends)]
    return b"".join(line for line in lines if not line.rstrip().endswith(ends)), b"".join(apart)


class _Bounded:
    """A file in memory that takes so many bytes and no more: the engine stops where it is full."""

    def __init__(self, most: int | None) -> None:
        self.written = bytearray()
        self._most = sys.maxsize if most is None else most

    def write(self, data: bytes) -> int:
        self.written += data
        if len(self.written) > self._most:
            raise TooLarge(f"an answer may have {self._most} bytes; ask for less, or for parts by LIMIT")
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""


def graph_query(graph: str | None, *, union: bool) -> tuple[str, Dataset | None]:
    """All triples of one graph as a query with its dataset; those of the default graph for None."""
    everything = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    if graph is not None:
        return everything, Dataset((graph,), ())
    return everything, None if union else Dataset()


def names_of(dataset: Dataset | None) -> tuple[str, ...]:
    """The graphs that a dataset names."""
    return (*(dataset.default or ()), *(dataset.named or ())) if dataset else ()


def _chosen(dataset: Dataset | None) -> dict[str, Any]:
    """The engine's arguments for a dataset: names that are given, even none, hide what the query itself says."""
    if dataset is None or (dataset.default is None and dataset.named is None):
        return {}
    return {
        "default_graph": [_named(name) for name in dataset.default or ()],
        "named_graphs": [_named(name) for name in dataset.named or ()],
    }


def _reason(error: OSError | RuntimeError) -> str:
    """Why a folder cannot be opened; the engine says of one in use no more than that it got no lock."""
    if "lock" in str(error).lower() and isinstance(error, OSError):
        return "another process has it open, and only one at a time may"
    return str(error)


def _graph_name(graph: str | None) -> pyoxigraph.NamedNode | pyoxigraph.DefaultGraph:
    return pyoxigraph.DefaultGraph() if graph is None else _named(graph)


def _named(graph: str) -> pyoxigraph.NamedNode:
    try:
        return pyoxigraph.NamedNode(graph)
    except ValueError as error:
        raise BadQuery(f"{graph!r} names no graph: {error}") from error


def _readable(media_type: str, body: bytes) -> pyoxigraph.RdfFormat:
    """The format of a stranger's document of triples."""
    found = GRAPH_FORMATS.get(media_type)
    if found is None:
        raise BadQuery(f"a graph is posted as {', '.join(GRAPH_FORMATS)}, not as {media_type}")
    if found == pyoxigraph.RdfFormat.RDF_XML and _DECLARATION.search(body):
        raise BadQuery("a document type in RDF/XML is not allowed here: its entities grow without limit")
    return found


# The engine reads the word DOCTYPE in letters of any size, so what is neither comment nor CDATA is refused.
_DECLARATION = re.compile(rb"<!(?!--|\[CDATA\[)")


def _asked(engine: pyoxigraph.Store, query: str, base: str | None = None, **dataset: Any) -> Any:
    try:
        return engine.query(query, base_iri=base, prefixes=PREFIXES, **dataset)
    except SyntaxError as error:
        raise BadQuery(str(error)) from error


def _check_xml(body: bytes) -> None:
    """BadQuery for what the engine writes all the same: control characters, and properties without a name in XML."""
    try:
        ParserCreate(namespace_separator=" ").Parse(body, True)
    except ExpatError as error:
        raise BadQuery(f"this answer cannot be told in XML ({error}); ask for another format") from error


def _table(found: Any) -> Table:
    if not isinstance(found, pyoxigraph.QuerySolutions):
        raise BadQuery("this query is no SELECT")
    names = tuple(variable.value for variable in found.variables)
    return Table(names, tuple(tuple(_term(value) for value in solution) for solution in found))


def _by_subject(triples: bytes) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for line in triples.splitlines():
        found.setdefault(line.partition(b" ")[0][1:-1].decode(), []).append(line)
    return found


def _digest_of(graph: bytes, about: list[bytes]) -> str:
    """Of the triples in any order."""
    parts = (b"\n".join(sorted(lines)) for lines in (graph.splitlines(), about))
    return hashlib.sha256(b"\n\n".join(parts)).hexdigest()


def _written(body: bytes | None) -> bytes:
    """The bytes of a serialisation: the engine gives none only where it was told to write to a file."""
    return body or b""


def _body(triples: Iterable[str]) -> str:
    return "\n".join(triples)


def _kind(found: object) -> ResultKind:
    if isinstance(found, pyoxigraph.QuerySolutions):
        return "solutions"
    return "boolean" if isinstance(found, pyoxigraph.QueryBoolean) else "graph"


def _term(value: Any) -> Term | None:
    if isinstance(value, pyoxigraph.NamedNode):
        return Term(value.value)
    if isinstance(value, pyoxigraph.Literal):
        return Term(value.value, "literal", value.datatype.value, value.language)
    return None if value is None else Term(value.value, "bnode")
