"""What a business can set under `[plugins.operational]`."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from crmkit.plugins.operational.quotes.settings import QuoteSettings


@frozen(kw_only=True)
class Settings:
    """The settings of the operational plugin."""

    use: frozenset[str] = field(
        default=frozenset({"tasks", "leads", "quotes"}),
        metadata={"doc": "The capabilities to use: tasks, leads, quotes."},
    )
    follow_up: Mapping[str, str] = field(
        factory=dict,
        metadata={"doc": 'Interaction type → task that it makes: { complaint = "Call back" }.'},
    )
    new_lead: str | None = field(
        default=None, metadata={"doc": "The task that is made when somebody becomes a lead."}
    )
    quotes: QuoteSettings = field(factory=QuoteSettings, metadata={"doc": "Quotes and price lists."})
