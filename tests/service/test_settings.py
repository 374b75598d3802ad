"""What the settings are, and that the table of them tells the truth."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from demarche.service.settings import Settings

ROW = re.compile(r"\| `DEMARCHE_(\w+)` \| (.+?) \| (.+?) \|")


def test_the_table_of_settings_names_each_with_its_default_and_meaning(repository: Path) -> None:
    told = {
        row[0].lower(): row[1:] for row in ROW.findall((repository / "docs/settings.md").read_text("utf-8"))
    }
    fields = Settings.model_fields
    assert told == {
        name: (f"`{field.default}`" if field.default not in (None, "") else "none", field.description)
        for name, field in fields.items()
    }


def test_a_setting_comes_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMARCHE_PORT", "8123")
    monkeypatch.setenv("DEMARCHE_STORE", "")
    assert (Settings().port, Settings().store) == (8123, None)


@pytest.mark.parametrize(("name", "value"), [("PORT", "70000"), ("PORT", "http"), ("ROOT_PATH", "demarche/")])
def test_a_setting_that_cannot_be_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"DEMARCHE_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


@pytest.mark.parametrize("command", [("serve",), ("ask", "who-reacted"), ("version",), ("ledger", "verify")])
def test_a_command_names_the_variable_that_cannot_be_and_ends_as_misused(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demarche.service", *command],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "DEMARCHE_LOG": "xml", "DEMARCHE_PORT": "http"},
    )
    told = done.stderr.splitlines()
    assert (done.returncode, [line.partition(":")[0] for line in told]) == (2, ["error", "error"])
    assert "DEMARCHE_PORT is 'http'" in told[0]
    assert "DEMARCHE_LOG is 'xml'" in told[1]
