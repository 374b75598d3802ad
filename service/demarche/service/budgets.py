"""How much of the engine's time one client may use: what it has saved up, and what comes back with each second.

Only computing counts: an answer from memory, a page or the wait for one's turn costs nothing. Work is paid when it is
done, so what is left may fall below nothing; the next work waits until it is above.
"""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

from starlette.types import Scope

from demarche.graph.errors import DemarcheError

from .addresses import is_loopback
from .settings import Settings

MOST_CLIENTS = 10_000
HERE, ELSEWHERE = 3600.0, 120.0
"""The seconds that a client on this machine, and one elsewhere, saves up where the settings do not say."""


class OverBudget(DemarcheError):
    """A client that has used more of the engine's time than it had."""

    def __init__(self, seconds: float) -> None:
        wait = max(1, math.ceil(seconds))
        self.headers: Mapping[str, str] = {"Retry-After": str(wait)}
        super().__init__(f"you have used all the computing time that one client has; ask again in {wait} s")


class Account:
    """What one client has left; in seconds."""

    def __init__(self, most: float, refill: float, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._refill, self._clock = most, refill, clock
        self._left, self._at = most, clock()
        self._lock = threading.Lock()

    def check(self) -> None:
        """OverBudget where nothing is left."""
        with self._lock:
            left = self._now()
        if left <= 0:
            raise OverBudget(-left / self._refill)

    def pay(self, seconds: float) -> None:
        with self._lock:
            self._left = self._now() - seconds

    def _now(self) -> float:
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._refill)
        self._at = now
        return self._left


class Budgets:
    """The accounts of the clients that asked last."""

    def __init__(self, settings: Settings) -> None:
        self._most, self._refill = settings.client_seconds, settings.client_refill
        self._accounts: OrderedDict[str, Account] = OrderedDict()

    @contextmanager
    def of(self, scope: Scope) -> Iterator[None]:
        """What is computed inside of the block is charged to the client of that request."""
        client = _client(scope)
        token, name = _account.set(self.account(client)), _asking.set(client)
        try:
            yield
        finally:
            _account.reset(token)
            _asking.reset(name)

    def __len__(self) -> int:
        return len(self._accounts)

    def account(self, client: str) -> Account | None:
        """That of an address; None where there is no limit."""
        if self._most == 0:
            return None
        found = self._accounts.get(client)
        if found is None:
            found = self._accounts[client] = Account(self._saved(client), self._refill)
            if len(self._accounts) > MOST_CLIENTS:
                self._accounts.popitem(last=False)
        self._accounts.move_to_end(client)
        return found

    def _saved(self, client: str) -> float:
        return self._most or (HERE if is_loopback(client) else ELSEWHERE)


def require_means() -> None:
    """OverBudget where who asks has nothing left."""
    if account := _account.get():
        account.check()


@contextmanager
def charged(*, begun: bool = False) -> Iterator[None]:
    """The time that the block takes is charged to who asked; OverBudget where nothing is left.

    Work in several parts that has ``begun`` is finished, whatever is left.
    """
    account = _account.get()
    if account is None:
        yield
        return
    if not begun:
        require_means()
    begin = monotonic()
    try:
        yield
    finally:
        account.pay(monotonic() - begin)


def who_asks() -> str:
    """The client whose request this is."""
    return _asking.get()


def _client(scope: Scope) -> str:
    """Who asks: an address, or the network of a whole house where addresses are given out by the house."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 6 and address.ipv4_mapped is None and not address.is_loopback:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(host)


_asking: ContextVar[str] = ContextVar("client", default="")
_account: ContextVar[Account | None] = ContextVar("account", default=None)
