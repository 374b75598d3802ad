"""Validation answers for the graph in hand only, and stops at violations, not at warnings."""

import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import RDFS, Graph

from demarche.graph import identifiers as ids
from demarche.graph.errors import ValidationError
from demarche.graph.store import Store
from demarche.graph.validate import check, violations
from tests.shapes.graphs import HERE, named, put, read, stocked_store

MATCH = HERE / "valid" / "MatchConfidence.ttl"


@pytest.fixture
def store() -> Store:
    return stocked_store()


def described_anew(store: Store, name: str, old: str, new: str) -> None:
    """Puts a second description of the launch into a graph of its own."""
    text = (HERE / "valid" / "EventLabel.ttl").read_text(encoding="utf-8").replace("launch-1>", "launch>")
    assert old in text
    put(store, named(Graph().parse(data=text.replace(old, new), format="turtle"), f"{ids.BASE}{name}"))


def test_sources_that_disagree_on_an_event_do_not_make_a_third_invalid(store: Store) -> None:
    described_anew(store, "document/b", '"2016-06-21T15:00:00Z"', '"2016-06-21T20:57:00Z"')
    described_anew(store, "document/c", "event-kind:missile-launch", "event-kind:satellite-launch")
    assert violations(read(MATCH, ids.MATCHES_GRAPH), store, "matches.yaml") == ()


def test_a_fault_of_what_is_only_referred_to_is_left_to_the_graph_that_describes_it(store: Store) -> None:
    described_anew(store, "document/b", "basis:explicit", "basis:unheard-of")
    assert violations(read(MATCH, ids.MATCHES_GRAPH), store, "matches.yaml") == ()


def test_a_reaction_is_held_against_every_time_that_sources_give_the_event(store: Store) -> None:
    early = HERE / "invalid" / "ReactionAfterEvent.ttl"
    described_anew(store, "document/b", '"2016-06-21T15:00:00Z"', '"2016-06-20T15:00:00Z"')
    assert violations(read(early), store, "page.yaml") == ()


AT_ONCE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from demarche.graph import open_graph

curation = open_graph(cache=Path(sys.argv[1])).curation
with ThreadPoolExecutor(4) as pool:
    found = list(pool.map(curation.violations, [one.record for one in curation.listed()][:4]))
print([one for each in found for one in each if one.severity == "violation"])
"""


def test_the_first_checks_of_a_process_may_come_at_once(seed_cache: Path) -> None:
    """The parser finds out at its first use how it is to call what it calls: only a new process shows the fault."""
    done = subprocess.run([sys.executable, "-c", AT_ONCE, str(seed_cache)], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_a_violation_names_file_record_and_rule(store: Store) -> None:
    graph = read(HERE / "invalid" / "OneLevel.ttl")
    act = next(node for node, _, _ in graph.triples if node.endswith("/act/page/said"))
    graph.records[act] = "acts/said"
    with pytest.raises(
        ValidationError, match=r"^page\.yaml: acts/said: OneLevel: an act stands on exactly one rung"
    ):
        check(graph, store, "page.yaml")


@pytest.mark.parametrize("rule", ["ActWithinTenure", "WeekdayAgrees"])
def test_a_warning_does_not_stop_a_load(rule: str, store: Store) -> None:
    (found,) = check(read(HERE / "invalid" / f"{rule}.ttl"), store, "page.yaml")
    assert (found.rule, found.severity) == (rule, "warning")


def test_a_message_carries_what_the_rule_found(store: Store) -> None:
    (found,) = violations(read(HERE / "invalid" / "WeekdayAgrees.ttl"), store, "page.yaml")
    assert found.message.startswith("the source prints 'on Tuesday morning' but 2016-06-22 is a Wednesday")


def test_a_graph_is_valid_until_something_is_taken_from_it(store: Store) -> None:
    graph = read(HERE / "valid" / "EventLabel.ttl")
    assert check(graph, store, "page.yaml") == ()
    graph.triples -= {triple for triple in graph.triples if triple[1] == RDFS.label}
    assert {found.rule for found in violations(graph, store, "page.yaml")} == {"EventLabel"}
