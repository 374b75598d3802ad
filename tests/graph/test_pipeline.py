"""Loading: twice changes nothing, a bad file is refused whole, and the same sources always make the same graph."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demarche.graph import identifiers as ids
from demarche.graph import seed
from demarche.graph.errors import SourceError, StoreError, ValidationError
from demarche.graph.pipeline import find_sources, load, read_source
from demarche.graph.seed import built, digest, kept_store, seed_data_folder, snapshot
from demarche.graph.store import OxigraphStore, Store
from tests.graph.engines import engine

DOSSIER = Path("documents", "2016", "2016-06-22-japan-times.yaml")


@pytest.fixture(params=["memory", "disk", "remote"])
def store(request: pytest.FixtureRequest, tmp_path: Path, seed_quads: bytes) -> Iterator[Store]:
    with engine(request.param, tmp_path) as one:
        one.load(seed_quads)
        yield one


def dossier(repository: Path) -> str:
    return (repository / "seed_data" / DOSSIER).read_text(encoding="utf-8")


def spoilt(folder: Path, text: str, old: str, new: str) -> Path:
    assert old in text
    file = folder / DOSSIER.name
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_loading_twice_changes_nothing(store: Store, repository: Path) -> None:
    before, version = store.dump(), store.version()
    again = load(read_source(repository / "seed_data" / DOSSIER), store)
    assert not again.changed
    assert (store.dump(), store.version()) == (before, version)


def test_a_changed_dossier_replaces_its_own_graph_only(
    store: Store, repository: Path, tmp_path: Path
) -> None:
    text = dossier(repository)
    file = spoilt(tmp_path, text, "intensity: 4", "intensity: 5")
    graph = f"{ids.BASE}document/2016-06-22-japan-times"
    others = [line for line in store.dump().splitlines() if graph.encode() not in line]
    assert load(read_source(file), store).changed
    assert [line for line in store.dump().splitlines() if graph.encode() not in line] == others


def test_a_file_that_breaks_a_shape_is_refused_whole(store: Store, repository: Path, tmp_path: Path) -> None:
    before = store.dump()
    file = spoilt(tmp_path, dossier(repository), "confidence: 0.95", "note: no confidence")
    with pytest.raises((SourceError, ValidationError)):
        load(read_source(file), store)
    assert store.dump() == before


def test_every_violation_names_file_record_and_rule(
    seed_quads: bytes, repository: Path, tmp_path: Path
) -> None:
    store = OxigraphStore()
    store.load(seed_quads)
    text = dossier(repository).replace("mode: direct", "mode: indirect")
    file = tmp_path / DOSSIER.name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValidationError) as refused:
        load(read_source(file), store)
    broken = {(one.record, one.rule) for one in refused.value.violations if one.severity == "violation"}
    assert broken == {
        ("acts/nakatani-concern", "QuotedModeHasQuotation"),
        ("acts/benham-track", "QuotedModeHasQuotation"),
        ("acts/kirby", "QuotedModeHasQuotation"),
    }
    assert all(one.file == str(file) for one in refused.value.violations)


def test_the_same_seed_data_make_the_same_bytes(seed_quads: bytes, repository: Path) -> None:
    body = b"".join(line for line in seed_quads.splitlines(keepends=True) if not line.startswith(b"#"))
    assert built(repository / "seed_data", str) == body


@pytest.fixture
def unbuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever would validate the record anew gets other bytes, at once."""
    monkeypatch.setattr(seed, "built", lambda *_: b"# built anew\n")


@pytest.mark.usefixtures("unbuilt")
def test_a_snapshot_is_used_as_long_as_its_ingredients_stay(
    tmp_path: Path, repository: Path, seed_quads: bytes
) -> None:
    seed_data = repository / "seed_data"
    kept = tmp_path / f"seed-{digest(seed_data)}.nq"
    kept.write_bytes(seed_quads)
    assert snapshot(seed_data, tmp_path) == seed_quads
    kept.write_bytes(seed_quads.replace(digest(seed_data).encode(), b"0" * 32, 1))
    assert snapshot(seed_data, tmp_path).endswith(b"# built anew\n")


@pytest.mark.usefixtures("unbuilt")
@pytest.mark.parametrize("damage", [lambda it: it[:-1], lambda it: it.replace(b"statement", b"Statement", 1)])
def test_a_snapshot_that_is_not_what_was_written_is_made_anew_and_never_parsed(
    tmp_path: Path, repository: Path, seed_quads: bytes, damage: Callable[[bytes], bytes]
) -> None:
    seed_data = repository / "seed_data"
    kept = tmp_path / f"seed-{digest(seed_data)}.nq"
    kept.write_bytes(damage(seed_quads))
    assert snapshot(seed_data, tmp_path).endswith(b"# built anew\n")
    assert kept.read_bytes() == snapshot(seed_data, tmp_path)


def test_a_kept_store_with_other_bytes_is_made_anew(
    tmp_path: Path, repository: Path, seed_quads: bytes
) -> None:
    seed_data = repository / "seed_data"
    (tmp_path / f"seed-{digest(seed_data)}.nq").write_bytes(seed_quads)
    whole = kept_store(seed_data, tmp_path).dump()
    leads = tmp_path / f"store-{digest(seed_data)}" / "apart.nq"
    leads.write_bytes(leads.read_bytes().replace(b"reuters", b"nobody"))
    assert kept_store(seed_data, tmp_path).dump() == whole


def test_who_asks_once_opens_a_store_that_is_kept(
    tmp_path: Path, repository: Path, seed_quads: bytes
) -> None:
    seed_data = repository / "seed_data"
    (tmp_path / f"seed-{digest(seed_data)}.nq").write_bytes(seed_quads)
    first, second = kept_store(seed_data, tmp_path), kept_store(seed_data, tmp_path)
    memory = OxigraphStore()
    memory.load(seed_quads)
    assert first.dump() == second.dump() == memory.dump()
    assert [file.name for file in tmp_path.glob("*store-*")] == [f"store-{digest(seed_data)}"]
    with pytest.raises(StoreError):
        first.update("INSERT DATA { <x:a> <x:b> <x:c> }")


def test_where_no_store_can_be_kept_the_record_is_in_memory(
    tmp_path: Path, repository: Path, seed_quads: bytes
) -> None:
    seed_data = repository / "seed_data"
    (tmp_path / f"seed-{digest(seed_data)}.nq").write_bytes(seed_quads)
    (tmp_path / f".store-{digest(seed_data)}.{os.getpid()}").write_text("in the way")
    assert kept_store(seed_data, tmp_path).ask("ASK { ?act a dm:Reaction }")


def test_a_changed_source_changes_the_key_of_the_snapshot(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1")
    before = digest(tmp_path)
    (tmp_path / "a.yaml").write_text("a: 2")
    assert digest(tmp_path) != before


def test_the_seed_data_are_found_in_the_checkout(repository: Path) -> None:
    assert seed_data_folder() == repository / "seed_data"


def test_a_path_that_holds_nothing_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file or folder"):
        list(find_sources([tmp_path / "missing.yaml"]))
    with pytest.raises(SourceError, match="holds no dossier"):
        list(find_sources([tmp_path]))
    (tmp_path / "x.txt").write_text("")
    with pytest.raises(SourceError, match="neither a dossier"):
        read_source(tmp_path / "x.txt")


OWN = """directory: visitors
persons:
  - id: visitor
    label: A Visitor
offices:
  - id: nowhere-visitor
    label: Visitor of Nowhere
    body: body/jpn
    seniority: official
tenures:
  - id: visitor-nowhere-visitor-2016
    person: person/visitor
    office: office/nowhere-visitor
    attested: [2016-06-22]
    basis: explicit
"""


def own_directory(folder: Path, text: str = OWN) -> Path:
    file = folder / "z-directory.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_directory_of_one_s_own_has_a_graph_of_its_own_beside_the_record_s(
    store: Store, tmp_path: Path
) -> None:
    before = store.dump()
    done = load(read_source(own_directory(tmp_path)), store)
    assert done.graph == f"{ids.DIRECTORY_GRAPH}/visitors"
    assert store.ask(f"ASK {{ GRAPH <{done.graph}> {{ <{ids.BASE}person/visitor> a dm:Person }} }}")
    assert set(before.splitlines()) < set(store.dump().splitlines())


def test_a_directory_is_found_before_the_dossiers_that_refer_to_it(tmp_path: Path, repository: Path) -> None:
    file = own_directory(tmp_path)
    spoilt(tmp_path, dossier(repository), "intensity: 4", "intensity: 5")
    assert [one.name for one in find_sources([tmp_path])] == [file.name, DOSSIER.name]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("office: office/nowhere-visitor", "office: office/jpn-prime-minister", "leads nowhere"),
        ("person: person/visitor", "person: person/stranger", "TenureComplete"),
        ("body: body/jpn", "body: body/atlantis", "BodyKnown"),
        ("directory: visitors", "directory: Visitors", "directory"),
        ("persons:", "people:", "unknown field"),
    ],
)
def test_a_directory_that_leads_nowhere_is_refused(
    seed_quads: bytes, tmp_path: Path, old: str, new: str, said: str
) -> None:
    store = OxigraphStore()
    store.load(seed_quads)
    assert old in OWN
    with pytest.raises((SourceError, ValidationError), match=said):
        load(read_source(own_directory(tmp_path, OWN.replace(old, new))), store)
