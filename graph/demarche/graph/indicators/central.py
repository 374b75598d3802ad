"""Who is most central among those who reacted in a year: the network of common reactions, measured in four ways.

Two units are tied when acts of both answer the same event; the weight is the number of such events. The order is that
of PageRank, which weighs the ties; degree, betweenness and closeness do not. A central unit reacts to what many react
to: it is no measure of power, and it tells only of what the record holds of that year.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, cast

from ..network import Options, centrality, project, ranked
from ..question import Graph, Parameter, Question
from ..store import Table, Term

if TYPE_CHECKING:
    from ..reactions import Unit

_XSD = "http://www.w3.org/2001/XMLSchema#"
_FURTHER = ("degree", "betweenness", "closeness", "strength")


def central(graph: Graph, values: Mapping[str, Term]) -> Table:
    """One row for each unit that reacted in the year, the most central first; equal values have an equal rank."""
    year = int(values["year"].value)
    unit = cast("Unit", values["unit"].value if "unit" in values else "government")
    network = project(
        graph.reactions(), "co-reaction", Options(date(year, 1, 1), date(year, 12, 31), fold=unit)
    )
    further = {name: centrality(network, name) for name in _FURTHER}
    rows = (
        (
            _number(row["rank"]),
            Term(row["label"], "literal"),
            Term(row["kind"], "literal"),
            _number(row["value"]),
            *(_number(found[row["id"]]) for found in further.values()),
            _number(row["acts"]),
            Term(row["id"]),
        )
        for row in ranked(network, "pagerank")
    )
    return Table(_COLUMNS, tuple(rows))


def _number(value: float) -> Term:
    """A count as it is, a share to six digits: so far all machines agree."""
    if isinstance(value, int):
        return Term(str(value), "literal", f"{_XSD}integer")
    return Term(f"{value:.6f}".rstrip("0").rstrip("."), "literal", f"{_XSD}decimal")


_COLUMNS = ("rank", "reactor", "kind", "pagerank", *_FURTHER, "acts", "reactor_id")

CENTRAL = Question(
    name="central",
    number=16,
    text="Who is the most central reactor of a year?",
    parameters=(
        Parameter("year", "year", "the year, by local dates", "2016"),
        Parameter(
            "unit",
            "unit",
            "who counts as one, a government unless given",
            "government",
            optional=True,
        ),
    ),
    columns=_COLUMNS[:-1],
    query=None,
    measure=central,
)
