"""A business with a register on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote

import pytest


class Register(ThreadingHTTPServer):
    """Says of each number what is in `entries`; with a `mood`, that status to everybody."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.mood = 0
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Register
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        number = unquote(self.path.rpartition("/")[2])
        self.server.asked.append(number)
        entry = self.server.entries.get(number)
        body = json.dumps(entry or {}).encode()
        self.send_response(self.server.mood or (200 if entry else 404))
        if self.server.mood == 429:
            self.send_header("Retry-After", "60")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def register() -> Iterator[Register]:
    """The register, for as long as the test lasts."""
    found = Register()
    thread = Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    thread.join()
    found.server_close()


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["enrichment"]


@pytest.fixture
def crm_toml(register: Register) -> str:
    """Where the register is."""
    return f'[plugins.enrichment]\nregister = "http://127.0.0.1:{register.server_port}/companies"'
