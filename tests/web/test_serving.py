"""The public server as strangers meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmkit.testing import Public

_PLUGIN = '''"""A page of its own."""

from crmkit.plugin import Response, Route, hookimpl


def show(request, crm):
    return Response(body=f"{request.method} {request.parameters['token']} {crm.actor.name}")


@hookimpl
def crmkit_register_routes(settings):
    yield Route(method="GET", path="/card/{token}", handle=show)
'''


@pytest.fixture
def crm_plugins(tmp_path: Path) -> list[str]:
    """A plugin with a page."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "cards.py").write_text(_PLUGIN)
    (folder / "cards.toml").write_text('name = "cards"\ntitle = "Cards"\ndoc = "Cards."\n')
    return ["cards"]


def test_a_page_of_a_plugin_is_served(public: Public) -> None:
    """The page of a plugin answers at its path, for crmkit itself."""
    assert public.get("/card/abc").text == "GET abc crmkit"


def test_the_core_serves_whether_it_is_well(public: Public) -> None:
    """A monitor is told that the server can read its database."""
    assert public.get("/health").text == "ok\n"
