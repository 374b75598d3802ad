"""The errors of the graph, and nothing else.

DemarcheError
├── SourceError        a file or body that no reader can accept; every problem names file, record and field
├── ValidationError    records that read well but break a shape; every violation names file, record and rule
├── NotFound           no thing, question or event of that name
├── Ambiguous          several things of that name; carries the candidates
├── BadParameter       a question asked without, or with an unusable, parameter
├── BadQuery           SPARQL that does not parse or is not allowed
├── TooLarge           an answer, or the work for it, larger than is allowed
├── Busy               more at once than is done or may wait; says when to ask again
├── NotInstalled       an optional library is needed that is not there; says how it is installed
├── Conflict           a change that does not fit what is there, such as a record that exists
├── Outdated           a change of a version that is no longer the present one; carries the present one
└── StoreError         a store that cannot be reached, opened or written
    ├── StoreTimeout   a store elsewhere that did not answer in time
    └── LedgerError    a ledger that cannot be opened or written
        └── LedgerDamaged  a ledger that is not what was written; says where
"""

from __future__ import annotations

from dataclasses import dataclass


class DemarcheError(Exception):
    """Anything that went wrong for a reason we can name to the person who asked."""


@dataclass(frozen=True)
class Problem:
    """One reason why a source is refused."""

    file: str
    record: str
    field: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.record, self.field, self.message) if part)


@dataclass(frozen=True)
class Violation:
    """One broken shape. ``severity`` is ``violation`` or ``warning``; only violations stop a load."""

    file: str
    record: str
    rule: str
    message: str
    severity: str = "violation"

    def __str__(self) -> str:
        return f"{self.file}: {self.record}: {self.rule}: {self.message}"


class SourceError(DemarcheError):
    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class ValidationError(DemarcheError):
    def __init__(self, violations: tuple[Violation, ...]) -> None:
        self.violations = violations
        super().__init__("\n".join(map(str, violations)))


class NotFound(DemarcheError):
    pass


class Ambiguous(DemarcheError):
    def __init__(self, message: str, candidates: tuple[str, ...]) -> None:
        self.candidates = candidates
        super().__init__(message)


class BadParameter(DemarcheError):
    pass


class BadQuery(DemarcheError):
    pass


class TooLarge(DemarcheError):
    pass


class Busy(DemarcheError):
    again_in = 5
    """Seconds until it is worth asking again."""


class NotInstalled(DemarcheError):
    def __init__(self, wanted: str, library: str, extra: str) -> None:
        super().__init__(f"{wanted} needs {library}, which is not installed: pip install 'demarche[{extra}]'")


class Conflict(DemarcheError):
    pass


class Outdated(DemarcheError):
    def __init__(self, message: str, revision: int) -> None:
        self.revision = revision
        super().__init__(message)


class StoreError(DemarcheError):
    pass


class StoreTimeout(StoreError):
    pass


class LedgerError(StoreError):
    pass


class LedgerDamaged(LedgerError):
    pass
