"""What a question is: its words, its parameters, and how an answer is had from a graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .errors import BadParameter
from .resolve import resolve
from .store import Store, Table, Term
from .texts import Texts

if TYPE_CHECKING:
    from .reactions import Reactions

PARAMETER = re.compile(r"VALUES \?(\w+) \{ (<[^<>]*>) \} +# (\w+): (.+)")


class Graph(Protocol):
    """What questions are asked of: triples, the reaction table made of them, and a reader's attached texts."""

    @property
    def store(self) -> Store: ...

    @property
    def texts(self) -> Texts: ...

    def reactions(self) -> Reactions: ...


Measure = Callable[[Graph, Mapping[str, Term]], Table]
"""What is computed: a graph and the values of the parameters go in; of the optional ones those that were given."""


@dataclass(frozen=True)
class Parameter:
    """What a question wants to know first. ``kind`` says how the text given is resolved.

    ``example`` is an IRI or a value. What an optional parameter means when it is not given is said in its description.
    """

    name: str
    kind: str
    description: str
    example: str
    optional: bool = False


@dataclass(frozen=True)
class Question:
    """A question that can be asked of any graph. ``query`` is its SPARQL, or None for a measure."""

    name: str
    number: int
    text: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    query: str | None
    measure: Measure | None = None

    def answer(self, graph: Graph, given: Mapping[str, str | None] | None = None) -> Table:
        """Ask it. Asked with no parameter at all, a question that needs one answers its own example."""
        values = self.resolved(graph.store, given or {})
        if self.measure:
            return self.measure(graph, values)
        return graph.store.select(self.bound(values))

    def resolved(self, store: Store, given: Mapping[str, str | None]) -> dict[str, Term]:
        """The terms of the parameters; BadParameter names what is missing or unknown to this question."""
        known = {parameter.name for parameter in self.parameters}
        texts = {name: text for name, text in given.items() if text is not None}
        if unknown := sorted(set(texts) - known):
            names = ", ".join(sorted(known)) or "none"
            raise BadParameter(f"{self.name} has no parameter {', '.join(unknown)}; its parameters: {names}")
        if not texts and self.required:
            texts = dict(self.example)
        if missing := [one for one in self.required if one not in texts]:
            raise BadParameter(f"{self.name} needs {', '.join(missing)}")
        return {
            one.name: resolve(store, one.kind, texts[one.name])
            for one in self.parameters
            if one.name in texts
        }

    @property
    def required(self) -> list[str]:
        """The names of the parameters without which there is no answer."""
        return [one.name for one in self.parameters if not one.optional]

    def bound(self, values: Mapping[str, Term]) -> str:
        """The SPARQL with the values in place of the example; terms are escaped, text is never pasted in."""
        return PARAMETER.sub(
            lambda match: f"VALUES ?{match[1]} {{ {values[match[1]].n3()} }}", self.query or ""
        )

    @property
    def example(self) -> dict[str, str]:
        """The parameters of the example that the file itself asks."""
        return {parameter.name: parameter.example for parameter in self.parameters}
