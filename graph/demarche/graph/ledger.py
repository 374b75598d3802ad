"""The ledger: what curators did, in SQLite, append-only, each entry chained to the one before; it knows no record.

An entry is on the disk before ``append`` returns. Whoever opens the ledger checks the whole chain, and the chain by the
anchor beside it (see ``anchor``): what was changed, cut off or taken out is found, and the error names the place.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from .anchor import LINE, Anchor, compare
from .errors import BadParameter, LedgerDamaged, LedgerError

START = sha256(b"demarche ledger 1").hexdigest()
"""What the first entry follows."""

OWNER_ONLY = 0o600
"""The mode of the ledger's files: drafts, and who made them, are nobody else's to read."""

_APPLICATION, _FORMAT = 0x644D4C67, 1
_SCHEMA = (
    """CREATE TABLE entry (
    number INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    op TEXT NOT NULL,
    record TEXT NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT""",
    """CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never changed'); END""",
    """CREATE TRIGGER entry_remains BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry of the ledger is never deleted'); END""",
    f"""CREATE TRIGGER entry_follows BEFORE INSERT ON entry
WHEN NEW.number IS NOT coalesce((SELECT max(number) FROM entry), 0) + 1
OR NEW.previous IS NOT coalesce((SELECT hash FROM entry ORDER BY number DESC LIMIT 1), '{START}')
BEGIN SELECT RAISE(ABORT, 'an entry of the ledger follows the last one'); END""",  # noqa: S608
)
_COLUMNS = "number, at, who, op, record, body, previous, hash"


@dataclass(frozen=True)
class Entry:
    """Who did what to which record, and when; ``body`` is canonical JSON."""

    number: int
    at: str
    who: str
    op: str
    record: str
    body: str
    previous: str
    hash: str

    @property
    def content(self) -> Any:
        return json.loads(self.body)

    def is_ahead(self) -> bool:
        """Whether it is of a time to come: a clock was wrong then, or is now. Entries that follow bear its time too."""
        return self.at > _written(datetime.now(UTC))

    def digest(self) -> str:
        """The hash that the entry must have."""
        told = [self.number, self.at, self.who, self.op, self.record, self.body, self.previous]
        return sha256(canonical(told).encode()).hexdigest()


class Ledger:
    """An open ledger. One process at a time may write to it; any number may read."""

    def __init__(self, path: Path, *, write: bool = False) -> None:
        self.path = path
        self.write = write
        self._lock = threading.Lock()
        self._refusing = ""
        self._held = _sole_writer(path) if write else None
        with ExitStack() as undo:
            undo.callback(self._release)
            self._database = _connected(path, write=write)
            undo.callback(self._database.close)
            self._anchor = Anchor(anchor_of(path), write=write)
            self.last = self._checked()
            undo.pop_all()

    @classmethod
    def create(cls, path: Path) -> None:
        """Make an empty ledger; LedgerError where there is something already."""
        if path.exists() or anchor_of(path).exists():
            raise LedgerError(f"{path} is there already; a ledger is never overwritten")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with ExitStack() as undo, _refused(path):
                undo.callback(path.unlink, missing_ok=True)
                undo.callback(anchor_of(path).unlink, missing_ok=True)
                path.touch(OWNER_ONLY)  # SQLite gives its log the mode of the database
                with closing(sqlite3.connect(path)) as database:
                    _make(database)
                Anchor.create(anchor_of(path), [START])
                _sync(path.parent)
                undo.pop_all()
        except OSError as error:
            raise LedgerError(f"{path}: the ledger cannot be made: {error.strerror}") from error

    def append(self, who: str, op: str, record: str, body: Mapping[str, Any]) -> Entry:
        """Commit an entry; when this returns, it is on the disk."""
        with self._lock:
            if not self.write or self._refusing:
                raise LedgerError(self._refusing or f"{self.path} was opened to be read")
            entry = self._next(who, op, record, canonical(body))
            with _refused(self.path):
                self._anchor.reserve(entry.number)
                self._database.execute(
                    f"INSERT INTO entry ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?)",  # noqa: S608
                    _row(entry),
                )
            self._note(entry)
            self.last = entry
        return entry

    def entries(self) -> list[Entry]:
        with self._lock, _refused(self.path):
            query = f"SELECT {_COLUMNS} FROM entry ORDER BY number"  # noqa: S608
            return [self._unchanged(row) for row in self._database.execute(query)]

    def entry(self, number: int) -> Entry | None:
        with self._lock, _refused(self.path):
            query = f"SELECT {_COLUMNS} FROM entry WHERE number = ?"  # noqa: S608
            row = self._database.execute(query, (number,)).fetchone()
        return self._unchanged(row) if row else None

    def number_at(self, time: datetime) -> int:
        """The last entry that was there at a time."""
        with self._lock, _refused(self.path):
            query = "SELECT count(*) FROM entry WHERE at <= ?"
            return int(self._database.execute(query, (_written(time),)).fetchone()[0])

    def copy(self) -> bytes:
        """The whole database as it is at this moment; others may be writing."""
        with _refused(self.path):
            source, target = _connected(self.path, write=False), sqlite3.connect(":memory:")
            source.backup(target)
            copied = target.serialize()
            source.close()
            target.close()
        return copied

    def close(self) -> None:
        self._database.close()
        self._anchor.close()
        self._release()

    def _unchanged(self, row: tuple[Any, ...]) -> Entry:
        """The entry as it was written: the chain was checked at the start, and files can be changed since."""
        entry = Entry(*row)
        if entry.digest() != entry.hash:
            raise LedgerDamaged(f"{self.path}: entry {entry.number} is not what was written")
        return entry

    def _next(self, who: str, op: str, record: str, body: str) -> Entry:
        """The time never runs backwards, so that there is one state of the ledger at any time."""
        now = _written(datetime.now(UTC))
        number, at, previous = 1, now, START
        if self.last:
            number, at, previous = self.last.number + 1, max(now, self.last.at), self.last.hash
        draft = Entry(number, at, who, op, record, body, previous, "")
        return Entry(number, at, who, op, record, body, previous, draft.digest())

    def _note(self, entry: Entry) -> None:
        try:
            self._anchor.note(entry.number, entry.hash)
        except OSError as error:
            self._refusing = (
                f"{self.path}: entry {entry.number} was committed and could not be anchored ({error.strerror}); "
                "nothing more is written until the ledger has been opened again"
            )
            raise LedgerError(self._refusing) from error

    def _checked(self) -> Entry | None:
        """The last entry of a sound ledger; the line that a crash has kept from the anchor is written now."""
        before = self._anchor.read()
        last, hashes = None, [START]
        for last in _chain(self._database, self.path):
            hashes.append(last.hash)
        # Others may write meanwhile: what the anchor knew before is in the chain, and what is there it knows after.
        compare(before, hashes, anchor_of(self.path), live=not self.write)
        after = self._anchor.read()[: len(hashes) * LINE]
        if compare(after, hashes, anchor_of(self.path)) and self.write:
            self._anchor.reserve(len(hashes) - 1)
            self._anchor.note(len(hashes) - 1, hashes[-1])
        return last

    def _release(self) -> None:
        if self._held:
            self._held.close()


def anchor_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-anchor")


def verify(path: Path) -> Entry | None:
    """The last entry of a ledger that is sound; LedgerDamaged names the place where it is not."""
    ledger = Ledger(path)
    ledger.close()
    return ledger.last


def require_entry(ledger: Ledger, head: str) -> None:
    """LedgerDamaged where the ledger has no entry of that number and hash: what was written down elsewhere."""
    number, _, digest = head.partition(":")
    if not number.isdecimal():
        raise BadParameter(f"{head!r} is no head of a ledger, such as 17:3f2a...")
    found = ledger.entry(int(number))
    if (found.hash if found else START if number == "0" else "") != digest:
        raise LedgerDamaged(
            f"{ledger.path} has no entry {number} with the hash {digest}: it is another ledger, or cut"
        )


def backup(path: Path, target: Path) -> Entry | None:
    """Write the ledger as it is now, with its digest, to a new file; the last entry in it."""
    ledger = Ledger(path)
    content = ledger.copy()
    ledger.close()
    last = _last_of(content, path)
    try:
        with target.open("xb") as file:
            target.chmod(OWNER_ONLY)
            file.write(_label(content, last) + content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise LedgerError(f"{target} is there already; a backup overwrites nothing") from None
    except OSError:
        target.unlink(missing_ok=True)
        raise
    return last


def restore(source: Path, path: Path, *, force: bool = False) -> Entry | None:
    """Put a backup in the place of a ledger; LedgerDamaged when the backup is not what was written."""
    whole = source.read_bytes()
    content = whole.partition(b"\n")[2]
    last = _last_of(content, source)
    if whole != _label(content, last) + content:
        raise LedgerDamaged(f"{source} is not the backup that was written: its digest is another")
    if not force and (path.exists() or anchor_of(path).exists()):
        raise LedgerError(f"{path} is there already; --force replaces it")
    path.parent.mkdir(parents=True, exist_ok=True)
    with _sole_writer(path):
        _put_in_place(content, path)
    return verify(path)


def canonical(value: object) -> str:
    """The JSON of a value as equal values have it: keys sorted, no space."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def lock_file(path: Path) -> IO[bytes]:
    """A file to lock that is open to its owner only: whoever may read a file may lock it, and keep it locked."""
    opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, OWNER_ONLY)
    os.fchmod(opened, OWNER_ONLY)  # it may have been there
    return os.fdopen(opened, "ab")


def _make(database: sqlite3.Connection) -> None:
    for statement in _SCHEMA:
        database.execute(statement)
    database.execute(f"PRAGMA application_id = {_APPLICATION}")
    database.execute(f"PRAGMA user_version = {_FORMAT}")
    database.commit()


def _connected(path: Path, *, write: bool) -> sqlite3.Connection:
    if not path.is_file():
        raise LedgerError(f"there is no ledger {path}; make one: demarche ledger new, or restore a backup")
    with _refused(path):
        database = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            if write:
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = FULL")
            else:
                database.execute("PRAGMA query_only = ON")
        except sqlite3.Error:
            database.close()
            raise
    return database


def _chain(database: sqlite3.Connection, path: Path) -> Iterator[Entry]:
    """All entries, each checked against the one before; LedgerDamaged at the first that does not follow."""
    number, previous = 0, START
    try:
        _require_format(database, path)
        for row in database.execute(f"SELECT {_COLUMNS} FROM entry ORDER BY number"):  # noqa: S608
            entry = Entry(*row)
            number += 1
            if entry.number != number:
                raise LedgerDamaged(f"{path}: entry {number} is missing")
            if entry.previous != previous or entry.digest() != entry.hash:
                raise LedgerDamaged(f"{path}: entry {number} is not what was written")
            previous = entry.hash
            yield entry
        found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except (sqlite3.Error, TypeError) as error:
        raise LedgerDamaged(f"{path}: damaged after entry {number}: {error}") from error
    if found != "ok":
        raise LedgerDamaged(f"{path}: damaged, though its {number} entries can be read: {found}")


def _require_format(database: sqlite3.Connection, path: Path) -> None:
    marks = tuple(
        database.execute(f"PRAGMA {one}").fetchone()[0] for one in ("application_id", "user_version")
    )
    if marks != (_APPLICATION, _FORMAT):
        raise LedgerDamaged(f"{path} is no ledger of this program: its marks are {marks}")
    schema = [row[0] for row in database.execute("SELECT sql FROM sqlite_schema ORDER BY rowid")]
    if schema != list(_SCHEMA):
        raise LedgerDamaged(f"{path}: its tables and triggers are not those of a ledger")


def _last_of(content: bytes, path: Path) -> Entry | None:
    """The last entry of a database in memory, every entry of which has been checked."""
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(_unjournalled(content))
        entries = list(_chain(database, path))
    except sqlite3.Error as error:
        raise LedgerDamaged(f"{path} holds no ledger: {error}") from error
    finally:
        database.close()
    return entries[-1] if entries else None


def _unjournalled(content: bytes) -> bytes:
    """A database in memory has no write-ahead log, and SQLite opens none whose header asks for one."""
    return content[:18] + b"\1\1" + content[20:]


def _label(content: bytes, last: Entry | None) -> bytes:
    told = {
        "format": "demarche backup 1",
        "entries": last.number if last else 0,
        "head": last.hash if last else START,
        "sha256": sha256(content).hexdigest(),
    }
    return f"{canonical(told)}\n".encode()


def _put_in_place(content: bytes, path: Path) -> None:
    """A crash in between leaves a ledger and an anchor that disagree, which nobody takes for a sound one."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.touch(OWNER_ONLY)
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    for ending in ("-anchor", "-wal", "-shm"):
        path.with_name(f"{path.name}{ending}").unlink(missing_ok=True)
    partial.replace(path)
    database = sqlite3.connect(path)
    hashes = [row[0] for row in database.execute("SELECT hash FROM entry ORDER BY number")]
    database.close()
    Anchor.create(anchor_of(path), [START, *hashes])
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Wait until the names of new files are on the disk too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _sole_writer(path: Path) -> IO[bytes]:
    """The lock that one writer holds for as long as it lives, even if it is killed."""
    lock = path.with_name(f"{path.name}-lock")
    try:
        held = lock_file(lock)
    except OSError as error:
        raise LedgerError(f"{lock}: the ledger cannot be written to: {error.strerror}") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise LedgerError(f"another process writes to {path}; a ledger has one writer") from None
    return held


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    """Say what the disk or the database refused, in words that name the ledger."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise LedgerError(f"{path}: the ledger refused: {error}; nothing was written") from error
    except OSError as error:
        raise LedgerError(f"{path}: the ledger refused: {error.strerror}; nothing was written") from error


def _written(time: datetime) -> str:
    """The time in UTC, always as long, so that the order of texts is that of times."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _row(entry: Entry) -> tuple[object, ...]:
    return (
        entry.number, entry.at, entry.who, entry.op, entry.record, entry.body, entry.previous, entry.hash,
    )  # fmt: skip
