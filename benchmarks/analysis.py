"""The reaction table on 110 k real events, against Oxigraph and rdflib, and their network, against plain networkx.

    python benchmarks/analysis.py [folder of ICEWS files in four columns]

The peers get the best we know for them: all triples in one default graph (no union of named graphs to walk), queries
that join as little as they can (``analysis/*.rq``), and answers that count as read once the engine has written them as
CSV. Of each query a second wording is tried (``*.alternative.rq``), and ours is held against the faster; one that
takes three times as long as the other at the smaller scale is not tried at the larger. Acts are linked far more widely
than the reader does by default (see ``DENSE``), so that the table has about as many rows as there are events.
"""

from __future__ import annotations

import io
import math
import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import networks
import polars as pl
import pyoxigraph
from measure import medians, summed_up, tell
from rdflib import Graph
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.query import ResultRow

from demarche.graph.feed import Presumption, load_events
from demarche.graph.indicators.first_responders import first_responders
from demarche.graph.indicators.lags import EDGES, act_lags, lag_histogram
from demarche.graph.indicators.overviews import co_reactions, most_reactions, stances_by_month
from demarche.graph.knowledge import KnowledgeGraph
from demarche.graph.reactions import Reactions, reaction_table
from demarche.graph.seed import seed_data_folder
from demarche.graph.sources.icews import read_spellings
from demarche.graph.store import OxigraphStore

HERE = Path(__file__).parent
EVENTS = HERE.parents[1] / "shared" / "data" / "icews"
QUERIES = {file.stem: file.read_text(encoding="utf-8") for file in (HERE / "analysis").glob("*.rq")}
ALTERNATIVE = ".alternative"
DENSE = Presumption(days=365, most=10)
ROUNDS, EVENTS_ASKED = 5, 200
PART = 10
"""The smaller scale has every event up to the day by which this part of a file's events had happened."""


# ---------------------------------------------------------------- the operations on the table


def possibly_first(table: Reactions) -> pl.DataFrame:
    return first_responders(table, "actor").filter(pl.col("first") != "no").select("event", "unit")


def lags_in_bins(table: Reactions) -> pl.DataFrame:
    counted = lag_histogram(act_lags(table).frame).select("start", "certain", "possible")
    return counted.filter(pl.col("possible") > 0)


OPERATIONS: dict[str, Callable[[Reactions], pl.DataFrame]] = {
    "co-reaction-pairs": co_reactions,
    "first-responder": possibly_first,
    "lag-histogram": lags_in_bins,
    "stance-by-month": lambda table: stances_by_month(table).select("month", "stance", "reactions"),
    "top-actors": most_reactions,
}


# ---------------------------------------------------------------- one scale


@dataclass(frozen=True)
class Scale:
    """The same events in our store, in its table, and in the peers."""

    events: int
    triples: int
    store: OxigraphStore
    table: Reactions
    peer: pyoxigraph.Store
    missed: list[str] = field(default_factory=list)

    def tell(self, title: str, found: dict[str, float], peer: str, times: int) -> None:
        """Print the medians; what is claimed is claimed of all events: the smaller scale is there for the growth."""
        self.missed.extend(tell(title, found, peer, 1 / times if self.events > 100_000 else None))

    def csv(self, name: str) -> bytes:
        found: Any = self.peer.query(QUERIES[name].replace("BINS", _bins()))
        written: bytes = found.serialize(format=pyoxigraph.QueryResultsFormat.CSV)
        return written


def _bins() -> str:
    """The bins of the histogram as VALUES has them; the last has no end."""
    ends = (*EDGES[1:], timedelta(days=100_000))
    pairs = (
        f'("{_duration(start)}"^^xsd:dayTimeDuration "{_duration(end)}"^^xsd:dayTimeDuration)'
        for start, end in zip(EDGES, ends, strict=True)
    )
    return " ".join(pairs)


def loaded(files: list[Path]) -> Scale:
    spellings = read_spellings(seed_data_folder())
    store, begin = OxigraphStore(), perf_counter()
    done = [load_events(file, store, spellings, DENSE) for file in files]
    seconds = perf_counter() - begin
    events = sum(one.acts for one in done)
    triples = sum(one.triples for one in done)
    links = sum(one.links for one in done)
    print(f"\n{events} events, {triples} triples, {links} links: read and loaded in {seconds:.1f} s,")
    print(f"  {events / seconds:,.0f} events/s; {_memory()}")
    begin = perf_counter()
    table = KnowledgeGraph(store).reactions()
    print(f"  table of {len(table)} rows, first built in {perf_counter() - begin:.2f} s; {_memory()}")
    return Scale(events, triples, store, table, _peer(store))


def _peer(store: OxigraphStore) -> pyoxigraph.Store:
    """Oxigraph as a user of it alone would have it: every triple once, in the default graph."""
    engine = pyoxigraph.Store()
    for graph in store.graphs():
        engine.bulk_load(store.dump_graph(graph), format=pyoxigraph.RdfFormat.N_TRIPLES)
    engine.optimize()
    return engine


def _memory() -> str:
    return f"most memory so far {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"


# ---------------------------------------------------------------- equal answers


def compared(scale: Scale, name: str, query: str) -> None:
    """Stop unless table and engine give the same answer."""
    ours = OPERATIONS[name](scale.table)
    theirs = pl.read_csv(io.BytesIO(scale.csv(query)), infer_schema=False)
    assert len(ours), name
    assert _as_rows(ours) == _as_rows(theirs), f"{query}: {len(ours)} rows, Oxigraph has {len(theirs)}"


def _as_rows(answer: pl.DataFrame) -> list[tuple[str, ...]]:
    return sorted(tuple(_as_text(value) for value in row) for row in answer.iter_rows())


def _as_text(value: object) -> str:
    if isinstance(value, timedelta):
        return _duration(value)
    return str(value).rpartition("/code/stance/")[
        2
    ]  # the engine names a stance by its IRI, the table by its last part


def _duration(value: timedelta) -> str:
    """As xsd:dayTimeDuration is written: P1DT22H, -PT26H is -P1DT2H."""
    seconds = abs(int(value.total_seconds()))
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    parts = f"P{days}D" * bool(days) or "P"
    clock = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    text = parts + (f"T{clock}" if clock else "") if seconds else "PT0S"
    return f"-{text}" if value < timedelta() else text


# ---------------------------------------------------------------- the claims


def operations(scale: Scale, slow: set[str]) -> dict[str, float]:
    """(a) Each operation, table against engine; the seconds of ours. What is ``slow`` is left out, and found out."""
    ours = {}
    for name, operation in OPERATIONS.items():
        rivals: dict[str, Callable[[], object]] = {"table": partial(operation, scale.table)}
        for query in sorted({name, name + ALTERNATIVE} - slow):
            compared(scale, name, query)
            rivals[_wording(query)] = partial(scale.csv, query)
        found = medians(rivals, ROUNDS)
        slow |= {
            query
            for query in (name, name + ALTERNATIVE)
            if found.get(_wording(query), 0) > 3 * found[_faster(found)]
        }
        scale.tell(f"(a) {name}: {scale.events} events, equal answers", found, _faster(found), 20)
        ours[name] = found["table"]
    return ours


def _wording(query: str) -> str:
    return "Oxigraph, second wording" if query.endswith(ALTERNATIVE) else "Oxigraph"


def _faster(found: dict[str, float]) -> str:
    """The faster wording of the engine's query: the one that ours is held against."""
    return min((name for name in found if name.startswith("Oxigraph")), key=lambda name: found[name])


def who_reacted(scale: Scale) -> float:
    """(b) The reactions to each of many events, from the best answered to the least; seconds for one."""
    counted = scale.table.frame["event"].value_counts(sort=True)["event"]
    asked = counted.gather_every(max(len(counted) // EVENTS_ASKED, 1)).to_list()
    for event in asked:
        ours = _plain(_reactions(scale.table, event))
        for query in ("who-reacted", "who-reacted" + ALTERNATIVE):
            assert ours == _plain(_who(scale.peer, event, query)), (
                f"{query} to {event}: table and engine differ"
            )
    found = medians(
        {
            "Reactions.about(event), rows": lambda: [_reactions(scale.table, event) for event in asked],
            **{
                _wording(query): partial(_each, scale.peer, asked, query)
                for query in ("who-reacted", "who-reacted" + ALTERNATIVE)
            },
        },
        ROUNDS,
    )
    scale.tell(
        f"(b) who reacted to each of {len(asked)} events, {scale.events} events", found, _faster(found), 3
    )
    return found["Reactions.about(event), rows"] / len(asked)


def _reactions(table: Reactions, event: str) -> list[tuple[Any, ...]]:
    """What the query of the peer selects, and no column more."""
    return table.about(event).frame[list(_WHO)].rows()


def _each(peer: pyoxigraph.Store, events: list[str], query: str) -> list[object]:
    return [_who(peer, event, query) for event in events]


def _who(peer: pyoxigraph.Store, event: str, query: str) -> list[tuple[str | None, ...]]:
    found: Any = peer.query(QUERIES[query].replace("EVENT", event))
    return [tuple(value and value.value for value in row) for row in found]


_WHO = ("act", "actors", "kind", "level", "earliest", "latest", "stance", "bodies", "governments")


def _plain(rows: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    return sorted(tuple(_plain_value(value) for value in row) for row in rows)


def _plain_value(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = str(value or "").replace("+00:00", "Z")  # as rdflib writes an instant
    return text.rpartition("/")[2] if "/code/" in text else text


def building(scale: Scale) -> float:
    """(c) The whole table from the store, against the same rows by one SELECT through rdflib; seconds of ours."""
    peer = Graph(store=_oxrdflib(scale.peer), identifier=DATASET_DEFAULT_GRAPH_ID)
    rows: list[ResultRow] = []

    def read() -> None:
        rows[:] = list(peer.query(QUERIES["table"]))  # type: ignore[arg-type]

    found = medians(
        {"table from the store": lambda: reaction_table(scale.store), "rdflib on Oxigraph, one SELECT": read},
        3,
    )
    ours = _doubts(_plain(scale.table.frame.select(_ROW).rows()))
    theirs = _doubts(_plain([tuple(row) for row in rows]))
    assert len(ours) == len(scale.table), "the table has a row twice"
    assert ours.keys() == theirs.keys(), "the table has other rows"
    assert all(doubts <= theirs[row] for row, doubts in ours.items()), "the table has other confidences"
    through = "rdflib on Oxigraph, one SELECT"
    scale.tell(f"(c) building {len(scale.table)} rows", found, through, 5)
    return found["table from the store"]


def _doubts(rows: list[tuple[str, ...]]) -> dict[tuple[str, ...], set[str]]:
    """Each row with its confidences: an act that two files tell of has a link in each."""
    found: dict[tuple[str, ...], set[str]] = {}
    for act, event, confidence, *rest in rows:
        found.setdefault((act, event, *rest), set()).add(confidence)
    return found


_ROW = (
    *("act", "event", "confidence", "actors", "kind", "level", "channel", "precision", "local_date"),
    *("earliest", "latest", "event_earliest", "event_latest", "stance", "polarity", "intensity"),
    *("bodies", "governments"),
)
"""The columns of the table in the order of ``table.rq``."""


def _oxrdflib(engine: pyoxigraph.Store) -> Any:
    """rdflib over the very engine that the other claims ask; its own memory was not tried at this size."""
    from oxrdflib import OxigraphStore as Through

    return Through(store=engine)


def earliest_part(files: list[Path], folder: Path) -> list[Path]:
    """The first tenth of each file by date, so that events lie as close to each other as in the whole."""
    parts = []
    for file in files:
        rows = sorted(file.read_text(encoding="utf-8").splitlines(keepends=True), key=lambda row: row[-11:])
        parts.append(folder / file.name)
        parts[-1].write_text("".join(rows[: len(rows) // PART]), encoding="utf-8")
    return parts


def growth(small: Measured, large: Measured) -> list[str]:
    """(e) The exponent of each growth in the number of events; n log n has the exponent that is printed."""
    missed = []
    few, many = small.scale.events, large.scale.events
    times = many / few
    limit = math.log(times * math.log(many) / math.log(few)) / math.log(times)
    rows = math.log(len(large.scale.table) / len(small.scale.table)) / math.log(times)
    print(f"\n(e) growth from {few} to {many} events, as an exponent (n log n: {limit:.2f})")
    print(f"  rows of the table: {len(small.scale.table)} to {len(large.scale.table)}, n^{rows:.2f}")
    for name, seconds in large.seconds.items():
        exponent = math.log(seconds / small.seconds[name]) / math.log(times)
        held = "" if exponent <= limit else "   faster than n log n"
        missed += [f"(e) {name}: n^{exponent:.2f}, n^{limit:.2f} wanted"] if held else []
        before = small.seconds[name]
        print(f"  {name:<44} {before * 1000:9.2f} ms {seconds * 1000:10.2f} ms   n^{exponent:.2f}{held}")
    return missed


@dataclass(frozen=True)
class Measured:
    scale: Scale
    seconds: dict[str, float]


def measured(files: list[Path], slow: set[str]) -> Measured:
    scale = loaded(files)
    found = operations(scale, slow)
    found["who reacted"] = who_reacted(scale)
    found["building"] = building(scale)
    print(f"  {_memory()}")
    return Measured(scale, found)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    files = sorted(folder.glob("*.tsv"))
    if not files:
        print(f"no files of events in {folder}: name their folder")
        return
    missed = networks.compared(folder)  # first: what follows takes gigabytes, in which everything runs slower
    with TemporaryDirectory() as made:
        slow = set[str]()
        small = measured(earliest_part(files, Path(made)), slow)
    large = measured(files, slow)
    missed += [*large.scale.missed, *growth(small, large)]
    print(f"\n{_memory()}")
    summed_up(missed)


if __name__ == "__main__":
    main()
