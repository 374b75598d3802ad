"""How a source becomes a graph of the store: read, turn, validate, replace; and the whole record built that way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDF, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.namespace import DCTERMS, PROV

from demarche.ontology import DM, path

from . import identifiers as ids
from .census import require_whole
from .errors import Problem, SourceError, Violation
from .records import Coding, Dossier
from .sources.catalogue import read_catalogue
from .sources.dossier import (
    is_own_directory,
    read_collections,
    read_directory,
    read_dossier,
    read_matches,
    read_own_directory,
)
from .sources.leads import read_leads
from .sources.yaml_files import read_yaml
from .store import Store
from .triples import (
    Literal,
    NamedGraph,
    Triple,
    catalogue_graph,
    coverage_graph,
    date,
    directory_graph,
    dossier_graph,
    leads_graph,
    matches_graph,
)
from .validate import check

Progress = Callable[[str], object]


@dataclass(frozen=True)
class Loaded:
    """What became of one source: its graph, the number of triples, warnings, and whether anything changed."""

    file: str
    graph: str
    triples: int
    changed: bool
    warnings: tuple[Violation, ...]


def build(seed_data: Path, store: Store, progress: Progress = str) -> None:
    """Build the record from the folder of seed data, validating every source in the order of what refers to what."""
    for graph in _vocabulary():
        put(graph, store, _about(graph, "the ontology"))
    for source in _sources(seed_data):
        progress(f"{source.file}: reading and validating")
        load(source, store)
    require_whole(seed_data, store)


def load(source: Source, store: Store) -> Loaded:
    """Validate one source and put it in place of its earlier self; on any violation the store stays as it was."""
    warnings = check(source.graph, store, source.file)
    changed = put(source.graph, store, source.about)
    return Loaded(source.file, str(source.graph.name), len(source.graph.triples), changed, warnings)


def put(graph: NamedGraph, store: Store, about: Iterable[Triple]) -> bool:
    """Replace the graph unless the store holds the very same triples; True when something changed."""
    digest = content_digest(graph)
    held = f'ASK {{ GRAPH <{ids.META_GRAPH}> {{ <{graph.name}> dm:contentDigest "{digest}" }} }}'
    if store.ask(held):
        return False
    record = {*about, (graph.name, DM.contentDigest, Literal(digest))}
    store.replace(str(graph.name), _lines(graph.triples), _lines(record))
    return True


def content_digest(graph: NamedGraph) -> str:
    return hashlib.sha256("\n".join(_lines(graph.triples)).encode()).hexdigest()


@dataclass(frozen=True)
class Source:
    """A source that has been read: its file, its triples, and what the meta graph says of it."""

    file: str
    graph: NamedGraph
    about: tuple[Triple, ...]


def read_source(file: Path, shown_as: str | None = None) -> Source:
    """Read a dossier, a directory beside the record's, or a folder of a catalogue or of leads; or SourceError."""
    name = shown_as or str(file)
    if file.is_dir():
        if read_yaml(file / "source.yaml").get("rows") == "leads":
            leads = read_leads(file)
            graph = leads_graph(leads)
            return Source(name, graph, _about(graph, leads.label, licence=leads.license))
        catalogue = read_catalogue(file)
        graph = catalogue_graph(catalogue)
        return Source(name, graph, _about(graph, catalogue.label, licence=catalogue.license))
    if file.suffix not in {".yaml", ".yml"}:
        raise SourceError(
            (
                Problem(
                    name, "", "", "is neither a dossier nor a directory (.yaml) nor the folder of a catalogue"
                ),
            )
        )
    if is_own_directory(file):
        directory = read_own_directory(file)
        graph = directory_graph(directory, f"{ids.DIRECTORY_GRAPH}/{directory.directory}")
        return Source(name, graph, _about(graph, f"directory {directory.directory}"))
    return dossier_source(read_dossier(file), name)


def dossier_source(dossier: Dossier, name: str) -> Source:
    graph = dossier_graph(dossier)
    return Source(name, graph, _about(graph, dossier.document.id, dossier.coding))


def find_sources(paths: Iterable[Path]) -> Iterator[Path]:
    """What the paths name or contain, directories before what refers to them; SourceError for a path with nothing."""
    yield from sorted(_found(paths), key=lambda one: not is_own_directory(one))


def catalogue_folders(root: Path) -> list[Path]:
    """The folders below that describe a catalogue in a ``source.yaml``."""
    return sorted(file.parent for file in root.rglob("source.yaml"))


def dossier_files(root: Path) -> list[Path]:
    """The dossiers below: of the seed data those under ``documents``, of any other folder every YAML file."""
    documents = root / "documents"
    found = (documents if documents.is_dir() else root).rglob("*.yaml")
    return sorted(file for file in found if not (file.parent / "source.yaml").exists())


def _found(paths: Iterable[Path]) -> Iterator[Path]:
    for one in paths:
        if not one.exists():
            raise SourceError((Problem(str(one), "", "", "no such file or folder"),))
        found = (
            [one]
            if one.is_file() or (one / "source.yaml").exists()
            else [*catalogue_folders(one), *dossier_files(one)]
        )
        if not found:
            raise SourceError((Problem(str(one), "", "", "holds no dossier, no directory and no catalogue"),))
        yield from found


def _sources(seed_data: Path) -> Iterator[Source]:
    directory = directory_graph(read_directory(seed_data / "directory"))
    yield Source(
        "directory", directory, _about(directory, "directory of actors, offices, tenures and places")
    )
    for found in (*catalogue_folders(seed_data), *dossier_files(seed_data)):
        yield read_source(found, str(found.relative_to(seed_data)))
    matches = read_matches(seed_data / "matches.yaml")
    graph = matches_graph(matches)
    yield Source("matches.yaml", graph, _about(graph, "matches between sources", matches.coding))
    if (seed_data / "coverage.yaml").exists():
        collections = read_collections(seed_data / "coverage.yaml")
        graph = coverage_graph(collections)
        yield Source(
            "coverage.yaml", graph, _about(graph, "what each collection watched", collections.coding)
        )


def _vocabulary() -> Iterator[NamedGraph]:
    for name, files in (
        (ids.CODES_GRAPH, ("codes.ttl",)),
        (ids.ONTOLOGY_GRAPH, ("demarche.ttl", "alignments.ttl")),
    ):
        parsed = Graph()
        for file in files:
            parsed.parse(path(file))
        yield NamedGraph(URIRef(name), _without_blank_nodes(parsed))


def _without_blank_nodes(graph: Graph) -> set[Triple]:
    """The named part of the vocabulary: axioms on blank nodes are for reasoners, which read the Turtle itself."""
    return {
        (subject, prop, value)
        for subject, prop, value in graph
        if isinstance(subject, URIRef) and isinstance(prop, URIRef) and isinstance(value, URIRef | RdfLiteral)
    }


def _about(
    graph: NamedGraph, title: str, coding: Coding | None = None, *, licence: str | None = None
) -> tuple[Triple, ...]:
    """The PROV record of a graph: what it was made from, by whom, when, under which licence."""
    node = graph.name
    known: list[Triple] = [(node, RDF.type, PROV.Entity), (node, DCTERMS.title, Literal(title, lang="en"))]
    if coding:
        known += [(node, DM.coder, Literal(coding.by)), (node, DM.codedOn, date(coding.on))]
    if coding or licence:
        known.append((node, DCTERMS.license, Literal(licence or (coding.license if coding else ""))))
    return tuple(known)


def _lines(triples: Iterable[Triple]) -> list[str]:
    return sorted(f"{subject.n3()} {prop.n3()} {value.n3()} ." for subject, prop, value in triples)
