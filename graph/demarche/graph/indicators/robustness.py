"""Which findings about an event rest on presumed links, and would change if only what the wording ties were counted.

Each finding is made twice from the reaction table, folded into governments: with all links, and with explicit ones
only.

* **reactor**: how many acts of the government answer the event,
* **highest level**: the highest step of the ladder that an act of it reaches,
* **stance**: that it takes this stance at all,
* **certainly first** and **possibly first**: as ``first_responders`` has it, all that answers counted as one event.

A finding **holds** when both are equal, **changes** when both are there and differ, **vanishes** when only all
links make it, and **appears** when only explicit links make it: who was overtaken by a presumed act may come first
without it.

Limits: a presumed link has a confidence, and it counts here in full or not at all. That a finding holds
says that it needs no presumption, and not that the record is complete.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from .. import identifiers as ids
from ..question import Graph, Parameter, Question
from ..store import Store, Table, Term
from . import cells

if TYPE_CHECKING:
    from ..reactions import Reactions

Verdict = Literal["holds", "changes", "vanishes", "appears"]
Key = tuple[str, str, str]
"""The finding, the actor's IRI and, of a stance, which one."""

FINDINGS = ("reactor", "highest level", "stance", "certainly first", "possibly first")
_VERDICTS: tuple[Verdict, ...] = ("vanishes", "appears", "changes", "holds")


@dataclass(frozen=True)
class Compared:
    """A finding as all links give it and as explicit ones do; None where they do not."""

    finding: str
    actor: str
    all_links: str | None
    explicit: str | None

    @property
    def verdict(self) -> Verdict:
        if self.explicit is None:
            return "vanishes"
        if self.all_links is None:
            return "appears"
        return "holds" if self.all_links == self.explicit else "changes"


def robustness(graph: Graph, values: Mapping[str, Term]) -> Table:
    """One row for each finding, those that vanish first."""
    reactions = graph.reactions().about(values["event"].value)
    labels = _labels(graph.store)
    return Table(_COLUMNS, tuple(_row(one, reactions.names, labels) for one in compared(reactions)))


def compared(reactions: Reactions) -> list[Compared]:
    """Every finding of these reactions, beside what explicit links alone give; codes as in the table."""
    every, explicit = findings(reactions), findings(reactions.explicit())
    found = [
        Compared(key[0], key[1], every.get(key), explicit.get(key)) for key in every.keys() | explicit.keys()
    ]
    return sorted(found, key=_order)


def findings(reactions: Reactions) -> dict[Key, str]:
    """What these reactions show of each government."""
    found: dict[Key, str] = {}
    for actor, rows in _by_actor(reactions).items():
        top = max(rows, key=lambda row: row["level_rank"])
        found["reactor", actor, ""] = _counted(len({row["act"] for row in rows}))
        found["highest level", actor, ""] = top["level"]
        found |= {("stance", actor, row["stance"]): row["stance"] for row in rows if row["stance"]}
    found |= {(finding, actor, ""): "yes" for finding, actor in _first(reactions)}
    return found


def _first(reactions: Reactions) -> Iterator[tuple[str, str]]:
    """Who may have been the first, and who was so for certain."""
    # Imported when asked, as in over_time: polars takes longer to import than most answers take.
    import polars as pl

    from .first_responders import first_responders

    as_one = replace(reactions, frame=reactions.frame.with_columns(event=pl.lit("")))
    for actor, first in first_responders(as_one).select("unit", "first").iter_rows():
        if first == "certainly":
            yield "certainly first", actor
        if first != "no":
            yield "possibly first", actor


def _by_actor(reactions: Reactions) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in reactions.fold("government").iter_rows(named=True):
        found.setdefault(row["unit"], []).append(row)
    return found


def _counted(acts: int) -> str:
    return f"{acts} act" if acts == 1 else f"{acts} acts"


def _order(one: Compared) -> tuple[object, ...]:
    place = (_VERDICTS.index(one.verdict), FINDINGS.index(one.finding))
    return (*place, one.actor, one.all_links or "", one.explicit or "")


def _labels(store: Store) -> dict[str, str]:
    """What levels and stances are called, by the last part of the code."""
    rows = store.select(
        f"""SELECT ?code ?label {{
            VALUES ?scheme {{ <{ids.CODE}level> <{ids.CODE}stance> }}
            ?code skos:inScheme ?scheme ; skos:prefLabel ?label }} ORDER BY ?code"""
    )
    return {(row["code"] or "").removeprefix(ids.CODE): row["label"] or "" for row in rows}


def _row(one: Compared, names: Mapping[str, str], labels: Mapping[str, str]) -> tuple[Term | None, ...]:
    scheme = {"highest level": "level", "stance": "stance"}.get(one.finding, "")
    told = (
        labels.get(f"{scheme}/{value}", value) if value else None for value in (one.all_links, one.explicit)
    )
    return (
        cells.text(one.verdict),
        cells.text(one.finding),
        cells.text(names.get(one.actor, ids.local(one.actor))),
        *map(cells.text, told),
        cells.iri(one.actor),
    )


_COLUMNS = ("verdict", "finding", "actor", "all_links", "explicit_links", "actor_id")

ROBUSTNESS = Question(
    name="robustness",
    number=29,
    text="Which findings about an event vanish when only explicit links count?",
    parameters=(
        Parameter(
            "event",
            "event",
            "the launch, salvo, test or other event, with its parts",
            f"{ids.BASE}event/2016-06-22-musudan",
        ),
    ),
    columns=_COLUMNS[:5],
    query=None,
    measure=robustness,
)
