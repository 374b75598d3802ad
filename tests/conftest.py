"""What every test may ask for, and the rule that no test is silently skipped in CI."""

import fcntl
import os
import socket
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from demarche.graph import KnowledgeGraph, open_graph
from demarche.graph.seed import digest, snapshot
from demarche.graph.store import OxigraphStore
from tests.questions.one_document import store_of_one_document
from tests.service.canaries import Canary, listening

REPOSITORY = Path(__file__).parents[1]
ALLOWED_SKIPS = Path(__file__).with_name("allowed_skips.txt")
LOOPBACK = ("127.", "::1", "localhost")


# A busy machine makes one example slow, which says nothing of the code.
settings.register_profile("demarche", deadline=None)
settings.load_profile("demarche")


def pytest_configure() -> None:
    """Forgets the developer's own settings: a test that needs one sets it."""
    for name in [name for name in os.environ if name.startswith("DEMARCHE_") and name != "DEMARCHE_CI"]:
        del os.environ[name]
    os.environ["XDG_DATA_HOME"] = os.devnull  # no texts that the developer has attached


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def shared(repository: Path) -> Path:
    """The folder of sources and conformance suites that stands beside the checkout, never part of it."""
    folder = repository.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("needs the shared data folder beside the checkout")
    return folder


@pytest.fixture(scope="session")
def seed_cache(tmp_path_factory: pytest.TempPathFactory, seed_quads: bytes, repository: Path) -> Path:
    """A cache folder that holds the snapshot, so that no command under test validates the record again."""
    folder = tmp_path_factory.mktemp("cache")
    (folder / f"seed-{digest(repository / 'seed_data')}.nq").write_bytes(seed_quads)
    return folder


@pytest.fixture(scope="session")
def validated(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], bytes]:
    """The snapshot of a folder of seed data, validated once for all processes and runs until it changes."""
    mine = tmp_path_factory.getbasetemp()
    of_all_runs = mine.parents[1] if "PYTEST_XDIST_WORKER" in os.environ else mine.parent
    folder = of_all_runs / "demarche-seed"
    folder.mkdir(exist_ok=True)

    def made(seed_data: Path) -> bytes:
        with (folder / f"lock-{digest(seed_data)}").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second waits and finds it made
            return snapshot(seed_data, folder)

    return made


@pytest.fixture(scope="session")
def seed_quads(validated: Callable[[Path], bytes], repository: Path) -> bytes:
    """The validated record as the package would carry it."""
    return validated(repository / "seed_data")


@pytest.fixture(scope="session")
def one_document(
    repository: Path, tmp_path_factory: pytest.TempPathFactory, validated: Callable[[Path], bytes]
) -> OxigraphStore:
    """The one store that all golden answers are about."""
    return store_of_one_document(repository / "seed_data", tmp_path_factory.mktemp("seed"), validated)


@pytest.fixture(scope="session")
def seed_graph(seed_cache: Path, repository: Path) -> KnowledgeGraph:
    """The whole record as `demarche serve` opens it; tests read it and never write."""
    return open_graph(seed_data=repository / "seed_data", cache=seed_cache)


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    connect = socket.socket.connect

    def connect_to_loopback(this: socket.socket, address: tuple[str, int]) -> None:
        if this.family != getattr(socket, "AF_UNIX", None) and not str(address[0]).startswith(LOOPBACK):
            pytest.fail(f"a test called {address}: the network is not touched")
        connect(this, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_to_loopback)
        yield


@pytest.fixture(scope="session", autouse=True)
def canary() -> Iterator[Canary]:
    """An address for payloads that would make somebody call it; over all tests of this process nobody has."""
    with listening() as one:
        yield one
        assert one.calls == [], "somebody was made to call out"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip_in_ci(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip_in_ci(report)
    return report


def _refuse_skip_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    """A test that CI must run and skips has failed; an expected failure is not a skip."""
    if not os.environ.get("DEMARCHE_CI") or not report.skipped or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else ""
    if reason not in ALLOWED_SKIPS.read_text(encoding="utf-8").splitlines():
        report.outcome = "failed"
        report.longrepr = f"skipped, and CI must run it: {reason}"
