"""Predicates count amounts in other currencies at the rate of their day, and never leave one out silently."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.core.rates.rate import MissingRate
from crmkit.testing import open_crm

TOML = """
[segments]
big = "sum(purchase) > 100"
named = "name = 'Ala'"
"""


@pytest.fixture
def shop(tmp_path: Path) -> Crm:
    """A shop in EUR with a purchase of 90 EUR, and one of 30 USD."""
    crm = open_crm(tmp_path, TOML)
    for name, amount, currency in (("Ala", 90_00, "EUR"), ("Ola", 30_00, "USD")):
        customer = crm.customers.save(crm_draft(name))
        crm.interactions.record(customer.id, "purchase", amount=amount, currency=currency)
    return crm


def crm_draft(name: str) -> CustomerDraft:
    """A customer with a name."""
    return CustomerDraft(name=name)


def test_amounts_follow_the_rates(shop: Crm) -> None:
    """A rate that is set or changed counts from the next question on."""
    with shop:
        shop.rates.set("USD", "4", on=date(2020, 1, 1))
        assert shop.segments.count("big") == 1
        shop.rates.set("USD", "2", on=date(2020, 1, 1))
        assert shop.segments.count("big") == 0


def test_an_amount_without_a_rate_is_said(shop: Crm) -> None:
    """Only a question that needs the amount is refused, with the currency, the day and the way out."""
    with shop:
        assert shop.segments.count("named") == 1
        with pytest.raises(MissingRate, match="crm rates set USD"):
            shop.segments.count("big")
        shop.rates.set("USD", "4", on=date(2100, 1, 1))
        with pytest.raises(MissingRate, match="USD"):
            shop.segments.count("big")
