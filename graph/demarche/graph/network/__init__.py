"""Networks drawn from the record, their measures, and paths between things: the only place that imports networkx."""

from __future__ import annotations

from .paths import RELATIONS, Tie, shortest_path, things

__all__ = ["RELATIONS", "Tie", "shortest_path", "things"]
