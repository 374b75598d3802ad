"""The W3C manifests as plain data: the requests of a test in their order, each with what is expected of the reply."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import RDFS, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
# The names of single codes that the manifests use; classes are named by their first digit, as in StatusCode2xx.
CODES = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}


@dataclass(frozen=True)
class Message:
    """Headers and body, of a request or of the reply that is expected."""

    headers: dict[str, str]
    body: bytes | None


@dataclass(frozen=True)
class Exchange:
    method: str
    path: str
    request: Message
    reply: Message
    statuses: tuple[str, ...]
    """Beginnings of the codes that are allowed, such as 2 or 404."""
    boolean: bool | None
    format: str | None
    location: str | None


@dataclass(frozen=True)
class Test:
    """One test; ``data`` are the named graphs that are there before, ``files`` query, data and result on disk."""

    __test__ = False
    name: str
    exchanges: tuple[Exchange, ...] = ()
    data: dict[str, Path] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)


def gathered(manifest: Path) -> list[Test]:
    """Every test that is told of: one manifest forgets one of its own in its list of entries."""
    graph = Graph().parse(manifest, format="turtle")
    return [_test(graph, node) for node in sorted(set(graph.subjects(MF.name)), key=str)]


def _test(graph: Graph, node: Node) -> Test:
    action = graph.value(node, MF.action)
    requests = graph.value(action, HT.requests) if action else None
    return Test(
        str(node).rpartition("#")[2],
        tuple(_exchange(graph, one) for one in Collection(graph, requests)) if requests else (),
        {
            str(graph.value(one, RDFS.label)): _file(graph.value(one, UT.graph))
            for one in graph.objects(node, UT.graphData)
        },
        dict(_files(graph, node)),
    )


def _files(graph: Graph, node: Node) -> Iterator[tuple[str, Path]]:
    action = graph.value(node, MF.action)
    for name, found in (
        ("query", graph.value(action, QT.query)),
        ("data", graph.value(action, QT.data)),
        ("result", graph.value(node, MF.result)),
    ):
        if found:
            yield name, _file(found)


def _file(node: Node | None) -> Path:
    assert isinstance(node, URIRef), f"{node} is no file"
    return Path(node.removeprefix("file://"))


def _exchange(graph: Graph, node: Node) -> Exchange:
    reply = graph.value(node, HT.resp)
    boolean = graph.value(reply, MF.expectedBoolean)
    return Exchange(
        str(graph.value(node, HT.methodName)),
        str(graph.value(node, HT.absolutePath)),
        _message(graph, node),
        _message(graph, reply),
        tuple(_status(str(one)) for one in graph.objects(reply, MF.expectedStatus)),
        boolean.toPython() if isinstance(boolean, Literal) else None,
        _text(graph.value(reply, MF.expectedFormat)),
        _text(graph.value(reply, MF.expectedLocation)),
    )


def _message(graph: Graph, node: Node | None) -> Message:
    listed = graph.value(node, HT.headers)
    headers = {
        str(graph.value(one, HT.fieldName)): str(graph.value(one, HT.fieldValue))
        for one in (Collection(graph, listed) if listed else ())
    }
    content = graph.value(node, HT.body)
    if content is None:
        return Message(headers, None)
    encoding = str(graph.value(content, CNT.characterEncoding))
    return Message(headers, str(graph.value(content, CNT.chars)).encode(encoding))


def _status(iri: str) -> str:
    name = iri.rpartition("#")[2]
    return name[len("StatusCode")] if name.startswith("StatusCode") else CODES[name]


def _text(node: Node | None) -> str | None:
    return None if node is None else str(node)
