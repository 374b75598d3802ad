"""The record with every text attached, and small graphs made of sentences of our own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.graph.store import PREFIXES, OxigraphStore
from demarche.graph.texts import attach, opened

EVENT = f"{ids.BASE}event/test"
PAGE = "page"


@pytest.fixture(scope="session")
def with_texts(
    seed_graph: KnowledgeGraph, shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> KnowledgeGraph:
    folder = tmp_path_factory.mktemp("texts")
    attach(shared / "data" / "articles", seed_graph.store, folder)
    return KnowledgeGraph(seed_graph.store, opened(folder, seed_graph.store, print))


@dataclass(frozen=True)
class Said:
    """An act in a small graph: who makes it, between which instants, and in which words."""

    name: str
    bodies: tuple[str, ...]
    earliest: str = ""
    latest: str = ""
    words: str = ""
    fidelity: str = "verbatim"
    cut: str = ""
    """A piece of the words that the publisher put in."""
    tie: str = "reactsTo"
    channel: str = "unspecified"
    more: str = ""


Small = Callable[..., KnowledgeGraph]


@pytest.fixture
def small() -> Small:
    """A graph of one page, whose acts stand one after the other; a body called gov-x is a government."""

    def made(*acts: Said, more: str = "") -> KnowledgeGraph:
        store = OxigraphStore()
        lines = "".join(_triples(act, number * 1000) for number, act in enumerate(acts))
        prefixes = "".join(f"PREFIX {name}: <{base}>\n" for name, base in PREFIXES.items())
        page = f"{ids.BASE}document/{PAGE}"
        event = f"<{EVENT}> a dm:Event ; dm:earliest {_at('2020-01-01T00:00')} ; dm:latest {_at('2020-01-01T00:01')} ."
        digest = f"GRAPH <{ids.META_GRAPH}> {{ <{page}> dm:contentDigest '1' }}"
        store.update(
            f"{prefixes} BASE <{ids.BASE}> INSERT DATA {{ {digest} GRAPH <{page}> {{ {event} {lines} {more} }} }}"
        )
        return KnowledgeGraph(store)

    return made


def _triples(act: Said, start: int) -> str:
    lines = [
        f"<act/{act.name}> a dm:Act ; dm:{act.tie} <{EVENT}> ; rdfs:label '{act.name}' ;",
        "dm:level <../code/level/verbal> ;",
        f"dm:kind <../code/act-kind/statement> ; dm:channel <../code/channel/{act.channel}> ;",
        "dm:timePrecision <../code/precision/minute> .",
        *(_made_by(act.name, body) for body in act.bodies),
    ]
    if act.earliest:
        lines.append(
            f"<act/{act.name}> dm:earliest {_at(act.earliest)} ; dm:latest {_at(act.latest)} ;"
            f" dm:localDate '{act.earliest[:10]}'^^xsd:date ."
        )
    if act.words:
        lines.append(_quoted(act, start))
    return "\n".join([*lines, act.more])


def _made_by(act: str, body: str) -> str:
    role = "government" if body.startswith("gov-") else "body"
    return f"<act/{act}> dm:madeBy <body/{body}> ; dm:onBehalfOf <body/{body}> ; dm:{role} <body/{body}> ."


def _quoted(act: Said, start: int) -> str:
    span = ids.span(PAGE, f"{start}-{start + len(act.words)}")
    text = act.words.replace("'", "\\'")
    cut = start + act.words.find(act.cut)
    return "\n".join(
        [
            f"<report/{act.name}> dm:reports <act/{act.name}> ; dm:hasQuotation <quotation/{act.name}> .",
            f"<quotation/{act.name}> dm:span <{span}> ; dm:fidelity <../code/fidelity/{act.fidelity}> .",
            f"<{span}> dm:start {start} ; dm:end {start + len(act.words)} ; dm:exact '{text}' .",
            *(
                [
                    f"<quotation/{act.name}> dm:editorialInsertion <cut/{act.name}> .",
                    f"<cut/{act.name}> dm:start {cut} ; dm:end {cut + len(act.cut)} .",
                ]
                if act.cut
                else []
            ),
        ]
    )


def _at(text: str) -> str:
    return f'"{text}:00Z"^^xsd:dateTime'
