"""The whole graph as files: each made once for a version of the store, compressed, and sent from disk."""

from __future__ import annotations

import gzip
import shutil
import threading
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

from demarche.graph.errors import NotFound
from demarche.graph.exports import export
from demarche.graph.files import write_whole
from demarche.graph.store import Store

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
    version: str
    digest: str

    def lines(self) -> Iterator[bytes]:
        """What is in it, uncompressed, piece by piece."""
        with gzip.open(self.path) as opened:
            while piece := opened.read(_CHUNK):
                yield piece


class Dumps:
    """Keeps the files of the present version of a store in a folder of its own, which goes when the program ends."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._making = threading.Lock()
        self._folder: Path | None = None
        self._kept: dict[str, list[Dump]] = {}

    def of(self, form: Format) -> Dump:
        """The file in that form; the one of the version before stays for whoever is still reading it."""
        with self._making:
            kept = self._kept.setdefault(form.ending, [])
            version = self._store.version()
            if not kept or kept[-1].version != version:
                kept.append(self._made(form, version))
                for old in kept[:-2]:
                    old.path.unlink(missing_ok=True)
                del kept[:-2]
            return kept[-1]

    def _made(self, form: Format, version: str) -> Dump:
        if self._folder is None:
            self._folder = Path(mkdtemp(prefix="demarche-dumps-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        data = gzip.compress(export(self._store, form.export), compresslevel=6, mtime=0)
        path = self._folder / f"{version}.{form.ending}.gz"
        write_whole(path, data)
        return Dump(path, version, sha256(data).hexdigest()[:32])
