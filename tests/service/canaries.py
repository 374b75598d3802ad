"""A server that nobody should call, and that remembers who did."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Canary:
    url: str
    calls: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Canary]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        canary = Canary(f"http://127.0.0.1:{listener.getsockname()[1]}/")

        def listen() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                canary.calls.append("called")
                connection.close()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield canary
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
