"""Writes the counts into the pages named, in place of what stood there: docs/data.md README.md."""

import sys
from pathlib import Path

from demarche.graph import open_graph
from demarche.graph.counts import counts, updated


def main() -> None:
    found = counts(open_graph().store)
    for page in map(Path, sys.argv[1:]):
        page.write_text(updated(page.read_text(encoding="utf-8"), found), encoding="utf-8")


if __name__ == "__main__":
    main()
