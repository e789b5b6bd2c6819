"""What a business can set under `[plugins.collaborative]`."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from crmkit.plugins.collaborative.inbox.settings import InboxSettings

_ALL: Final = ("reviews", "departments", "inbox")


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
