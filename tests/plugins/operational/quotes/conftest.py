"""A bakery that makes quotes: two customers, of whom one buys for a shop, and a few products."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmkit import Crm, CustomerDraft
from crmkit.plugins.operational.api import Prices, Products

Stocked = Callable[[Crm], Crm]


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["operational", "email"]


@pytest.fixture
def crm_toml() -> str:
    """Shops buy cheaper."""
    return (
        '[plugins.operational.quotes]\nterms = "Payment within 14 days."\n'
        "[plugins.operational.quotes.price_lists.wholesale]\nwho = \"has_tag('shop')\"\n"
        '[web]\nurl = "https://post.rye.example"\n'
        '[purposes.orders]\ntype = "service"\n'
        '[plugins.operational.quotes.email]\ntemplate = "quote"\npurpose = "orders"\n'
    )


def stock(crm: Crm) -> Crm:
    """Customers 1 and 2, and products with prices."""
    crm.customers.save(CustomerDraft(name="Łucja Żak", locale="pl_PL"))
    crm.customers.save(CustomerDraft(name="Corner Shop", tags=("shop",)))
    products, prices = crm.service(Products), crm.service(Prices)
    products.save("RYE", "Rye bread", unit="loaf", tax_rate=5)
    products.save("CAKE", "Wedding cake", tax_rate=23)
    prices.set("RYE", "8.40")
    prices.set("RYE", "7.90", from_quantity=20)
    prices.set("RYE", "6.10", price_list="wholesale")
    prices.set("CAKE", "1250")
    prices.set("CAKE", "1300", "USD")
    return crm


@pytest.fixture
def bakery(crm: Crm) -> Crm:
    """The bakery on SQLite."""
    return stock(crm)


@pytest.fixture
def bakery_both(crm_both: Crm) -> Crm:
    """The bakery on both databases."""
    return stock(crm_both)
