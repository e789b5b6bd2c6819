"""What a business can set under `[plugins.collaborative]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from crmkit.plugins.collaborative.inbox.settings import InboxSettings
from crmkit.plugins.collaborative.subscriptions.settings import Feed, Subscription

_ALL: Final = ("reviews", "departments", "inbox", "subscriptions")


@frozen(kw_only=True)
class Settings:
    """The settings of the collaborative plugin."""

    use: frozenset[str] = field(
        default=frozenset(_ALL), metadata={"doc": f"The capabilities to use: {', '.join(_ALL)}."}
    )
    inbox: InboxSettings = field(
        factory=InboxSettings, metadata={"doc": "Conversations and who answers them."}
    )
    own_customers_only: tuple[str, ...] = field(
        default=(), metadata={"doc": "Teams whose members see only customers owned by one of the team."}
    )
    subscriptions: Mapping[str, Subscription] = field(
        factory=dict, metadata={"doc": "What other programs are told as it happens."}
    )
    feeds: Mapping[str, Feed] = field(
        factory=dict, metadata={"doc": "What other programs may read of what happened."}
    )
