"""What can be done to a file: a bit flipped, its end cut off, a piece made zero or taken out, all of it deleted."""

import random
from collections.abc import Callable
from pathlib import Path


def flip(file: Path, chance: random.Random) -> str:
    content = bytearray(file.read_bytes())
    at = chance.randrange(len(content))
    content[at] ^= 1 << chance.randrange(8)
    file.write_bytes(content)
    return f"bit flipped at byte {at}"


def cut(file: Path, chance: random.Random) -> str:
    content = file.read_bytes()
    at = chance.randrange(len(content))
    file.write_bytes(content[:at])
    return f"cut to {at} of {len(content)} bytes"


def erase(file: Path, chance: random.Random) -> str:
    content = bytearray(file.read_bytes())
    at, length = chance.randrange(len(content)), chance.randrange(1, 4096)
    content[at : at + length] = bytes(len(content[at : at + length]))
    file.write_bytes(content)
    return f"{length} bytes from {at} made zero"


def take_out(file: Path, chance: random.Random) -> str:
    content = file.read_bytes()
    at, length = chance.randrange(len(content)), chance.randrange(1, 4096)
    file.write_bytes(content[:at] + content[at + length :])
    return f"{length} bytes from {at} taken out"


def delete(file: Path, chance: random.Random) -> str:  # noqa: ARG001
    file.unlink()
    return "deleted"


DAMAGES: tuple[Callable[[Path, random.Random], str], ...] = (
    flip,
    flip,
    flip,
    cut,
    erase,
    take_out,
    delete,
)
