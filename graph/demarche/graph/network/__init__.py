"""Networks drawn from the record, their measures, and paths between things: the only place that imports networkx."""

from __future__ import annotations

from .measures import CENTRALITIES, METHODS, centrality, communities, ego, modularity, ranked
from .paths import RELATIONS, Tie, shortest_path, things
from .projections import PROJECTIONS, Options, Projection, node_link, project, projection

__all__ = [
    "CENTRALITIES", "METHODS", "PROJECTIONS", "RELATIONS", "Options", "Projection", "Tie",
    "centrality", "communities", "ego", "modularity", "node_link", "project", "projection", "ranked",
    "shortest_path", "things",
]  # fmt: skip
