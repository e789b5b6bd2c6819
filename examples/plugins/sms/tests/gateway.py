"""A gateway on this machine, which does what a test tells it, and signs what it reports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, ClassVar

KNOWN = "Bearer let-me-in"


class Gateway(ThreadingHTTPServer):
    """Takes every message, unless `moods` has another answer for its number: a status, or `silent`."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.moods: dict[str, Any] = {}
        self.released = Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"
    texts: ClassVar[dict[int, str]] = {400: "no such number", 429: "slowly", 401: "who are you"}

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = self.headers["Authorization"] == KNOWN
        mood = self.server.moods.get(message["to"], 202) if known else 401
        if mood == "silent":
            self.server.taken.append(message)
            self.server.released.wait(10)
            self.close_connection = True
            return
        if mood == 202:
            self.server.taken.append(message)
        body = json.dumps({"id": f"gw-{len(self.server.taken)}", "error": self.texts.get(mood, "")}).encode()
        self.send_response(mood)
        if mood == 429:
            self.send_header("Retry-After", "90")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[Gateway]:
    """The gateway, for as long as the block lasts."""
    gateway = Gateway()
    thread = Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.released.set()
        gateway.shutdown()
        thread.join()
        gateway.server_close()
