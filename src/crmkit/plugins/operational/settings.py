"""What a business can set under `[plugins.operational]`."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from crmkit.plugins.operational.deals.settings import DealSettings, Quota
from crmkit.plugins.operational.leads.settings import LeadSettings


@frozen(kw_only=True)
class Settings:
    """The settings of the operational plugin."""

    use: frozenset[str] = field(
        default=frozenset({"tasks", "leads", "deals"}),
        metadata={"doc": "The capabilities to use: tasks, leads, deals."},
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
