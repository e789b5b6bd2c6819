"""Sending one request: to an address that was looked at, within a time, and to nowhere else."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.values import frozen
from crmkit.core.webhooks.destination import Url, destinations

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection
    from urllib3.response import BaseHTTPResponse

_LARGEST_ANSWER: Final = 64 * 1024
_AT_ONCE: Final = 4 * 1024
_LONGEST_CONNECT: Final = 5.0


@frozen
class Answer:
    """What the other side said: the status, and the headers `Retry-After` and `Location`."""

    status: int
    retry_after: str = ""
    location: str = ""


class NoAnswer(Exception):
    """There is none; the text says why. `sent` tells whether the request may have arrived."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


def post(url: Url, headers: Mapping[str, str], body: bytes, *, timeout: float, internal: bool) -> Answer:
    """Send a request and wait for its answer, `timeout` seconds for all of it, however slow the other side.

    Redirects are not followed, and no proxy is used. Raises `NoAnswer`, and `Invalid` for an address that a
    request may not go to.
    """
    ends = time.monotonic() + timeout
    try:
        addresses = destinations(url, internal=internal)
    except OSError as error:
        raise NoAnswer(f"{url.host} cannot be found: {_told(error)}", sent=False) from None
    connection, cut = _connected(url, addresses, ends)
    try:
        return _exchanged(connection, url, headers, body, cut)
    finally:
        cut.end()


class _Cut:
    """Ends a connection when its time is over: timeouts of single reads do not bound a slow drip."""

    def __init__(self, connection: HTTPConnection, ends: float) -> None:
        self._connection = connection
        self._sock: Any = None
        self.ends = ends
        self.is_done = False
        self._timer = threading.Timer(max(0.0, ends - time.monotonic()), self._now)
        self._timer.daemon = True
        self._timer.start()

    def _now(self) -> None:
        import socket

        self.is_done = True
        sock = self._sock or self._connection.sock
        if sock is not None:
            with suppress(OSError):
                # The plain socket's own, beneath encryption: whoever reads from it now is told of the end.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def hold(self, sock: Any) -> None:
        """Remember the socket: once an answer has begun, the connection may have let go of it."""
        self._sock = sock
        sock.settimeout(max(0.01, self.ends - time.monotonic()))

    def end(self) -> None:
        """There is no more to wait for."""
        self._timer.cancel()
        self._connection.close()


def _connected(url: Url, addresses: list[str], ends: float) -> tuple[HTTPConnection, _Cut]:
    """A connection to the first of the addresses that takes one; the name is not resolved again."""
    trouble = "the time is over"
    for address in addresses:
        left = ends - time.monotonic()
        if left <= 0:
            break
        connection = _connection(url, address, min(left, _LONGEST_CONNECT))
        cut = _Cut(connection, ends)
        try:
            connection.connect()
            cut.hold(connection.sock)
        except _failures() as error:
            cut.end()
            trouble = _told(error)
        else:
            return connection, cut
    raise NoAnswer(f"{url.shown} cannot be reached: {trouble}", sent=False)


def _connection(url: Url, address: str, timeout: float) -> HTTPConnection:
    from urllib3.connection import HTTPConnection, HTTPSConnection

    if url.scheme == "http":
        return HTTPConnection(address, url.port, timeout=timeout)
    import ssl

    # The certificate is to be that of the name, though the connection goes to the address.
    return HTTPSConnection(
        address, url.port, timeout=timeout, ssl_context=ssl.create_default_context(),
        server_hostname=url.host.removesuffix("."),
    )  # fmt: skip


def _exchanged(
    connection: HTTPConnection, url: Url, headers: Mapping[str, str], body: bytes, cut: _Cut
) -> Answer:
    named = {"Host": url.authority, "Accept": "*/*", **headers}
    try:
        connection.request("POST", url.path, body=body, headers=named, preload_content=False)
        response = connection.getresponse()
    except _failures() as error:
        late = cut.is_done or time.monotonic() >= cut.ends
        reason = "did not answer in time" if late else f"broke off: {_told(error)}"
        raise NoAnswer(f"{url.shown} {reason}", sent=True) from None
    _read_away(response, cut)
    said = response.headers
    return Answer(response.status, said.get("Retry-After") or "", said.get("Location") or "")


def _read_away(response: BaseHTTPResponse, cut: _Cut) -> None:
    """Let the other side finish what it says, if that is short and quick; the status has decided already."""
    size = 0
    try:
        while size < _LARGEST_ANSWER and not cut.is_done:
            part = response.read(_AT_ONCE, decode_content=False)
            if not part:
                return
            size += len(part)
    except _failures():
        return


def _failures() -> tuple[type[Exception], ...]:
    import http.client

    from urllib3.exceptions import HTTPError

    # Cut off in the middle, the parts beneath complain in their own ways.
    return (OSError, HTTPError, http.client.HTTPException, ValueError, AttributeError)


def _told(error: Any) -> str:
    """The error in a few words, without the addresses of objects that libraries put into theirs."""
    import ssl

    cause = error.__cause__ or error.__context__ or error
    for each in (error, cause, getattr(error, "reason", None)):
        if isinstance(each, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {each.verify_message}"
        if isinstance(each, TimeoutError):
            return "it did not answer in time"
        if isinstance(each, OSError) and each.strerror:
            return each.strerror
    return type(error).__name__
