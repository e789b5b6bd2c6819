"""What cohorts are made by, besides time: a field, a trait, the campaign that a customer first answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import sqlalchemy as sa

from crmkit import Invalid
from crmkit.plugin import payload_value
from crmkit.plugins.analytical.events import events

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import MetricQuestion

CAMPAIGN: Final = "campaign"


def labels(crm: Crm, question: MetricQuestion, by: str) -> Any:
    """(customer_id, value) by the name of a field or trait, or `campaign`. Raises `NotFound`, `Invalid`."""
    if by == CAMPAIGN and by not in crm.words.fields:
        return _campaigns(crm, question)
    return question.value(by, question.as_of)


def _campaigns(crm: Crm, question: MetricQuestion) -> Any:
    """The campaign of the first interaction that names one."""
    types = [each.name for each in crm.words.interaction_types if _names_campaign(each.payload)]
    if not types:
        raise Invalid(
            "No type of interaction says which campaign it belongs to",
            hint='Put "campaign" into plugins in crm.toml, or give a type of your own a field campaign.',
        )
    named = events(question, types, "seq", "payload").subquery("answer")
    campaign = payload_value(named, CAMPAIGN)
    place = sa.func.row_number().over(
        partition_by=named.c.customer_id, order_by=(named.c.occurred_at, named.c.seq)
    )
    placed = sa.select(named.c.customer_id, campaign.label("value"), place.label("place")).where(
        campaign.is_not(None), campaign != ""
    )
    each = placed.subquery("placed")
    return sa.select(each.c.customer_id, each.c.value).where(each.c.place == 1).subquery("label")


def _names_campaign(payload: Any) -> bool:
    if payload is None:
        return False
    if attrs.has(payload):
        return any(each.name == CAMPAIGN for each in attrs.fields(payload))
    return CAMPAIGN in getattr(payload, "__annotations__", {})
