"""The addresses at which customers see their quotes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Route, lazily
from crmkit.plugins.operational.quotes.settings import quote_settings

if TYPE_CHECKING:
    from crmkit.plugins.operational.settings import Settings

KIND: Final = "quote"
PATH: Final = "/quote/{token}"


def routes(settings: Settings) -> Iterable[Route]:
    """The page, and what its button does."""
    look = partial(lazily("crmkit.plugins.operational.quotes.pages:look"), settings=quote_settings(settings))
    accept = partial(
        lazily("crmkit.plugins.operational.quotes.pages:accept"), settings=quote_settings(settings)
    )
    yield Route(method="GET", path=PATH, handle=look, doc="A quote that was sent", link=KIND)
    yield Route(method="POST", path=PATH, handle=accept, doc="Accept it", per_minute=20)
