"""Writes files whole or not at all: a full or read-only disk leaves what was there, and the error names the file."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import StoreError


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
