"""The public server in tests: asked within this process, or on a free port of this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from attrs import define, field, frozen

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.web.application import Application

_START: Final = 10.0
_FORM: Final = "application/x-www-form-urlencoded"


@frozen(kw_only=True)
class Page:
    """An answer of the public server; its headers have small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def location(self) -> str:
        """Where a redirect leads; empty where it is none."""
        return self.headers.get("location", "")


@define(slots=False)
class Public:
    """Asks the public server of `crm` as a stranger would, without a network: `Public(crm).get("/u/…")`.

    All of the server is in the way: its limits, its headers, its threads. `client` is the address that the
    requests come from; the throttle's minutes do not pass unless `seconds` is put forward.
    """

    crm: Crm
    client: str = "192.0.2.7"
    seconds: float = field(default=0.0, kw_only=True)

    @cached_property
    def application(self) -> Application:
        """The server's application."""
        from crmkit.web.application import application

        return application(self.crm, clock=lambda: self.seconds)

    def get(self, url: str, **headers: str) -> Page:
        """The page at a path, or at an address of `[web] url`. Headers as `accept_language="ur"`."""
        return self.ask("GET", url, headers=headers)

    def post(self, url: str, form: Mapping[str, Any] | None = None, **headers: str) -> Page:
        """The answer to a form: `form` has a value, or a list of values, by field."""
        body = urlencode(form or {}, doseq=True).encode()
        return self.ask("POST", url, body, {"content-type": _FORM, **headers})

    def ask(self, method: str, url: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Page:
        """The answer to any request."""
        import asyncio

        return asyncio.run(self._asked(method, url, body, headers or {}))

    async def _asked(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Page:
        sent: list[Any] = []
        coming = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return coming.pop(0) if coming else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.application(self._scope(method, url, body, headers), receive, send)
        lines = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Page(status=sent[0]["status"], headers=lines, body=b"".join(each["body"] for each in sent[1:]))

    def _scope(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Any:
        from urllib.parse import unquote

        parts = urlsplit(url)
        named = {"host": parts.netloc or "localhost", "content-length": str(len(body))}
        named |= {name.lower().replace("_", "-"): value for name, value in headers.items()}
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "http", "path": unquote(parts.path), "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(), "root_path": "", "client": (self.client, 4711),
            "server": ("localhost", 80),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in named.items()],
        }  # fmt: skip


@contextmanager
def serving(crm: Crm) -> Iterator[str]:
    """The public server on a free port of this machine, for browsers: `with serving(crm) as url`."""
    from crmkit.web.application import application
    from crmkit.web.server import listening, run, url_of

    ended = threading.Event()
    with listening("127.0.0.1", 0) as sock:
        arguments = {"stopping": ended.is_set}
        thread = threading.Thread(target=run, args=(application(crm), sock), kwargs=arguments, daemon=True)
        thread.start()
        try:
            yield url_of(sock)
        finally:
            ended.set()
            thread.join(_START)
