"""Builds the wheel as a user's pip does, and says which files it should not have and which it lacks."""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

REPOSITORY = Path(__file__).parents[2]
UI = "service/demarche/service/ui"
PACKAGE = r"demarche/(?:ontology|graph|service)"

# Every file of the wheel belongs to one family, and no family is empty.
FAMILIES = {
    "code": rf"{PACKAGE}/(?!.*\btests?/)(?!.*\btest_)[\w/]+\.py",
    "type markers": rf"{PACKAGE}/py\.typed",
    "vocabulary": r"demarche/ontology/\w+\.ttl",
    "JSON-LD context": r"demarche/ontology/context\.jsonld",
    "questions": r"demarche/graph/questions/[\w-]+\.rq",
    "counts": r"demarche/graph/counts/[\w-]+\.rq",
    "templates": r"demarche/service/[\w/]+/[\w.-]+\.html",
    "styles and pictures": r"demarche/service/static/[\w.-]+\.(?:css|js|svg)",
    "scripts of the pages": r"demarche/service/static/ui/(?:assets/[\w.-]+\.(?:css|js)|manifest\.json|built-from\.txt)",
    "seed data": r"demarche/seed_data/(?:[\w-]+/)*[\w-]+\.(?:csv|md|txt|yaml)",
    "snapshot": r"demarche/graph/seed\.nq(?:\.\w+)?",
    "metadata": r"demarche-[\d.]+\.dist-info/(?:METADATA|WHEEL|RECORD|entry_points\.txt)",
    "licences": r"demarche-[\d.]+\.dist-info/licenses/(?:LICENSE|NOTICE|seed_data/LICENSE\.md)",
}


def complaints(wheel: Path, checkout: Path) -> list[str]:
    """What is wrong with the wheel's file list, a line each; nothing when it is as it should be."""
    names = set(ZipFile(wheel).namelist())
    return [
        *(f"unexpected: {name}" for name in sorted(names) if not _families(name)),
        *(
            f"no file of the family: {family}"
            for family in FAMILIES
            if not any(family in _families(n) for n in names)
        ),
        *(f"lost on the way: {name}" for name in sorted(_expected(checkout) - names)),
    ]


def build(checkout: Path, folder: Path, *options: str) -> Path:
    command = [sys.executable, "-m", "build", "--wheel", *options, "--outdir", str(folder), str(checkout)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"the wheel was not built:\n{done.stdout}{done.stderr}")
    return next(folder.glob("*.whl"))


def _families(name: str) -> list[str]:
    return [family for family, pattern in FAMILIES.items() if re.fullmatch(pattern, name)]


def _expected(checkout: Path) -> set[str]:
    """Every file of the three roots and of seed_data, under the name it has in the wheel.

    Of the scripts of the pages what was built from them is in it, not their source.
    """
    roots = [(checkout / root, "") for root in ("ontology", "graph", "service")]
    return {
        f"{prefix}{path.relative_to(top).as_posix()}"
        for top, prefix in [*roots, (checkout / "seed_data", "demarche/seed_data/")]
        for path in top.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and checkout / UI not in path.parents
    }


def main() -> None:
    with TemporaryDirectory() as folder:
        wheel = build(REPOSITORY, Path(folder))
        found = complaints(wheel, REPOSITORY)
        print(
            *(found or [f"{wheel.name}: {len(ZipFile(wheel).namelist())} files, all as expected"]), sep="\n"
        )
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
