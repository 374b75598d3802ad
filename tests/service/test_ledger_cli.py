"""The commands of who keeps a ledger, as they are typed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from demarche.graph.ledger import Ledger

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def demarche(tmp_path: Path, seed_cache: Path) -> Run:
    """Runs a command with a ledger named in the environment; exit code, and all that was printed."""

    def run(*arguments: str, ledger: str = "ledger.db") -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "demarche.service", *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "DEMARCHE_CACHE": str(seed_cache), "DEMARCHE_LEDGER": ledger},
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout + done.stderr

    return run


def test_a_ledger_is_made_checked_kept_and_brought_back(demarche: Run, tmp_path: Path) -> None:
    assert demarche("ledger", "verify")[0] == 1
    assert demarche("ledger", "new") == (0, "ledger.db: an empty ledger\n")
    code, told = demarche("ledger", "new")
    assert (code, "never overwritten" in told) == (1, True)
    ledger = Ledger(tmp_path / "ledger.db", write=True)
    last = ledger.append("ada", "put", "x", {"record": {}})
    ledger.close()
    head = f"1:{last.hash}"
    assert demarche("backup", "kept") == (0, f"kept: 1 entries, head {head}\n")
    assert demarche("ledger", "verify", "--head", head)[0] == 0
    assert demarche("restore", "kept", ledger="another.db") == (0, f"another.db: 1 entries, head {head}\n")
    (tmp_path / "ledger.db").unlink()
    assert demarche("restore", "kept")[0] == 1
    assert demarche("restore", "kept", "--force")[0] == 0


def test_an_entry_of_a_time_to_come_is_told(
    demarche: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demarche("ledger", "new")
    ledger = Ledger(tmp_path / "ledger.db", write=True)
    ledger.append("ada", "put", "x", {"record": {}})
    assert "still to come" not in demarche("ledger", "verify")[1]
    monkeypatch.setattr("demarche.graph.ledger._written", lambda _: "2099-01-01T00:00:00.000000Z")
    ledger.append("ada", "put", "x", {"record": {}})
    monkeypatch.undo()
    assert ledger.append("ada", "put", "x", {"record": {}}).at == "2099-01-01T00:00:00.000000Z"
    ledger.close()
    code, told = demarche("ledger", "verify")
    assert (code, "2099-01-01T00:00:00.000000Z, which is still to come" in told) == (0, True)


def test_a_token_is_shown_once_listed_by_name_and_revoked(demarche: Run) -> None:
    assert demarche("token", "add", "ada")[0] == 1
    demarche("ledger", "new")
    code, secret = demarche("token", "add", "ada", "--scope", "publish")
    assert (code, secret.startswith("demarche_")) == (0, True)
    code, told = demarche("token", "list")
    assert (code, told.split()[:2], secret.strip() in told) == (0, ["ada", "publish"], False)
    assert demarche("token", "add", "ada")[0] == 1
    assert demarche("token", "revoke", "ada")[0] == 0
    assert demarche("token", "revoke", "ada")[0] == 2
    assert demarche("token", "list") == (0, "")


def test_asking_the_past_needs_a_ledger_and_an_entry_that_is_there(demarche: Run) -> None:
    question = ("ask", "who-reacted", "--event", "2016-06-22-musudan", "--format", "csv", "--as-of")
    assert demarche(*question, "0", ledger="")[0] == 2
    demarche("ledger", "new")
    code, told = demarche(*question, "0")
    assert (code, "Abe" in told) == (0, True)
    code, told = demarche(*question, "1")
    assert (code, "has no entry 1" in told) == (2, True)
    assert demarche(*question, "yesterday")[0] == 2
    for other in (("export", "-f", "csv"), ("plot", "matrix", "-o", "/dev/null.svg")):
        code, told = demarche(*other, "--as-of", "1")
        assert (code, "has no entry 1" in told) == (2, True)
    code, told = demarche("export", "-f", "csv", "--event", "2016-06-22-musudan", "--as-of", "0")
    assert (code, "shinzo-abe" in told) == (0, True)
    assert demarche(*question, "2026-11-22T12:00")[0] == 2
