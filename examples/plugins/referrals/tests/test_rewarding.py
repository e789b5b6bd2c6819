"""A rule rewards whoever brought a customer."""

from __future__ import annotations

import pytest

from crmkit import Crm, CustomerDraft
from crmkit_referrals.api import Referrals

TOML = """
[plugins.referrals]
most_reward = 80

[rules.thanks]
run = "daily at 00:00"
once = "ever"
who = "count(purchase) > 0"
reward_referrer = 50
"""


@pytest.fixture
def crm_toml() -> str:
    """Fifty points for each friend who buys, and no more than eighty in all."""
    return TOML


def test_a_friend_who_buys_is_worth_points(crm_both: Crm) -> None:
    """Who brought them has the points; the gate leaves out whom nobody brought, and what is too much."""
    crm = crm_both
    anna, jan, ola, eve = (
        crm.customers.save(CustomerDraft(name=name)).id for name in ("Anna", "Jan", "Ola", "Eve")
    )
    referrals = crm.service(Referrals)
    for friend in (jan, ola):
        referrals.record(anna, friend)
    for buyer in (jan, ola, eve):
        crm.interactions.record(buyer, "purchase", amount=1_000)
    plan = crm.strategy.plan()
    reasons = {each.customer_id: each.reason for each in crm.strategy.acts(plan.number)}
    assert reasons[eve] == "the plugin referrals: nobody brought them"
    assert "has had 80 points" in reasons[ola]
    crm.strategy.apply(plan.number)
    assert [each.points for each in referrals.of([anna])] == [50]
    receipt = crm.undo.undo(f"plan:{plan.number}")
    assert "take 1 reward back" in receipt.done
    assert [each.points for each in referrals.of([anna])] == [0]
