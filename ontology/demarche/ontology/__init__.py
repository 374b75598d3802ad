"""The meaning of the words: where its Turtle files are, and their closed terms, loaded when first used."""

from pathlib import Path
from typing import TYPE_CHECKING

__all__ = ["CODE", "DM", "ONTOLOGY_DIR", "path"]

ONTOLOGY_DIR = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """The file of the ontology that bears the name, such as codes.ttl; raises FileNotFoundError."""
    file = ONTOLOGY_DIR / name
    if not file.is_file():
        raise FileNotFoundError(f"the ontology has no file {name}")
    return file


# rdflib is slow to import, and code that needs no more than `codes` should not wait for it. The type checker
# does not see the function: it would take it as leave to import any name.
if TYPE_CHECKING:
    from demarche.ontology.terms import CODE, DM
else:

    def __getattr__(name: str) -> object:
        if name in {"CODE", "DM"}:
            from demarche.ontology import terms

            return getattr(terms, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
