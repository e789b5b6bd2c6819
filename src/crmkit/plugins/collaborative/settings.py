"""What a business can set under `[plugins.collaborative]`."""

from __future__ import annotations

from typing import Final

from attrs import field, frozen

from crmkit.plugins.collaborative.handovers.settings import HandoverSettings

_ALL: Final = ("reviews", "departments", "handovers")


@frozen(kw_only=True)
class Settings:
    """The settings of the collaborative plugin."""

    use: frozenset[str] = field(
        default=frozenset(_ALL), metadata={"doc": f"The capabilities to use: {', '.join(_ALL)}."}
    )
    own_customers_only: tuple[str, ...] = field(
        default=(), metadata={"doc": "Teams whose members see only customers owned by one of the team."}
    )
    handovers: HandoverSettings = field(
        factory=HandoverSettings,
        metadata={"doc": "Promises to customers that one hands to another: how soon they are accepted."},
    )
