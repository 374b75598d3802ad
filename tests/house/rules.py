"""The house rules as functions: a checkout goes in, a line for each place that breaks the rule comes out."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

# Lowest first: each may import itself and what stands before it.
ROOTS = ("ontology", "graph", "service")
DOCUMENTED = (*ROOTS, "tests", "benchmarks")

# Where a library may be imported: a file, or a folder with all it holds.
ONLY_IN = {
    "fastapi": "service/demarche/service/",
    "igraph": "graph/demarche/graph/network/backend.py",
    "jinja2": "service/demarche/service/pages.py",
    "matplotlib": "graph/demarche/graph/figures/",
    "networkx": "graph/demarche/graph/network/",
    "numpy": "graph/demarche/graph/network/backend.py",
    "pandas": "graph/demarche/graph/notebook.py",
    "polars": "graph/demarche/graph/",
    "prometheus_client": "service/demarche/service/metrics.py",
    "pydantic_settings": "service/demarche/service/settings.py",
    "pyoxigraph": "graph/demarche/graph/store.py",
    "pyshacl": "graph/demarche/graph/validate.py",
    "rapidfuzz": "graph/demarche/graph/reconcile/names.py",
    "rich": "service/demarche/service/",
    "scipy": "graph/demarche/graph/network/backend.py",
    "sqlite3": "graph/demarche/graph/",
    "starlette": "service/demarche/service/",
    "threadpoolctl": "graph/demarche/graph/network/backend.py",
    "typer": "service/demarche/service/",
    "uvicorn": "service/demarche/service/",
    "yaml": "graph/demarche/graph/sources/",
}
ENVIRONMENT = "service/demarche/service/settings.py"
EDGE = ("service/demarche/service/app.py", "service/demarche/service/commands/common.py")

# Import names that are not the name of the distribution that brings them.
DISTRIBUTIONS = {"pydantic_core": "pydantic", "starlette": "fastapi", "yaml": "pyyaml"}
# Declared and never imported by us: the library that needs it imports it.
SILENT = {"uvloop"}
# Extras for developers; what else is optional may be imported where it is there.
FOR_DEVELOPERS = {"lint", "test"}

MACHINE_PATH = re.compile(r"(?<![\w.~$)}-])/(?:work|tmp|root|home|Users)/\w")
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|crates\.io|anaconda\.org|deb\.debian\.org"
)


@dataclass(frozen=True)
class Module:
    path: str
    name: str
    tree: ast.Module

    @property
    def root(self) -> str:
        return self.path.split("/")[0]

    @property
    def package(self) -> str:
        return self.name if self.path.endswith("/__init__.py") else self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Import:
    module: Module
    line: int
    base: str
    """What stands after `from` or `import`, absolute."""
    full: str
    """The base with the imported name: a module of its own, or a name inside of the base."""

    @property
    def place(self) -> str:
        return f"{self.module.path}:{self.line}"


def upward_imports(checkout: Path) -> list[str]:
    return [
        f"{found.place} imports upward: {found.base}"
        for found in _imports(checkout)
        if found.full.startswith("demarche.")
        and ROOTS.index(found.full.split(".")[1]) > ROOTS.index(found.module.root)
    ]


def import_circles(checkout: Path) -> list[str]:
    names = {module.name for module in _modules(checkout)}
    edges: dict[str, set[str]] = {name: set() for name in names}
    for found in _imports(checkout):
        edges[found.module.name].add(found.full if found.full in names else found.base)
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as circle:
        return ["these import each other: " + " <- ".join(circle.args[1])]
    return []


def misplaced_libraries(checkout: Path) -> list[str]:
    return [
        f"{found.place} imports {found.base}, which only {home} may"
        for found in _imports(checkout)
        if (home := ONLY_IN.get(found.base.split(".")[0])) and not found.module.path.startswith(home)
    ]


def environment_readers(checkout: Path) -> list[str]:
    return [
        f"{module.path}:{node.lineno} reads the environment, which only {ENVIRONMENT} may"
        for module in _modules(checkout)
        if module.path != ENVIRONMENT
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute | ast.ImportFrom) and _reads_environment(node)
    ]


def undeclared_libraries(checkout: Path) -> list[str]:
    """Imports that pyproject.toml does not name, and names there that nothing imports."""
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {})
    declared = _distributions(project["dependencies"])
    optional = set().union(*(_distributions(extras[name]) for name in extras.keys() - FOR_DEVELOPERS))
    imported = _third_parties(checkout)
    return [
        *(
            f"pyproject.toml does not declare {name}: {imported[name]}"
            for name in imported.keys() - declared - optional
        ),
        *(
            f"pyproject.toml declares {name}, no module imports it"
            for name in (declared | optional) - imported.keys() - SILENT
        ),
        *(f"{name} is imported after all: {imported[name]}" for name in imported.keys() & SILENT),
    ]


def blind_excepts(checkout: Path) -> list[str]:
    return [
        f"{module.path}:{node.lineno} catches everything below the edge"
        for module in _modules(checkout)
        if module.path not in EDGE
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler | ast.Call) and _is_blind(node)
    ]


def undocumented_modules(checkout: Path) -> list[str]:
    """Modules whose docstring does not open with one line that stands alone."""
    openings = {
        path: _docstring(checkout / path).split("\n\n")[0] for path in _python_files(checkout, DOCUMENTED)
    }
    return [
        f"{path} does not open with one line that says what it is for"
        for path, opening in openings.items()
        if not opening or "\n" in opening
    ]


def long_functions(checkout: Path) -> list[str]:
    """The house's measure: median at most 10 lines, nine in ten at most 31, none over 60."""
    lengths = sorted(_function_lengths(checkout)) or [(0, "")]
    middle, ninth = median(length for length, _ in lengths), lengths[int(len(lengths) * 0.9)][0]
    return [
        *([f"functions have {middle:g} lines in the median, at most 10 are wanted"] if middle > 10 else []),
        *([f"one function in ten has more than {ninth} lines, 31 are wanted"] if ninth > 31 else []),
        *(f"{place} has {length} lines, at most 60 are wanted" for length, place in lengths if length > 60),
    ]


def local_traces(checkout: Path) -> list[str]:
    """Paths of one machine and hosts of package registries, in any file that is or would be committed."""
    return [
        f"{path.relative_to(checkout)}:{number} names {match.group()}"
        for path in _committed_files(checkout)
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        for match in (*MACHINE_PATH.finditer(line), *REGISTRY.finditer(line))
    ]


RULES: tuple[Callable[[Path], list[str]], ...] = (
    upward_imports,
    import_circles,
    misplaced_libraries,
    environment_readers,
    undeclared_libraries,
    blind_excepts,
    undocumented_modules,
    long_functions,
    local_traces,
)


def _python_files(checkout: Path, folders: tuple[str, ...]) -> list[str]:
    return sorted(
        path.relative_to(checkout).as_posix() for top in folders for path in (checkout / top).rglob("*.py")
    )


def _modules(checkout: Path) -> Iterator[Module]:
    for path in _python_files(checkout, ROOTS):
        name = ".".join(path.removesuffix(".py").removesuffix("/__init__").split("/")[1:])
        yield Module(path, name, ast.parse((checkout / path).read_text(encoding="utf-8")))


def _imports(checkout: Path) -> Iterator[Import]:
    for module in _modules(checkout):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                yield from (Import(module, node.lineno, alias.name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = _absolute(module, node)
                yield from (Import(module, node.lineno, base, f"{base}.{alias.name}") for alias in node.names)


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parents = module.package.split(".")
    return ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [node.module])])


def _distributions(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w-]", line)[0].lower() for line in requirements}


def _third_parties(checkout: Path) -> dict[str, str]:
    """Distribution -> the first place that imports it."""
    found: dict[str, str] = {}
    for one in _imports(checkout):
        top = one.base.split(".")[0]
        if top != "demarche" and top not in sys.stdlib_module_names:
            found.setdefault(DISTRIBUTIONS.get(top, top.replace("_", "-").lower()), one.place)
    return found


def _reads_environment(node: ast.Attribute | ast.ImportFrom) -> bool:
    names = {"environ", "environb", "getenv", "getenvb"}
    if isinstance(node, ast.ImportFrom):
        return node.module == "os" and any(alias.name in names for alias in node.names)
    return node.attr in names and isinstance(node.value, ast.Name) and node.value.id == "os"


def _is_blind(node: ast.ExceptHandler | ast.Call) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return node.type is None or _names_everything(node.type)
    return "suppress" in ast.unparse(node.func) and any(_names_everything(one) for one in node.args)


def _names_everything(caught: ast.expr) -> bool:
    several = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"} for one in several)


def _docstring(path: Path) -> str:
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def _function_lengths(checkout: Path) -> Iterator[tuple[int, str]]:
    for module in _modules(checkout):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                yield length, f"{module.path}:{node.lineno} {node.name}"


def _committed_files(checkout: Path) -> list[Path]:
    """What git knows or would add; without git, every file outside of hidden folders."""
    command = ["git", "-C", str(checkout), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True)
    if listed.returncode == 0:
        found = [checkout / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in checkout.rglob("*") if "/." not in f"/{path.relative_to(checkout)}"]
    return sorted(path for path in found if path.is_file())
