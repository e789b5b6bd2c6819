"""Values of declared fields."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit.core.crm import Crm
from crmkit.core.customers.fields import from_driver, parse_field, show_field, to_driver
from crmkit.core.errors import Invalid
from crmkit.core.model.customer import CustomerDraft
from crmkit.core.model.money import Money

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "bread": st.sampled_from(("rye", "wheat", "Żytni")),
    "allergies": st.sets(st.sampled_from(("nuts", "gluten", "milk")), min_size=1).map(
        lambda chosen: tuple(each for each in ("nuts", "gluten", "milk") if each in chosen)
    ),
    "birthday": st.dates(),
    "size": st.decimals(-(10**12), 10**12, places=1),
    "budget": st.integers(-(2**62), 2**62).map(lambda minor: Money(minor, "PLN")),
    "seen": st.integers(0, 10**16),
    "wholesale": st.booleans(),
    "nickname": st.from_regex(r"[a-zżźćń]{1,20}", fullmatch=True),
}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.fixed_dictionaries({}, optional=VALUES))
def test_values_come_back(crm: Crm, values: dict[str, Any]) -> None:
    """A value of every type comes back from the database as it was given."""
    saved = crm.customers.save(CustomerDraft(name="Anna", fields=values))
    assert saved.fields == values
    assert crm.customers.get(saved.id).fields == values


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("bread", "RYE", "rye"),
        ("bread", "zytni", "Żytni"),
        ("allergies", "milk, nuts", ("nuts", "milk")),
        ("birthday", "1990-02-28", date(1990, 2, 28)),
        ("size", "38,5", Decimal("38.5")),
        ("budget", "1 234,50", Money(123450, "PLN")),
        ("budget", "12.50 pln", Money(1250, "PLN")),
        ("seen", "2026-01-01 12:00", 1_767_265_200_000_000),
        ("wholesale", "Yes", True),
        ("wholesale", "0", False),
        ("nickname", "  ", None),
    ],
)
def test_text_is_read(crm: Crm, name: str, text: str, value: Any) -> None:
    """What a person writes becomes a value, and the value reads as text again."""
    field = crm.words.fields[name]
    kept = to_driver(field, text, crm.kernel)
    assert (kept if field.type == "multi-choice" else from_driver(field, kept, "PLN")) == value
    shown = show_field(field, value, crm.kernel.tz)
    assert to_driver(field, parse_field(field, shown, crm.kernel), crm.kernel) == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", 1.5), ("size", True), ("size", Decimal("NaN")), ("size", "1e30"), ("budget", 5),
        ("budget", Money(1, "EUR")), ("birthday", "1990-02-30"), ("birthday", 5), ("seen", 1.0),
        ("wholesale", "maybe"), ("wholesale", 1), ("bread", 5), ("allergies", ("nuts", "x")), ("nickname", 5),
        ("allergies", 5),
    ],
)  # fmt: skip
def test_wrong_values_are_refused_by_name(crm: Crm, name: str, value: Any) -> None:
    """A value of another type is refused, and the message names the field or the text."""
    with pytest.raises(Invalid) as caught:
        to_driver(crm.words.fields[name], value, crm.kernel)
    assert name in caught.value.message or str(value) in caught.value.message


def test_a_reference_is_another_customer(crm: Crm) -> None:
    """A reference field takes what a person types and keeps the uid."""
    anna = crm.customers.save(CustomerDraft(name="Anna"))
    jan = crm.customers.save(CustomerDraft(name="Jan", fields={"friend": "anna"}))
    assert jan.fields["friend"] == anna.uid
    assert crm.customers.save_all([CustomerDraft(id=jan.id, fields={"friend": anna.uid})]).unchanged == 1
