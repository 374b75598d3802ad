"""Networks by named rules: what ties two actors, what the options leave out, and that order changes nothing."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadParameter
from demarche.graph.network import PROJECTIONS, Options, node_link, project, projection
from demarche.graph.reactions import SCHEMA, UNITS, Reactions, Unit, reaction_table
from demarche.graph.store import OxigraphStore
from demarche.ontology import DM

FROM_THE_TABLE = ("actor-event", "co-reaction", "lag")
MIDNIGHT = datetime(2017, 7, 4, tzinfo=UTC)
ABE, KIRBY, BENHAM = (f"{ids.BASE}person/{name}" for name in ("abe", "kirby", "benham"))
OFFICE = f"{ids.BASE}office/jpn-prime-minister"
STATE, JAPAN, USA = (f"{ids.BASE}body/{name}" for name in ("usa-state-department", "jpn", "usa"))
LAUNCH, SECOND, SALVO = (f"{ids.BASE}event/{name}" for name in ("salvo-1", "salvo-2", "salvo"))


def reaction(
    act: str, event: str, actor: str, hour: float = 0, length: float = 1, **told: Any
) -> dict[str, Any]:
    """A row of the table: who answers which event, and between which hours of that day."""
    row: dict[str, Any] = dict.fromkeys(SCHEMA) | {
        name: [] for name, kind in SCHEMA.items() if kind == pl.List(str)
    }
    start = MIDNIGHT + timedelta(hours=hour)
    row |= {"act": f"{ids.BASE}act/{act}", "event": event, "link": "explicit", "actors": [actor]}
    row |= {"persons": [actor] if "/person/" in actor else []}
    row |= {"local_date": start.date(), "local_last": start.date()}
    row |= {"earliest": start, "latest": start + timedelta(hours=length)}
    return row | told


def table(*rows: Mapping[str, Any], parts: Mapping[str, str] | None = None) -> Reactions:
    """A table of these rows, as the store would give it, over a store that knows which launches are of which salvo."""
    frame = pl.DataFrame(list(rows), schema=SCHEMA).sort("event", "earliest", "act", nulls_last=True)
    pairs = [(event, event) for event in frame["event"].unique().sort()] + list((parts or {}).items())
    whole = pl.DataFrame(pairs, schema={"part": pl.String, "whole": pl.String}, orient="row")
    store = OxigraphStore()
    for part, salvo in (parts or {}).items():
        store.load(
            f"<{part}> <{DM.partOf}> <{salvo}> <{LAUNCH}> .\n"
            f"<{salvo}> <{DM.kind}> <{ids.code('event-kind', 'missile-launch-salvo')}> <{LAUNCH}> .\n".encode()
        )
    return Reactions(frame, whole, store)


@pytest.fixture
def told() -> Reactions:
    """Abe answers the first launch, Kirby the second and the salvo, Benham nothing but the first, presumably."""
    return table(
        reaction("abe", LAUNCH, ABE, 1, bodies=[JAPAN], governments=[JAPAN], offices=[OFFICE]),
        reaction("kirby", SECOND, KIRBY, 3, bodies=[STATE], governments=[USA]),
        reaction("kirby-again", SALVO, KIRBY, 40, bodies=[STATE], governments=[USA]),
        reaction("benham", LAUNCH, BENHAM, 3.5, governments=[USA], link="presumed"),
        parts={LAUNCH: SALVO, SECOND: SALVO},
    )


def ties(reactions: Reactions, name: str, **options: Any) -> dict[tuple[str, str], Any]:
    graph = project(reactions, name, Options(**options))
    return {(start, end): told["weight"] for start, end, told in graph.edges(data=True)}


def test_an_actor_is_tied_to_the_event_it_answers_by_the_number_of_its_acts(told: Reactions) -> None:
    assert ties(told, "actor-event", fold="government") == {
        (JAPAN, LAUNCH): 1, (USA, LAUNCH): 1, (USA, SALVO): 1, (USA, SECOND): 1,
    }  # fmt: skip


def test_who_answers_parts_of_one_salvo_reacts_together_and_the_salvo_counts_once(told: Reactions) -> None:
    assert ties(told, "co-reaction") == {(ABE, BENHAM): 1, (ABE, KIRBY): 1, (BENHAM, KIRBY): 1}
    assert ties(told, "co-reaction", fold="government") == {(JAPAN, USA): 1}


def test_explicit_ties_leave_out_what_is_presumed(told: Reactions) -> None:
    assert ties(told, "co-reaction", explicit_only=True) == {(ABE, KIRBY): 1}


def test_a_window_leaves_out_what_does_not_certainly_fall_into_it(told: Reactions) -> None:
    assert set(project(told, "co-reaction", Options(end=date(2017, 7, 4)))) == {ABE, BENHAM, KIRBY}
    assert ties(told, "actor-event", start=date(2017, 7, 5)) == {(SALVO, KIRBY): 1}
    undated = table(reaction("abe", LAUNCH, ABE, local_date=None, local_last=None))
    assert len(project(undated, "actor-event", Options(start=date(1900, 1, 1)))) == 0


def test_whom_nothing_certain_separates_has_no_order(told: Reactions) -> None:
    """Kirby's first act ends at four, Benham's begins at half past three: each may have been before the other."""
    assert ties(told, "lag") == {(ABE, KIRBY): 1, (ABE, BENHAM): 1}


def test_who_has_an_undated_act_comes_after_nobody_for_certain(told: Reactions) -> None:
    undated = reaction("kirby-undated", LAUNCH, KIRBY, earliest=None, latest=None)
    more = replace(told, frame=pl.concat([told.frame, pl.DataFrame([undated], schema=SCHEMA)]))
    assert ties(more, "lag") == {(ABE, BENHAM): 1}


def test_a_lag_tells_the_hours_that_certainly_lie_between(told: Reactions) -> None:
    graph = project(told, "lag")
    assert (graph[ABE][KIRBY]["hours"], graph[ABE][BENHAM]["hours"]) == (1.0, 1.5)


def test_a_joint_act_counts_once_for_each_that_takes_part_in_it() -> None:
    joint = table(reaction("joint", LAUNCH, ABE, actors=[ABE, KIRBY], governments=[JAPAN, USA]))
    assert ties(joint, "co-reaction") == {(ABE, KIRBY): 1}
    assert ties(joint, "co-reaction", fold="government") == {(JAPAN, USA): 1}


@pytest.mark.parametrize("name", PROJECTIONS)
def test_no_unit_is_tied_to_itself(name: str, seed_graph: KnowledgeGraph) -> None:
    """The record has joint acts, and governments of which one office answers, addresses and relays another."""
    for unit in ("actor", "government"):
        found = ties(seed_graph.reactions(), name, fold=unit)
        assert found
        assert not [one for one in found if one[0] == one[1]]


@pytest.mark.parametrize("name", PROJECTIONS)
def test_the_order_of_triples_and_rows_changes_no_network_of_the_record(
    name: str, seed_graph: KnowledgeGraph, turned: Reactions
) -> None:
    one, other = (project(each, name, Options(fold="body")) for each in (seed_graph.reactions(), turned))
    assert list(one.nodes(data=True)) == list(other.nodes(data=True))
    assert list(one.edges(data=True)) == list(other.edges(data=True))


def test_equal_triples_in_another_order_make_an_equal_table(
    seed_graph: KnowledgeGraph, turned: Reactions
) -> None:
    assert reaction_table(turned.store)[1].frame.equals(seed_graph.reactions().frame)


@pytest.fixture(scope="module")
def turned(seed_quads: bytes) -> Reactions:
    """The record loaded backwards, its table from the last row to the first."""
    lines = sorted(seed_quads.splitlines(keepends=True), reverse=True)
    store = OxigraphStore()
    store.load(b"".join(lines))
    reactions = reaction_table(store)[1]
    return replace(reactions, frame=reactions.frame.reverse(), parts=reactions.parts.reverse())


@pytest.mark.parametrize(("unit", "nodes"), [
    ("actor", {ABE, KIRBY, BENHAM}), ("person", {ABE, KIRBY, BENHAM}), ("office", {OFFICE, KIRBY, BENHAM}),
    ("body", {JAPAN, STATE, BENHAM}), ("government", {JAPAN, USA}),
])  # fmt: skip
def test_a_fold_puts_the_unit_in_place_of_the_actor(told: Reactions, unit: Unit, nodes: set[str]) -> None:
    assert set(project(told, "co-reaction", Options(fold=unit))) == nodes


IRIS = st.sampled_from([ABE, KIRBY, BENHAM, JAPAN])
ROWS = st.lists(
    st.builds(
        lambda number, event, actor, government, hour, length, link: reaction(
            str(number), event, actor, hour, length, governments=government, link=link
        ),
        number=st.integers(0, 20),
        event=st.sampled_from([LAUNCH, SECOND, SALVO, f"{ids.BASE}event/other"]),
        actor=IRIS,
        government=st.lists(st.sampled_from([JAPAN, USA]), unique=True, max_size=2).map(sorted),
        hour=st.integers(0, 100),
        length=st.integers(0, 48),
        link=st.sampled_from(["explicit", "presumed"]),
    ),
    min_size=1,
    max_size=15,
    unique_by=lambda row: (row["act"], row["event"]),
)


@pytest.mark.parametrize("name", FROM_THE_TABLE)
@settings(deadline=None, max_examples=40)
@given(rows=ROWS, seed=st.integers(0, 99), unit=st.sampled_from(["actor", "government"]))
def test_the_order_of_the_rows_changes_nothing(
    name: str, rows: list[dict[str, Any]], seed: int, unit: Unit
) -> None:
    reactions = table(*rows, parts={LAUNCH: SALVO})
    shuffled = [*rows]
    Random(seed).shuffle(shuffled)  # noqa: S311 - an order to try, no secret
    turned = replace(reactions, frame=pl.DataFrame(shuffled, schema=SCHEMA), parts=reactions.parts.reverse())
    one, other = (project(table, name, Options(fold=unit)) for table in (reactions, turned))
    assert list(one.nodes(data=True)) == list(other.nodes(data=True))
    assert list(one.edges(data=True)) == list(other.edges(data=True))
    assert list(one) == sorted(one)


@pytest.mark.parametrize("unit", UNITS)
@settings(deadline=None, max_examples=40)
@given(rows=ROWS)
def test_folding_twice_is_folding_once(unit: Unit, rows: list[dict[str, Any]]) -> None:
    """The units of a fold, each in the columns where a unit of its kind stands, are folded again."""
    reactions = table(*rows)
    once = units_of(reactions, unit)
    kinds = {"persons": "/person/", "offices": "/office/", "bodies": "/body/"}
    again = reactions.frame.join(once, on=("act", "event")).with_columns(
        actors="unit",
        governments=pl.col("unit").list.eval(pl.element().filter(pl.element().is_in([JAPAN, USA]))),
        **{
            column: pl.col("unit").list.eval(pl.element().filter(pl.element().str.contains(kind, literal=True)))
            for column, kind in kinds.items()
        },
    ).drop("unit")  # fmt: skip
    folded = replace(reactions, frame=again)
    assert units_of(folded, unit).equals(once)
    for name in FROM_THE_TABLE:
        assert ties(folded, name, fold=unit) == ties(reactions, name, fold=unit)


def units_of(reactions: Reactions, unit: Unit) -> pl.DataFrame:
    """Who is behind each act and event."""
    told = reactions.fold(unit).group_by("act", "event").agg(pl.col("unit").unique().sort())
    return told.sort("act", "event")


@settings(deadline=None, max_examples=40)
@given(rows=ROWS)
def test_the_weight_of_a_co_reaction_is_the_number_of_common_events(rows: list[dict[str, Any]]) -> None:
    events: dict[str, set[str]] = {}
    for row in rows:
        events.setdefault(row["actors"][0], set()).add(row["event"])
    expected = {
        (one, other): len(events[one] & events[other])
        for one, other in combinations(sorted(events), 2)
        if events[one] & events[other]
    }
    assert ties(table(*rows), "co-reaction") == expected


@settings(deadline=None, max_examples=40)
@given(rows=ROWS)
def test_nobody_is_certainly_after_another_that_is_certainly_after_it(rows: list[dict[str, Any]]) -> None:
    single = [row | {"event": LAUNCH} for row in rows]
    unique = list({row["act"]: row for row in single}.values())
    after = {pair for pair in ties(table(*unique), "lag") if not _instant(unique, pair)}
    assert not after & {(end, start) for start, end in after}


def _instant(rows: list[dict[str, Any]], pair: tuple[str, str]) -> bool:
    """Whether both spoke within one instant of no length, which is before and after itself."""
    return any(row["earliest"] == row["latest"] for row in rows if row["actors"][0] in pair)


@pytest.mark.parametrize("name", PROJECTIONS)
def test_a_network_of_the_record_is_plain_text_and_plain_numbers(
    name: str, seed_graph: KnowledgeGraph
) -> None:
    graph = project(seed_graph.reactions(), name, Options(fold="government"))
    assert graph.number_of_edges() > 3
    for told in [
        *(told for _, told in graph.nodes(data=True)),
        *(told for _, _, told in graph.edges(data=True)),
    ]:
        assert {type(value) for value in told.values()} <= {str, int, float}
        assert told["acts"] >= 1
    assert {"label", "kind"} <= set.intersection(*(set(told) for _, told in graph.nodes(data=True)))
    assert graph.is_directed() is projection(name).directed
    again = json.loads(json.dumps(node_link(graph)))
    assert (len(again["nodes"]), len(again["edges"])) == (len(graph), graph.number_of_edges())


def test_descriptions_that_are_matched_are_one_event(seed_graph: KnowledgeGraph) -> None:
    """What a document itself calls the nuclear test and the launch of an Unha-3 is that of the catalogues."""
    matched = {
        row["one"] for row in seed_graph.store.select(
            "SELECT DISTINCT ?one { ?one dm:sameEventAs ?test . ?test dm:inCatalogue ?catalogue"
            " FILTER NOT EXISTS { ?one dm:inCatalogue ?any } }"
        )
    }  # fmt: skip
    reactions = seed_graph.reactions()
    assert matched & set(reactions.frame["event"])
    assert not matched & set(project(reactions, "actor-event"))
    apart = project(replace(reactions, store=OxigraphStore()), "co-reaction", Options(fold="government"))
    together = project(reactions, "co-reaction", Options(fold="government"))
    assert together.size("acts") != apart.size("acts")


@pytest.mark.parametrize("name", PROJECTIONS)
def test_a_network_says_by_which_rule_and_from_what_it_was_drawn(
    name: str, seed_graph: KnowledgeGraph
) -> None:
    rule = projection(name)
    options = Options(start=date(2017, 1, 1), explicit_only=True, fold="body")
    told = project(seed_graph.reactions(), name, options).graph
    assert told == {
        "projection": name, "version": rule.version, "definition": rule.definition, "weight": rule.weight,
        "fold": "body", "explicit_only": True, "from": "2017-01-01",
    }  # fmt: skip


def test_a_network_of_chosen_reactions_says_what_was_chosen(seed_graph: KnowledgeGraph) -> None:
    launch = f"{ids.BASE}event/2017-07-04-hwasong-14-1"
    chosen = seed_graph.reactions().about(launch).between(date(2017, 7, 1), date(2017, 7, 31)).explicit()
    graph = project(chosen, "lag", Options(end=date(2017, 7, 10)))
    assert {name: graph.graph.get(name) for name in ("event", "event_name", "from", "until", "explicit_only")} == {
        "event": launch, "event_name": "Hwasong-14 launch of 4 July 2017",
        "from": "2017-07-01", "until": "2017-07-10", "explicit_only": True,
    }  # fmt: skip
    within = seed_graph.reactions().between(date(2016, 1, 1), date(2016, 12, 31))
    for name in ("addressee", "relay"):
        with pytest.raises(BadParameter, match=f"{name} is drawn from all acts"):
            project(chosen, name)
        assert node_link(project(within, name)) == node_link(
            project(seed_graph.reactions(), name, Options(date(2016, 1, 1), date(2016, 12, 31)))
        )


def test_answers_lead_from_who_answers_to_whom(seed_graph: KnowledgeGraph) -> None:
    found = set(project(seed_graph.reactions(), "reply").edges)
    expected = seed_graph.store.select(
        "SELECT DISTINCT ?one ?other { ?act dm:respondsTo ?answered ; dm:madeBy ?one . ?answered dm:madeBy ?other"
        " FILTER(?one != ?other) }"
    )
    assert found == {(row["one"], row["other"]) for row in expected}


def test_who_addresses_whom_is_as_the_documents_have_it(seed_graph: KnowledgeGraph) -> None:
    graph = project(seed_graph.reactions(), "addressee")
    expected = seed_graph.store.select(
        "SELECT ?one ?other (COUNT(DISTINCT ?act) AS ?n) { ?act dm:addressee ?other ; dm:madeBy ?one"
        " FILTER(?one != ?other) } GROUP BY ?one ?other"
    )
    assert {(start, end): str(told["weight"]) for start, end, told in graph.edges(data=True)} == {
        (row["one"], row["other"]): row["n"] for row in expected
    }


def test_who_is_addressed_in_person_stands_for_the_government_of_that_day(seed_graph: KnowledgeGraph) -> None:
    """Moon Jae-in and Shinzo Abe are addressed by name; folded, no person is left whose office is known."""
    named = project(seed_graph.reactions(), "addressee")
    folded = project(seed_graph.reactions(), "addressee", Options(fold="government"))
    assert f"{ids.BASE}person/shinzo-abe" in named
    assert f"{ids.BASE}person/shinzo-abe" not in folded
    assert f"{ids.BASE}body/jpn" in folded


def test_what_is_relayed_leads_from_who_passes_it_on_to_whose_act_it_is(seed_graph: KnowledgeGraph) -> None:
    found = set(project(seed_graph.reactions(), "relay").edges)
    expected = seed_graph.store.select(
        "SELECT DISTINCT ?one ?other { { ?report dm:relayer ?one ; dm:reports ?act } UNION"
        " { ?carrier dm:relays ?act ; dm:madeBy ?one } ?act dm:madeBy ?other FILTER(?one != ?other) }"
    )
    assert found == {(row["one"], row["other"]) for row in expected}


def test_a_window_holds_for_who_addresses_and_relays_too(seed_graph: KnowledgeGraph) -> None:
    for name in ("addressee", "relay", "reply"):
        graph = project(seed_graph.reactions(), name, Options(start=date(2016, 1, 1), end=date(2016, 12, 31)))
        days = [told[end] for _, _, told in graph.edges(data=True) for end in ("first", "last")]
        assert days
        assert min(days) >= "2016-01-01"
        assert max(days) <= "2016-12-31"


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("nobody", Options(), "no projection is called 'nobody'"),
        ("reply", Options(fold="planet"), "'planet' is no unit"),  # type: ignore[arg-type]
        ("reply", Options(start=date(2018, 1, 1), end=date(2017, 1, 1)), "ends on 2017-01-01, before"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(
    name: str, options: Options, reason: str, told: Reactions
) -> None:
    with pytest.raises(BadParameter, match=reason):
        project(told, name, options)


def test_the_page_on_the_networks_has_each_rule_in_its_version(repository: Path) -> None:
    page = (repository / "docs" / "networks.md").read_text(encoding="utf-8")
    for one in PROJECTIONS.values():
        directed = "yes" if one.directed else "no"
        assert f"| {one.name} | {one.version} | {one.definition} | {one.weight} | {directed} |" in page


def test_an_empty_record_draws_an_empty_network() -> None:
    for name in PROJECTIONS:
        assert len(project(table(), name)) == 0
