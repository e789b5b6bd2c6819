"""What the public server serves: the core's own pages and doors, and those of the plugins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from crmkit.core.errors import PluginError
from crmkit.core.model.web import Response, Route
from crmkit.core.phrase import phrase
from crmkit.web.incoming import incoming_route
from crmkit.web.pages.confirming import confirm_routes
from crmkit.web.pages.forms import form_routes
from crmkit.web.pages.preferences import preference_routes
from crmkit.web.pages.unsubscribing import unsubscribe_routes

if TYPE_CHECKING:
    from crmkit.core.crm import Crm
    from crmkit.core.model.web import Request

_PLAIN: Final = "text/plain; charset=utf-8"
_PARAMETER: Final = re.compile(r"\{[^{}/]*\}")


def core_routes() -> Iterator[Route]:
    """The core's own."""
    yield Route(method="GET", path="/health", handle=_health, doc="Whether the database can be read")
    yield Route(method="GET", path="/robots.txt", handle=_robots, doc="Asks search engines to stay away")
    yield incoming_route()
    yield from form_routes()
    yield from unsubscribe_routes()
    yield from preference_routes()
    yield from confirm_routes()


def all_routes(crm: Crm) -> tuple[Route, ...]:
    """The core's own routes and the plugins'. Raises `PluginError` where two are one."""
    taken: dict[tuple[str, str], Route] = {}
    for route in (*core_routes(), *crm.kernel.loaded.routes):
        key = route.method, shape(route.path)
        if key in taken:
            other = taken[key]
            raise PluginError(
                phrase(
                    "The route {method} {path} of the plugin {owner} is also {other} of {whose}",
                    method=route.method,
                    path=route.path,
                    owner=route.owner,
                    other=other.path,
                    whose=other.owner or phrase("crmkit itself"),
                ),
                hint=phrase("One of the two has to go: crm plugins disable {owner}", owner=route.owner),
            )
        taken[key] = route
    return tuple(taken.values())


def shape(path: str) -> str:
    """The path without the names of its parameters."""
    return _PARAMETER.sub("{}", path)


def paths(routes: Iterable[Route]) -> dict[str, dict[str, Route]]:
    """By path, the routes by method; what differs by names of parameters is one path."""
    found: dict[str, tuple[str, dict[str, Route]]] = {}
    for route in routes:
        _, methods = found.setdefault(shape(route.path), (route.path, {}))
        methods[route.method] = route
    return dict(found.values())


def _health(_: Request, crm: Crm) -> Response:
    with crm.reading() as execute:
        from sqlalchemy import text

        execute(text("SELECT 1"))
    return Response(body="ok\n", content_type=_PLAIN)


def _robots(_: Request, __: Crm) -> Response:
    return Response(body="User-agent: *\nDisallow: /\n", content_type=_PLAIN)
