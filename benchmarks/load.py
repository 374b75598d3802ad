"""Load rate of the pipeline, records to store, validated and not, against rdflib parsing the same triples as Turtle."""

from __future__ import annotations

from pathlib import Path

from measure import medians, tell
from rdflib import Graph

from demarche.graph.pipeline import Source, build, find_sources, load, put, read_source
from demarche.graph.seed import seed_data_folder
from demarche.graph.store import OxigraphStore

ROUNDS = 3


def sources(seed_data: Path) -> list[Path]:
    return list(find_sources([seed_data]))


def main() -> None:
    seed_data = seed_data_folder()
    context = OxigraphStore()
    build(seed_data, context)
    quads = context.dump()
    read = [read_source(file) for file in sources(seed_data)]
    triples = sum(len(one.graph.triples) for one in read)
    turtle = _turtle(read)

    def stored(validated: bool) -> None:
        store = OxigraphStore()
        store.load(quads)
        for one in (read_source(file) for file in sources(seed_data)):
            store.remove(str(one.graph.name))
            (load if validated else _put)(one, store)

    found = medians(
        {
            "records to store, validated": lambda: stored(True),
            "records to store, not validated": lambda: stored(False),
            "rdflib parsing the same triples as Turtle": lambda: Graph().parse(data=turtle, format="turtle"),
        },
        ROUNDS,
    )
    tell(
        f"Loading {triples} triples of {len(read)} sources",
        found,
        "rdflib parsing the same triples as Turtle",
    )
    for name, seconds in found.items():
        print(f"  {name:<44} {triples / seconds:10,.0f} triples/s")


def _put(source: Source, store: OxigraphStore) -> bool:
    return put(source.graph, store, source.about)


def _turtle(read: list[Source]) -> str:
    graph = Graph()
    for one in read:
        for triple in one.graph.triples:
            graph.add(triple)
    return graph.serialize(format="turtle")


if __name__ == "__main__":
    main()
