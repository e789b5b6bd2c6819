"""The capabilities of the plugin, in the order in which people meet them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crmkit.plugin import Capability
from crmkit.plugins.collaborative.departments import DEPARTMENTS
from crmkit.plugins.collaborative.inbox import INBOX
from crmkit.plugins.collaborative.reviews import REVIEWS
from crmkit.plugins.collaborative.settings import Settings
from crmkit.plugins.collaborative.subscriptions import SUBSCRIPTIONS

CAPABILITIES: Final = (
    REVIEWS,
    DEPARTMENTS,
    INBOX,
    SUBSCRIPTIONS,
)


def in_use(settings: Settings) -> Iterator[Capability]:
    """Those that the business uses."""
    return (each for each in CAPABILITIES if each.name in settings.use)
