"""The house rules hold in this checkout, and each of them catches what it is there for."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house import rules

Rule = Callable[[Path], list[str]]

TOLD = '"""Says what it is for."""\n\n'
CLEAN = {
    "pyproject.toml": '[project]\ndependencies = ["rdflib>=7"]\n',
    "ontology/demarche/ontology/__init__.py": TOLD + "from demarche.ontology.terms import DM as DM\n",
    "ontology/demarche/ontology/terms.py": TOLD + 'import rdflib\n\nDM = rdflib.Namespace("urn:dm#")\n',
    "graph/demarche/graph/records.py": TOLD + "from . import errors as errors\n",
    "graph/demarche/graph/errors.py": '"""Says what it is for.\n\nAnd more.\n"""\n\nimport os.path as os\n',
    "service/demarche/service/app.py": TOLD
    + "import demarche.graph.records\n\ntry:\n    pass\nexcept Exception:\n    pass\n",
}
GRAPH = "graph/demarche/graph/records.py"
SERVICE = "service/demarche/service/app.py"
TERMS = "ontology/demarche/ontology/terms.py"


def _function(name: str, lines: int) -> str:
    return f"def {name}() -> None:\n" + "    pass\n" * (lines - 1)


BREAKS: list[tuple[Rule, str, str]] = [
    (rules.upward_imports, GRAPH, TOLD + "import demarche.service.cli\n"),
    (rules.upward_imports, GRAPH, TOLD + "def late() -> None:\n    from demarche import service\n"),
    (rules.upward_imports, TERMS, TOLD + "import rdflib\nimport demarche.graph.errors\n"),
    (rules.import_circles, "graph/demarche/graph/errors.py", TOLD + "from .records import errors\n"),
    (rules.import_circles, TERMS, TOLD + "import rdflib\nfrom demarche.ontology import DM\n"),
    (rules.environment_readers, GRAPH, TOLD + "import os\n\nseed = os.environ['SEED']\n"),
    (rules.environment_readers, SERVICE, TOLD + "from os import getenv\n"),
    (rules.undeclared_libraries, GRAPH, TOLD + "import sympy.core\n"),
    (rules.undeclared_libraries, "pyproject.toml", '[project]\ndependencies = ["rdflib>=7", "pandas>=2"]\n'),
    (
        rules.undeclared_libraries,
        "pyproject.toml",
        CLEAN["pyproject.toml"] + '[project.optional-dependencies]\nfast = ["pandas"]\n',
    ),
    (rules.blind_excepts, GRAPH, TOLD + "try:\n    pass\nexcept (OSError, Exception):\n    pass\n"),
    (rules.blind_excepts, GRAPH, TOLD + "try:\n    pass\nexcept:\n    pass\n"),
    (
        rules.blind_excepts,
        GRAPH,
        TOLD + "import contextlib\n\nwith contextlib.suppress(BaseException):\n    pass\n",
    ),
    (rules.undocumented_modules, GRAPH, "import json\n"),
    (rules.undocumented_modules, "tests/test_records.py", '"""Says what it is for,\nat length.\n"""\n'),
    (
        rules.long_functions,
        GRAPH,
        TOLD + "".join(_function(f"short_{n}", 3) for n in range(20)) + _function("long", 61),
    ),
    (rules.long_functions, GRAPH, TOLD + _function("one", 11) + _function("two", 11)),
    (rules.long_functions, GRAPH, TOLD + "".join(_function(f"of_{n}", n) for n in (3, 3, 3, 3, 32))),
    (rules.local_traces, "docs/notes.md", "See /{}/me/notes.md.\n".format("home")),
    (rules.local_traces, "seed_data/page.yaml", "url: https://{}.org/simple\n".format("pypi")),
]


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_checkout_keeps_the_house_rule(rule: Rule, repository: Path) -> None:
    broken = rule(repository)
    assert not broken, "\n".join(broken)


def test_a_clean_tree_breaks_no_rule(tmp_path: Path) -> None:
    assert _broken(_tree(tmp_path, CLEAN)) == {}


@pytest.mark.parametrize(("rule", "file", "text"), BREAKS, ids=[rule.__name__ for rule, _, _ in BREAKS])
def test_a_break_is_caught_by_its_rule_and_no_other(rule: Rule, file: str, text: str, tmp_path: Path) -> None:
    assert set(_broken(_tree(tmp_path, CLEAN | {file: text}))) == {rule.__name__}


@pytest.mark.parametrize("library", rules.ONLY_IN)
def test_a_library_outside_of_its_home_is_caught(library: str, tmp_path: Path) -> None:
    declared = rules.DISTRIBUTIONS.get(library, library.replace("_", "-"))
    also = [] if library in sys.stdlib_module_names else [declared]
    at_home = rules.ONLY_IN[library].startswith("graph/")
    away = "service/demarche/service/sideways.py" if at_home else "graph/demarche/graph/sideways.py"
    tree = _tree(
        tmp_path,
        CLEAN
        | {
            "pyproject.toml": f"[project]\ndependencies = {json.dumps(['rdflib', *also])}\n",
            away: TOLD + f"import {library}\n",
        },
    )
    assert set(_broken(tree)) == {"misplaced_libraries"}


def test_every_rule_has_a_break() -> None:
    broken = {rule.__name__ for rule, _, _ in BREAKS} | {"misplaced_libraries"}
    assert broken == {rule.__name__ for rule in rules.RULES}


def _tree(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _broken(tree: Path) -> dict[str, list[str]]:
    return {rule.__name__: found for rule in rules.RULES if (found := rule(tree))}
