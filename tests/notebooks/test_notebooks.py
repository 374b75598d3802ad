"""The notebooks run as they stand, without a network, and are committed without outputs."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
EXECUTE = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbformat.validate(notebook)
nbclient.NotebookClient(notebook, timeout=240, kernel_name="python3").execute()
shown = [one["data"] for cell in notebook.cells for one in cell.get("outputs", []) if "data" in one]
print(*sorted({kind for data in shown for kind in data}))
"""


def test_there_is_a_notebook() -> None:
    assert [one.name for one in NOTEBOOKS] == ["two-tests.ipynb"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_link_of_a_notebook_leads_somewhere(notebook: Path) -> None:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    links = re.findall(r"\]\(([^)]+)\)", "".join(line for cell in cells for line in cell["source"]))
    assert [link for link in links if "://" not in link and not (FOLDER / link).exists()] == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_its_assertions_hold(notebook: Path, tmp_path: Path, seed_cache: Path) -> None:
    """Its kernel finds the snapshot of the record where the package keeps it for this user."""
    (tmp_path / "demarche").symlink_to(seed_cache)
    home = {
        name: str(tmp_path)
        for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "IPYTHONDIR")
    }
    done = subprocess.run(
        [sys.executable, "-c", EXECUTE, str(notebook)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=tmp_path,
        env={**home, "PATH": os.environ["PATH"]},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert {"text/html", "image/svg+xml"} <= set(done.stdout.split())
