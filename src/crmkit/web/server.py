"""The server: uvicorn with limits, which ends when it is asked to."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.errors import ConfigError, ExtraMissing
from crmkit.core.files.refusals import refusal_of
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    import asyncio

    from uvicorn import Server

    from crmkit.web.application import Application

_LINE_AND_HEADERS: Final = 16_384
_CONNECTIONS: Final = 500
_IDLE: Final = 5
_HEADERS: Final = 10.0
_END: Final = 10
_BACKLOG: Final = 256


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 is any free one. Raises `ConfigError`."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(address)
            sock.listen(_BACKLOG)
        except OSError:
            sock.close()
            raise
    except OSError as error:
        raise ConfigError(
            phrase(
                "Nothing can listen at {host}, port {port}: {reason}",
                host=host,
                port=port,
                reason=refusal_of(error),
            ),
            hint="Another server may be there. Choose another port: crm serve --port 8485"
            if error.errno == errno.EADDRINUSE
            else "Choose an address of this machine: crm serve --host 127.0.0.1",
        ) from None
    return sock


def url_of(sock: socket.socket) -> str:
    """Where a listening socket is reached from this machine."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(application: Application, sock: socket.socket, *, stopping: Callable[[], bool]) -> None:
    """Serve until `stopping` says so; what is being answered then is answered, for some seconds at most."""
    import asyncio

    asyncio.run(_serving(application, sock, stopping))


async def _serving(application: Application, sock: socket.socket, stopping: Callable[[], bool]) -> None:
    import asyncio

    server = _server(application)
    task = asyncio.create_task(server.serve(sockets=[sock]))
    while not task.done():
        if stopping():
            server.should_exit = True
        await asyncio.wait([task], timeout=0.1)
    await task


def _server(application: Application) -> Server:
    from uvicorn import Config, Server

    class Quiet(Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            # Whoever started it has said how it ends.
            yield

    config = Config(
        application,
        http=_protocol(),
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=_END,
        h11_max_incomplete_event_size=_LINE_AND_HEADERS,
    )
    return Quiet(config)


def _protocol() -> type[asyncio.Protocol]:
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Impatient(H11Protocol):
        """Waits only so long for the line and the headers of a request, however slowly they drip."""

        _late: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._late = self.loop.call_later(_HEADERS, self._leave)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self._arm()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._arm()

        def connection_lost(self, exc: Exception | None) -> None:
            self._disarm()
            super().connection_lost(exc)

        def _arm(self) -> None:
            import h11

            if self.conn.their_state is not h11.IDLE:
                self._disarm()
            elif self._late is None:
                self._late = self.loop.call_later(_HEADERS, self._leave)

        def _disarm(self) -> None:
            if self._late is not None:
                self._late.cancel()
                self._late = None

        def _leave(self) -> None:
            self._late = None
            if not self.transport.is_closing():
                self.transport.abort()

    return Impatient


def require_extra() -> None:
    """Raise `ExtraMissing` unless the extra is installed."""
    from importlib.util import find_spec

    for name in ("litestar", "uvicorn", "cryptography"):
        if find_spec(name) is None:
            raise ExtraMissing(
                phrase("The public server needs the package {name}, which is not installed", name=name),
                hint=phrase("Install it: pip install 'crmkit[web]'"),
            )
