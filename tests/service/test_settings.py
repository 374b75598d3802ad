"""What the settings are, and that the table of them tells the truth."""

import re
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
