"""The graph that the golden answers are about: one document, the directory, the catalogues, the matches, the leads.

It is built here and not opened, so that a dossier that is added to the seed data leaves every golden answer as it is.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from demarche.graph import identifiers as ids
from demarche.graph.store import OxigraphStore

DOSSIER = Path("documents/2016/2016-06-22-japan-times.yaml")


def copy_of_one_document(seed_data: Path, folder: Path) -> None:
    """The seed data with but one dossier, in an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("directory", "catalogues", "leads"):
        shutil.copytree(seed_data / name, folder / name)
    shutil.copy(seed_data / "matches.yaml", folder)
    (folder / DOSSIER).parent.mkdir(parents=True)
    shutil.copy(seed_data / DOSSIER, folder / DOSSIER)


def store_of_one_document(seed_data: Path, folder: Path, validated: Callable[[Path], bytes]) -> OxigraphStore:
    """A validated store of the seed data with but one dossier, copied to an empty folder first."""
    copy_of_one_document(seed_data, folder)
    store = OxigraphStore()
    store.load(validated(folder))
    return store


def shortened(text: str) -> str:
    """A CSV as the golden files have it: IRIs of ours as references, codes as ``code:scheme/concept``."""
    return text.replace(ids.BASE, "").replace(ids.CODE, "code:").replace(f"{ids.ONTOLOGY}#", "dm:")
