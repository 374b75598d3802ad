"""The engine of the reaction table: polars, DuckDB, Ibis on DuckDB, on 110 k real events; see docs/decisions/0008.

Each engine runs in a process of its own and answers the same questions on the same rows: an event is a target on a
week, and who acts on the target in that week answers it. Equal answers are checked by digest. Printed are medians,
the time to import, the time to read the files and the greatest memory of the process.
"""

from __future__ import annotations

import hashlib
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

ENGINES = ("polars", "duckdb", "ibis")
RUNS = 7
ONE = "Japan 2014-08-25"
Rows = list[tuple[Any, ...]]
Questions = dict[str, Callable[[], Rows]]

ACTS = """
CREATE TABLE acts AS
SELECT actor, relation, CAST(day AS DATE) AS day,
    target || ' ' || strftime(date_trunc('week', CAST(day AS DATE)), '%Y-%m-%d') AS event
FROM read_csv(?, delim = '\t', header = false, quote = '', columns = {
    'actor': 'VARCHAR', 'relation': 'VARCHAR', 'target': 'VARCHAR', 'day': 'VARCHAR'})
"""
SQL = {
    "co-reaction pairs": """
        WITH shares AS (SELECT DISTINCT event, actor FROM acts)
        SELECT a.actor, b.actor, count(*) FROM shares a JOIN shares b ON a.event = b.event AND a.actor < b.actor
        GROUP BY 1, 2""",
    "first responder": """
        WITH dated AS (SELECT event, actor, day, min(day) OVER (PARTITION BY event) AS first FROM acts)
        SELECT event, min(actor) FROM dated WHERE day = first GROUP BY event""",
    "lag histogram": """
        WITH dated AS (SELECT day, min(day) OVER (PARTITION BY event) AS first FROM acts)
        SELECT date_diff('day', first, day) AS lag, count(*) FROM dated GROUP BY 1""",
    "stance by month": "SELECT strftime(day, '%Y-%m') AS month, relation, count(*) FROM acts GROUP BY 1, 2",
    "one event": "SELECT actor, relation, CAST(day AS VARCHAR) FROM acts WHERE event = $one",
    "top actors": "SELECT actor, count(*) AS acts FROM acts GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20",
}


def main() -> None:
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "icews"
    if not folder.is_dir():
        print("columns: needs the event files of the shared data folder beside the checkout")
        return
    results = {engine: _apart(engine, folder) for engine in ENGINES}
    for question in SQL:
        told = "  ".join(f"{engine} {found['ms'][question]:8.2f} ms" for engine, found in results.items())
        equal = len({found["digests"][question] for found in results.values()}) == 1
        print(f"{question:<18} {told}  {'equal' if equal else 'DIFFERENT'}")
    for name, unit in (("import", "ms"), ("read", "ms"), ("memory", "MB")):
        told = "  ".join(f"{engine} {found[name]:8.0f} {unit}" for engine, found in results.items())
        print(f"{name:<18} {told}")


def measured(engine: str, files: list[str]) -> dict[str, Any]:
    """What one engine needs, in this process."""
    imported = _milliseconds(lambda: __import__(engine))
    made: list[Questions] = []
    read = _milliseconds(lambda: made.append(_QUESTIONS[engine](files)))
    times, digests = {}, {}
    for name, question in made[0].items():
        times[name] = median(_milliseconds(question) for _ in range(RUNS))
        digests[name] = hashlib.sha256(repr(sorted(map(tuple, question()))).encode()).hexdigest()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"ms": times, "digests": digests, "import": imported, "read": read, "memory": memory}


def _with_polars(files: list[str]) -> Questions:
    import polars as pl

    read = [
        pl.read_csv(
            file,
            separator="\t",
            has_header=False,
            quote_char=None,
            new_columns=["actor", "relation", "target", "day"],
        )
        for file in files
    ]
    day = pl.col("day").str.to_date("%Y-%m-%d")
    week = day.dt.truncate("1w").dt.to_string("%Y-%m-%d")
    acts = pl.concat(read).select("actor", "relation", day=day, event=pl.col("target") + " " + week)
    first = acts.lazy().group_by("event").agg(pl.col("day").min().alias("first"))
    dated = acts.lazy().join(first, on="event")

    def pairs() -> Rows:
        shares = acts.lazy().select("event", "actor").unique()
        both = shares.join(shares, on="event", suffix="_other").filter(
            pl.col("actor") < pl.col("actor_other")
        )
        return both.group_by("actor", "actor_other").len().collect().rows()

    return {
        "co-reaction pairs": pairs,
        "first responder": lambda: (
            dated.filter(pl.col("day") == pl.col("first"))
            .group_by("event")
            .agg(pl.col("actor").min())
            .collect()
            .rows()
        ),
        "lag histogram": lambda: (
            dated.group_by((pl.col("day") - pl.col("first")).dt.total_days().alias("lag"))
            .len()
            .collect()
            .rows()
        ),
        "stance by month": lambda: (
            acts.lazy()
            .group_by(pl.col("day").dt.truncate("1mo"), "relation")
            .len()
            .with_columns(pl.col("day").dt.to_string("%Y-%m"))
            .collect()
            .rows()
        ),
        "one event": lambda: (
            acts.filter(pl.col("event") == ONE)
            .select("actor", "relation", pl.col("day").dt.to_string("%Y-%m-%d"))
            .rows()
        ),
        "top actors": lambda: (
            acts.lazy()
            .group_by("actor")
            .len()
            .sort("len", "actor", descending=[True, False])
            .head(20)
            .collect()
            .rows()
        ),
    }


def _with_duckdb(files: list[str]) -> Questions:
    import duckdb

    connection = duckdb.connect()
    connection.execute(ACTS, [files])

    def asked(query: str) -> Callable[[], Rows]:
        return lambda: connection.execute(query, {"one": ONE} if "$one" in query else None).fetchall()

    return {name: asked(query) for name, query in SQL.items()}


def _with_ibis(files: list[str]) -> Questions:
    import ibis

    connection = ibis.duckdb.connect()
    connection.con.execute(ACTS, [files])
    acts = connection.table("acts")
    first = acts.day.min().over(ibis.window(group_by="event"))
    shares = acts.select("event", "actor").distinct()
    other = shares.view()
    both = shares.join(other, [shares.event == other.event, shares.actor < other.actor], rname="{name}_other")
    dated = acts.mutate(first=first)
    asked = {
        "co-reaction pairs": both.group_by(["actor", "actor_other"]).aggregate(n=lambda t: t.count()),
        "first responder": dated.filter(dated.day == dated.first)
        .group_by("event")
        .aggregate(who=lambda t: t.actor.min()),
        "lag histogram": dated.mutate(lag=dated.day.delta(dated["first"], unit="day"))
        .group_by("lag")
        .aggregate(n=lambda t: t.count()),
        "stance by month": acts.mutate(month=acts.day.strftime("%Y-%m"))
        .group_by(["month", "relation"])
        .aggregate(n=lambda t: t.count()),
        "one event": acts.filter(acts.event == "Japan 2014-08-25").select(
            "actor", "relation", day=acts.day.cast("string")
        ),
        "top actors": acts.group_by("actor")
        .aggregate(n=lambda t: t.count())
        .order_by([ibis.desc("n"), "actor"])
        .limit(20),
    }

    def answered(told: Any) -> Callable[[], Rows]:
        return lambda: _rows(told.to_pyarrow())

    return {name: answered(told) for name, told in asked.items()}


_QUESTIONS: dict[str, Callable[[list[str]], Questions]] = {
    "polars": _with_polars,
    "duckdb": _with_duckdb,
    "ibis": _with_ibis,
}


def _rows(table: Any) -> Rows:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _apart(engine: str, folder: Path) -> dict[str, Any]:
    files = [str(file) for file in sorted(folder.glob("*.tsv"))]
    done = subprocess.run(
        [sys.executable, __file__, engine, *files], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measured(sys.argv[1], sys.argv[2:])))
    else:
        main()
