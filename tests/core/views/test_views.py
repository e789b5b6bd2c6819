"""Lists of customers by any condition, with any columns, in any order."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm
from crmkit.core.errors import Invalid
from crmkit.core.model.customer import ContactPoint, CustomerDraft
from crmkit.core.model.money import Money
from crmkit.core.predicates import PredicateError

TOML = """
[roles.seller]
permissions = ["customers.read"]
sees = "own"

[fields.a]
type = "number"

[fields.b]
type = "date"

[fields.town]
type = "text"

[fields.size]
type = "number"
decimals = 1

[fields.topics]
type = "multi-choice"
choices = ["rye", "wheat"]

[views.big]
where = "sum(purchase) > 10"
columns = ["name", "sum(purchase)", "town"]
order = "sum(purchase):desc"
"""


@pytest.fixture
def crm_toml() -> str:
    """The shop of these tests."""
    return TOML


@pytest.fixture
def shop(crm_both: Crm) -> Crm:
    """Three customers, of whom one has everything and one has nothing."""
    mail = ContactPoint(kind="email", value="Anna@example.org")
    fields = {"town": "Łódź", "size": "38.5", "topics": ("wheat", "rye")}
    crm_both.customers.save(CustomerDraft(name="Anna", contact_points=(mail,), fields=fields))
    crm_both.customers.save(CustomerDraft(name="Bogdan", fields={"town": "Kraków"}))
    crm_both.customers.save(CustomerDraft(name="Cecylia"))
    crm_both.interactions.record("Anna", "purchase", amount=2_000)
    crm_both.interactions.record("Bogdan", "purchase", amount=5_050)
    return crm_both


def test_a_view_has_its_condition_columns_and_order(shop: Crm) -> None:
    """A saved view lists whom it says, with the values it says, the largest first."""
    page = shop.views.page("big")
    currency = shop.config.crs.currency
    assert [row.values for row in page.rows] == [
        ("Bogdan", Money(minor=5_050, currency=currency), "Kraków"),
        ("Anna", Money(minor=2_000, currency=currency), "Łódź"),
    ]
    assert page.kinds == ("text", "money", "text")
    assert [row.customer_id for row in shop.views.page("big", where="town = 'Łódź'").rows] == [1]


def test_columns_are_any_word(shop: Crm) -> None:
    """Fields, attributes, traits, aggregates and words with several values all have their place."""
    ewa_id = shop.people.add("Ewa", email="ewa@example.org", role="seller").id
    shop.customers.update("Anna", CustomerDraft(owner_id=ewa_id))
    columns = ["name", "email", "topics", "size", "owner", "count(purchase)", "exists(refund)", "archived"]
    rows = {row.customer_id: row.values for row in shop.views.page(columns=columns).rows}
    assert [str(each) for each in rows[1]] == [
        "Anna", "Anna@example.org", "('rye', 'wheat')", "38.5", "Ewa", "1", "False", "False",
    ]  # fmt: skip
    assert rows[3] == ("Cecylia", None, None, None, None, 0, False, False)


def test_a_column_or_order_that_nobody_knows_is_pointed_at(shop: Crm) -> None:
    """An unknown word is named with the nearest one; a word with several values is no order."""
    with pytest.raises(PredicateError, match="twon"):
        shop.views.page(columns=["twon"])
    with pytest.raises(Invalid, match="several values"):
        shop.views.page(order="email")


@pytest.mark.parametrize("text", ["x", "-1", "W10", "WzFd", "WzEsMl0=", "é", "W251bGwsbnVsbF0", "9" * 5000])
def test_a_cursor_of_another_list_is_refused(shop: Crm, text: str) -> None:
    """What is no cursor of this list is said to be none, whatever it is."""
    with pytest.raises(Invalid, match="is not a cursor"):
        shop.views.page(order="town", after=text)


def test_only_visible_customers_are_listed(shop: Crm) -> None:
    """A view shows somebody who sees only their own customers no others."""
    ewa_id = shop.people.add("Ewa", email="ewa@example.org", role="seller").id
    shop.customers.update("Anna", CustomerDraft(owner_id=ewa_id))
    assert [row.customer_id for row in shop.acting_as("Ewa").views.page("big").rows] == [1]


def test_archived_customers_are_left_out_unless_asked_for(shop: Crm) -> None:
    """A list leaves the archive alone."""
    shop.customers.archive("Bogdan")
    assert len(shop.views.page("big").rows) == 1
    assert len(shop.views.page("big", archived=True).rows) == 2


def test_many_rows_take_the_same_values_as_few(shop: Crm) -> None:
    """Values for a page of hundreds are those that each customer has alone."""
    shop.customers.save_all([CustomerDraft(name=f"C {n}", fields={"town": str(n % 7)}) for n in range(250)])
    columns = ["name", "town", "sum(purchase)"]
    everybody = shop.views.page(columns=columns, limit=1_000)
    assert len(everybody.rows) == 253
    for row in everybody.rows[::40]:
        (alone,) = shop.views.page(columns=columns, where=f"id = {row.customer_id}").rows
        assert alone == row


VALUES = st.one_of(st.none(), st.integers(-3, 3))


@given(values=st.lists(st.tuples(VALUES, VALUES), max_size=12), limit=st.integers(1, 5), down=st.booleans())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_put_together_are_the_whole_list(
    crm_both: Crm, values: list[tuple[int | None, int | None]], limit: int, down: bool
) -> None:
    """Page after page gives every customer once, in order, those without a value last."""
    first = crm_both.customers.count(archived=True)
    drafts = [
        CustomerDraft(name=f"C {n}", fields={"a": a, "b": None if b is None else date(2026, 1, 10 + b)})
        for n, (a, b) in enumerate(values)
    ]
    ids = [id_ for id_ in crm_both.customers.save_all(drafts).ids if id_ is not None]
    for position, word in enumerate("ab"):
        key = {id_: value[position] for id_, value in zip(ids, values, strict=True)}
        known = {id_: value for id_, value in key.items() if value is not None}
        wanted = sorted(known, key=lambda id_: (-known[id_] if down else known[id_], id_))
        wanted += [id_ for id_ in ids if id_ not in known]
        order = f"{word}{':desc' if down else ''}"
        assert _all_pages(crm_both, f"id > {first}", order, limit) == wanted


def _all_pages(crm: Crm, where: str, order: str, limit: int) -> list[int]:
    found: list[int] = []
    cursor = None
    while True:
        page = crm.views.page(where=where, order=order, limit=limit, after=cursor)
        found += [row.customer_id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return found
