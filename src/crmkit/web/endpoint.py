"""One path of the server: its routes by method, asked in a thread once all that is cheap has been judged."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve, field, frozen

from crmkit.core.errors import StoreError, TryAgain
from crmkit.core.model.web import Request, Response, Route
from crmkit.web.bodies import Refused, check_length, fields_of, form_of, kind_of, read_body
from crmkit.web.clients import network_of
from crmkit.web.languages import languages_of
from crmkit.web.safety import refused_headers

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from litestar.types import Receive

    from crmkit.core.crm import Crm
    from crmkit.web.throttle import Throttle

_RETRY: Final = {"retry-after": "5"}
_log = logging.getLogger("crmkit.web")


@frozen(kw_only=True)
class Endpoint:
    """Answers for one path."""

    crm: Crm
    routes: Mapping[str, Route]
    throttle: Throttle
    threads: Executor = field(repr=False)

    @property
    def template(self) -> str:
        """The path as it is declared: what may be written into a log."""
        return next(iter(self.routes.values())).path

    @property
    def allowed(self) -> str:
        """What the header `Allow` says."""
        heads = ["HEAD"] if "GET" in self.routes else []
        return ", ".join([*self.routes, *heads, "OPTIONS"])

    async def answer(self, asked: Asked, parameters: Mapping[str, str], receive: Receive) -> Response:
        """The answer to a request. Raises `Refused`."""
        route = self._route(asked.method)
        if route is None:
            return Response(status=204, headers={"allow": self.allowed})
        # What is declared with parameters of other names is given its own.
        wait = self.throttle.wait((network_of(asked.client), route.method, route.path), route.per_minute)
        if wait:
            raise Refused(429, {"retry-after": str(wait)})
        if asked.headers.get("content-encoding", "identity") != "identity":
            raise Refused(415)
        check_length(asked.headers, route.limit)
        query = fields_of(asked.query)
        body = await read_body(receive, route.limit)
        form = self._form(route, asked, body)
        request = Request(
            method=asked.method, path=asked.path, parameters=parameters, query=query, form=form,
            headers=asked.headers, body=body, client=asked.client,
            languages=languages_of(asked.headers.get("accept-language", "")),
        )  # fmt: skip
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(self.threads, self._handled, route, request)

    def _route(self, method: str) -> Route | None:
        """None for the question what there is. Raises `Refused`."""
        if method == "OPTIONS":
            return None
        found = self.routes.get("GET" if method == "HEAD" else method)
        if found is None:
            raise Refused(405, {"allow": self.allowed})
        return found

    def _form(self, route: Route, asked: Asked, body: bytes) -> Mapping[str, Any]:
        if not body:
            return {}
        if kind_of(asked.headers) not in route.accepts:
            raise Refused(415)
        return form_of(asked.headers, body)

    def _handled(self, route: Route, request: Request) -> Response:
        try:
            response: object = route.handle(request, self.crm)
            if not isinstance(response, Response):
                raise NoResponse(type(response).__name__)
            if bad := refused_headers(response.headers):
                raise ValueError(f"headers with line ends: {bad}")
        except (TryAgain, StoreError) as error:
            _log.warning("%s %s: %s", route.method, route.path, told(error))
            return Response(status=503, headers=_RETRY)
        except NoResponse as error:
            _log.error("%s %s failed: it gives %s, and not a Response", route.method, route.path, error)
            return Response(status=500)
        except Exception as error:  # noqa: BLE001 - whoever asks is told nothing, whatever it was
            _log.error("%s %s failed: %s", route.method, route.path, told(error))
            return Response(status=500)
        return response


class NoResponse(TypeError):
    """What a handler gave is of another type, which it names."""


@frozen(kw_only=True)
class Asked:
    """A request as it came, without its body."""

    method: str
    path: str
    query: bytes
    headers: Mapping[str, str]
    client: str

    def at(self, path: str) -> Asked:
        """The same for another path."""
        return evolve(self, path=path)


def told(error: BaseException) -> str:
    """What failed and where; not what the error says, which may quote a token or a person."""
    frames = traceback.extract_tb(error.__traceback__)
    places = (f"{Path(each.filename).name}:{each.lineno} in {each.name}" for each in frames[-6:])
    return f"{type(error).__name__} ({', '.join(places)})"
