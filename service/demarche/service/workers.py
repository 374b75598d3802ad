"""Strangers' SPARQL in processes that can be killed: who may run, how long, and what it means when one dies.

The service itself never runs such a query. A keeper process holds a copy of the store and forks workers (see
``query_process``); here is the other side: a few workers in flight, a short queue, a clock, and one reply or one error
for each job. When the store has changed, the next job starts a keeper with the new content.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool

from demarche.graph.errors import BadQuery, DemarcheError, StoreError, TooLarge
from demarche.graph.store import Answer, Dataset, OxigraphStore, ResultKind, Store, graph_query

from .budgets import charged
from .query_process import CHUNK, Limits, missing, packed, receive, send, unpacked
from .settings import Settings
from .turns import Door


class TimeLimit(DemarcheError):
    """A query that ran for as long as any may, and was ended."""


class Abandoned(DemarcheError):
    """A query that was ended because whoever asked it has hung up."""


@dataclass(frozen=True)
class Query:
    """A query that the guard has passed, with all that its answer depends on but the store."""

    text: str
    media_types: Mapping[ResultKind, str]
    dataset: Dataset | None = None
    base: str | None = None


@dataclass(frozen=True)
class Reply:
    head: Mapping[str, Any]
    body: bytes


@dataclass(frozen=True)
class Load:
    """How many queries run, how many wait for their turn, and whether the next one finds a process ready."""

    running: int
    waiting: int
    ready: bool


class Runner(Protocol):
    """What runs strangers' queries."""

    def load(self) -> Load: ...

    async def answer(self, query: Query) -> Answer: ...

    async def graph(self, name: str | None, media_type: str) -> bytes | None:
        """The triples of a graph, of the default graph for None; None where there is no graph of that name."""

    async def warm(self) -> None:
        """Do now what the first query would have to wait for."""

    async def close(self) -> None: ...


def runner(store: Store, settings: Settings) -> Runner:
    """Processes of our own for a store of our own; a server elsewhere has its own limits."""
    if isinstance(store, OxigraphStore):
        return Pool(store, settings)
    return Elsewhere(store, settings)


def is_scratch(running: Runner) -> bool:
    return isinstance(running, Pool) and running.scratch


class Elsewhere:
    """Runs queries on a server elsewhere: that process is not ours to kill."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._door = Door(settings)
        self._most = settings.query_result_bytes

    def load(self) -> Load:
        return Load(self._door.inside, self._door.waiting, ready=True)

    async def answer(self, query: Query) -> Answer:
        async with self._door.turn():
            with charged():
                return await run_in_threadpool(
                    self._store.answer, query.text, query.media_types, query.dataset, query.base, self._most
                )

    async def graph(self, name: str | None, media_type: str) -> bytes | None:
        text, dataset = graph_query(name, union=True)
        media_types: dict[ResultKind, str] = {
            "graph": media_type,
            "solutions": "text/csv",
            "boolean": "text/csv",
        }
        if name is not None and name not in await run_in_threadpool(self._store.graphs):
            return None
        return (await self.answer(Query(text, media_types, dataset))).body

    async def warm(self) -> None:
        """Whoever serves the store has it ready."""

    async def close(self) -> None:
        """Nothing is open."""


class Pool:
    """Workers on a copy of the store; with ``scratch`` in the settings, changes too, one after the other."""

    def __init__(self, store: OxigraphStore, settings: Settings) -> None:
        self._store = store
        self.scratch = settings.scratch
        self._seconds = settings.query_seconds
        self._limits = Limits(
            settings.query_cpu_seconds, settings.query_memory_bytes, settings.query_result_bytes
        )
        self._door = Door(settings)
        self._keeper: _Keeper | None = None
        self._held = -1
        self._starting = asyncio.Lock()
        self._writing = asyncio.Lock()

    def load(self) -> Load:
        return Load(self._door.inside, self._door.waiting, self._is_fresh())

    async def answer(self, query: Query) -> Answer:
        dataset = None if query.dataset is None else (query.dataset.default, query.dataset.named)
        job = {"do": "query", "media_types": dict(query.media_types), "dataset": dataset, "base": query.base}
        reply = await self._run(job, query.text.encode("utf-8", "surrogatepass"))
        return Answer(reply.head["kind"], reply.head["media_type"], reply.body)

    async def graph(self, name: str | None, media_type: str) -> bytes | None:
        reply = await self._run({"do": "graph", "graph": name, "media_type": media_type})
        return reply.body if reply.head["found"] else None

    async def change(self, job: dict[str, Any], body: bytes = b"") -> Mapping[str, Any]:
        """Make a change as a whole or not at all; the keeper that made it takes the place of the one before."""
        async with self._door.turn(), self._writing:
            keeper = await self._current()
            with charged():
                return await self._changed(keeper, job, body)

    async def _changed(self, keeper: _Keeper, job: dict[str, Any], body: bytes) -> Mapping[str, Any]:
        successor = await asyncio.to_thread(keeper.fork, "succeed", self._limits)
        reply = await self._asked(keeper, successor, job, body)
        if "error" in reply.head:
            await asyncio.to_thread(keeper.end, successor.pid, kill=True)
            successor.close()
            raise _error(reply.head)
        keeper.retire()
        self._keeper = _Keeper(successor.peer)
        return reply.head

    async def warm(self) -> None:
        await self._current()

    async def close(self) -> None:
        if self._keeper:
            self._keeper.retire()
        self._keeper = None

    def idle_workers(self) -> set[int]:
        """The processes that wait for a query."""
        return {worker.pid for worker in self._keeper.idle} if self._keeper else set()

    async def _run(self, job: dict[str, Any], body: bytes = b"") -> Reply:
        async with self._door.turn():
            keeper = await self._current()
            with keeper.in_use(), charged():
                worker = await keeper.worker(self._limits)
                reply = await self._asked(keeper, worker, job, body)
                await keeper.take_back(worker, last=reply.head["last"])
        if "error" in reply.head:
            raise _error(reply.head)
        return reply

    async def _asked(self, keeper: _Keeper, fork: _Fork, job: dict[str, Any], body: bytes) -> Reply:
        """The reply of a fork, or the error that explains its end; with an error, the fork is no more."""
        living = True
        try:
            async with asyncio.timeout(self._seconds):
                reply = await fork.ask(job, body)
            living = False
            return reply
        except TimeoutError as error:
            raise TimeLimit(f"a query may take {self._seconds:g} seconds; this one was ended") from error
        except (EOFError, ConnectionError) as error:
            living = False
            fork.close()
            raise self._explained(await asyncio.to_thread(keeper.end, fork.pid, kill=False)) from error
        finally:
            if living:
                fork.close()
                await asyncio.shield(asyncio.to_thread(keeper.end, fork.pid, kill=True))

    async def _current(self) -> _Keeper:
        """The keeper of the present content, started where there is none yet."""
        if not self._is_fresh():
            await asyncio.shield(
                asyncio.create_task(self._refreshed())
            )  # whoever gives up, others wait for it too
        assert self._keeper is not None
        return self._keeper

    async def _refreshed(self) -> None:
        async with self._starting:
            if not self._is_fresh():
                await self._start()

    def _is_fresh(self) -> bool:
        return self._keeper is not None and not self._keeper.lost and self._held == self._store.changes

    async def _start(self) -> None:
        held = self._store.changes  # read first: what is written meanwhile makes the copy old, never wrong
        keeper = await asyncio.to_thread(_started, self._store, scratch=self.scratch)
        if self._keeper:
            self._keeper.retire()
        self._keeper, self._held = keeper, held

    def _explained(self, status: int) -> DemarcheError:
        """What it means that a fork ended so: negative is a signal."""
        seconds, megabytes = self._limits.cpu_seconds, self._limits.memory_bytes // 10**6
        if status == -signal.SIGXCPU:
            return TimeLimit(f"a query may use {seconds} seconds of processor time; this one was ended")
        if status == -signal.SIGSEGV:
            return TooLarge("this query is nested deeper than the engine can follow; it was ended")
        if status in {
            -signal.SIGABRT,
            -signal.SIGKILL,
        }:  # by the engine that got no memory, or by a system short of it
            return TooLarge(f"a query may use {megabytes} MB of memory; this one was ended")
        return StoreError(f"the process of this query failed ({status})")


@dataclass(frozen=True)
class _Fork:
    """This side of a fork of the keeper, whichever its role."""

    pid: int
    peer: socket.socket

    async def ask(self, job: dict[str, Any], body: bytes) -> Reply:
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self.peer, packed(job, body))
        message = await loop.sock_recv(self.peer, CHUNK)
        if not message:
            raise EOFError("the other side is gone")
        while (more := missing(message)) > 0:
            message += await _exactly(loop, self.peer, more)
        return Reply(*unpacked(message))

    def close(self) -> None:
        self.peer.close()


async def _exactly(loop: asyncio.AbstractEventLoop, peer: socket.socket, length: int) -> bytes:
    found = bytearray(length)
    view, at = memoryview(found), 0
    while at < length:
        got = await loop.sock_recv_into(peer, view[at:])
        if not got:
            raise EOFError("the other side is gone")
        at += got
    return bytes(found)


class _Keeper:
    """This side of a keeper: forks and burials one at a time, from any thread, and the workers that have no work."""

    def __init__(self, control: socket.socket, process: subprocess.Popen[bytes] | None = None) -> None:
        control.setblocking(True)
        self.idle: list[_Fork] = []
        self.lost = False
        self._control, self._process = control, process
        self._lock = threading.Lock()
        self._users = 0
        self._retired = False

    def fork(self, role: str, limits: Limits) -> _Fork:
        with self._lock, self._watched():
            send(self._control, {"do": role, "limits": asdict(limits)})
            _, (descriptor,), _, _ = socket.recv_fds(self._control, 1, 1)
            peer = socket.socket(fileno=descriptor)
            peer.set_inheritable(False)
            peer.setblocking(False)
            return _Fork(receive(self._control)[0]["pid"], peer)

    def end(self, pid: int, *, kill: bool) -> int:
        """How a fork ended, which it has or now does."""
        with self._lock, self._watched():
            send(self._control, {"do": "end", "pid": pid, "kill": kill})
            return int(receive(self._control)[0]["status"])

    @contextmanager
    def in_use(self) -> Iterator[None]:
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            self._leave()

    async def worker(self, limits: Limits) -> _Fork:
        """One that waits, or a new one; who gives up meanwhile leaves it to the next."""
        if self.idle:
            return self.idle.pop()
        forking = asyncio.create_task(asyncio.to_thread(self.fork, "work", limits))
        try:
            return await asyncio.shield(forking)
        except asyncio.CancelledError:
            forking.add_done_callback(self._left)
            raise

    def _left(self, forking: asyncio.Task[_Fork]) -> None:
        if forking.cancelled() or forking.exception():
            return
        if self._retired:
            forking.result().close()
        else:
            self.idle.append(forking.result())

    async def take_back(self, worker: _Fork, *, last: bool) -> None:
        """Keep the worker for the next query, unless it goes of itself or nobody will ask it again."""
        if not last and not self._retired:
            self.idle.append(worker)
            return
        worker.close()
        await asyncio.to_thread(self.end, worker.pid, kill=False)

    def retire(self) -> None:
        """Let go of the process as soon as its last query is answered."""
        self._retired = True
        while self.idle:
            self.idle.pop().close()
        self._leave()

    def _leave(self) -> None:
        if self._retired and not self._users:
            self._control.close()
            if self._process:
                threading.Thread(target=self._process.wait, daemon=True).start()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except (EOFError, OSError, ValueError) as error:  # ValueError: it died before it sent the descriptor
            self.lost = True
            raise StoreError("the process that keeps the store for queries is gone; ask again") from error


def _started(store: OxigraphStore, *, scratch: bool) -> _Keeper:
    """A keeper that has loaded the present content; a session of its own, so that Ctrl-C is ours to handle."""
    image = store.image()
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "demarche.service.query_process", str(theirs.fileno())]
    process = subprocess.Popen(  # noqa: S603
        command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
    )
    theirs.close()
    try:
        send(ours, {"scratch": scratch}, image)
        receive(ours)
    except (EOFError, OSError) as error:
        ours.close()
        raise StoreError(f"the process for queries did not start (exit code {process.wait()})") from error
    return _Keeper(ours, process)


def _error(head: Mapping[str, Any]) -> DemarcheError:
    return _ERRORS[head["error"]](head["message"])


_ERRORS: dict[str, type[DemarcheError]] = {
    "BadQuery": BadQuery, "TooLarge": TooLarge, "StoreError": StoreError,
}  # fmt: skip
