"""`crm referrals` on the command line."""

from __future__ import annotations

from crmkit import Crm, CustomerDraft
from crmkit.testing import run_crm


def test_top_lists_who_recommends_most(crm: Crm) -> None:
    """The customers who recommended most, with their points."""
    customer = crm.customers.save(CustomerDraft(name="Anna Nowak"))
    crm.interactions.record(customer.id, "referrals.recommended")
    answer = run_crm("--config", crm.config.path, "referrals", "top", "--json")
    assert answer.json == [
        {
            "customer": "Anna Nowak",
            "customer_id": customer.id,
            "recommendations": 1,
            "points": 10,
            "friends": 0,
        }
    ]


def test_a_replay_counts_anew(crm: Crm) -> None:
    """Whoever changes the points can have them counted again from the first recommendation on."""
    customer = crm.customers.save(CustomerDraft(name="Anna Nowak"))
    crm.interactions.record(customer.id, "referrals.recommended")
    config = ("--config", crm.config.path)
    run_crm(*config, "plugins", "replay", "referrals")
    assert run_crm(*config, "referrals", "top", "--json").json == []
    run_crm(*config, "worker", "--once")
    assert [row["points"] for row in run_crm(*config, "referrals", "top", "--json").json] == [10]


def test_an_empty_list_says_what_to_do(crm: Crm) -> None:
    """Where nobody recommended anything yet, the command to log it is named."""
    answer = run_crm("--config", crm.config.path, "referrals", "top")
    assert "crm log REF referrals.recommended" in answer.stderr
