"""The processes that queries run in: each limit by itself, what a fork cannot do, and which content it sees."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.errors import BadQuery, DemarcheError, StoreError, TooLarge
from demarche.graph.store import Dataset, OxigraphStore, ScratchStore, Store
from demarche.service.settings import Settings
from demarche.service.workers import Pool, Query, TimeLimit
from tests.service.canaries import listening

T = TypeVar("T")
PRODUCT = "{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
CSV = {"solutions": "text/csv", "boolean": "text/csv", "graph": "text/turtle"}


def run(store: Store, work: Callable[[Pool], Awaitable[T]], **settings: object) -> T:
    """What the work on a pool of that store comes to; the pool is closed after it."""
    assert isinstance(store, OxigraphStore)

    async def worked() -> T:
        pool = Pool(store, Settings(**settings))  # type: ignore[arg-type]
        try:
            return await work(pool)
        finally:
            await pool.close()

    return asyncio.run(worked())


async def lines(pool: Pool, query: str, dataset: Dataset | None = None) -> list[str]:
    answer = await pool.answer(Query(query, CSV, dataset))  # type: ignore[arg-type]
    return answer.body.decode().splitlines()[1:]


LIMITS = {
    "time": ({"query_seconds": 1}, f"SELECT (COUNT(*) AS ?n) {PRODUCT}", TimeLimit, "may take 1 seconds"),
    "processor": (
        {"query_seconds": 60, "query_cpu_seconds": 1},
        f"SELECT (COUNT(*) AS ?n) {PRODUCT}",
        TimeLimit,
        "use 1 seconds of processor time",
    ),
    "memory": (
        {"query_seconds": 60, "query_memory_bytes": 100_000_000},
        f"SELECT ?a {PRODUCT} ORDER BY ?c",
        TooLarge,
        "use 100 MB of memory",
    ),
    "answer": ({"query_result_bytes": 1000}, "SELECT * { ?s ?p ?o }", TooLarge, "may have 1000 bytes"),
    "stack": ({}, "ASK " + "{" * 300_000 + "}" * 300_000, TooLarge, "nested deeper"),
}


@pytest.mark.parametrize(("settings", "query", "error", "reason"), LIMITS.values(), ids=LIMITS)
def test_a_limit_ends_the_query_by_name_and_nothing_else(
    seed_graph: KnowledgeGraph,
    settings: dict[str, object],
    query: str,
    error: type[DemarcheError],
    reason: str,
) -> None:
    async def work(pool: Pool) -> list[str]:
        with pytest.raises(error, match=reason):
            await lines(pool, query)
        return await lines(pool, "SELECT (1 AS ?n) {}")

    assert run(seed_graph.store, work, **settings) == ["1"]


def test_a_query_that_does_not_parse_costs_no_worker(seed_graph: KnowledgeGraph) -> None:
    async def work(pool: Pool) -> set[int]:
        pids = set()
        for _ in range(3):
            with pytest.raises(BadQuery, match="error at"):
                await lines(pool, "SELECT")
            pids |= pool.idle_workers()
        return pids

    assert len(run(seed_graph.store, work)) == 1


def test_a_worker_cannot_open_a_socket_even_if_the_guard_sleeps(seed_graph: KnowledgeGraph) -> None:
    async def work(pool: Pool) -> None:
        with pytest.raises(StoreError):
            await lines(pool, f"SELECT * {{ SERVICE <{canary.url}> {{ ?s ?p ?o }} }}")

    async def write(pool: Pool) -> None:
        for update in (
            f"LOAD <{canary.url}>",
            f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{canary.url}> {{ ?s ?p ?o }} }}",
        ):
            with pytest.raises(BadQuery):
                await pool.change({"do": "update", "base": ids.BASE}, update.encode())

    with listening() as canary:
        run(seed_graph.store, work)
        run(OxigraphStore(), write, scratch=True)
        with pytest.raises((DemarcheError, OSError)):
            OxigraphStore().select(f"SELECT * {{ SERVICE <{canary.url}> {{ ?s ?p ?o }} }}")
        assert canary.calls == ["called"], "only the query outside of a worker may be heard"


def test_workers_make_no_name_twice() -> None:
    store = OxigraphStore()
    store.load(b"_:a <urn:b> _:c .\n")  # the keeper renames the blank nodes, and so has drawn random numbers

    async def work(pool: Pool) -> list[str]:
        found = await asyncio.gather(
            *(lines(pool, "SELECT (UUID() AS ?n) (BNODE() AS ?b) {}") for _ in range(20))
        )
        assert len(pool.idle_workers()) > 1
        return [name for (row,) in found for name in row.split(",")]

    names = run(store, work)
    assert len(set(names)) == len(names) == 40


def test_a_query_sees_what_was_written_before_it_was_asked() -> None:
    store = OxigraphStore()

    async def work(pool: Pool) -> list[str]:
        found = []
        for number in range(3):
            store.replace("urn:g", [f'<urn:s> <urn:p> "{number}" .'])
            found += await lines(pool, "SELECT ?o { ?s ?p ?o }")
        return found

    assert run(store, work) == ["0", "1", "2"]


def test_what_is_kept_apart_is_seen_by_who_names_it(seed_graph: KnowledgeGraph) -> None:
    leads = "SELECT (COUNT(*) > 0 AS ?any) { ?lead a <https://w3id.org/demarche/ontology#Lead> }"
    named = leads.replace("{ ?lead", f"{{ GRAPH <{ids.LEADS_GRAPH}> {{ ?lead").replace("Lead> }", "Lead> } }")

    async def work(pool: Pool) -> list[list[str]]:
        return [
            await lines(pool, leads),
            await lines(pool, named),
            await lines(pool, leads, Dataset((ids.LEADS_GRAPH,), ())),
            await lines(pool, leads.replace(" {", f" FROM <{ids.LEADS_GRAPH}> {{", 1), Dataset()),
        ]

    assert run(seed_graph.store, work) == [["false"], ["true"], ["true"], ["true"]]


def test_a_change_that_is_ended_has_not_happened() -> None:
    async def work(pool: Pool) -> list[str]:
        await change(
            pool, "INSERT DATA { " + " ".join(f"<urn:{n}> <urn:p> {n} ." for n in range(2000)) + " }"
        )
        with pytest.raises(TimeLimit):
            await change(
                pool, "DELETE DATA { <urn:1> <urn:p> 1 } ; INSERT { ?a <urn:q> ?f } WHERE " + PRODUCT
            )
        with pytest.raises(BadQuery):
            await change(pool, "DELETE DATA { <urn:1> <urn:p> 1 } ; INSERT")
        return await lines(pool, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")

    async def change(pool: Pool, update: str) -> None:
        await pool.change({"do": "update", "base": ids.BASE}, update.encode())

    assert run(ScratchStore(), work, scratch=True, query_seconds=1) == ["2000"]
