"""A mail server of the tests' own, on this machine: it keeps what it takes, and misbehaves as it is told."""

from __future__ import annotations

import base64
import shlex
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from attrs import define

# (what was said, the number of the message, from 1) -> an answer, DROP, HANG, or None: as usual.
Mood = Callable[[str, int], str | None]
DROP, HANG = "drop", "hang"


@define
class Taken:
    """A message that the server has taken. `options` is what was said besides the sender's address."""

    sender: str
    to: str
    raw: bytes
    options: str

    @property
    def message(self) -> EmailMessage:
        """It, read by the standard library."""
        return message_from_bytes(self.raw, policy=policy.default)


class PostOffice(socketserver.ThreadingTCPServer):
    """`offers` are its extensions; `log_in` is the user and password it wants, if any."""

    allow_reuse_address = True
    daemon_threads = True
    # Of more than wait to be let in, some would take themselves for connected and hear nothing for a minute.
    request_queue_size = 128

    def __init__(self, mood: Mood, offers: tuple[str, ...], log_in: tuple[str, str] | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mood, self.offers, self.log_in = mood, offers, log_in
        self.tls: ssl.SSLContext | None = None
        self.is_tls_at_once = False
        self.taken: list[Taken] = []
        self.said: list[str] = []
        self.connections = self.begun = self.open = self.most_open = 0
        self.counting = threading.Lock()
        # Set when the test is over: whoever hangs, hangs no longer.
        self.over = threading.Event()

    @property
    def port(self) -> int:
        """Its port."""
        return int(self.server_address[1])

    def handle_error(self, *_: Any) -> None:
        """Clients that hang up are what is tested."""


class _Handler(socketserver.StreamRequestHandler):
    """One connection. Where PIPELINING is offered, it answers no sender and no recipient before the command
    after them: who waits for each answer waits for ever."""

    server: PostOffice

    def setup(self) -> None:
        super().setup()
        self.is_over, self.sender, self.to, self.options = False, "", "", ""
        self.held = b""
        self.number = self.server.begun

    def handle(self) -> None:
        with self.server.counting:
            self.server.connections += 1
            self.server.open += 1
            self.server.most_open = max(self.server.open, self.server.most_open)
        with suppress(OSError):
            if self.server.is_tls_at_once:
                self._encrypt()
            self._answer("CONNECT", "220 ready")
            while not self.is_over and (line := self.rfile.readline(10_000)):
                said = line.decode("utf-8").rstrip("\r\n")
                said = said[:4].upper() + said[4:]
                self.server.said.append(said)
                self._command(said)

    def finish(self) -> None:
        with self.server.counting:
            self.server.open -= 1
        super().finish()
        self.connection.close()

    def _command(self, said: str) -> None:
        verb = said[:4]
        if verb == "EHLO":
            lines = ["post.test", *self.server.offers]
            last = len(lines) - 1
            self._answer(said, "\r\n".join(f"250{' ' if n == last else '-'}{x}" for n, x in enumerate(lines)))
        elif verb == "STAR":
            if self._answer(said, "220 go on"):
                self._encrypt()
        elif verb == "AUTH":
            wanted = self.server.log_in
            given = base64.b64decode(said.split()[2]).decode().split("\0")[1:]
            self._answer(said, "235 welcome" if wanted and given == list(wanted) else "535 wrong password")
        elif verb == "MAIL":
            with self.server.counting:
                self.server.begun += 1
                self.number = self.server.begun
            address, _, self.options = said.partition(":")[2].partition(" ")
            self.sender, self.to = address.strip("<>"), ""
            self._answer(said, "250 ok")
        elif verb == "RCPT":
            to = said.partition(":")[2].strip("<>")
            self.to = to if self._answer(said, "250 ok") else ""
        elif verb == "DATA":
            if self._answer(said, "354 go on"):
                self._data()
        else:
            self.is_over = verb == "QUIT"
            self._answer(said, "221 bye" if verb == "QUIT" else "250 ok")

    def _data(self) -> None:
        lines = []
        while (line := self.rfile.readline(10_000)) != b".\r\n":
            if not line:
                return
            lines.append(line[1:] if line.startswith(b".") else line)
        taken = Taken(self.sender, self.to, b"".join(lines), self.options)
        if not self.to:
            self._answer(". ", "554 no valid recipients")
        else:
            self._answer(f". {self.to}", "250 taken", taken)

    def _answer(self, said: str, usual: str, taken: Taken | None = None) -> bool:
        """Whether it was the usual answer; before whoever asked hears that, the message is on the list."""
        answer = self.server.mood(said, self.number)
        if answer is None and taken is not None:
            self.server.taken.append(taken)
        if answer == HANG:
            self.server.over.wait(30)
        if answer in (DROP, HANG):
            self.is_over = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return False
        self.held += ((answer or usual) + "\r\n").encode()
        if "PIPELINING" not in self.server.offers or said[:4] not in ("MAIL", "RCPT"):
            self.wfile.write(self.held)
            self.held = b""
        return answer is None

    def _encrypt(self) -> None:
        assert self.server.tls is not None
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.connection = self.request
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)


@contextmanager
def post_office(
    mood: Mood = lambda _said, _number: None,
    *,
    offers: tuple[str, ...] = ("SMTPUTF8",),
    log_in: tuple[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
    at_once: bool = False,
) -> Iterator[PostOffice]:
    """A mail server, for as long as it is needed; with `tls` encrypted, `at_once` or after STARTTLS."""
    server = PostOffice(mood, offers, log_in)
    server.tls, server.is_tls_at_once = tls, at_once
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        thread.join(10)
        server.server_close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for `localhost`, and the file of whoever trusts it."""
    key, file = folder / "key.pem", folder / "certificate.pem"
    made = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout {key} -out {file} -subj /CN=localhost "
        "-addext subjectAltName=DNS:localhost"
    )
    try:
        subprocess.run(shlex.split(made), check=True, capture_output=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context, file
