"""Reaction tables that a test writes by hand: a row for each act, its times in minutes of one day."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from hypothesis import settings
from hypothesis import strategies as st

from demarche.graph.reactions import SCHEMA, Reactions
from demarche.graph.store import OxigraphStore

untimed = settings(deadline=None, max_examples=50)
"""For properties of frames: each example makes several tables, and nothing is said of the time that takes."""

MIDNIGHT = datetime(2016, 6, 22, tzinfo=UTC)

Row = dict[str, Any]


def minutes(number: int) -> datetime:
    return MIDNIGHT + timedelta(minutes=number)


def row(
    unit: str = "a",
    earliest: int | None = 10,
    latest: int | None = 20,
    event: str = "e",
    happened: tuple[int, int] | None = (0, 1),
    **others: object,
) -> Row:
    """One act of one government; it is called after all that is said of it, so that equal rows are one act."""
    act = f"{unit} {earliest} {latest} {sorted(others.items())}"
    return {
        "act": act, "event": event, "link": "explicit", "actors": [unit], "governments": [unit],
        "earliest": earliest, "latest": latest, "happened": happened,
    } | others  # fmt: skip


def reactions(rows: Iterable[Row], store: OxigraphStore | None = None) -> Reactions:
    """The table of these rows; what they leave out is null or an empty list."""
    frame = pl.DataFrame([_complete(one) for one in rows], schema=SCHEMA)
    events = frame["event"].unique().sort()
    parts = pl.DataFrame({"part": events, "whole": events})
    return Reactions(frame.sort("event", "earliest", "act", nulls_last=True), parts, store or OxigraphStore())


def _complete(given: Row) -> Row:
    happened, earliest, latest = (given[name] for name in ("happened", "earliest", "latest"))
    began, ended = happened or (None, None)
    instants = {"earliest": earliest, "latest": latest, "event_earliest": began, "event_latest": ended}
    times = {name: None if at is None else minutes(at) for name, at in instants.items()}
    lists: Row = {name: [] for name, kind in SCHEMA.items() if kind == pl.List(pl.String)}
    known = {name: value for name, value in given.items() if name in SCHEMA}
    return lists | known | times | {
        "lag_min": _less(times["earliest"], times["event_latest"]),
        "lag_max": _less(times["latest"], times["event_earliest"]),
    }  # fmt: skip


def _less(later: datetime | None, sooner: datetime | None) -> timedelta | None:
    return None if later is None or sooner is None else later - sooner


UNITS = st.sampled_from("abcd")
LINKS = st.sampled_from(("explicit", "presumed"))


@st.composite
def dated_rows(draw: st.DrawFn) -> Row:
    """An act that may answer its event, each known to the minute or worse."""
    began, doubt = draw(st.integers(0, 30)), draw(st.integers(1, 30))
    latest = began + draw(st.integers(1, 90))
    earliest = latest - draw(st.integers(1, 90))
    return row(draw(UNITS), earliest, latest, happened=(began, began + doubt), link=draw(LINKS))


ROWS = st.lists(dated_rows(), min_size=1, max_size=8)
