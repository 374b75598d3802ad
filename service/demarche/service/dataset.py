"""What is served, described for machines that have never seen it: VoID and DCAT, counted from the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from demarche.graph import identifiers as ids
from demarche.graph.store import Store, Table, Term

from .dumps import FORMATS

VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
FOAF = "http://xmlns.com/foaf/0.1/"
PREFIXES = {"void": VOID, "dcat": DCAT, "foaf": FOAF, "formats": "http://www.w3.org/ns/formats/"}

Triple = tuple[Term, Term, Term]

_TITLE = "Demarche, a knowledge graph of diplomatic reactions"
_DESCRIPTION = (
    "Who reacted to which launch, in which office, through which channel, in what words, and how we know."
)
_LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}
_SERIALISED = ("Turtle", "JSON-LD", "N-Triples", "RDF_XML")
_IANA = "https://www.iana.org/assignments/media-types/"
_DCTERMS = "http://purl.org/dc/terms/"
_TYPE = Term("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@dataclass(frozen=True)
class _Writer:
    """The address of the service, under which the description and all that it names are found."""

    base: str

    @property
    def record(self) -> Term:
        return self.at("/.well-known/void#record")

    def at(self, path: str) -> Term:
        return Term(self.base + path)


def described(store: Store, base: str) -> list[Triple]:
    """The description, of the record that is served at that address."""
    here = _Writer(base)
    return [*_about(store, here), *_counted(store, here), *_partitions(store, here), *_distributions(here)]


def _about(store: Store, here: _Writer) -> Iterator[Triple]:
    document, record = here.at("/.well-known/void"), here.record
    yield (document, _TYPE, Term(f"{VOID}DatasetDescription"))
    yield (document, Term(f"{FOAF}primaryTopic"), record)
    yield (record, _TYPE, Term(f"{VOID}Dataset"))
    yield (record, _TYPE, Term(f"{DCAT}Dataset"))
    yield (record, Term(f"{_DCTERMS}title"), _english(_TITLE))
    yield (record, Term(f"{_DCTERMS}description"), _english(_DESCRIPTION))
    yield (record, Term(f"{DCAT}version"), Term(store.version(), "literal"))
    yield (record, Term(f"{FOAF}homepage"), here.at("/"))
    yield (record, Term(f"{VOID}uriSpace"), Term(ids.BASE, "literal"))
    yield (record, Term(f"{VOID}vocabulary"), Term(f"{ids.ONTOLOGY}#"))
    yield (record, Term(f"{VOID}sparqlEndpoint"), here.at("/sparql"))
    for name in _SERIALISED:
        yield (record, Term(f"{VOID}feature"), Term(f"{PREFIXES['formats']}{name}"))
    for row in store.select(
        "SELECT (MIN(STR(?x)) AS ?example) WHERE { ?x a dm:Reaction } HAVING(COUNT(?x) > 0)"
    ):
        yield (record, Term(f"{VOID}exampleResource"), Term(row["example"] or ""))
    for row in store.select(
        f"SELECT DISTINCT ?x WHERE {{ ?d a dm:Document ; <{_DCTERMS}license> ?x }} ORDER BY ?x"
    ):
        told = row["x"] or ""
        known = Term(_LICENCES[told]) if told in _LICENCES else Term(told, "literal")
        yield (record, Term(f"{_DCTERMS}license"), known)


def _counted(store: Store, here: _Writer) -> Iterator[Triple]:
    ours = f'FILTER(ISIRI(?s) && STRSTARTS(STR(?s), "{ids.BASE}"))'
    counts = {
        "triples": "SELECT (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o } }",
        "entities": f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ ?s ?p ?o {ours} }}",
        "classes": "SELECT (COUNT(DISTINCT ?c) AS ?n) WHERE { ?s a ?c }",
        "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) WHERE { ?s ?p ?o }",
        "documents": "SELECT (COUNT(DISTINCT ?d) AS ?n) WHERE { ?d a dm:Document }",
    }
    for name, query in counts.items():
        yield (here.record, Term(f"{VOID}{name}"), _number(store.select(query)))


def _partitions(store: Store, here: _Writer) -> Iterator[Triple]:
    """How many things each class has, and how many triples each property."""
    kinds = (
        (
            "class",
            "entities",
            "SELECT ?x (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?x } GROUP BY ?x ORDER BY ?x",
        ),
        (
            "property",
            "triples",
            "SELECT ?x (COUNT(*) AS ?n) WHERE { SELECT DISTINCT ?s ?x ?o WHERE { ?s ?x ?o } } GROUP BY ?x ORDER BY ?x",
        ),
    )
    for kind, counted, query in kinds:
        for at, row in enumerate(store.select(query)):
            part = here.at(f"/.well-known/void#{kind}-{at}")
            yield (here.record, Term(f"{VOID}{kind}Partition"), part)
            yield (part, Term(f"{VOID}{kind}"), Term(row["x"] or ""))
            yield (part, Term(f"{VOID}{counted}"), _integer(row["n"] or "0"))


def _distributions(here: _Writer) -> Iterator[Triple]:
    """Each dump and the SPARQL endpoint."""
    for form in FORMATS.values():
        dump, file = here.at(f"/.well-known/void#{form.ending}"), here.at(f"/dumps/{form.file}.gz")
        told = "with the graph of each source, and the unverified leads in theirs"
        yield (here.record, Term(f"{VOID}dataDump"), file)
        yield (here.record, Term(f"{DCAT}distribution"), dump)
        yield (dump, _TYPE, Term(f"{DCAT}Distribution"))
        yield (dump, Term(f"{_DCTERMS}title"), _english(form.file))
        yield (
            dump,
            Term(f"{_DCTERMS}description"),
            _english(told if form.graphs else "verified triples only"),
        )
        yield (dump, Term(f"{DCAT}downloadURL"), file)
        yield (dump, Term(f"{DCAT}mediaType"), Term(_IANA + form.media_type))
        yield (dump, Term(f"{DCAT}compressFormat"), Term(f"{_IANA}application/gzip"))
    service = here.at("/.well-known/void#sparql")
    yield (service, _TYPE, Term(f"{DCAT}DataService"))
    yield (service, Term(f"{_DCTERMS}title"), _english("SPARQL endpoint"))
    yield (service, Term(f"{DCAT}endpointURL"), here.at("/sparql"))
    yield (service, Term(f"{DCAT}servesDataset"), here.record)


def _english(text: str) -> Term:
    return Term(text, "literal", None, "en")


def _number(table: Table) -> Term:
    return _integer(next(iter(table))["n"] or "0")


def _integer(text: str) -> Term:
    return Term(text, "literal", "http://www.w3.org/2001/XMLSchema#integer")
