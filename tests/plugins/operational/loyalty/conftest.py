"""A bakery with a stamp card, and a small chain with points."""

from __future__ import annotations

import pytest


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["operational"]


@pytest.fixture
def crm_toml() -> str:
    """A programme with everything in it."""
    return """
currency = "PLN"
timezone = "Europe/Warsaw"

[plugins.operational.loyalty]
expire = "24 months"
coupon = "6 months"
tiers = [{ name = "silver", points = 500 }, { name = "gold", points = 1500 }]

[plugins.operational.loyalty.earn.main]
on = "purchase"
where = "outlet = 'Main'"
points = "amount / 10"

[plugins.operational.loyalty.stamps.bread]
on = "purchase"
where = "lines.product = 'rye'"
needs = 3
reward = "free-bread"

[plugins.operational.loyalty.rewards]
free-bread = { label = "Free bread" }
cake = { label = "A cake", points = 100 }
tour = { label = "A tour", points = 200, coupon = true }
"""
