"""Networks drawn from the record, their measures, and paths between things: the only place that imports networkx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .measures import CENTRALITIES, METHODS, centrality, communities, ego, modularity, ranked, ranking
from .paths import RELATIONS, Tie, shortest_path, things
from .projections import PROJECTIONS, Options, Projection, node_link, project, projection

if TYPE_CHECKING:
    from .projections import Network as Network

__all__ = [
    "CENTRALITIES", "METHODS", "PROJECTIONS", "RELATIONS", "Options", "Projection", "Tie",
    "centrality", "communities", "ego", "modularity", "node_link", "project", "projection", "ranked", "ranking",
    "shortest_path", "things",
]  # fmt: skip
