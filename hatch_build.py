"""Puts the validated seed graph into the wheel, so that an installed Demarche answers at once."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.requirements import Requirement

ROOTS = ("ontology", "graph", "service")
NEEDED = {"pydantic", "pyoxigraph", "pyshacl", "pyyaml", "rdflib"}


class SeedSnapshot(BuildHookInterface[BuilderConfig]):
    """Runs for a real wheel only: an editable install makes its snapshot at first use, in a cache."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What validation imports, with the bounds that pyproject.toml gives it."""
        return [line for line in self.metadata.core.dependencies if Requirement(line).name in NEEDED]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            self._folder = TemporaryDirectory(prefix="demarche-")
            _write_snapshot(Path(self.root), Path(self._folder.name) / "seed.nq")
            for file in Path(self._folder.name).iterdir():
                build_data["force_include"][str(file)] = f"demarche/graph/{file.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        if version == "standard":
            self._folder.cleanup()


def _write_snapshot(checkout: Path, target: Path) -> None:
    sys.path[:0] = [str(checkout / root) for root in ROOTS]
    from demarche.graph.seed import write_snapshot

    write_snapshot(checkout / "seed_data", target)
