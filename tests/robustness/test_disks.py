"""A disk that is full or only to be read, or a store that two want: what was there stays, and the error says why."""

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demarche.graph import seed
from demarche.graph.errors import StoreError
from demarche.graph.files import write_whole
from demarche.graph.store import OxigraphStore
from tests.service.processes import Served, serving

ROOM = 64 * 1024
DAC_OVERRIDE, DROP = (
    1,
    24,
)  # the right of root to write where nobody may, and how a process gives up a right for good


def no_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))


def no_privilege() -> None:
    ctypes.CDLL(None).prctl(DROP, DAC_OVERRIDE, 0, 0, 0)


def demarche(
    *arguments: str, before: Callable[[], None] | None, **settings: object
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "demarche.service", *arguments],
        capture_output=True,
        text=True,
        timeout=200,
        preexec_fn=before,
        env={
            "PATH": os.environ["PATH"],
            **{f"DEMARCHE_{name}": str(value) for name, value in settings.items()},
        },
    )


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "read-only"
    folder.mkdir()
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


def test_an_export_that_finds_no_room_leaves_the_file_that_was_there(
    tmp_path: Path, seed_cache: Path
) -> None:
    target = tmp_path / "all.nq"
    target.write_text("as it was")
    done = demarche("export", "--format", "nquads", "-o", str(target), before=no_room, CACHE=seed_cache)
    assert (done.returncode, target.read_text()) == (1, "as it was")
    assert f"error: {target} cannot be written: " in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["all.nq"]


def test_an_export_to_where_nobody_may_write_says_so(read_only: Path, seed_cache: Path) -> None:
    done = demarche("export", "-o", str(read_only / "all.trig"), before=no_privilege, CACHE=seed_cache)
    assert done.returncode == 1
    assert f"error: {read_only / 'all.trig'} cannot be written: Permission denied" in done.stderr


def test_an_export_to_a_full_device_says_so(seed_cache: Path) -> None:
    done = demarche("export", "-o", "/dev/full", before=None, CACHE=seed_cache)
    assert (done.returncode, "No space left on device" in done.stderr) == (1, True)


def test_where_no_snapshot_can_be_kept_the_record_is_served_all_the_same(
    tmp_path: Path, repository: Path, seed_quads: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed, "built", lambda *_: seed_quads)  # validated once, as for all tests
    (tmp_path / "no-folder").touch()
    said: list[str] = []
    found = seed.snapshot(repository / "seed_data", tmp_path / "no-folder" / "cache", said.append)
    assert found.endswith(seed_quads)
    assert "cannot be written" in said[-1]
    store = seed.kept_store(repository / "seed_data", tmp_path / "no-folder" / "cache", said.append)
    assert len(store.graphs()) > 100


def test_a_store_that_finds_no_room_is_an_error_that_names_it(tmp_path: Path, seed_cache: Path) -> None:
    done = demarche("serve", "--port", "0", "--store", str(tmp_path / "s"), before=no_room, CACHE=seed_cache)
    assert done.returncode == 1
    assert "error: the store" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_store_where_nobody_may_write_is_an_error_that_names_it(read_only: Path, seed_cache: Path) -> None:
    store = read_only / "store"
    done = demarche("serve", "--port", "0", "--store", str(store), before=no_privilege, CACHE=seed_cache)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert f"error: the store in {store} cannot be opened" in done.stderr


@pytest.fixture(scope="module")
def server(seed_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("--store", str(tmp_path_factory.mktemp("disk") / "store"), CACHE=seed_cache) as one:
        yield one


def test_a_second_server_on_one_store_is_told_that_there_is_a_first(server: Served, seed_cache: Path) -> None:
    assert isinstance(server.process.args, list)
    store = str(server.process.args[-1])
    done = demarche("serve", "--port", "0", "--store", store, before=None, CACHE=seed_cache)
    assert done.returncode == 1
    assert f"error: the store in {store} cannot be opened: another process has it open" in done.stderr
    assert server.client.get("/ready").status_code == 200


def test_a_dump_that_finds_no_room_is_refused_and_made_when_there_is_room(server: Served) -> None:
    process = server.process.pid
    before = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (1024, before[1]))
    refused = server.client.get("/dumps/demarche.nt")
    assert (refused.status_code, "cannot be written" in refused.json()["detail"]) == (503, True)
    assert server.client.get("/questions/silent?event=2016-06-22-musudan").status_code == 200
    resource.prlimit(process, resource.RLIMIT_FSIZE, before)
    assert server.client.get("/dumps/demarche.nt").status_code == 200


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "file"
    write_whole(file, b"first")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, limits[1]))
    try:
        with pytest.raises(StoreError, match="file cannot be written"):
            write_whole(file, b"x" * (ROOM + 1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [(one.name, one.read_bytes()) for one in file.parent.iterdir()] == [("file", b"first")]
    with pytest.raises(StoreError, match="below cannot be written"):
        write_whole(file / "below", b"")


def test_a_store_is_opened_once_in_one_process_too(tmp_path: Path) -> None:
    first = OxigraphStore(tmp_path / "store")
    with pytest.raises(StoreError, match="another process has it open"):
        OxigraphStore(tmp_path / "store")
    assert first.graphs() == ()
