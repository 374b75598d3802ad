"""What a question is: its words, its parameters, and how an answer is had from a store."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .errors import BadParameter
from .resolve import resolve
from .store import Store, Table, Term

PARAMETER = re.compile(r"VALUES \?(\w+) \{ (<[^<>]*>) \} +# (\w+): (.+)")


@dataclass(frozen=True)
class Parameter:
    """What a question wants to know first. ``kind`` says how the text given is resolved; ``example`` is an IRI."""

    name: str
    kind: str
    description: str
    example: str


@dataclass(frozen=True)
class Question:
    """A question that can be asked of any store. ``query`` is its SPARQL, or None for a measure."""

    name: str
    number: int
    text: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    query: str | None
    measure: Callable[[Store, Mapping[str, Term]], Table] | None = None

    def answer(self, store: Store, given: Mapping[str, str | None] | None = None) -> Table:
        """Ask it. Asked with no parameter at all, a question answers its own example."""
        values = self.resolved(store, given or {})
        if self.measure:
            return self.measure(store, values)
        return store.select(self.bound(values))

    def resolved(self, store: Store, given: Mapping[str, str | None]) -> dict[str, Term]:
        """The terms of the parameters; BadParameter names what is missing or unknown to this question."""
        known = {parameter.name for parameter in self.parameters}
        texts = {name: text for name, text in given.items() if text is not None}
        if unknown := sorted(set(texts) - known):
            names = ", ".join(sorted(known)) or "none"
            raise BadParameter(f"{self.name} has no parameter {', '.join(unknown)}; its parameters: {names}")
        if not texts:
            texts = dict(self.example)
        if missing := sorted(known - set(texts)):
            raise BadParameter(f"{self.name} needs {', '.join(missing)}")
        return {one.name: resolve(store, one.kind, texts[one.name]) for one in self.parameters}

    def bound(self, values: Mapping[str, Term]) -> str:
        """The SPARQL with the values in place of the example; terms are escaped, text is never pasted in."""
        return PARAMETER.sub(
            lambda match: f"VALUES ?{match[1]} {{ {values[match[1]].n3()} }}", self.query or ""
        )

    @property
    def example(self) -> dict[str, str]:
        """The parameters of the example that the file itself asks."""
        return {parameter.name: parameter.example for parameter in self.parameters}
