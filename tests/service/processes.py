"""A real `demarche serve` in a process of its own, on a free port, with settings of the test's own."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx


@dataclass
class Served:
    """A client of the service, the process that serves, and what it said before it said where it is."""

    client: httpx.Client
    process: "subprocess.Popen[str]"
    said: list[str]


@contextmanager
def serving(*arguments: str, **settings: object) -> Iterator[Served]:
    """The settings are variables without ``DEMARCHE_``; Ctrl-C ends the service, and it has to end in good order."""
    process = subprocess.Popen(
        [sys.executable, "-m", "demarche.service", "serve", "--port", "0", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": "/usr/bin:/bin", **{f"DEMARCHE_{name}": str(value) for name, value in settings.items()}},
    )
    assert process.stderr is not None
    said: list[str] = []
    try:
        while not (address := re.search(r"http://127\.0\.0\.1:\d+", said[-1] if said else "")):
            said.append(process.stderr.readline())
            assert said[-1], f"the service ended before it said where it is: {said}"
        with httpx.Client(base_url=address[0], timeout=60) as client:
            yield Served(client, process, said)
    finally:
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=20)[1]
    assert "Traceback" not in rest, rest
