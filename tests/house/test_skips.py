"""In CI a skipped test has failed, unless its reason is on the list of allowed skips."""

from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"
SKIPS = {
    "mark": "@pytest.mark.skip(reason='needs Java')\ndef test_one(): pass",
    "call": "def test_one(): pytest.skip('needs Java')",
    "fixture": "@pytest.fixture\ndef java(): pytest.skip('needs Java')\ndef test_one(java): pass",
    "module": "pytest.skip('needs Java', allow_module_level=True)",
    "import": "pytest.importorskip('no_such_library', reason='needs Java')",
}


@pytest.mark.parametrize("body", SKIPS.values(), ids=SKIPS)
def test_a_skip_fails_in_ci_and_passes_elsewhere(
    body: str, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(pytester, body)
    assert "skipped" in _outcomes(pytester)
    monkeypatch.setenv("DEMARCHE_CI", "1")
    assert _outcomes(pytester) & {"failed", "errors"}


def test_an_allowed_reason_may_skip_in_ci(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(pytester, "def test_one(): pytest.skip('the moon is full')")
    monkeypatch.setenv("DEMARCHE_CI", "1")
    assert _outcomes(pytester) == {"skipped"}


def test_an_expected_failure_is_no_skip_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(pytester, "@pytest.mark.xfail(reason='known')\ndef test_one(): assert False")
    monkeypatch.setenv("DEMARCHE_CI", "1")
    assert _outcomes(pytester) == {"xfailed"}


def test_a_call_to_another_host_fails(pytester: pytest.Pytester) -> None:
    body = "import socket\ndef test_one():\n    with socket.socket() as one: one.connect(('192.0.2.1', 80))"
    _write(pytester, body)
    assert _outcomes(pytester) == {"failed"}


@pytest.fixture(autouse=True)
def _outside_of_ci_without_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEMARCHE_CI", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def _write(pytester: pytest.Pytester, body: str) -> None:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.path.joinpath("allowed_skips.txt").write_text("the moon is full\n", encoding="utf-8")
    pytester.makepyfile(f"import pytest\n\n{body}\n")


def _outcomes(pytester: pytest.Pytester) -> set[str]:
    return set(pytester.runpytest("-p", "no:cacheprovider").parseoutcomes())
