"""The process that strangers' SPARQL runs in: it keeps a copy of the store, forks, and may be killed.

Started as ``python -m demarche.service.query_process SOCKET``, it loads what it is sent and becomes a *keeper*: it
runs no query itself and has one thread, so that it can fork. A *worker* is a fork that answers queries one after the
other. A *successor* is a fork that makes one change and then is the keeper in its place; if it has to be killed,
nothing has happened. All memory is shared until somebody writes to it, so a fork costs milliseconds.

Every fork works under the kernel's limits: CPU, memory, no core dump, and no new file descriptor, which leaves no way
to open a socket or a file. It works in a thread made after the fork, because random numbers of the engine belong to a
thread: forks of one keeper would otherwise make the same blank nodes and UUIDs.
"""

from __future__ import annotations

import json
import math
import mmap
import os
import resource
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, NoReturn

from demarche.graph.errors import BadQuery, StoreError, TooLarge
from demarche.graph.store import Dataset, OxigraphStore, ScratchStore, graph_query

HEAD = struct.Struct("!IQ")
"""What stands before each message: how long its JSON is, and how long the bytes after it."""

CHUNK = 2**17
"""What is read at once: no more than one message is ever under way, so a read never takes of the next one."""

STACK_BYTES = 64 * 2**20
"""Of the thread that works; the engine's planner calls itself as deep as a query is nested."""


@dataclass(frozen=True)
class Limits:
    """What one job may use: seconds of processor time, bytes beyond the store itself, bytes of its answer."""

    cpu_seconds: int
    memory_bytes: int
    result_bytes: int


def packed(head: dict[str, Any], body: bytes = b"") -> bytes:
    told = json.dumps(head).encode()
    return b"".join((HEAD.pack(len(told), len(body)), told, body))


def missing(message: bytes) -> int:
    """How many bytes the beginning of a message still lacks."""
    if len(message) < HEAD.size:
        return HEAD.size - len(message)
    told, length = HEAD.unpack_from(message)
    return HEAD.size + int(told) + int(length) - len(message)


def unpacked(message: bytes) -> tuple[dict[str, Any], bytes]:
    told = HEAD.size + HEAD.unpack_from(message)[0]
    return json.loads(message[HEAD.size : told]), message[told:]


def send(peer: socket.socket, head: dict[str, Any], body: bytes = b"") -> None:
    peer.sendall(packed(head, body))


def receive(peer: socket.socket) -> tuple[dict[str, Any], bytes]:
    """The next message, in one read if it is short; EOFError when the other side is gone."""
    message = _some(peer, CHUNK)
    while (more := missing(message)) > 0:
        message += _exactly(peer, more)
    return unpacked(message)


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    head, image = receive(control)
    store: OxigraphStore = ScratchStore() if head["scratch"] else OxigraphStore()
    store.load(image)
    store.prepare()
    del image
    send(control, {})
    _keep(store, control)


def _keep(store: OxigraphStore, control: socket.socket) -> NoReturn:
    """Fork and bury as told, until the other side hangs up."""
    while True:
        try:
            head, _ = receive(control)
        except EOFError:
            os._exit(0)
        if head["do"] == "end":
            send(control, {"status": _ended(head["pid"], kill=head["kill"])})
        else:
            _fork(store, control, _ROLES[head["do"]], Limits(**head["limits"]))


def _ended(pid: int, *, kill: bool) -> int:
    """How a fork ended: negative is the signal that ended it. Only its parent can say so, and kill it without doubt."""
    if kill:
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _fork(store: OxigraphStore, control: socket.socket, role: _Role, limits: Limits) -> None:
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if not pid:
        try:
            control.close()
            theirs.close()
            role(store, ours, limits)
        finally:
            os._exit(1)
    ours.close()
    socket.send_fds(control, [b"."], [theirs.fileno()])
    theirs.close()
    send(control, {"pid": pid})


def _work(store: OxigraphStore, peer: socket.socket, limits: Limits) -> NoReturn:
    """Answer until the other side hangs up or this process has grown too large to go on."""
    _silence()
    memory = _Memory()
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))

    def loop() -> None:
        memory.limit(limits.memory_bytes)
        last = False
        while not last:
            try:
                job, body = receive(peer)
            except EOFError:
                return
            _limit_cpu(limits)
            head, answer = _done(store, job, body, limits)
            last = memory.grown() > limits.memory_bytes // 2
            send(peer, {**head, "last": last}, answer)

    _in_thread(loop)
    os._exit(0)


def _succeed(store: OxigraphStore, peer: socket.socket, limits: Limits) -> NoReturn:
    """Make one change, and be the keeper from then on."""
    _silence()
    memory = _Memory()
    replies: list[tuple[dict[str, Any], bytes]] = []

    def change() -> None:
        job, body = receive(peer)
        with _no_files():
            memory.limit(limits.memory_bytes)
            _limit_cpu(limits)
            replies.append(_done(store, job, body, limits))

    _in_thread(change)
    if not replies:
        os._exit(1)
    memory.lift()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
    send(peer, *replies[0])
    _keep(store, peer)


_Role = Callable[[OxigraphStore, socket.socket, Limits], NoReturn]
_ROLES: dict[str, _Role] = {"work": _work, "succeed": _succeed}


def _done(
    store: OxigraphStore, job: dict[str, Any], body: bytes, limits: Limits
) -> tuple[dict[str, Any], bytes]:
    """What the job comes to; an error that the asker can mend travels by its name."""
    try:
        return _JOBS[job["do"]](store, job, body, limits)
    except (BadQuery, TooLarge, StoreError) as error:
        return {"error": type(error).__name__, "message": str(error)}, b""
    except MemoryError:
        return {"error": "TooLarge", "message": "this query needs more memory than it may use"}, b""
    except (OSError, RuntimeError, ValueError) as error:  # the engine's word for what it could not do
        kind = "BadQuery" if "custom function" in str(error) else "StoreError"  # a name that nobody knows
        return {"error": kind, "message": f"the engine could not do this: {error}"}, b""


def _query(
    store: OxigraphStore, job: dict[str, Any], body: bytes, limits: Limits
) -> tuple[dict[str, Any], bytes]:
    dataset = None if job["dataset"] is None else Dataset(*(name and tuple(name) for name in job["dataset"]))
    answer = store.answer(body.decode(), job["media_types"], dataset, job["base"], limits.result_bytes)
    return {"kind": answer.kind, "media_type": answer.media_type}, answer.body


def _graph(
    store: OxigraphStore, job: dict[str, Any], _body: bytes, limits: Limits
) -> tuple[dict[str, Any], bytes]:
    if not store.holds(job["graph"]):
        return {"found": False}, b""
    query, dataset = graph_query(job["graph"], union=not isinstance(store, ScratchStore))
    media_types = dict.fromkeys(("graph", "solutions", "boolean"), job["media_type"])
    answer = store.answer(query, media_types, dataset, most=limits.result_bytes)
    return {"found": True}, answer.body


def _update(
    store: OxigraphStore, job: dict[str, Any], body: bytes, _limits: Limits
) -> tuple[dict[str, Any], bytes]:
    _scratch(store).run_update(body.decode(), job["base"])
    return {}, b""


def _put(
    store: OxigraphStore, job: dict[str, Any], body: bytes, _limits: Limits
) -> tuple[dict[str, Any], bytes]:
    parts = list(_parts(job["content_type"], body))
    new = _scratch(store).put(job["graph"], parts, job["base"], replace=job["replace"])
    return {"new": new}, b""


def _drop(
    store: OxigraphStore, job: dict[str, Any], _body: bytes, _limits: Limits
) -> tuple[dict[str, Any], bytes]:
    return {"found": _scratch(store).drop(job["graph"])}, b""


_JOBS = {"query": _query, "graph": _graph, "update": _update, "put": _put, "drop": _drop}


def _scratch(store: OxigraphStore) -> ScratchStore:
    if not isinstance(store, ScratchStore):
        raise StoreError("only a scratch store is written to")
    return store


def _parts(content_type: str, body: bytes) -> Iterator[tuple[bytes, str]]:
    """The documents of a body, each with its media type: one, or those of a form with files."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        yield body, media_type
        return
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    if not message.is_multipart():
        raise BadQuery("this form has no parts")
    for part in message.iter_parts():
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            raise BadQuery("a part of this form has parts of its own")
        yield payload, part.get_content_type()


class _Memory:
    """The size of this process, which it can read when it may open nothing any more."""

    def __init__(self) -> None:
        self._statm = os.open("/proc/self/statm", os.O_RDONLY)
        self._begin = self._size()

    def grown(self) -> int:
        return self._size() - self._begin - STACK_BYTES

    def limit(self, more: int) -> None:
        """To be called in the thread that works, whose stack then counts as there already."""
        self._begin = self._size() - STACK_BYTES
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (self._size() + more, hard))

    def lift(self) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
        os.close(self._statm)

    def _size(self) -> int:
        return int(os.pread(self._statm, 64, 0).split()[0]) * mmap.PAGESIZE


def _limit_cpu(limits: Limits) -> None:
    """The kernel ends this process when it has used so much more; to the second, as the kernel counts."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = math.ceil(used.ru_utime + used.ru_stime) + limits.cpu_seconds
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))


@contextmanager
def _no_files() -> Iterator[None]:
    """No new file descriptor, so no socket and no file. What runs is no code of a stranger's and cannot lift it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _in_thread(work: Callable[[], None]) -> None:
    threading.stack_size(STACK_BYTES)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _silence() -> None:
    """What the engine says when it dies is told by the way it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _some(peer: socket.socket, most: int) -> bytes:
    found = peer.recv(most)
    if not found:
        raise EOFError("the other side is gone")
    return found


def _exactly(peer: socket.socket, length: int) -> bytes:
    found = bytearray(length)
    view, at = memoryview(found), 0
    while at < length:
        got = peer.recv_into(view[at:])
        if not got:
            raise EOFError("the other side is gone")
        at += got
    return bytes(found)


if __name__ == "__main__":
    main()
