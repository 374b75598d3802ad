"""Who may write: a token for each person, of which only the hash is kept, in a file beside the ledger.

A token is 256 random bits, which are in no list of words: one SHA-256 keeps it as safe as a slow hash would. The file
has a digest of its own, so that a damaged one lets nobody in. It is read again whenever it has changed.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Literal, get_args

from pydantic import ValidationError

from .errors import BadParameter, Conflict, LedgerDamaged, LedgerError, NotFound
from .ledger import OWNER_ONLY, canonical, lock_file
from .records import Digest, Record

Scope = Literal["read", "draft", "publish", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""Each may do what those before it may."""

PATIENCE = 10.0
"""How many seconds a change waits for another one."""

_NAME = re.compile(r"[\w][\w .@-]{0,63}")


class Token(Record):
    """A person and how far they may go; the token itself is known to that person alone."""

    name: str
    scope: Scope
    made: str
    sha256: Digest

    def may(self, scope: Scope) -> bool:
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


class _Kept(Record):
    tokens: tuple[Token, ...]
    digest: Digest


@dataclass
class Tokens:
    """The tokens of one ledger."""

    path: Path
    _seen: tuple[int, int, int] | None = None
    _tokens: tuple[Token, ...] = ()

    @classmethod
    def of(cls, ledger: Path) -> Tokens:
        return cls(ledger.with_name(f"{ledger.name}-tokens"))

    def all(self) -> tuple[Token, ...]:
        """The tokens as they are now; LedgerDamaged where the file is not what was written."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return ()
        seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        if seen != self._seen:
            self._tokens, self._seen = _read(self.path), seen
        return self._tokens

    def holder(self, secret: str) -> Token | None:
        """Whose token it is; every hash is compared, and each in the same time."""
        hashed = _hashed(secret)
        found = [one for one in self.all() if compare_digest(one.sha256, hashed)]
        return found[0] if found else None

    def add(self, name: str, scope: Scope) -> str:
        """A new token, which is shown this once."""
        if not _NAME.fullmatch(name):
            raise BadParameter(
                f"{name!r} is no name: letters, digits, spaces and . @ - _ make one, 64 at most"
            )
        secret = f"demarche_{secrets.token_urlsafe(32)}"
        made = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        with self._alone():
            if any(one.name == name for one in self.all()):
                raise Conflict(f"{name} has a token; revoke it before you make another")
            self._write((*self.all(), Token(name=name, scope=scope, made=made, sha256=_hashed(secret))))
        return secret

    def revoke(self, name: str) -> None:
        """From the next request on, the token opens nothing."""
        with self._alone():
            left = tuple(one for one in self.all() if one.name != name)
            if len(left) == len(self.all()):
                raise NotFound(f"nobody named {name} has a token")
            self._write(left)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Who changes the file reads and writes it while nobody else does."""
        lock = self.path.with_name(f"{self.path.name}-lock")
        try:
            with lock_file(lock) as held:
                self._wait_for(held)
                yield
        except OSError as error:
            raise LedgerError(f"{self.path}: the tokens cannot be written: {error.strerror}") from error

    def _wait_for(self, held: IO[bytes]) -> None:
        end = monotonic() + PATIENCE
        while True:
            try:
                return fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() > end:
                    why = f"another process has held the lock for {PATIENCE:g} s; nothing was changed"
                    raise LedgerError(f"{self.path}: {why}") from None
            sleep(0.05)

    def _write(self, tokens: tuple[Token, ...]) -> None:
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        kept = _Kept(tokens=tokens, digest=_digest(tokens)).model_dump_json(indent=1)
        partial.touch(OWNER_ONLY)
        with partial.open("w", encoding="utf-8") as file:
            file.write(kept)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)


def _read(path: Path) -> tuple[Token, ...]:
    try:
        kept = _Kept.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise LedgerDamaged(f"{path} is damaged; it lets nobody in: {error.errors()[0]['msg']}") from error
    if kept.digest != _digest(kept.tokens):
        raise LedgerDamaged(f"{path} is not what was written; it lets nobody in")
    return kept.tokens


def _digest(tokens: tuple[Token, ...]) -> str:
    return sha256(canonical([one.model_dump() for one in tokens]).encode()).hexdigest()


def _hashed(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
