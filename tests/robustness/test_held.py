"""A store in a folder: it is what seed data and ledger say, with what was loaded by hand, or it is refused by name."""

import json
import random
import shutil
from collections import Counter
from collections.abc import Callable
from gc import collect
from pathlib import Path
from typing import Any

import pytest

from demarche.graph import identifiers as ids
from demarche.graph import open_graph
from demarche.graph.curation import Curation
from demarche.graph.errors import StoreError
from demarche.graph.held import Held, hold
from demarche.graph.ledger import backup, restore
from demarche.graph.records import Dossier
from demarche.graph.store import OxigraphStore
from tests.robustness.conftest import STORE_CORRUPTIONS
from tests.robustness.curating import draft_of
from tests.robustness.damages import DAMAGES

RECORD = [f"{ids.BASE}document/record-{number}" for number in range(3)]
BY_HAND = f"{ids.BASE}document/by-hand"


def said() -> list[str]:
    return []


def lines(graph: str, word: str = "said") -> tuple[list[str], list[str]]:
    told = [f'<{graph}/{number}> <{ids.ONTOLOGY}#paraphrase> "{word} {number}" .' for number in range(20)]
    return told, [f'<{graph}> <{ids.ONTOLOGY}#contentDigest> "{word}" .']


def record_of(*graphs: str, word: str = "said") -> OxigraphStore:
    store = OxigraphStore()
    for graph in (*graphs, ids.LEADS_GRAPH):
        store.replace(graph, *lines(graph, word))
    return store


def started(
    folder: Path, record: OxigraphStore, told: list[str], ledger: bool = False
) -> tuple[OxigraphStore, Held]:
    store = OxigraphStore(folder)
    return store, hold(store, folder, record, ledger, told.append)


def with_one_loaded_by_hand(folder: Path) -> bytes:
    store, held = started(folder, record_of(*RECORD), [])
    with held.loading():
        store.replace(BY_HAND, *lines(BY_HAND))
    return store.dump()


def test_what_seed_data_and_ledger_say_now_takes_the_place_of_what_they_said(tmp_path: Path) -> None:
    with_one_loaded_by_hand(tmp_path)
    later = record_of(RECORD[0], RECORD[1], word="said later")
    store, _ = started(tmp_path, later, told := said())
    later.replace(BY_HAND, *lines(BY_HAND))
    assert store.dump() == later.dump()
    assert len(told) == len([*RECORD, ids.LEADS_GRAPH])
    del store, _
    started(tmp_path, record_of(RECORD[0], RECORD[1], word="said later"), told := said())
    assert told == []


def test_a_graph_loaded_by_hand_over_one_of_the_record_stays(tmp_path: Path) -> None:
    store, held = started(tmp_path, record_of(*RECORD), [])
    with held.loading():
        store.replace(RECORD[0], *lines(RECORD[0], "as loaded"))
    whole = store.dump()
    del store, held
    store, held = started(tmp_path, record_of(*RECORD), told := said())
    assert (store.dump(), told) == (whole, [])
    with held.publishing(RECORD[0]):
        store.replace(RECORD[0], *lines(RECORD[0], "as published"))
    del store, held
    assert started(tmp_path, record_of(*RECORD), told)[0].dump() == record_of(*RECORD).dump()


def test_a_store_built_with_a_ledger_is_not_taken_back_without_one(tmp_path: Path) -> None:
    whole = started(tmp_path, record_of(*RECORD), [], ledger=True)[0].dump()
    assert started(tmp_path, record_of(RECORD[0]), told := said())[0].dump() == whole
    assert told == []


def crash(store: OxigraphStore) -> None:
    store.remove(RECORD[0])
    store.replace(BY_HAND, *lines(BY_HAND, "cut"))
    raise StoreError("the disk is gone")


def test_what_a_crash_left_is_put_back_and_what_cannot_be_checked_is_told(tmp_path: Path) -> None:
    with_one_loaded_by_hand(tmp_path)
    store, held = started(tmp_path, record_of(*RECORD), [])
    with pytest.raises(StoreError), held.publishing(RECORD[0]):
        crash(store)
    del store, held
    store, _ = started(tmp_path, record_of(*RECORD), told := said())
    assert store.contents([RECORD[0]]) == record_of(*RECORD).contents([RECORD[0]])
    assert [BY_HAND in one for one in told] == [True, False]


def test_what_was_loaded_by_hand_and_is_another_now_is_refused_by_name(tmp_path: Path) -> None:
    with_one_loaded_by_hand(tmp_path)
    OxigraphStore(tmp_path).replace(BY_HAND, *lines(BY_HAND, "changed"))
    with pytest.raises(StoreError, match=f"{BY_HAND} is not what was written"):
        started(tmp_path, record_of(*RECORD), [])


def test_no_damage_of_a_store_is_taken_for_a_store_that_says_something_else(tmp_path: Path) -> None:
    """What opens has every triple that was written and no other, or says which graphs it could not check."""
    whole = with_one_loaded_by_hand(tmp_path / "kept")
    outcomes: Counter[str] = Counter()
    for seed in range(STORE_CORRUPTIONS):
        chance, copy = random.Random(seed), tmp_path / str(seed)  # noqa: S311
        shutil.copytree(tmp_path / "kept", copy)
        files = sorted(one for one in copy.rglob("*") if one.is_file() and one.stat().st_size)
        target = chance.choice([one for one in files if not one.name.startswith(("LOG", "OPTIONS"))])
        what = chance.choice(DAMAGES)(target, chance)
        told: list[str] = []
        try:
            store, _ = started(copy, record_of(*RECORD), told)
        except StoreError as error:
            outcomes["refused" if str(copy) in str(error) else f"refused without its name: {error}"] += 1
        else:
            same = store.dump() == whole
            assert same or BY_HAND in told[0], f"{target.relative_to(copy)}: {what}, seed {seed}"
            outcomes[("put back" if told else "harmless") if same else "told"] += 1
            del store, _
        shutil.rmtree(copy)
    assert outcomes.keys() <= {"refused", "put back", "harmless", "told"}, outcomes
    assert outcomes["refused"] > outcomes["harmless"], outcomes
    print(f"{STORE_CORRUPTIONS} damages: {dict(outcomes)}")  # noqa: T201


def test_after_a_backup_was_restored_the_store_is_as_the_restored_ledger_says(
    ledger: Path, template: dict[str, Any], seed_cache: Path, repository: Path, tmp_path: Path
) -> None:
    def after(change: Callable[[Curation], object]) -> bytes:
        store = OxigraphStore(tmp_path / "store")
        graph = open_graph(repository / "seed_data", store, seed_cache, ledger=ledger, writes=True)
        assert graph.curation
        change(graph.curation)
        graph.curation.close()
        return store.dump()

    def changed(curation: Curation) -> None:
        draft = Dossier.model_validate_json(json.dumps(draft_of(template, "new-one")))
        curation.publish("new-one", "ada", curation.put(draft, "ada").revision)
        curation.retract("2016-07-09-reuters", "ada", 0)

    backup(ledger, tmp_path / "empty")
    before = after(lambda _: None)
    collect()  # the engine lets go of the folder when nobody has it any more
    assert b"document/new-one" in after(changed)
    restore(tmp_path / "empty", ledger, force=True)
    collect()
    assert after(lambda _: None) == before
