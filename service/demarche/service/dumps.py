"""The whole graph as files: each made once for a version of the store, compressed, and sent from disk."""

from __future__ import annotations

import gzip
import shutil
import threading
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from demarche.graph.errors import NotFound
from demarche.graph.exports import export
from demarche.graph.files import write_whole
from demarche.graph.kept import Kept
from demarche.graph.store import Store

from .budgets import charged
from .negotiate import JSON_LD, N_TRIPLES, RDF_XML, TURTLE

_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Format:
    """A form of the dump; only one that has ``graphs`` tells which source says what, and holds the unverified leads."""

    ending: str
    export: str
    media_type: str
    graphs: bool

    @property
    def file(self) -> str:
        return f"demarche.{self.ending}"


FORMATS: Mapping[str, Format] = {
    one.ending: one
    for one in (
        Format("nq", "nquads", "application/n-quads", graphs=True),
        Format("trig", "trig", "application/trig", graphs=True),
        Format("jsonld", "jsonld", JSON_LD, graphs=True),
        Format("ttl", "turtle", TURTLE, graphs=False),
        Format("nt", "ntriples", N_TRIPLES, graphs=False),
        Format("rdf", "rdfxml", RDF_XML, graphs=False),
    )
}


def named(file: str) -> tuple[Format, bool]:
    """The format of a file name such as demarche.ttl.gz, and whether the file is to be compressed."""
    plain = file.removesuffix(".gz")
    for one in FORMATS.values():
        if one.file == plain:
            return one, plain != file
    files = ", ".join(one.file for one in FORMATS.values())
    raise NotFound(f"there is no dump {file[:60]!r}; there are, each with .gz too: {files}")


@dataclass(frozen=True)
class Dump:
    """A compressed file, with a digest of its bytes."""

    path: Path
    digest: str

    def lines(self) -> Iterator[bytes]:
        """What is in it, uncompressed, piece by piece."""
        with gzip.open(self.path) as opened:
            while piece := _read(opened):
                yield piece


def _read(opened: gzip.GzipFile) -> bytes:
    with charged(begun=True):
        return opened.read(_CHUNK)


class Dumps:
    """Keeps the files of the present version of a store in a folder of its own, which goes when the program ends."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._numbers = count()
        self._making = threading.Lock()
        self._kept: Mapping[Format, Kept[Dump]] = {
            form: Kept(store, partial(self._made, form)) for form in FORMATS.values()
        }

    def of(self, form: Format) -> Dump:
        """The dump in that form. The file of an earlier one is there for as long as somebody holds that dump."""
        with self._making:  # one at a time: each holds the whole graph
            return self._kept[form]()

    @cached_property
    def _folder(self) -> Path:
        folder = Path(mkdtemp(prefix="demarche-dumps-"))
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return folder

    def _made(self, form: Format, _before: Dump | None) -> Dump:
        with charged(begun=True):
            data = gzip.compress(export(self._store, form.export), compresslevel=6, mtime=0)
        path = self._folder / f"{next(self._numbers)}.{form.ending}.gz"
        write_whole(path, data)
        made = Dump(path, sha256(data).hexdigest()[:32])
        weakref.finalize(made, path.unlink, missing_ok=True)
        return made
