"""Sending requests: to an address that was looked at, each within a time, and to nowhere else."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from math import inf
from typing import TYPE_CHECKING, Any, Final, Self

from attrs import define, field, frozen

from crmkit.core.phrase import Phrase, as_phrase, phrase
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


class _HungUp(NoAnswer):
    """The other side let go of the connection without a word."""


@define(eq=False)
class Line:
    """Requests to one address, one after the other: by one connection, as long as the other side keeps it."""

    url: Url
    timeout: float
    internal: bool
    watch: Watch
    _kept: HTTPConnection | None = None

    def post(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send a request and wait for its answer, `timeout` seconds for all of it, however slow the other
        side.

        Redirects are not followed, and no proxy is used. Raises `NoAnswer`, and `Invalid` for an address that
        a request may not go to.
        """
        ends = time.monotonic() + self.timeout
        kept = self._taken()
        if kept is not None:
            # It may be let go of just now, as any that is idle: then the request goes out once more.
            with suppress(_HungUp):
                return self._exchanged(kept, headers, body, ends)
        return self._exchanged(self._connected(ends), headers, body, ends)

    def close(self) -> None:
        """Let go of the connection, if there is one."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _taken(self) -> HTTPConnection | None:
        """The connection that was kept, if the other side keeps it still."""
        if self._kept is not None and not self._kept.is_connected:
            self.close()
        kept, self._kept = self._kept, None
        return kept

    def _connected(self, ends: float) -> HTTPConnection:
        """A connection to the first of the addresses that takes one; the name is not resolved again."""
        url, trouble = self.url, phrase("the time is over")
        try:
            addresses = destinations(url, internal=self.internal)
        except OSError as error:
            said = phrase("{host} cannot be found: {error}", host=url.host, error=_told(error))
            raise NoAnswer(said, sent=False) from None
        for address in addresses:
            left = ends - time.monotonic()
            if left <= 0:
                break
            connection = _connection(url, address, min(left, _LONGEST_CONNECT))
            try:
                with _Cut(self.watch, connection, ends):
                    connection.connect()
                return connection
            except _failures() as error:
                connection.close()
                trouble = _told(error)
        said = phrase("{url} cannot be reached: {error}", url=url.shown, error=trouble)
        raise NoAnswer(said, sent=False)

    def _exchanged(
        self, connection: HTTPConnection, headers: Mapping[str, str], body: bytes, ends: float
    ) -> Answer:
        named = {"Host": self.url.authority, "Accept": "*/*", **headers}
        with _Cut(self.watch, connection, ends) as cut:
            try:
                cut.hold()
                connection.request("POST", self.url.path, body=body, headers=named, preload_content=False)
                response = connection.getresponse()
            except _failures() as error:
                connection.close()
                raise self._unanswered(error, cut) from None
            is_whole = _read_away(response, cut)
        # Where the other side wants to end it, the library has let go of it already.
        if is_whole and not cut.is_done and connection.sock is not None:
            self._kept = connection
        else:
            connection.close()
        said = response.headers
        return Answer(response.status, said.get("Retry-After") or "", said.get("Location") or "")

    def _unanswered(self, error: Exception, cut: _Cut) -> NoAnswer:
        import ssl

        if cut.is_done or time.monotonic() >= cut.ends:
            return NoAnswer(phrase("{url} did not answer in time", url=self.url.shown), sent=True)
        kind = _HungUp if isinstance(error, ConnectionError | ssl.SSLEOFError) else NoAnswer
        said = phrase("{url} broke off: {error}", url=self.url.shown, error=_told(error))
        return kind(said, sent=True)


@define(eq=False)
class Watch:
    """Ends the connections whose time is over, by one thread: timeouts of single reads do not bound a slow
    drip."""

    _cuts: set[_Cut] = field(factory=set)
    _changed: threading.Condition = field(factory=threading.Condition)
    _wakes_at: float = inf
    _is_over: bool = False
    _thread: threading.Thread | None = None

    def add(self, cut: _Cut) -> None:
        """Have a connection ended when its time is over."""
        with self._changed:
            self._cuts.add(cut)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="crmkit-webhook-watch", daemon=True)
                self._thread.start()
            if cut.ends < self._wakes_at:
                self._changed.notify()

    def remove(self, cut: _Cut) -> None:
        """There is no more to wait for."""
        with self._changed:
            self._cuts.discard(cut)

    def close(self) -> None:
        """Watch no longer."""
        with self._changed:
            self._is_over = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        with self._changed:
            while not self._is_over:
                now = time.monotonic()
                for cut in [each for each in self._cuts if each.ends <= now]:
                    self._cuts.discard(cut)
                    cut.now()
                self._wakes_at = min((each.ends for each in self._cuts), default=inf)
                self._changed.wait(None if self._wakes_at == inf else self._wakes_at - now)


@define(eq=False)
class _Cut:
    """What ends a connection; a time in which it may."""

    watch: Watch
    connection: HTTPConnection
    ends: float
    is_done: bool = False
    _sock: Any = None

    def __enter__(self) -> Self:
        self.watch.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.watch.remove(self)

    def now(self) -> None:
        """End it."""
        import socket

        self.is_done = True
        sock = self._sock or self.connection.sock
        if sock is not None:
            with suppress(OSError):
                # The plain socket's own, beneath encryption: whoever reads from it now is told of the end.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def hold(self) -> None:
        """Remember the socket: once an answer has begun, the connection may have let go of it. From here on
        it waits until the end, and no longer only as long as for the connection to be made."""
        self._sock = sock = self.connection.sock
        self.connection.timeout = max(0.01, self.ends - time.monotonic())
        sock.settimeout(self.connection.timeout)


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


def _read_away(response: BaseHTTPResponse, cut: _Cut) -> bool:
    """Let the other side finish what it says, if that is short and quick; the status has decided already.
    Whether it has."""
    size = 0
    try:
        while size < _LARGEST_ANSWER and not cut.is_done:
            part = response.read(_AT_ONCE, decode_content=False)
            if not part:
                return True
            size += len(part)
    except _failures():
        pass
    return False


def _failures() -> tuple[type[Exception], ...]:
    import http.client

    from urllib3.exceptions import HTTPError

    # Cut off in the middle, the parts beneath complain in their own ways.
    return (OSError, HTTPError, http.client.HTTPException, ValueError, AttributeError)


def _told(error: Any) -> Phrase:
    """The error in a few words, without the addresses of objects that libraries put into theirs."""
    import ssl

    cause = error.__cause__ or error.__context__ or error
    for each in (error, cause, getattr(error, "reason", None)):
        if isinstance(each, ssl.SSLCertVerificationError):
            return phrase("its certificate is not valid: {message}", message=each.verify_message)
        if isinstance(each, TimeoutError):
            return phrase("it did not answer in time")
        if isinstance(each, OSError) and each.strerror:
            return phrase(each.strerror)
    return as_phrase(type(error).__name__)
