"""The ledger's files, flipped, cut, emptied and deleted: whatever is done to them is found, or changes nothing."""

import os
import random
import shutil
import sqlite3
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from demarche.graph.errors import LedgerDamaged, LedgerError
from demarche.graph.ledger import Entry, Ledger, anchor_of, backup, require_entry, restore, verify
from tests.robustness.conftest import CORRUPTIONS
from tests.robustness.damages import DAMAGES, cut, flip, take_out

ENTRIES = 40


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Entry]]:
    """A ledger as kill -9 leaves it: part of its entries in the database, part in the write-ahead log."""
    folder, left = tmp_path_factory.mktemp("ledger"), tmp_path_factory.mktemp("left")
    Ledger.create(folder / "ledger.db")
    first = Ledger(folder / "ledger.db", write=True)
    entries = [_appended(first, number) for number in range(ENTRIES // 2)]
    first.close()
    second = Ledger(folder / "ledger.db", write=True)
    entries += [_appended(second, number) for number in range(ENTRIES // 2, ENTRIES)]
    for file in folder.iterdir():
        shutil.copy(file, left)
    second.close()
    assert (left / "ledger.db-wal").stat().st_size > 0
    return left, entries


def _appended(ledger: Ledger, number: int) -> Entry:
    return ledger.append(
        "ada", "put", f"record-{number}", {"record": {"number": number, "text": "word " * 150}}
    )


def test_no_damage_of_a_file_is_taken_for_a_ledger_that_says_something_else(
    kept: tuple[Path, list[Entry]], tmp_path: Path
) -> None:
    """An opened ledger has every entry that was acknowledged and no other; any else is refused by name."""
    folder, entries = kept
    outcomes: Counter[str] = Counter()
    for seed in range(CORRUPTIONS):
        chance, copy = random.Random(seed), tmp_path / str(seed)  # noqa: S311
        shutil.copytree(folder, copy)
        target = copy / chance.choice(
            ("ledger.db", "ledger.db", "ledger.db-wal", "ledger.db-wal", "ledger.db-anchor")
        )
        told = chance.choice(DAMAGES)(target, chance)
        try:
            ledger = Ledger(copy / "ledger.db", write=True)
        except LedgerError as error:
            outcomes["refused" if str(copy) in str(error) else f"refused without its name: {error}"] += 1
        else:
            assert ledger.entries() == entries, f"{target.name}: {told}, seed {seed}"
            ledger.close()
            outcomes["harmless"] += 1
        shutil.rmtree(copy)
    assert outcomes.keys() == {"refused", "harmless"}, outcomes
    assert outcomes["refused"] > outcomes["harmless"], outcomes
    print(f"{CORRUPTIONS} damages: {dict(outcomes)}")  # noqa: T201


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE entry SET who = 'eve' WHERE number = 7", "entry 7 is not what was written"),
        (
            "UPDATE entry SET at = '2026-01-01T00:00:00.000000Z' WHERE number = 9",
            "entry 9 is not what was written",
        ),
        ("DELETE FROM entry WHERE number = 12", "entry 12 is missing"),
        ("DELETE FROM entry WHERE number > 30", "ends at entry 30, but .* knows entry 40"),
        ("DELETE FROM entry", "ends at entry 0"),
    ],
)
def test_who_gets_past_the_triggers_is_found_at_the_place(
    statement: str, told: str, kept: tuple[Path, list[Entry]], tmp_path: Path
) -> None:
    path = shutil.copytree(kept[0], tmp_path / "copy") / "ledger.db"
    database = sqlite3.connect(path)
    triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        database.execute(f"DROP TRIGGER {name}")
    database.execute(statement)
    database.commit()
    for _, sql in triggers:
        database.execute(sql)
    database.close()
    with pytest.raises(LedgerDamaged, match=told):
        verify(path)


def test_an_entry_that_is_changed_while_the_ledger_is_open_is_not_given_out(
    kept: tuple[Path, list[Entry]], tmp_path: Path
) -> None:
    path = shutil.copytree(kept[0], tmp_path / "copy") / "ledger.db"
    opened = Ledger(path, write=True)
    database = sqlite3.connect(path)
    database.execute("DROP TRIGGER entry_stays")
    database.execute("UPDATE entry SET body = '{}' WHERE number = 7")
    database.commit()
    database.close()
    assert opened.entry(6) == kept[1][5]
    with pytest.raises(LedgerDamaged, match="entry 7 is not what was written"):
        opened.entry(7)
    with pytest.raises(LedgerDamaged, match="entry 7 is not what was written"):
        opened.entries()
    opened.close()


def test_an_entry_is_on_the_disk_before_it_is_acknowledged(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Ledger(ledger, write=True)
    for name, value in {
        "journal_mode": "wal",
        "synchronous": 2,
    }.items():  # FULL: the log is synced at each commit
        assert opened._database.execute(f"PRAGMA {name}").fetchone() == (value,)
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)
    for number in range(3):
        _appended(opened, number)
    assert len(synced) == 3  # the anchor's line of each
    opened.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET who = 'eve'",
        "DELETE FROM entry WHERE number = 40",
        "INSERT INTO entry VALUES (42, '', '', '', '', '', '', '')",
        "INSERT INTO entry VALUES (41, '', '', '', '', '', 'another', '')",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE number = 3",
    ],
)
def test_the_database_itself_refuses_all_but_the_next_entry(
    statement: str, kept: tuple[Path, list[Entry]], tmp_path: Path
) -> None:
    path = shutil.copytree(kept[0], tmp_path / "copy") / "ledger.db"
    database = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="an entry of the ledger"):
        database.execute(statement)
    database.close()


def test_a_ledger_whose_triggers_are_gone_is_refused(kept: tuple[Path, list[Entry]], tmp_path: Path) -> None:
    path = shutil.copytree(kept[0], tmp_path / "copy") / "ledger.db"
    database = sqlite3.connect(path)
    database.execute("DROP TRIGGER entry_stays")
    database.close()
    with pytest.raises(LedgerDamaged, match="tables and triggers"):
        verify(path)


def test_the_line_that_a_crash_kept_from_the_anchor_is_written_at_the_next_start(
    kept: tuple[Path, list[Entry]], tmp_path: Path
) -> None:
    path = shutil.copytree(kept[0], tmp_path / "copy") / "ledger.db"
    whole = anchor_of(path).read_bytes()
    anchor_of(path).write_bytes(whole[: ENTRIES * 80] + bytes(len(whole) - ENTRIES * 80))
    Ledger(path, write=True).close()
    assert anchor_of(path).read_bytes() == whole


@pytest.mark.parametrize("left", [0, 80, 800])
def test_who_only_reads_notices_a_shortened_anchor_too(
    left: int, kept: tuple[Path, list[Entry]], tmp_path: Path
) -> None:
    path = shutil.copytree(kept[0], tmp_path / "copy") / "ledger.db"
    assert verify(path) == kept[1][-1]
    os.truncate(anchor_of(path), left)
    with pytest.raises(LedgerDamaged, match="it was shortened"):
        verify(path)
    with pytest.raises(LedgerDamaged, match="it was shortened"):
        backup(path, tmp_path / "backup")


def test_who_reads_while_another_writes_finds_the_ledger_sound(ledger: Path) -> None:
    writer, done = Ledger(ledger, write=True), threading.Event()

    def write() -> None:
        for number in range(150):
            _appended(writer, number)
        done.set()

    with ThreadPoolExecutor(1) as pool:
        writing, checked = pool.submit(write), 0
        while not done.is_set() and not writing.done():
            verify(ledger)
            checked += 1
        writing.result()
    writer.close()
    assert checked > 3


def test_a_head_that_was_written_down_finds_what_database_and_anchor_agree_to_hide(
    kept: tuple[Path, list[Entry]], ledger: Path
) -> None:
    opened = Ledger(ledger)
    with pytest.raises(LedgerDamaged, match="no entry 40"):
        require_entry(opened, f"40:{kept[1][-1].hash}")
    opened.close()


def test_a_backup_made_while_writing_is_restored_entry_for_entry(ledger: Path, tmp_path: Path) -> None:
    writer = Ledger(ledger, write=True)
    entries = [_appended(writer, number) for number in range(10)]
    made = backup(ledger, tmp_path / "backup")
    _appended(writer, 10)
    with pytest.raises(LedgerError, match="one writer"):
        restore(tmp_path / "backup", ledger, force=True)
    writer.close()
    assert made == entries[-1]
    with pytest.raises(LedgerError, match="--force"):
        restore(tmp_path / "backup", ledger)
    assert restore(tmp_path / "backup", ledger, force=True) == entries[-1]
    again = Ledger(ledger, write=True)
    assert again.entries() == entries
    _appended(again, 10)
    again.close()
    with pytest.raises(LedgerError, match="overwrites nothing"):
        backup(ledger, tmp_path / "backup")


def test_a_damaged_backup_is_never_restored(kept: tuple[Path, list[Entry]], tmp_path: Path) -> None:
    source = shutil.copytree(kept[0], tmp_path / "copy") / "ledger.db"
    backup(source, tmp_path / "backup")
    whole = (tmp_path / "backup").read_bytes()
    for seed in range(60):
        chance = random.Random(seed)  # noqa: S311
        (tmp_path / "damaged").write_bytes(whole)
        told = chance.choice((flip, cut, take_out))(tmp_path / "damaged", chance)
        with pytest.raises(LedgerDamaged):
            pytest.fail(f"{told}: {restore(tmp_path / 'damaged', tmp_path / 'new.db')}")
        assert not (tmp_path / "new.db").exists()
