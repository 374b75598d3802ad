"""Linked data: every kind of IRI dereferences in every format, and says the same in each."""

import json
import re
from html import unescape

import httpx
import pyoxigraph
import pytest
from pyld import jsonld
from rdflib import RDF, SKOS, Graph, URIRef
from rdflib.compare import isomorphic

from demarche.graph import KnowledgeGraph
from demarche.graph import identifiers as ids
from demarche.ontology.codes import LEVEL_RANK
from demarche.service.addresses import address, reader_link
from demarche.service.description import PAGE
from demarche.service.negotiate import ENDINGS
from tests.service.conftest import read, served

FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "json": "json-ld", "nt": "nt", "rdf": "xml"}
KINDS_OF_IRI = f"""
SELECT ?kind (MIN(STR(?s)) AS ?example) WHERE {{
    {{ ?s ?p ?o }} UNION {{ ?a ?b ?s }}
    FILTER(ISIRI(?s) && STRSTARTS(STR(?s), "{ids.BASE}"))
    BIND(STRBEFORE(STRAFTER(STR(?s), "{ids.BASE}"), "/") AS ?kind)
}} GROUP BY ?kind ORDER BY ?kind
"""
EVENT = "/id/event/2016-06-22-musudan"


def _parsed(reply: httpx.Response, ending: str) -> Graph:
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"].split(";")[0] == ENDINGS[ending]
    return read(reply, FORMATS[ending])


def test_every_kind_of_iri_dereferences_alike_in_every_format(
    client: httpx.Client, seed_graph: KnowledgeGraph
) -> None:
    examples = {row["kind"]: row["example"] or "" for row in seed_graph.store.select(KINDS_OF_IRI)}
    assert examples.keys() >= {
        "act", "body", "catalogue", "claim", "coverage", "document", "event", "graph", "link", "mention", "office",
        "person", "place", "quotation", "report", "span", "tenure",
    }  # fmt: skip
    for iri in [*examples.values(), f"{ids.CODE}level", f"{ids.CODE}level/verbal"]:
        path = address(iri) or ""
        graphs = {ending: _parsed(client.get(f"{path}.{ending}"), ending) for ending in FORMATS}
        assert (len(graphs["nt"]) > 0, iri) == (True, iri)
        assert all(isomorphic(graph, graphs["nt"]) for graph in graphs.values()), iri
        for ending in ("jsonld", "json"):
            framed = client.get(f"{path}.{ending}").json()
            if (URIRef(iri), None, None) in graphs["nt"]:
                assert ("@graph" not in framed, iri) == (True, jsonld.expand(framed)[0]["@id"])


def test_the_page_of_a_thing_says_the_same_as_its_triples(
    client: httpx.Client, seed_graph: KnowledgeGraph
) -> None:
    for row in seed_graph.store.select(KINDS_OF_IRI):
        iri = row["example"] or ""
        path = address(iri) or ""
        page = client.get(f"{path}.html")
        assert page.headers["content-type"].startswith("text/html")
        assert iri in page.text
        shown = " ".join(unescape(page.text).split())
        for triple in pyoxigraph.parse(
            client.get(f"{path}.nt").content, format=pyoxigraph.RdfFormat.N_TRIPLES
        ):
            ends = [one for one in (triple.subject, triple.object) if getattr(one, "value", "") != iri]
            if len(ends) < 2:  # others belong to what a document's graph holds
                hidden = [one for one in (triple.predicate, *ends) if not _is_shown(one, shown)]
                assert not hidden, (iri, hidden)


def _is_shown(term: object, page: str) -> bool:
    """A literal as its text, an IRI as a link or as its name."""
    if isinstance(term, pyoxigraph.Literal):
        return " ".join(term.value.split()) in page
    assert isinstance(term, pyoxigraph.NamedNode)
    targets = {address(term.value), reader_link(term.value), term.value}
    return any(f'href="{one}"' in page for one in targets) or term.value in page


@pytest.mark.parametrize(
    ("path", "head", "says"),
    [
        ("/id/document/2016-06-22-japan-times", "The Japan Times, 2016-06-22", "note of the editors"),
        (
            "/id/document/2022-03-24-white-house",
            "The White House, 2022-03-24: Statement by Press Secretary",
            "URL",
        ),
        (
            "/id/act/2016-06-22-japan-times/abe-denounce",
            "Shinzo Abe: Japan can on no account put up with the launches",
            "is a",
        ),
        (
            "/id/tenure/gen-nakatani-jpn-minister-of-defense-2014",
            "Gen Nakatani, Minister of Defense of Japan",
            "basis",
        ),
        (
            "/id/link/2016-06-22-japan-times/cb7edb635ebac09c",
            "Two Musudan launches of 22 June 2016 – violates",
            "evidence",
        ),
        (
            "/id/span/2016-06-22-japan-times/2711-2854",
            "The Japan Times, 2016-06-22, characters 2711–2854",
            "under “span”",
        ),
        ("/code/level", "reaction level", "its top concepts"),
    ],
)
def test_a_page_of_a_thing_is_headed_and_worded_for_readers(
    client: httpx.Client, path: str, head: str, says: str
) -> None:
    page = unescape(client.get(f"{path}.html").text)
    assert f"<h1>{head}" in page
    assert f">{says}</a>" in page
    assert not re.search(r">(altLabel|prefLabel|editorialNote|topConceptOf|hasGeometry|is \w+ of)<", page)


def test_who_says_it_is_told_once_where_one_source_tells_all(client: httpx.Client) -> None:
    page = client.get("/id/act/2016-06-22-japan-times/abe-denounce.html").text
    assert "Said in <a" in page
    assert page.count('class="said"') < 3


def test_levels_are_listed_from_the_lowest_to_the_highest(client: httpx.Client) -> None:
    levels = re.findall(r'href="/code/level/([\w-]+)"', client.get("/code/level.html").text)
    assert levels[:8] == list(LEVEL_RANK)


def test_the_accept_header_chooses_and_the_answer_says_what_it_is(client: httpx.Client) -> None:
    for ending in (*FORMATS, "html"):
        reply = client.get(EVENT, headers={"Accept": ENDINGS[ending]})
        assert reply.headers["content-type"].split(";")[0] == ENDINGS[ending]
        assert reply.headers["content-location"] == f"{EVENT}.{ending}"
        assert "Accept" in reply.headers["vary"]
        assert f'<{EVENT}.ttl>; rel="alternate"; type="text/turtle"' in reply.headers["link"]


def test_the_code_lists_are_listed_at_their_common_address(client: httpx.Client) -> None:
    page = client.get("/code", headers={"Accept": "text/html"}).text
    listed = {f"https://w3id.org/demarche{path}" for path in re.findall(r'href="(/code/[\w-]+)"', page)}
    for ending in FORMATS:
        for reply in (client.get("/code", params={"format": ending}), client.get(f"/code.{ending}")):
            assert reply.headers["content-location"] == f"/code.{ending}"
            found = _parsed(reply, ending)
            assert {str(one) for one in found.subjects(RDF.type, SKOS.ConceptScheme)} == listed
    assert len(listed) > 10


@pytest.mark.parametrize("path", ["/id/person/gen-nakatani", "/id/graph/ontology"])
def test_turtle_has_the_usual_prefixes_and_none_made_up(client: httpx.Client, path: str) -> None:
    written = client.get(f"{path}.ttl")
    assert written.status_code == 200
    assert "@prefix ns" not in written.text


def test_what_nobody_offers_is_not_acceptable(client: httpx.Client) -> None:
    reply = client.get(EVENT, headers={"Accept": "image/png"})
    assert reply.status_code == 406
    assert reply.json()["offers"][0] == "text/turtle"


@pytest.mark.parametrize(
    "path",
    [
        "/id/event/never",
        "/id",
        "/id/",
        "/code/level/never",
        "/code/never",
        "/id/event/never.ttl",
        "/id/person/a%20b",
        "/id/%3Cx%3E",
        "/code/a%00b",
    ],
)
def test_a_thing_that_nobody_knows_is_not_found(client: httpx.Client, path: str) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")


def test_a_document_brings_all_that_its_graph_holds(client: httpx.Client, seed_graph: KnowledgeGraph) -> None:
    document = f"{ids.BASE}document/2016-06-22-japan-times"
    found = seed_graph.store.select(f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{document}> {{ ?s ?p ?o }} }}")
    graph = _parsed(client.get("/id/document/2016-06-22-japan-times.nt"), "nt")
    assert len(graph) >= int(next(iter(found))["n"] or 0) > 1000


def test_a_document_leads_to_where_it_was_published_and_its_licence_is_that_of_the_record(
    client: httpx.Client,
) -> None:
    page = client.get("/id/document/2017-08-07-fox.html").text
    (url,) = re.findall(r'<a href="(http[^"]*)" rel="noreferrer">([^<]*)</a>', page)
    assert url[0] == url[1]
    assert "licence of the record" in page
    assert "title of the record" in page


def test_a_tenure_that_has_ended_is_told_with_its_end(client: httpx.Client) -> None:
    page = client.get("/id/person/shinzo-abe.html").text
    assert "from 2006-09-26 until 2007-09-25" in page
    assert "since 2006-09-26" not in page


def test_json_ld_uses_the_words_of_our_context(client: httpx.Client) -> None:
    reply = client.get(f"{EVENT}.jsonld").json()
    assert reply["@context"]["@version"] == 1.1
    assert reply["id"] == f"{ids.BASE}event/2016-06-22-musudan"
    assert "partOf" in json.dumps(reply["@included"])


def test_values_keep_their_spelling_in_every_format(client: httpx.Client) -> None:
    path = f"{EVENT}-1"
    for ending in ("ttl", "nt", "rdf"):
        assert "2016-06-21T20:5" in client.get(f"{path}.{ending}").text
        assert "+00:00" not in client.get(f"{path}.{ending}").text


def test_the_ontology_is_there_in_every_format_and_names_its_terms(client: httpx.Client) -> None:
    graphs = {ending: _parsed(client.get(f"/ontology.{ending}"), ending) for ending in FORMATS}
    assert all(isomorphic(graph, graphs["nt"]) for graph in graphs.values())
    page = client.get("/ontology", headers={"Accept": "text/html"}).text
    terms = {str(one) for one in graphs["nt"].subjects() if str(one).startswith(f"{ids.ONTOLOGY}#")}
    shown = {one for one in terms if f'id="{one.partition("#")[2]}"' in page}
    annotations = {f"{ids.ONTOLOGY}#linkProperty"}
    assert terms - shown <= annotations


def test_the_ontology_has_its_version_and_its_context(client: httpx.Client) -> None:
    assert _parsed(client.get("/ontology/0.1.0", headers={"Accept": "text/turtle"}), "ttl")
    assert _parsed(client.get("/ontology/0.1.0.nt"), "nt")
    assert client.get("/ontology/9.9.9").status_code == 404
    assert client.get("/ontology.csv").status_code == 404
    context = client.get("/ontology/context.jsonld")
    assert context.headers["content-type"] == "application/ld+json"
    assert context.json()["@context"]["dm"] == f"{ids.ONTOLOGY}#"


def test_a_thing_that_many_point_at_is_whole_in_rdf_and_has_pages_in_html(tiny: KnowledgeGraph) -> None:
    thing, number = f"{ids.BASE}event/famous", 2 * PAGE + 7
    mentions = [f"{ids.BASE}mention/m/{n:04}" for n in range(number)]
    triples = [f"<{one}> <{ids.ONTOLOGY}#denotes> <{thing}> ." for one in mentions]
    tiny.store.replace(f"{ids.BASE}document/m", triples)
    with served(tiny) as client:
        graph = _parsed(client.get("/id/event/famous.ttl"), "ttl")
        assert {str(one) for one in graph.subjects(None, URIRef(thing))} == set(mentions)
        seen: list[str] = []
        path: str | None = "/id/event/famous.html"
        while path:
            page = client.get(path)
            assert f"of 3, of {number} triples" in page.text
            seen += re.findall(r'href="/id/(mention/m/\d+)"', page.text)
            path = page.links.get("next", {}).get("url")
            assert path is None or f'href="{path}"' in page.text
        assert seen == [ids.local(one) for one in mentions]
        assert page.links["prev"]["url"] == "/id/event/famous.html?page=2"
        assert page.links["last"]["url"] == str(page.request.url.raw_path.decode())
        assert client.get("/id/event/famous.html?page=4").status_code == 404
        assert client.get("/id/event/famous.ttl?page=2").status_code == 400


@pytest.mark.parametrize("path", [EVENT, "/code/level/verbal", "/ontology"])
def test_head_conditional_requests_and_other_origins_work_for_every_format(
    client: httpx.Client, path: str
) -> None:
    for ending in (*FORMATS, "html"):
        reply = client.get(f"{path}.{ending}", headers={"Origin": "https://elsewhere.example"})
        assert reply.headers["access-control-allow-origin"] == "*"
        head = client.head(f"{path}.{ending}")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == reply.headers["content-type"]
        known = {"If-None-Match": reply.headers["etag"]}
        assert client.get(f"{path}.{ending}", headers=known).status_code == 304
    tags = {client.head(f"{path}.{ending}").headers["etag"] for ending in (*FORMATS, "html")}
    assert len(tags) == len(FORMATS) + 1
