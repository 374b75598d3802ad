"""Time from `demarche ask` to its answer and of `demarche --help`, against bare imports of the same libraries.

The libraries are those that the command was seen to import, read from the interpreter's own list of modules.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from measure import medians, summed_up, tell

ASK = ["-m", "demarche.service", "ask", "who-reacted", "--event", "2016-06-22-musudan"]
ROUNDS = 15


def run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def libraries_of(arguments: list[str]) -> list[str]:
    """The outermost modules from site-packages that a command imports, in the order of their import."""
    listed = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], check=True, capture_output=True, text=True
    ).stderr
    names = [
        line.rpartition("|")[2].strip() for line in listed.splitlines() if line.startswith("import time:")
    ]
    folders = [Path(folder) for folder in sys.path if "site-packages" in folder]
    installed = {path.name.removesuffix(".py") for folder in folders for path in folder.iterdir()} - {
        "demarche"
    }
    return [name for name in dict.fromkeys(names) if name.split(".")[0] in installed]


def main() -> None:
    run(*ASK)  # the snapshot is made once, at the very first start
    bare = "; ".join(f"import {name}" for name in libraries_of(ASK) if not name.startswith("_"))
    asked = {
        "demarche ask who-reacted": lambda: run(*ASK),
        "the same libraries, bare": lambda: run("-c", bare),
    }
    missed = tell("From the command to the answer", medians(asked, ROUNDS), "the same libraries, bare", 2)
    helped = {
        "demarche --help": lambda: run("-m", "demarche.service", "--help"),
        'python -c "import typer"': lambda: run("-c", "import typer"),
    }
    missed += tell("Help", medians(helped, ROUNDS), 'python -c "import typer"', 3)
    summed_up(missed)


if __name__ == "__main__":
    main()
