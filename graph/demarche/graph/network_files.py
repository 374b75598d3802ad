"""Networks as files that other programs read: GraphML, GEXF, Cytoscape JSON, node-link JSON, CSV of nodes and edges.

Any networkx graph is written by what it says of itself; networkx is not needed here. Its own writers stop at dates,
lists and None, put the day of writing into the file, and let through characters that no parser reads back. What a
value becomes is decided once, in ``_told``: a date or a time is ISO 8601, a length of time is seconds, a list or a
mapping stays what it is in JSON and is JSON as a text elsewhere, and what is None is left out. An attribute whose
values differ in type is a text throughout. Characters that XML forbids become visible: control characters their
pictures (U+2400 to U+241F), all others U+FFFD. Equal graphs give equal bytes.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from numbers import Integral, Real
from typing import Any, Protocol
from xml.sax.saxutils import escape, quoteattr

from .errors import BadParameter

Attributes = dict[str, Any]


class Network(Protocol):
    """What of a networkx graph is needed here, of whatever kind it is."""

    graph: Attributes
    """What the graph tells of itself."""

    @property
    def nodes(self) -> Any: ...

    @property
    def edges(self) -> Any: ...

    def is_directed(self) -> bool: ...

    def is_multigraph(self) -> bool: ...

    def __len__(self) -> int: ...


def graphml(graph: Network) -> bytes:
    """GraphML: read by igraph, Gephi, yEd, Cytoscape and networkx."""
    return _lines(_graphml(_Network(graph)))


def gexf(graph: Network) -> bytes:
    """GEXF 1.2: read by Gephi. The label of a node and the weight of an edge stand where Gephi looks for them."""
    return _lines(_gexf(_Network(graph)))


def cytoscape(graph: Network) -> bytes:
    """Cytoscape JSON: read by Cytoscape and by Cytoscape.js, where ``elements`` is what it is made with.

    networkx reads it too: it knows a node by ``value``, and one of several edges between two nodes by ``key``.
    """
    told = _Network(graph)
    nodes = [
        {"data": {"id": key, "value": key, "name": told.label(key, one), **one}}
        for key, one in told.nodes.items()
    ]
    edges = [
        {"data": {"id": f"e{number}", "source": start, "target": end, **_key(told, number), **one}}
        for number, (start, end, one) in enumerate(told.edges)
    ]
    return _json(
        {
            "format_version": "1.0",
            "directed": told.directed,
            "multigraph": told.multigraph,
            "data": told.about,
            "elements": {"nodes": nodes, "edges": edges},
        }
    )


def _key(told: _Network, number: int) -> Attributes:
    return {"key": number} if told.multigraph else {}


def node_link(graph: Network) -> bytes:
    """Node-link JSON as d3 and networkx read it: ``nodes`` with ``id``, ``edges`` with ``source`` and ``target``."""
    told = _Network(graph)
    return _json(
        {
            "directed": told.directed,
            "multigraph": told.multigraph,
            "graph": told.about,
            "nodes": [{"id": key, **one} for key, one in told.nodes.items()],
            "edges": [{"source": start, "target": end, **one} for start, end, one in told.edges],
        }
    )


def nodes_csv(graph: Network) -> bytes:
    """One row for each node: ``id``, then what is told of it. What is not known and an empty text look alike."""
    told = _Network(graph)
    return _csv(("id",), [{"id": key, **one} for key, one in told.nodes.items()])


def edges_csv(graph: Network) -> bytes:
    """One row for each edge: ``source``, ``target``, then what is told of it."""
    told = _Network(graph)
    return _csv(
        ("source", "target"), [{"source": start, "target": end, **one} for start, end, one in told.edges]
    )


NETWORK_FORMATS: Mapping[str, Callable[[Network], bytes]] = {
    "graphml": graphml,
    "gexf": gexf,
    "cytoscape": cytoscape,
    "nodelink": node_link,
    "nodes-csv": nodes_csv,
    "edges-csv": edges_csv,
}


def network_file(graph: Network, name: str) -> bytes:
    """The network in the format of that name."""
    found = NETWORK_FORMATS.get(name)
    if found is None:
        formats = ", ".join(NETWORK_FORMATS)
        raise BadParameter(f"no format for networks is called {name!r}; there are: {formats}")
    return found(graph)


def clean(text: str) -> str:
    """The text with what XML forbids made visible, so that it is the same in every format."""
    return _NOT_XML.sub(lambda found: _visible(found.group()), text)


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RESERVED = frozenset({"id", "source", "target"})
_LARGEST = 2**63


@dataclass(frozen=True)
class _Network:
    """A graph made ready for writing: texts are clean, every attribute has one type, nodes have unequal names."""

    graph: Network

    @property
    def directed(self) -> bool:
        return self.graph.is_directed()

    @property
    def multigraph(self) -> bool:
        return self.graph.is_multigraph()

    @cached_property
    def about(self) -> Attributes:
        """What the graph tells of itself."""
        return _typed([_attributes("the network", self.graph.graph)])[0]

    @cached_property
    def nodes(self) -> dict[str, Attributes]:
        told = [_attributes(f"node {node}", told) for node, told in self.graph.nodes(data=True)]
        return dict(zip(self._names.values(), _typed(told), strict=True))

    @cached_property
    def edges(self) -> list[tuple[str, str, Attributes]]:
        found = list(self.graph.edges(data=True))
        told = [_attributes(f"edge {start} - {end}", told) for start, end, told in found]
        ends = ((self._names[start], self._names[end]) for start, end, _ in found)
        return [(start, end, one) for (start, end), one in zip(ends, _typed(told), strict=True)]

    def label(self, node: str, told: Attributes) -> str:
        """What the node is called; one without a label is called by its name."""
        label = told.get("label")
        return node if label is None else _text(label)

    @cached_property
    def _names(self) -> dict[Any, str]:
        names = {node: clean(str(node)) for node in self.graph.nodes}
        if len(set(names.values())) < len(names):
            raise BadParameter("two nodes of the network have names that no file can tell apart")
        return names


def _attributes(whose: str, told: Mapping[Any, Any]) -> Attributes:
    """What is told, by clean name; what is None is left out."""
    found = {clean(str(name)): _told(f"{whose}: {name}", value) for name, value in told.items()}
    if taken := sorted(_RESERVED & found.keys()):
        raise BadParameter(f"{whose}: {taken[0]!r} says where an edge begins and ends, no attribute may")
    if len(found) < len(told):
        raise BadParameter(f"{whose}: two attributes have names that no file can tell apart")
    return {name: value for name, value in found.items() if value is not None}


def _told(where: str, value: Any) -> Any:
    """The value as JSON has it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {clean(str(name)): _told(where, one) for name, one in value.items()}
    if isinstance(value, Set):
        return sorted((_told(where, one) for one in value), key=_text)
    if isinstance(value, Iterable):
        return [_told(where, one) for one in value]
    raise BadParameter(f"{where}: a {type(value).__name__} cannot be written to a file")


def _typed(records: list[Attributes]) -> list[Attributes]:
    """The records with each attribute of one type: numbers of both kinds are decimal, all else that differs is text."""
    types: dict[str, set[str]] = {}
    for record in records:
        for name, value in record.items():
            types.setdefault(name, set()).add(_type(value))
    mixed = {name for name, found in types.items() if len(found) > 1 and found != {"long", "double"}}
    decimal = {name for name, found in types.items() if found == {"long", "double"}}
    return [
        {
            name: _text(value) if name in mixed else float(value) if name in decimal else value
            for name, value in record.items()
        }
        for record in records
    ]


def _type(value: Any) -> str:
    """The type by its name in GraphML and GEXF."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) and -_LARGEST <= value < _LARGEST:
        return "long"
    return "double" if isinstance(value, float) else "string"


def _text(value: Any) -> str:
    """The value as XML and CSV write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"
    return repr(value) if isinstance(value, int | float) else json.dumps(_finite(value), ensure_ascii=False)


def _finite(value: Any) -> Any:
    """JSON has no infinity and no NaN: such a number is the text that XML has for it."""
    if isinstance(value, dict):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return _text(value) if isinstance(value, float) and not math.isfinite(value) else value


def _visible(forbidden: str) -> str:
    return chr(0x2400 + ord(forbidden)) if forbidden < " " else "\ufffd"


def _columns(records: Iterable[Attributes]) -> dict[str, str]:
    """The attributes with their types, in the order in which they first appear."""
    return {name: _type(value) for record in records for name, value in record.items()}


def _graphml(told: _Network) -> Iterator[str]:
    kinds = {"graph": [told.about], "node": told.nodes.values(), "edge": [one for *_, one in told.edges]}
    columns = {kind: _columns(records) for kind, records in kinds.items()}
    keys = {
        (kind, name): f"d{number}"
        for number, (kind, name) in enumerate((kind, name) for kind in kinds for name in columns[kind])
    }
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for (kind, name), key in keys.items():
        column = f'attr.name={quoteattr(name)} attr.type="{columns[kind][name]}"'
        yield f'  <key id="{key}" for="{kind}" {column}/>'
    yield f'  <graph edgedefault="{"directed" if told.directed else "undirected"}">'
    yield from _data("graph", told.about, keys)
    for node, one in told.nodes.items():
        yield f"    <node id={quoteattr(node)}>"
        yield from _data("node", one, keys)
        yield "    </node>"
    for number, (start, end, one) in enumerate(told.edges):
        yield f'    <edge id="e{number}" source={quoteattr(start)} target={quoteattr(end)}>'
        yield from _data("edge", one, keys)
        yield "    </edge>"
    yield from ("  </graph>", "</graphml>")


def _data(kind: str, told: Attributes, keys: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for name, value in told.items():
        text = escape(_text(value), {"\r": "&#13;"})
        yield f'      <data key="{keys[kind, name]}">{text}</data>'


def _gexf(told: _Network) -> Iterator[str]:
    nodes = {key: _without(one, "label") for key, one in told.nodes.items()}
    edges = [(start, end, _without(one, "weight")) for start, end, one in told.edges]
    columns = {"node": _columns(nodes.values()), "edge": _columns(one for *_, one in edges)}
    ids = {kind: {name: number for number, name in enumerate(found)} for kind, found in columns.items()}
    yield '<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">'
    yield "  <meta><creator>Demarche</creator>"
    yield f"    <description>{escape(_text(told.about), {chr(13): '&#13;'})}</description></meta>"
    yield f'  <graph mode="static" defaultedgetype="{"directed" if told.directed else "undirected"}">'
    for kind, found in columns.items():
        yield f'    <attributes class="{kind}" mode="static">'
        for name, column in found.items():
            yield f'      <attribute id="{ids[kind][name]}" title={quoteattr(name)} type="{column}"/>'
        yield "    </attributes>"
    yield "    <nodes>"
    for key, one in nodes.items():
        label = told.label(key, told.nodes[key])
        yield f"      <node id={quoteattr(key)} label={quoteattr(label)}>"
        yield from _attvalues(one, ids["node"])
        yield "      </node>"
    yield from ("    </nodes>", "    <edges>")
    for number, (start, end, one) in enumerate(edges):
        weight = told.edges[number][2].get("weight")
        weighs = f" weight={quoteattr(_text(weight))}" if isinstance(weight, int | float) else ""
        yield f'      <edge id="{number}" source={quoteattr(start)} target={quoteattr(end)}{weighs}>'
        yield from _attvalues(one, ids["edge"])
        yield "      </edge>"
    yield from ("    </edges>", "  </graph>", "</gexf>")


def _without(told: Attributes, name: str) -> Attributes:
    """What has no place of its own; a weight that is no number stays an attribute like any other."""
    return {
        one: value
        for one, value in told.items()
        if one != name or (name == "weight" and not isinstance(value, int | float))
    }


def _attvalues(told: Attributes, ids: Mapping[str, int]) -> Iterator[str]:
    yield "        <attvalues>"
    for name, value in told.items():
        yield f'          <attvalue for="{ids[name]}" value={quoteattr(_text(value))}/>'
    yield "        </attvalues>"


def _lines(lines: Iterator[str]) -> bytes:
    body = "\n".join(lines)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _json(told: Attributes) -> bytes:
    return (json.dumps(_finite(told), ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _csv(first: tuple[str, ...], records: list[Attributes]) -> bytes:
    columns = list(dict.fromkeys((*first, *(name for record in records for name in record))))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(
        [_text(record[name]) if name in record else "" for name in columns] for record in records
    )
    return out.getvalue().encode()
