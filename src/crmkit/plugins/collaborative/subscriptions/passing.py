"""What the worker does for subscriptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from crmkit.plugins.collaborative.subscriptions.subscriptions import Subscriptions

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.subscriptions.settings import Subscription


def run(wanted: Mapping[str, Subscription], crm: Crm) -> bool:
    """One pass: take in what happened, deliver what is due; whether there may be more."""
    return Subscriptions(crm, wanted).run()


def prune(wanted: Mapping[str, Subscription], crm: Crm) -> None:
    """Forget what was delivered long ago."""
    Subscriptions(crm, wanted).prune()
