"""Who is asking: the curator whose token a request bears, and whether the scope of it is enough for a route."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException

from demarche.graph import KnowledgeGraph
from demarche.graph.curation import Curation
from demarche.graph.tokens import Scope, Token, Tokens

Credentials = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(HTTPBearer(auto_error=False, description="A curator's token: `demarche token add`.")),
]
_OFF = "this service takes no writing: it was started without DEMARCHE_LEDGER"


class Door:
    """Lets curators in by their tokens. Tokens come in the Authorization header alone, which no other site can send."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._curation = graph.curation
        writes = self._curation is not None and self._curation.writes
        self._tokens = Tokens.of(self._curation.ledger.path) if self._curation and writes else None

    @property
    def curation(self) -> Curation:
        if self._curation is None:
            raise HTTPException(404, "this service has no records: it was not started on seed data")
        return self._curation

    async def visitor(self, credentials: Credentials) -> Token | None:
        """The curator, or None for the public; a token that opens nothing is refused, never ignored."""
        return self._holder(credentials) if credentials else None

    def curator(self, scope: Scope) -> Callable[[Credentials], Awaitable[Token]]:
        """What lets in only those whose token goes so far."""

        async def enter(credentials: Credentials) -> Token:
            if self._tokens is None:
                raise HTTPException(403, _OFF)
            if credentials is None:
                raise _unknown("this needs a curator's token: Authorization: Bearer ...")
            return allowed(self._holder(credentials), scope)

        return enter

    def tokens(self) -> tuple[Token, ...]:
        return self._tokens.all() if self._tokens else ()

    def _holder(self, credentials: HTTPAuthorizationCredentials) -> Token:
        if self._tokens is None:
            raise HTTPException(403, _OFF)
        found = self._tokens.holder(credentials.credentials)
        if found is None:
            raise _unknown("this token is not known, or no longer")
        return found


def allowed(token: Token | None, scope: Scope) -> Token:
    """The token, if it goes so far."""
    if token is None:
        raise _unknown("this needs a curator's token: Authorization: Bearer ...")
    if not token.may(scope):
        raise HTTPException(403, f"this needs the scope {scope}; the token of {token.name} has {token.scope}")
    return token


def _unknown(why: str) -> HTTPException:
    return HTTPException(401, why, {"WWW-Authenticate": "Bearer"})
