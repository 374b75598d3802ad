"""Who may run a query next: a few at once, a few more who wait, and no client may shut out the others.

One client has all places but one at the most; those who wait take turns client by client; and where too many wait, the
last of the client with the most of them is sent away.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from demarche.graph.errors import Busy

from .budgets import who_asks
from .settings import Settings

Ticket = asyncio.Future[None]


class Door:
    """Lets in a few at once, lets a few more wait, and sends the rest away."""

    def __init__(self, settings: Settings) -> None:
        self._places, self._queue = settings.query_workers, settings.query_queue
        self._each = max(1, self._places - 1)
        self._patience = settings.query_patience_seconds
        self._inside: Counter[str] = Counter()
        self._lines: dict[str, deque[Ticket]] = {}
        """The tickets of each client that waits; the client whose turn is next comes first."""

    @property
    def inside(self) -> int:
        return self._inside.total()

    @property
    def waiting(self) -> int:
        return sum(map(len, self._lines.values()))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        client = who_asks()
        if self._has_place(client):
            self._inside[client] += 1
        else:
            await self._wait(client)
        try:
            yield
        finally:
            self._left(client)

    def _has_place(self, client: str) -> bool:
        return self.inside < self._places and self._inside[client] < self._each

    async def _wait(self, client: str) -> None:
        ticket: Ticket = asyncio.get_running_loop().create_future()
        self._lines.setdefault(client, deque()).append(ticket)
        self._send_away()
        entered = False
        try:
            async with asyncio.timeout(self._patience):
                await ticket
            entered = True
        except TimeoutError as error:
            raise Busy("other queries take too long; ask again in a moment") from error
        finally:
            self._forget(client, ticket)
            if not entered and _is_let_in(ticket):  # at the very moment at which it gave up
                self._left(client)

    def _send_away(self) -> None:
        if self.waiting > self._queue:
            last = max(self._lines.values(), key=len).pop()
            if not last.done():
                last.set_exception(Busy("too many queries at once; ask again in a moment"))

    def _left(self, client: str) -> None:
        """The first client in turn that may have the free place gets it, and is then the last in turn."""
        self._inside[client] -= 1
        if not self._inside[client]:
            del self._inside[client]
        for following, line in list(self._lines.items()):
            ticket = next((one for one in line if not one.done()), None)
            if ticket and self._has_place(following):
                self._inside[following] += 1
                ticket.set_result(None)
                self._lines[following] = self._lines.pop(following)
                return

    def _forget(self, client: str, ticket: Ticket) -> None:
        line = self._lines.get(client, deque())
        if ticket in line:
            line.remove(ticket)
        if not line:
            self._lines.pop(client, None)


def _is_let_in(ticket: Ticket) -> bool:
    return ticket.done() and not ticket.cancelled() and ticket.exception() is None
