"""The capabilities of the plugin, in the order in which people meet them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Capability
from crmkit.plugins.collaborative.departments import DEPARTMENTS
from crmkit.plugins.collaborative.handovers import HANDOVERS
from crmkit.plugins.collaborative.inbox import INBOX
from crmkit.plugins.collaborative.notes import NOTES
from crmkit.plugins.collaborative.reviews import REVIEWS
from crmkit.plugins.collaborative.subscriptions import SUBSCRIPTIONS
from crmkit.plugins.collaborative.surveys import SURVEYS

if TYPE_CHECKING:
    from crmkit.plugins.collaborative.settings import Settings

CAPABILITIES: Final = (
    NOTES,
    HANDOVERS,
    INBOX,
    SURVEYS,
    REVIEWS,
    DEPARTMENTS,
    SUBSCRIPTIONS,
)


def in_use(settings: Settings) -> Iterator[Capability]:
    """Those that the business uses."""
    return (each for each in CAPABILITIES if each.name in settings.use)
