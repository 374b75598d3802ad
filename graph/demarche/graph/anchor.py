"""A file beside the ledger that knows how long it is: a line for each entry, with its hash; it knows no database.

A chain of hashes shows every change but one: that its end is missing. The anchor shows that too. Its room is written
ahead, in blocks, so that a full disk is met before an entry is committed and never between the entry and its line.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from .errors import LedgerDamaged

LINE = 80
BLOCK = 1024 * LINE


class Anchor:
    """Line N, counted from 0, has the hash of entry N; entry 0 is what the first entry follows."""

    def __init__(self, path: Path, *, write: bool) -> None:
        self._path = path
        try:
            self._file = os.open(path, os.O_RDWR if write else os.O_RDONLY)
        except FileNotFoundError:
            raise LedgerDamaged(
                f"{path} is missing: without it nobody can tell whether entries are"
            ) from None

    @classmethod
    def create(cls, path: Path, hashes: Sequence[str]) -> None:
        """Write a new anchor of a ledger with those hashes; FileExistsError where there is one."""
        lines = b"".join(line(number, one) for number, one in enumerate(hashes))
        with path.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(lines + bytes(BLOCK))
            file.flush()
            os.fsync(file.fileno())

    def reserve(self, number: int) -> None:
        """Make room for the line of that entry; OSError when the disk has none."""
        if (number + 1) * LINE > (size := os.fstat(self._file).st_size):
            os.pwrite(self._file, bytes(BLOCK), size - size % LINE)
            os.fsync(self._file)
            if (number + 1) * LINE > os.fstat(self._file).st_size:
                raise OSError(28, "no room for the anchor of the ledger", str(self._path))

    def note(self, number: int, digest: str) -> None:
        """Write the line of an entry and wait until it is on the disk."""
        os.pwrite(self._file, line(number, digest), number * LINE)
        os.fdatasync(self._file)

    def read(self) -> bytes:
        return self._path.read_bytes()

    def close(self) -> None:
        os.close(self._file)


def line(number: int, digest: str) -> bytes:
    return f"{number:014d} {digest}\n".encode()


def known(content: bytes) -> int:
    """How many lines the content has, the last of which may be cut short."""
    return -(-len(content.rstrip(b"\0")) // LINE)


def compare(content: bytes, hashes: Sequence[str], path: Path, *, live: bool = False) -> bool:
    """Whether the last line is missing, as after a crash; LedgerDamaged where the anchor and the hashes disagree.

    ``live`` says that the ledger may have been written to since the content was read.
    """
    lines, last = known(content), len(hashes) - 1
    if lines > len(hashes):
        raise LedgerDamaged(
            f"the ledger ends at entry {last}, but {path} knows entry {lines - 1}: it was shortened"
        )
    expected = b"".join(line(number, one) for number, one in enumerate(hashes))
    told = content.rstrip(b"\0")
    if told != expected[: len(told)]:
        place = next(at for at, (one, two) in enumerate(zip(told, expected, strict=False)) if one != two)
        raise LedgerDamaged(f"{path}: its line of entry {place // LINE} is not that of the ledger")
    if not live and len(told) < len(expected) - LINE:
        raise LedgerDamaged(f"{path} knows nothing of entry {last - 1}: it was shortened")
    return len(told) < len(expected)
