"""The record that comes with the package: where it lies, and its validated snapshot, which is never validated twice."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from .errors import StoreError
from .files import write_whole
from .store import OxigraphStore, freeze

_HERE = Path(__file__).parent
_PACKAGED = _HERE / "seed.nq"
_MADE = "made.sha256"
_MAKERS = (
    "records.py",
    "intervals.py",
    "identifiers.py",
    "triples.py",
    "entailment.py",
    "pipeline.py",
    "census.py",
    "validate.py",
)


def seed_data_folder(setting: Path | None = None) -> Path:
    """The folder of seed data: the one asked for, else the package's own, else the checkout's."""
    if setting is not None:
        if not setting.is_dir():
            raise StoreError(f"there is no folder {setting} to read seed data from")
        return setting
    for candidate in (_HERE.parent / "seed_data", _HERE.parents[2] / "seed_data"):
        if candidate.is_dir():
            return candidate
    raise StoreError(
        "the seed data is missing from this installation; name its folder with DEMARCHE_SEED_DATA"
    )


def snapshot(seed_data: Path, cache: Path, progress: Callable[[str], object] = str) -> bytes:
    """The validated record as N-Quads: from the package or the cache where their digest fits, else built and kept."""
    key = digest(seed_data)
    cached = cache / f"seed-{key}.nq"
    for file in (_PACKAGED, cached):
        found = _read(file, key)
        if found is not None:
            return found
    made = _labelled(key, built(seed_data, progress))
    try:
        write_whole(cached, made)
    except StoreError as error:
        progress(f"{error}; the record will be validated again the next time")
    return made


def kept_store(seed_data: Path, cache: Path, progress: Callable[[str], object] = str) -> OxigraphStore:
    """The record in a store that is only read, kept beside the snapshot: it opens sooner than a snapshot loads.

    It is made once, complete, before it gets its name, and again when its files are not those that were made; where it
    cannot be kept, the record is loaded into memory.
    """
    folder = cache / f"store-{digest(seed_data)}"
    if not _is_as_made(folder):
        quads = snapshot(seed_data, cache, progress)
        try:
            _keep_store(folder, quads)
        except (OSError, StoreError):
            store = OxigraphStore()
            store.load(quads)
            return store
    return OxigraphStore(folder, read_only=True)


def write_snapshot(seed_data: Path, target: Path, progress: Callable[[str], object] = print) -> None:
    """Build the record and write it with its key: what the wheel carries."""
    write_whole(target, _labelled(digest(seed_data), built(seed_data, progress)))


def built(seed_data: Path, progress: Callable[[str], object]) -> bytes:
    from .pipeline import (
        build,
    )  # only when something must be validated: rdflib and pyshacl are slow to import

    store = OxigraphStore()
    build(seed_data, store, progress)
    return store.dump()


def digest(seed_data: Path) -> str:
    """The key of a snapshot: a digest of the seed data, of the ontology and of the code that makes triples of them."""
    total = hashlib.sha256()
    for root, file in _ingredients(seed_data):
        total.update(f"{file.relative_to(root).as_posix()}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:32]


def _ingredients(seed_data: Path) -> Iterator[tuple[Path, Path]]:
    from demarche.ontology import ONTOLOGY_DIR

    yield from ((seed_data, file) for file in _files(seed_data, {".yaml", ".csv"}))
    yield from ((ONTOLOGY_DIR, file) for file in _files(ONTOLOGY_DIR, {".ttl"}))
    yield from ((_HERE, _HERE / name) for name in _MAKERS)
    yield from ((_HERE, file) for file in _files(_HERE / "sources", {".py"}))


def _files(folder: Path, suffixes: set[str]) -> list[Path]:
    """Every file with one of the suffixes, in an order that no file system decides."""
    found = []
    for parent, _, names in os.walk(folder):
        found += [Path(parent, name) for name in names if Path(name).suffix in suffixes]
    return sorted(found)


def _read(file: Path, key: str) -> bytes | None:
    """The snapshot of that key, if the file holds one and every byte of it is as it was written."""
    try:
        data = file.read_bytes()
    except OSError:
        return None
    quads = data[len(_label(key, b"")) :]
    return data if data == _labelled(key, quads) else None


def _labelled(key: str, quads: bytes) -> bytes:
    return _label(key, quads) + quads


def _label(key: str, quads: bytes) -> bytes:
    return f"# demarche seed {key}\n# sha256 {hashlib.sha256(quads).hexdigest()}\n".encode()


def _keep_store(folder: Path, quads: bytes) -> None:
    partial = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        freeze(quads, partial)
        (partial / _MADE).write_text(_files_digest(partial), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)
        if not _is_as_made(folder):  # else another process was quicker, and its store is as good
            raise


def _is_as_made(folder: Path) -> bool:
    try:
        return (folder / _MADE).read_text(encoding="utf-8", errors="replace") == _files_digest(folder)
    except OSError:
        return False


def _files_digest(folder: Path) -> str:
    """One of all files but the engine's log, which changes with each opening."""
    total = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        if file.name != _MADE and not file.name.startswith("LOG"):
            total.update(f"{file.name}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
