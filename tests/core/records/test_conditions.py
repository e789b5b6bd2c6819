"""Records in conditions about customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crmkit.core.clock import FakeClock
from crmkit.core.crm import Crm
from crmkit.core.model.customer import CustomerDraft
from tests.core.records.conftest import BAKERY

CONDITIONS = {
    "open": "exists(cake_order where state = 'ordered')",
    "dear": "exists(cake_order where state in ('ordered', 'baking') and price > 100)",
    "two": "count(cake_order) >= 2",
    "spent": "sum(cake_order.price) >= 300",
    "soon": "exists(cake_order where wanted between 2026-12-01 and 2026-12-31)",
    "titled": "exists(cake_order where title contains 'wedding')",
    "tin": "exists(tin)",
    "lately": "exists(cake_order, last 30 days)",
    "none": "not exists(cake_order)",
}
MEMBERS = {
    "open": ["Anna", "Zoe"], "dear": ["Anna"], "two": ["Anna"], "spent": ["Anna"], "soon": ["Anna"],
    "titled": ["Anna"], "tin": ["Zoe"], "lately": ["Anna", "Zoe"], "none": ["Ola"],
}  # fmt: skip


@pytest.fixture
def crm(opened: Callable[..., Crm], clock: FakeClock) -> Crm:
    """Anna ordered a dear and a cheap cake, Zoe a cheap one and has a tin, Ola's one is archived."""
    tables = "".join(f'[segments.{name}]\nwho = "{who}"\n' for name, who in CONDITIONS.items())
    crm = opened(tables, config=BAKERY)
    for name in ("Anna", "Zoe", "Ola"):
        crm.customers.save(CustomerDraft(name=name))

    def add(customer: str, **fields: Any) -> int:
        return crm.records.add("cake_order", customer, {"flavour": "cheese", **fields}).id

    crm.records.move(
        "cake_order", add("anna", price="250", occasion="wedding", wanted="2026-12-24"), "baking"
    )
    add("anna", price="50")
    add("zoe", price="50", wanted="2027-01-02")
    crm.records.archive("cake_order", add("ola", price="500"))
    crm.records.add("tin", "zoe")
    clock.advance(60)
    return crm


def members(crm: Crm, segment: str) -> list[str]:
    """The names of a segment's members."""
    found: Any = crm.segments.members(segment)
    ids = found[0] if isinstance(found, tuple) else found
    return sorted(each.name for each in crm.customers.summaries(ids))


@pytest.mark.parametrize("segment", CONDITIONS)
def test_conditions_speak_of_records(crm: Crm, segment: str) -> None:
    """A condition counts, sums and looks for records by state, title and field, the archived left out."""
    assert members(crm, segment) == MEMBERS[segment]
