"""Numbers about service: equal to what one works out by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from crmkit import Crm, Invalid
from crmkit.plugin import RecordDraft
from crmkit.plugins.operational.api import Cases
from tests.plugins.operational.cases.conftest import HOUR, MONDAY

# The Monday before, at nine.
NINE = MONDAY + HOUR - 7 * 24 * HOUR


@pytest.fixture
def served(shop_both: Crm) -> Crm:
    """With five cases of last week, answered after 1 to 5 hours and resolved an hour later."""
    drafts = []
    for hours in range(1, 6):
        fields = {
            "subject": f"Oven {hours}",
            "opened_at": NINE,
            "responded_at": NINE + hours * HOUR,
            "resolved_at": NINE + (hours + 1) * HOUR,
            "priority": "urgent" if hours == 1 else "normal",
        }
        customer = "Rye Ltd" if hours == 5 else "Anna Nowak"
        drafts.append(RecordDraft(customer=customer, state="resolved", fields=fields))
    assert not shop_both.records.save_all("case", drafts, history=True).refused
    shop_both.service(Cases).open("Anna Nowak", "Still waiting")
    return shop_both


def _value(crm: Crm, name: str, **asked: Any) -> object:
    return crm.metrics.value(name, "last 90 days", **asked).value


def test_percentiles(served: Crm) -> None:
    """By nearest rank, as hours: half of five are three."""
    assert _value(served, "first_response_time") == 3
    assert _value(served, "first_response_time(p90)") == 5
    assert _value(served, "first_response_time(p20)") == 1
    assert _value(served, "resolution_time") == 4
    assert _value(served, "resolution_time", where="is_organization") == 6
    with pytest.raises(Invalid, match="no percentile"):
        _value(served, "resolution_time(most)")


def test_percentiles_of_groups(served: Crm) -> None:
    """By what cases are, what customers are, and when."""
    found = served.metrics.value("first_response_time", "last 90 days", by="priority")
    assert {each.group: each.value for each in found.groups} == {"urgent": 1, "normal": 3}
    found = served.metrics.value("resolution_time", "last 90 days", by="is_organization")
    assert {each.group: each.value for each in found.groups} == {"no": 3, "yes": 6}
    found = served.metrics.value("resolution_time", "last 90 days", by="week")
    assert [(each.group, each.value) for each in found.groups] == [("2026-04-27", 4)]


def test_promises_kept(served: Crm) -> None:
    """The urgent one was late, and so were two whose answers took longer than promised."""
    assert _value(served, "sla_kept") == Fraction(3, 5)
    found = served.metrics.value("sla_kept", "last 90 days", by="priority")
    assert {each.group: each.value for each in found.groups} == {"urgent": 0, "normal": Fraction(3, 4)}


def test_backlog(served: Crm) -> None:
    """What is not resolved; merged cases are nobody's work."""
    cases = served.service(Cases)
    assert served.metrics.value("backlog").value == 1
    kept = cases.open("Anna Nowak", "Oven", category="invoice")
    cases.merge(kept.id, cases.open("Anna Nowak", "Oven").id)
    found = served.metrics.value("backlog", by="category")
    assert {each.group: each.value for each in found.groups} == {None: 1, "invoice": 1}


def test_nothing_is_not_zero(shop: Crm) -> None:
    """Without cases there is no time of an answer."""
    assert _value(shop, "first_response_time") is None
    assert _value(shop, "sla_kept") is None
