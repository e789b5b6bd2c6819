"""A business whose customers are on record twice."""

from __future__ import annotations

from typing import Any

import pytest

from crmkit import Crm
from crmkit.core.duplicates.values import Duplicate
from crmkit.plugin import ContactPoint, CustomerDraft, Identity

pytest.importorskip("rapidfuzz")


@pytest.fixture
def crm_toml() -> str:
    """Fields by which people are told apart, and two numberings."""
    return """
[identities]
shop = "Number in the shop"
till = "Number of the card"

[fields.birthday]
type = "date"

[fields.tax_number]
type = "text"

[matching.duplicates.rules.tax_number]
compare = "number"
same = 14
similar = 8
different = -6
"""


def draft(
    name: str = "", *, email: str = "", phone: str = "", street: str = "", postcode: str = "", city: str = "",
    identity: str = "", **rest: Any,
) -> CustomerDraft:  # fmt: skip
    """A customer in few words; keywords that are fields become fields."""
    points = [ContactPoint(kind="email", value=email)] if email else []
    points += [ContactPoint(kind="phone", value=phone)] if phone else []
    if street or postcode or city:
        points.append(ContactPoint(kind="address", value="", street=street, postcode=postcode, city=city))
    fields: dict[str, Any] = {key: rest.pop(key) for key in ("birthday", "tax_number") if key in rest}
    scheme, _, value = identity.partition(":")
    known = (Identity(scheme, value),) if identity else ()
    return CustomerDraft(
        name=name or None, contact_points=tuple(points), fields=fields, identities=known, **rest
    )


def saved(crm: Crm, *drafts: CustomerDraft) -> list[int]:
    """Save each as a customer of its own; their ids."""
    report = crm.customers.save_all(drafts)
    assert not report.refused
    return [id_ for id_ in report.ids if id_ is not None]


def found(crm: Crm, **wanted: Any) -> dict[tuple[int, int], Duplicate]:
    """What is on the list after a scan, by pair."""
    crm.duplicates.scan()
    pairs, _ = crm.duplicates.list(10_000, **wanted)
    return {(pair.customer_id, pair.other_id): pair for pair in pairs}
