"""A bakery that takes orders for cakes, on each kind of database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmkit.core.crm import Crm
from crmkit.core.model.customer import ContactPoint, CustomerDraft
from tests.core.customers.conftest import clock, opened, templates

__all__ = ["clock", "opened", "templates"]

BAKERY = """
[crs]
name = "Rye & Co."
currency = "PLN"
timezone = "Europe/Warsaw"
locale = "pl_PL"
database = "{database}"

[identities]
shop = "Web shop"

[roles.own_only]
permissions = ["customers.read", "customers.write", "records.read", "records.write"]
sees = "own"

[records.cake_order]
label = "Cake order"
doc = "A cake that somebody ordered"
title = "{flavour} for {occasion}"
states = ["ordered", "baking", "ready", "collected", "cancelled"]

[records.cake_order.moves]
ordered = ["baking", "cancelled"]
baking = ["ready", "cancelled"]
ready = ["collected"]

[records.cake_order.fields]
flavour = { type = "choice", choices = ["chocolate", "poppy seed", "cheese"], required = true }
occasion = "text"
wanted = { type = "date", indexed = true }
price = "money"
tiers = { type = "number", default = 1 }
weight = { type = "number", decimals = 2 }
glazed = "bool"
tasted = "datetime"
number = { type = "text", unique = true, label = "Order number" }
baker = { type = "reference", to = "employee" }
for_whom = { type = "reference" }
follows = { type = "reference", to = "cake_order" }

[records.tin]
doc = "A tin that was lent"
"""


@pytest.fixture
def database(ready_database: str) -> str:
    """With the core's tables, so that no test waits for them."""
    return ready_database


@pytest.fixture
def crm(opened: Callable[..., Crm]) -> Crm:
    """The bakery with two customers, Anna and Żaneta, and a baker, Jan."""
    crm = opened(config=BAKERY)
    for name in ("Anna Nowak", "Żaneta Lis"):
        address = f"{name.split()[0].lower().replace('ż', 'z')}@example.org"
        crm.customers.save(
            CustomerDraft(name=name, contact_points=(ContactPoint(kind="email", value=address),))
        )
    crm.people.add("Jan Piekarz", role="own_only")
    return crm
