"""From what a client accepts, or the ending of an address, to one media type that we can give."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demarche.graph.errors import DemarcheError

JSON = "application/json"
HTML = "text/html"
TURTLE = "text/turtle"
JSON_LD = "application/ld+json"
N_TRIPLES = "application/n-triples"
RDF_XML = "application/rdf+xml"
CSV = "text/csv"
TSV = "text/tab-separated-values"
SPREADSHEET = "text/csv; header=present"  # chosen by name only: no Accept header asks for it
PARQUET = "application/vnd.apache.parquet"
PROBLEM = "application/problem+json"
RESULTS_JSON = "application/sparql-results+json"
RESULTS_XML = "application/sparql-results+xml"
GRAPHML = "application/graphml+xml"
GEXF = "application/gexf+xml"

ENDINGS = {
    "html": HTML,
    "json": JSON,
    "ttl": TURTLE,
    "jsonld": JSON_LD,
    "nt": N_TRIPLES,
    "rdf": RDF_XML,
    "csv": CSV,
    "tsv": TSV,
    "parquet": PARQUET,
    "spreadsheet": SPREADSHEET,
    "srj": RESULTS_JSON,
    "srx": RESULTS_XML,
}

_RANGE = re.compile(r"([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)")
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


MOST_RANGES = 64
"""How many media ranges of an Accept header are read; browsers send fewer than ten."""


class NotAcceptable(DemarcheError):
    """Nothing that we can give is anything that the client takes."""

    def __init__(self, offers: Sequence[str]) -> None:
        self.offers = tuple(offers)
        super().__init__(f"this is to be had as: {', '.join(offers)}")


@dataclass(frozen=True)
class Range:
    """One media range of an Accept header, with the quality that the client gives it."""

    main: str
    sub: str
    quality: float

    def covers(self, media_type: str) -> bool:
        main, _, sub = media_type.partition("/")
        return self.main in {"*", main} and self.sub in {"*", sub}

    @property
    def precision(self) -> int:
        return (self.main != "*") + (self.sub != "*")


def best(accept: str | None, offers: Sequence[str]) -> str:
    """The offer that the client likes most, the earlier one among equals; NotAcceptable where it likes none."""
    if not accept or not accept.strip():
        return offers[0]
    ranges = accepted(accept)
    qualities = {offer: _quality(offer, ranges) for offer in offers}
    chosen = max(offers, key=lambda offer: qualities[offer])
    if qualities[chosen] == 0:
        raise NotAcceptable(offers)
    return chosen


def named(ending: str, offers: Sequence[str]) -> str:
    """The offer that an ending such as ``ttl`` names; NotAcceptable for another or an unknown one."""
    chosen = ENDINGS.get(ending)
    if chosen is None or chosen not in offers:
        raise NotAcceptable(
            [*offers, *(f"format={key}" for key, value in ENDINGS.items() if value in offers)]
        )
    return chosen


def split_ending(path: str, offers: Sequence[str]) -> tuple[str, str | None]:
    """The path without the ending that names one of the offers, and that offer."""
    stem, _, ending = path.rpartition(".")
    chosen = ENDINGS.get(ending)
    return (stem, chosen) if stem and chosen in offers else (path, None)


def ending(media_type: str) -> str:
    return next(key for key, value in ENDINGS.items() if value == media_type)


def with_aliases(offers: Sequence[str], aliases: Mapping[str, str]) -> list[str]:
    """The offers, and after them the general types under which some of them are also asked for."""
    return [*offers, *(alias for alias, meant in aliases.items() if meant in offers)]


def accepted(accept: str) -> list[Range]:
    """The first media ranges of the header; what is none is passed over, as HTTP asks of a recipient."""
    found = (_range(part) for part in accept.split(",", MOST_RANGES)[:MOST_RANGES])
    return [one for one in found if one is not None]


def takes_gzip(accept_encoding: str) -> bool:
    """Whether the header names it, and not to refuse it."""
    codings = accept_encoding.lower().split(",")
    return any(_GZIP.fullmatch(one.strip()) and not _REFUSED.search(one) for one in codings)


_GZIP = re.compile(r"gzip\s*(;.*)?")
_REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$")


def _range(text: str) -> Range | None:
    media_range, *parameters = (part.strip() for part in text.lower().split(";"))
    match = _RANGE.fullmatch(media_range)
    quality = next((part.removeprefix("q=") for part in parameters if part.startswith("q=")), "1")
    if match is None or not _QUALITY.fullmatch(quality):
        return None
    return Range(match[1], match[2], float(quality))


def _quality(offer: str, ranges: Sequence[Range]) -> float:
    """The quality of the most precise range that covers the offer, or 0."""
    covering = [one for one in ranges if one.covers(offer)]
    if not covering:
        return 0.0
    precision = max(one.precision for one in covering)
    return max(one.quality for one in covering if one.precision == precision)
