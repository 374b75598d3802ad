"""Parameters of a request, read strictly: whoever sends one that would be ignored, or one twice, is told so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from demarche.graph.errors import BadParameter

_FLAG = TypeAdapter(bool)


def only(request: Request, known: Collection[str]) -> None:
    """BadParameter where the address has a parameter that is not known, or one twice."""
    names = [name for name, _ in request.query_params.multi_items()]
    refuse_unknown(names, known)
    refuse_repeated(names)


def refuse_unknown(names: Collection[str], known: Collection[str]) -> None:
    if unknown := sorted({*names} - {*known}):
        there = ", ".join(sorted(known)) or "none"
        raise BadParameter(f"{unknown[0][:60]!r} is not understood here; there are: {there}")


def refuse_repeated(names: Sequence[str]) -> None:
    if twice := sorted(name for name in {*names} if names.count(name) > 1):
        raise BadParameter(f"{twice[0][:60]!r} is given twice")


def flag(given: Mapping[str, str], name: str) -> bool:
    """Whether it is set, in the words that the REST answers understand too; an empty one is not."""
    text = given.get(name, "")
    try:
        return bool(text) and _FLAG.validate_python(text)
    except ValidationError:
        raise BadParameter(f"{name} is {text[:40]!r}; it may be true or false") from None
