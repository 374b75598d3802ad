"""Time from `demarche ask` to its answer on the full record, against the same on a record of one document."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import medians, summed_up, tell

from demarche.graph.seed import seed_data_folder

ASK = ["ask", "who-reacted", "--event", "2016-06-22-musudan"]
DOCUMENT = Path("documents", "2016", "2016-06-22-japan-times.yaml")
ROUNDS = 15


def ask(seed_data: Path, cache: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "demarche.service", *ASK, "--seed-data", str(seed_data)],
        check=True,
        capture_output=True,
        env={"DEMARCHE_CACHE": str(cache)},
    )


def with_one_document(seed_data: Path, folder: Path) -> Path:
    """A copy of the seed data without the other dossiers."""

    def others(parent: str, names: list[str]) -> list[str]:
        here = Path(parent).relative_to(seed_data)
        return [name for name in names if name != "documents" and _is_other(here / name)]

    return Path(shutil.copytree(seed_data, folder, ignore=others))


def _is_other(file: Path) -> bool:
    """What belongs to the other documents: their dossiers, and what counts or covers all of them."""
    if file.parts[0] == "documents":
        return file.suffix == ".yaml" and file != DOCUMENT
    return str(file) in {"crosswalk", "coverage.yaml", "expected.yaml"}


def main() -> None:
    full = seed_data_folder()
    with TemporaryDirectory() as folder:
        one, cache = with_one_document(full, Path(folder, "seed_data")), Path(folder, "cache")
        found = medians(
            {
                "the full record": lambda: ask(full, cache),
                "one document": lambda: ask(one, cache),
            },
            ROUNDS,
        )
    summed_up(tell("From the command to the answer, by the size of the record", found, "one document", 2))


if __name__ == "__main__":
    main()
