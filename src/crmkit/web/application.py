"""The application: Litestar finds the path, and around it stands what holds for every request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from crmkit.core.crm import Crm
from crmkit.core.kernel import HOUSE
from crmkit.core.model.web import Response
from crmkit.web.addresses import LONGEST, Hosts, is_path
from crmkit.web.bodies import Refused
from crmkit.web.clients import client_of, network_of
from crmkit.web.endpoint import Asked, Endpoint, told
from crmkit.web.languages import languages_of
from crmkit.web.pages.style import style_hash
from crmkit.web.plain import plain_page
from crmkit.web.routes import all_routes, paths
from crmkit.web.safety import safe_headers
from crmkit.web.throttle import Throttle

if TYPE_CHECKING:
    from litestar import Litestar
    from litestar.types import Receive, Send

THREADS: Final = 16
# All requests of one address, whatever they ask for; and all requests of everybody.
_PER_ADDRESS: Final = 1_200
_ALL: Final = 60_000
_HEADERS: Final = 16_384
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
_KEY: Final = "crmkit"
_access = logging.getLogger("crmkit.web.access")
_log = logging.getLogger("crmkit.web")


def application(crm: Crm, *, clock: Callable[[], float] = time.monotonic) -> Application:
    """The public server of a business, as ASGI has it. Raises `PluginError` for routes that clash."""
    return Application(Crm(crm.kernel, HOUSE), Throttle(clock))


class Application:
    """Judges what can be judged at once, hands on the rest, and makes every answer safe."""

    def __init__(self, crm: Crm, throttle: Throttle) -> None:
        self.routes = all_routes(crm)
        self._web = crm.config.web
        self._hosts = Hosts(self._web)
        self._throttle = throttle
        self._inner = _litestar(crm, self.routes, throttle)
        self._style = style_hash()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one request, or the beginning and end of the server."""
        if scope["type"] == "lifespan":
            await self._inner(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Any, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        place = _Place()
        try:
            asked = self._judged(scope)
            known: Any = {**scope, "path": asked.path, _KEY: (asked, place)}
            await self._inner(known, receive, _unheard)
        except Refused as refusal:
            place.response = Response(status=refusal.status, headers=refusal.headers)
        except Exception as error:  # noqa: BLE001 - as for routes
            _log.error("A request failed: %s", told(error))
            place.response = Response(status=500)
        response = place.response or Response(status=404)
        languages = languages_of(_headers(scope["headers"])[0].get("accept-language", ""))
        await self._send(scope["method"], response, send, languages)
        taken = (time.perf_counter() - began) * 1000
        _access.info("%s %s %d %.1f ms", _shown(scope["method"]), place.template, response.status, taken)

    def _judged(self, scope: Any) -> Asked:
        """The request as it came. Raises `Refused`."""
        headers, forwarded = _headers(scope["headers"])
        peer = (scope.get("client") or ("", 0))[0]
        client = client_of(peer, forwarded, self._web.proxies)
        if scope["method"] not in _METHODS:
            raise Refused(501 if scope["method"] not in ("TRACE", "CONNECT") else 405)
        if not self._hosts.knows(headers.get("host", "")):
            raise Refused(421)
        raw, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
        if len(raw) + len(query) > LONGEST:
            raise Refused(414)
        if sum(len(name) + len(value) for name, value in scope["headers"]) > _HEADERS:
            raise Refused(431)
        wait = self._throttle.wait(network_of(client), _PER_ADDRESS) or self._throttle.wait("", _ALL)
        if wait:
            raise Refused(429, {"retry-after": str(wait)})
        if not is_path(raw):
            raise Refused(404)
        path = self._hosts.within(scope["path"])
        return Asked(method=scope["method"], path=path, query=query, headers=headers, client=client)

    async def _send(self, method: str, response: Response, send: Send, languages: Sequence[str]) -> None:
        body = response.body
        if not body and response.status >= 400:
            body = plain_page(response.status, languages)
        octets = body.encode() if isinstance(body, str) else body
        kind = response.content_type
        headers = {name.lower(): value for name, value in response.headers.items()}
        style = style_hash(response.style) if response.style else self._style
        headers |= safe_headers(kind, style=style, encrypted=self._hosts.is_encrypted)
        if octets:
            headers["content-type"] = kind
        if response.status != 204:
            headers["content-length"] = str(len(octets))
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": response.status, "headers": lines})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else octets,
                    "more_body": False})  # fmt: skip


class _Place:
    """Where the routes put what they answer, and by which of them it was."""

    def __init__(self) -> None:
        self.response: Response | None = None
        self.template = "-"


def _litestar(crm: Crm, routes: Any, throttle: Throttle) -> Litestar:
    from concurrent.futures import ThreadPoolExecutor

    from litestar import Litestar

    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="crmkit-web")
    handlers = [
        _handler(template, Endpoint(crm=crm, routes=methods, throttle=throttle, threads=threads))
        for template, methods in paths(routes).items()
    ]
    return Litestar(
        route_handlers=handlers,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _handler(template: str, endpoint: Endpoint) -> Any:
    from litestar import HttpMethod
    from litestar import Request as Came
    from litestar.handlers import HTTPRouteHandler

    async def serve(request: Came[Any, Any, Any]) -> None:
        scope: Any = request.scope
        asked, place = scope[_KEY]
        place.template = endpoint.template
        try:
            place.response = await endpoint.answer(asked, request.path_params, request.receive)
        except Refused as refusal:
            place.response = Response(status=refusal.status, headers=refusal.headers)

    return HTTPRouteHandler(
        template.replace("}", ":str}"),
        http_method=list(HttpMethod),
        status_code=204,
        signature_namespace={"Came": Came},
    )(serve)


async def _unheard(message: Any) -> None:
    """What Litestar itself would say: nothing, or that it knows no such path. Raises `Refused`."""
    if message["type"] == "http.response.start" and message["status"] != 204:
        raise Refused(404 if message["status"] < 500 else 500)


def _headers(lines: Iterable[tuple[bytes, bytes]]) -> tuple[dict[str, str], list[str]]:
    """The headers by name, in small letters; and every line of `X-Forwarded-For`."""
    found: dict[str, str] = {}
    forwarded = []
    for name_bytes, value_bytes in lines:
        name, value = name_bytes.decode("latin-1").lower(), value_bytes.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
        if name == "x-forwarded-for":
            forwarded.append(value)
    return found, forwarded


def _shown(method: str) -> str:
    return method if method in _METHODS else "?"
