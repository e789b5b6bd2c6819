"""The addresses of tracked links."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from crmkit.plugin import Route, lazily

# A whole company, or a mail service's proxy, comes from one address; nobody guesses a token at any rate.
_PER_MINUTE: Final = 1_200


def routes() -> Iterable[Route]:
    """`/c/…` leads to where a link of a message leads, `/o/…` is the image of a message.

    They are there also where nothing is tracked any more: messages that were sent keep their links.
    """
    yield Route(
        method="GET",
        path="/c/{token}",
        handle=lazily("crmkit.plugins.email.tracking.answering:click"),
        doc="Leads on to a page that a message names",
        per_minute=_PER_MINUTE,
    )
    yield Route(
        method="GET",
        path="/o/{token}",
        handle=lazily("crmkit.plugins.email.tracking.answering:open_"),
        doc="The image that tells of opens",
        per_minute=_PER_MINUTE,
    )
