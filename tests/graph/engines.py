"""The engines that the contract of the store is tried on; the remote one is a real server in a process of its own."""

import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demarche.graph.remote import RemoteStore
from demarche.graph.store import OxigraphStore, Store


@contextmanager
def engine(name: str, folder: Path) -> Iterator[Store]:
    """A fresh, empty store of the engine of that name."""
    if name == "memory":
        yield OxigraphStore()
    elif name == "disk":
        yield OxigraphStore(folder / "store")
    else:
        with oxigraph_server() as url:
            yield RemoteStore(f"{url}/query", f"{url}/update")


@contextmanager
def oxigraph_server(
    at: str | None = None, folder: Path | None = None, *, union: bool = True
) -> Iterator[str]:
    """A real ``oxigraph serve`` on a free port, as a rule with the union of all graphs as its default graph.

    ``at`` is the address of one that was stopped, ``folder`` where it keeps its data.
    """
    beside_python = Path(sysconfig.get_path("scripts")) / "oxigraph"
    program = str(beside_python) if beside_python.exists() else shutil.which("oxigraph")
    if program is None:
        pytest.skip("needs the oxigraph server (pip install oxigraph)")
    address = at.removeprefix("http://") if at else _free_address()
    place = ["--location", str(folder)] if folder else []
    server = subprocess.Popen(
        [program, "serve", *(["--union-default-graph"] if union else []), "--bind", address, *place],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(address, server)
        yield f"http://{address}"
    finally:
        server.kill()
        server.wait(10)


def _free_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    host, port = address.split(":")
    for _ in range(200):
        if server.poll() is not None:
            sys.exit("oxigraph serve ended before it listened")
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {address}")
