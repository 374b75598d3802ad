"""Where a ledger has led, read while somebody writes."""

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from demarche.graph.curation import States
from demarche.graph.ledger import Entry


@pytest.fixture
def _restless() -> Iterator[None]:
    """Threads and the garbage collector take turns far more often than they do by themselves."""
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(20)
    yield
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("_restless")
def test_what_was_changed_is_read_while_entries_come() -> None:
    states, over = States(frozenset({"seed"})), threading.Event()

    def write() -> None:
        for number in range(1, 10_001):
            states.follow(Entry(number, "", "ada", "put", f"record-{number}", "{}", "", ""))
        over.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not over.is_set():
        seen = states.so_far()
        assert [one.entry for one in seen] == list(range(1, len(seen) + 1))
        touched = states.touched()
        assert len(states.known()) > len(touched)
        assert len(states.until(len(seen)).so_far()) == len(seen)
    writer.join()
    assert len(states.so_far()) == 10_000
