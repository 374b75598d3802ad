"""What the service counts of itself, in the format of Prometheus.

Requests are counted in plain numbers on the one thread that answers them, and become samples when somebody asks: that
costs an answer from memory a microsecond.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from demarche.graph.errors import DemarcheError

from .cache import Answers

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"}

Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily | InfoMetricFamily
Census = tuple[str, int, int]
"""The version of what is served, and how many graphs and triples it has."""


class Meter:
    """The counts of one service."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.requests: Counter[tuple[str, str, int, bool]] = Counter()
        self.buckets: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(SECONDS) + 1))
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def count(self, route: str, method: str, status: int, seconds: float, *, cached: bool) -> None:
        self.requests[route, method if method in _METHODS else "other", status, cached] += 1
        self.buckets[route][bisect_left(SECONDS, seconds)] += 1
        self.seconds[route] += seconds


class Exposed(Collector):
    """The counts of a meter, of the kept answers and of the store as samples."""

    def __init__(self, meter: Meter, answers: Answers, census: Callable[[], Census]) -> None:
        self._meter, self._answers, self._census = meter, answers, census

    def collect(self) -> Iterator[Family]:
        yield from _requests(self._meter)
        yield from _kept(self._answers)
        yield from self._store()

    def _store(self) -> Iterator[Family]:
        try:
            version, graphs, triples = self._census()
        except DemarcheError:
            yield _gauge("demarche_store_up", "Whether the store answers", 0)
            return
        yield _gauge("demarche_store_up", "Whether the store answers", 1)
        yield _gauge("demarche_store_graphs", "Named graphs in the store", graphs)
        yield _gauge("demarche_store_triples", "Triples in the store, counted in each graph", triples)
        yield InfoMetricFamily("demarche_store", "What is served", {"version": version})


class Samples:
    """All that is told of one service and its process."""

    def __init__(self, meter: Meter, answers: Answers, census: Callable[[], Census]) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(Exposed(meter, answers, census))
        for kind in (ProcessCollector, PlatformCollector, GCCollector):
            kind(registry=self._registry)

    def written(self, accept: str) -> tuple[bytes, str]:
        """The samples in the format that the reader accepts, and its content type."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type


def _requests(meter: Meter) -> Iterator[Family]:
    total = CounterMetricFamily(
        "demarche_requests", "Requests answered", labels=("route", "method", "status", "cached")
    )
    for (route, method, status, cached), number in sorted(meter.requests.items()):
        total.add_metric((route, method, str(status), "yes" if cached else "no"), number)
    yield total
    taken = HistogramMetricFamily(
        "demarche_request_seconds", "Seconds until an answer was sent", labels=("route",)
    )
    for route, counts in sorted(meter.buckets.items()):
        taken.add_metric((route,), _cumulated(counts), meter.seconds[route])
    yield taken
    yield _gauge(
        "demarche_requests_in_flight", "Requests being answered, but for kept answers", meter.in_flight
    )


def _kept(answers: Answers) -> Iterator[Family]:
    asked = CounterMetricFamily(
        "demarche_cache_lookups", "Answers looked for among those kept", labels=("found",)
    )
    asked.add_metric(("yes",), answers.hits)
    asked.add_metric(("no",), answers.misses)
    yield asked
    yield _gauge("demarche_cache_answers", "Answers that are kept", len(answers))
    yield _gauge("demarche_cache_bytes", "Bytes that kept answers take, about", answers.size)
    yield _gauge("demarche_cache_limit_bytes", "Bytes that they may take", answers.limit)


def _cumulated(counts: list[int]) -> list[tuple[str, float]]:
    bounds = [*map(str, SECONDS), "+Inf"]
    total, found = 0, []
    for bound, number in zip(bounds, counts, strict=True):
        total += number
        found.append((bound, float(total)))
    return found


def _gauge(name: str, told: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, value)
