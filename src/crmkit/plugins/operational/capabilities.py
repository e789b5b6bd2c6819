"""The capabilities of the plugin, in the order in which people meet them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from crmkit.plugin import Capability
from crmkit.plugins.operational.cases import CASES
from crmkit.plugins.operational.deals import DEALS
from crmkit.plugins.operational.leads import LEADS
from crmkit.plugins.operational.loyalty import LOYALTY
from crmkit.plugins.operational.quotes import QUOTES
from crmkit.plugins.operational.settings import Settings
from crmkit.plugins.operational.tasks import TASKS

CAPABILITIES: Final = (
    TASKS,
    LEADS,
    DEALS,
    QUOTES,
    CASES,
    LOYALTY,
)


def in_use(settings: Settings) -> Iterator[Capability]:
    """Those that the business uses."""
    return (each for each in CAPABILITIES if each.name in settings.use)
