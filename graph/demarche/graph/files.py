"""Files that are written whole or not at all, and the digest of code on which what they hold depends."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import ModuleType

from .errors import StoreError


def code_digest(*modules: ModuleType) -> str:
    """The digest of these modules' code: what another version of them has written may say something else."""
    files = [Path(module.__file__ or "") for module in modules]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files if file.is_file())).hexdigest()


def write_whole(file: Path, data: bytes) -> None:
    """Write beside the place and move there, so that nobody reads half a file; StoreError where that cannot be done."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as opened:
                opened.write(data)
                opened.flush()
                os.fsync(opened.fileno())
            partial.replace(file)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror or error}") from error
