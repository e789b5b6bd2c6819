"""Answers to campaigns: accepted when the campaign is known, counted by campaign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from attrs import frozen

from crmkit.plugin import Refusal, payload_value, phrase
from crmkit.plugins.campaign.settings import Settings

if TYPE_CHECKING:
    from crmkit import Crm, InteractionDraft

RESPONSE = "campaign.response"


@frozen
class CampaignResult:
    """How many answered a campaign, how often, and when last (an instant, None when nobody did)."""

    name: str
    doc: str
    responses: int
    customers: int
    last_at: int | None


def refuse_unknown(drafts: Sequence[InteractionDraft], settings: Settings) -> Iterable[Refusal]:
    """Refusals for answers to campaigns that `crm.toml` does not name."""
    for index, draft in enumerate(drafts):
        if draft.type == RESPONSE and (name := _campaign(draft.payload)) not in settings.campaigns:
            yield Refusal(index, _reason(name, settings))


def _campaign(payload: Any) -> str:
    if isinstance(payload, Mapping):
        return str(payload.get("campaign") or "")
    return str(getattr(payload, "campaign", ""))


def _reason(name: str, settings: Settings) -> str:
    if not name:
        return phrase("an answer needs its campaign: --set campaign=NAME")
    near = get_close_matches(name, settings.campaigns, 1)
    if near:
        return phrase(
            'campaign "{name}" is not under [plugins.campaign.campaigns] in crm.toml; did you mean "{near}"?',
            name=name,
            near=near[0],
        )
    return phrase('campaign "{name}" is not under [plugins.campaign.campaigns] in crm.toml', name=name)


def results(crm: Crm, settings: Settings) -> list[CampaignResult]:
    """The answers to each campaign, from customers the acting person sees."""
    crm.require("customers.read")
    interaction, customer = crm.tables.interaction, crm.tables.customer
    campaign = payload_value(interaction, "campaign")
    query = (
        sa.select(
            campaign,
            sa.func.count(),
            sa.func.count(interaction.c.customer_id.distinct()),
            sa.func.max(interaction.c.occurred_at),
        )
        .join(customer, customer.c.id == interaction.c.customer_id)
        .where(interaction.c.type == RESPONSE, interaction.c.superseded_by.is_(None), *crm.seen())
        .group_by(campaign)
    )
    with crm.reading() as execute:
        counted = {row[0]: row[1:] for row in execute(query)}
    names = [*settings.campaigns, *(name for name in counted if name not in settings.campaigns)]
    return [
        CampaignResult(name, settings.campaigns.get(name, ""), *counted.get(name, (0, 0, None)))
        for name in names
    ]
