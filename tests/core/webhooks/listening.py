"""A program that is called: it notes what it was sent, and answers as a test says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[[Any], None]


class Listener(ThreadingHTTPServer):
    """Keeps (path, headers, body) of each request. `behave` gets the handler, once the body is read."""

    daemon_threads = True
    request_queue_size = 128  # who is not let in takes itself for connected

    def __init__(self, behave: Behaviour, *, keeps: bool) -> None:
        super().__init__(("127.0.0.1", 0), _Keeping if keeps else _Handler)
        self.behave = behave
        self.connections = 0
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        # Set when the test is over: whoever hangs, hangs no longer.
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}/in?token=hidden"

    def process_request(self, *arguments: Any) -> None:
        self.connections += 1
        super().process_request(*arguments)

    def handle_error(self, *_: Any) -> None:
        """Clients that hang up are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        said = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append((self.path, said, body))
        self.server.behave(self)

    def log_message(self, *_: Any) -> None:
        pass


class _Keeping(_Handler):
    """Keeps connections for the next request."""

    protocol_version = "HTTP/1.1"


def answer(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Answer with a status."""

    def behave(handler: Any) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


@contextmanager
def listening(behave: Behaviour, *, keeps: bool = False) -> Iterator[Listener]:
    """A listener on this machine, for as long as it is needed, which keeps connections or ends them."""
    server = Listener(behave, keeps=keeps)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join(10)
        server.server_close()
