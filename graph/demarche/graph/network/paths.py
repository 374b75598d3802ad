"""Paths between things, typed and sourced: the shortest chain of relations that the store holds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from .. import identifiers as ids
from ..store import Store

if TYPE_CHECKING:
    import networkx

RELATIONS = (
    *(
        "madeBy",
        "reactsTo",
        "presumablyReactsTo",
        "anticipates",
        "announces",
        "relays",
        "invokes",
        "addressee",
        "via",
    ),
    *("inCapacity", "body", "government", "actor", "target", "participant", "ledBy"),
    *("person", "office", "inBody", "subBodyOf", "ofGovernment", "member"),
    *("partOf", "atEvent", "bringsAbout", "continuesSeries", "laterEditionOf", "sharesParticipantsWith"),
    *("commemorates", "concludes", "violates", "sameEventAs", "place", "landingPlace", "weapon"),
)
"""What connects two things, the more telling first. That one came before another connects nothing."""


@dataclass(frozen=True)
class Tie:
    """One relation between two things, as a source has it. ``forward`` is false when the path walks it backwards."""

    start: str
    relation: str
    end: str
    sources: tuple[str, ...]
    forward: bool = True


def shortest_path(store: Store, first: str, second: str) -> tuple[Tie, ...]:
    """The ties from the first thing to the second, as few as possible; empty when nothing connects them.

    Of several shortest paths the same one is found whenever the store holds the same things.
    """
    import networkx

    graph = things(store)
    if first == second or first not in graph or second not in graph:
        return ()
    try:
        nodes = networkx.shortest_path(graph, first, second)
    except networkx.NetworkXNoPath:
        return ()
    return tuple(_tie(graph, start, end) for start, end in pairwise(nodes))


def things(store: Store) -> networkx.Graph[str]:
    """The actors, offices, tenures, events, acts, places and weapon systems, and the ties between any two of them."""
    import networkx

    graph: networkx.Graph[str] = networkx.Graph()
    for row in store.select(_TIES):
        start, relation, end, source = (row[name] or "" for name in ("start", "relation", "end", "source"))
        if not graph.has_edge(start, end):
            graph.add_edge(start, end, ties={})
        graph[start][end]["ties"].setdefault((start, relation), []).append(source)
    return graph


def _tie(graph: networkx.Graph[str], start: str, end: str) -> Tie:
    """The tie to show of all those between two neighbours: one that is walked forwards, then the most telling."""
    ties = graph[start][end]["ties"]
    origin, relation = min(ties, key=lambda tie: (tie[0] != start, _RANK[tie[1]]))
    return Tie(start, relation, end, tuple(ties[origin, relation]), origin == start)


_RANK = {f"{ids.ONTOLOGY}#{name}": rank for rank, name in enumerate(RELATIONS)}

_TIES = f"""
SELECT DISTINCT ?start ?relation ?end ?source WHERE {{
    VALUES ?relation {{ {" ".join(f"dm:{name}" for name in RELATIONS)} }}
    GRAPH ?source {{ ?start ?relation ?end }}
    FILTER(STRSTARTS(STR(?start), "{ids.BASE}") && STRSTARTS(STR(?end), "{ids.BASE}"))
}}
ORDER BY ?start ?end ?relation ?source
"""
