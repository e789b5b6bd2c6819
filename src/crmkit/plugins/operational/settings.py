"""What a business can set under `[plugins.operational]`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from crmkit.plugins.operational.cases.settings import CaseSettings
from crmkit.plugins.operational.deals.settings import DealSettings, Quota
from crmkit.plugins.operational.leads.settings import LeadSettings
from crmkit.plugins.operational.loyalty.settings import LoyaltySettings
from crmkit.plugins.operational.quotes.settings import QuoteSettings

_ALL: Final = ("tasks", "leads", "deals", "quotes", "cases", "loyalty")


@frozen(kw_only=True)
class Settings:
    """The settings of the operational plugin."""

    use: frozenset[str] = field(
        default=frozenset(_ALL), metadata={"doc": f"The capabilities to use: {', '.join(_ALL)}."}
    )
    follow_up: Mapping[str, str] = field(
        factory=dict,
        metadata={"doc": 'Interaction type → task that it makes: { complaint = "Call back" }.'},
    )
    new_lead: str | None = field(
        default=None, metadata={"doc": "The task that is made when somebody becomes a lead."}
    )
    leads: LeadSettings = field(
        factory=LeadSettings, metadata={"doc": "Leads: how they are scored and to whom they are given."}
    )
    deals: DealSettings = field(
        factory=DealSettings, metadata={"doc": "Deals: the pipelines that they go through."}
    )
    quotas: Mapping[str, Quota] = field(
        factory=dict,
        metadata={"doc": 'What employees and teams are to win: "anna@rye.example" = { quarter = 50000 }.'},
    )
    quotes: QuoteSettings = field(factory=QuoteSettings, metadata={"doc": "Quotes and price lists."})
    cases: CaseSettings = field(
        factory=CaseSettings,
        metadata={"doc": "Questions, faults and complaints: what is promised, and who answers them."},
    )
    loyalty: LoyaltySettings = field(
        factory=LoyaltySettings, metadata={"doc": "Points, stamp cards, tiers, rewards and coupons."}
    )
