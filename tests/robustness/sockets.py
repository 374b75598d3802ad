"""Connections of which a test decides each byte."""

import re
import socket
from contextlib import suppress
from typing import Protocol

import httpx


class Server(Protocol):
    """What tells where a service is."""

    @property
    def client(self) -> httpx.Client: ...


def connected(server: Server, receive_buffer: int | None = None) -> socket.socket:
    address = re.search(r":(\d+)", str(server.client.base_url))
    assert address
    one = socket.socket()
    if receive_buffer:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    one.settimeout(10)
    one.connect(("127.0.0.1", int(address[1])))
    return one


def rest(one: socket.socket) -> bytes:
    """All that still comes until the other side hangs up."""
    found = bytearray()
    with suppress(ConnectionResetError):
        while part := one.recv(2**16):
            found += part
    return bytes(found)
