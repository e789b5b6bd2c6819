"""Metrics of small businesses, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from crmkit import Crm
from crmkit.core.errors import Invalid, NotFound
from crmkit.core.metrics import MetricValue
from crmkit.core.model.customer import ContactPoint, CustomerDraft
from crmkit.core.rates.rate import MissingRate
from tests.core.metrics.conftest import at, day

Sold = Callable[..., int]


def groups(value: MetricValue) -> dict[str | None, Any]:
    """The value of each group."""
    return {each.group: each.value for each in value.groups}


def test_revenue_is_purchases_less_refunds_and_no_payments(crm: Crm, people: list[int], sold: Sold) -> None:
    """A refund counts on its own day, linked to its purchase or not; what was voided never was."""
    first = sold(people[0], "2026-05-01 10:00", "100.00")
    sold(people[0], "2026-05-20 10:00", "30.00", "refund", payload={"purchase": first})
    sold(people[1], "2026-05-21 10:00", "5.50", "refund")
    sold(people[1], "2026-05-02 10:00", "20.00")
    sold(people[1], "2026-05-03 10:00", "999.00", "payment")
    wrong = sold(people[2], "2026-05-04 10:00", "7000.00")
    crm.interactions.void(wrong, "typed twice")
    low = sold(people[2], "2026-05-05 10:00", "1.00")
    crm.interactions.correct(low, amount=1000)
    sold(people[0], "2026-06-01 00:00", "50.00")
    may = crm.metrics.value("revenue", "2026-05", by="type")
    assert (may.value, may.unit, may.currency) == (9450, "money", "PLN")
    assert groups(may) == {"purchase": 13000, "refund": -3550}
    assert crm.metrics.value("average_order_value", "2026-05").value == 4333  # 130.00 / 3


def test_the_day_of_a_purchase_is_the_local_one(crm: Crm, people: list[int], sold: Sold) -> None:
    """Also on the days that the clocks are changed, and at the edges of months."""
    for when in (
        "2026-03-28 23:59",
        "2026-03-29 00:00",
        "2026-03-29 03:00",
        "2026-03-29 23:59",
        "2026-03-30 00:00",
    ):
        sold(people[0], when, "1.00")
    for when in ("2026-03-31 23:59", "2026-04-01 00:00"):
        sold(people[1], when, "10.00")
    by_day = groups(crm.metrics.value("revenue", "from 2026-03-28 to 2026-03-31", by="day"))
    assert by_day == {"2026-03-28": 100, "2026-03-29": 300, "2026-03-30": 100}
    assert groups(crm.metrics.value("revenue", "2026", by="month")) == {"2026-03": 1500, "2026-04": 1000}
    assert groups(crm.metrics.value("revenue", "all time", by="week")) == {
        "2026-03-23": 400, "2026-03-30": 2100,
    }  # fmt: skip
    assert groups(crm.metrics.value("revenue", "all time", by="year")) == {"2026": 2500}


def test_customers_who_bought_came_back_or_stayed_away(crm: Crm, people: list[int], sold: Sold) -> None:
    """Active, new, repeat rate, retention, churn and lapsed, of four customers."""
    anna, bo, celina, inn = people
    for who, when in (
        (anna, "2025-01-10"), (anna, "2026-04-10"), (anna, "2026-05-10"), (anna, "2026-05-11"),
        (bo, "2026-04-20"), (bo, "2026-06-01"), (celina, "2026-05-20"), (inn, "2025-02-01"),
    ):  # fmt: skip
        sold(who, f"{when} 09:00", "10.00")
    ask = crm.metrics.value
    assert ask("active", "2026-05").value == 2
    assert groups(ask("active", "2026", by="month")) == {"2026-04": 2, "2026-05": 2, "2026-06": 1}
    assert ask("active(purchase, visit)", "2025").value == 2
    assert ask("new", "2026").value == 2
    assert groups(ask("new", "all time", by="year")) == {"2025": 2, "2026": 2}
    assert ask("repeat_rate", "2026-05").value == Fraction(1, 2)
    retention = ask("retention", "2026-05")  # Anna and Bo bought in April, Anna again in May
    assert (retention.numerator, retention.denominator) == (1, 2)
    assert ask("churn", "2026-05").value == Fraction(1, 2)
    # Bo bought on 1 June, which is within 32 days of 1 May.
    assert ask("retention(32 days)", "2026-05").value == 1
    # Members of a segment at the start are followed: Anna had bought twice by then.
    fans = ask("retention", "2026-05", segment="fans")
    assert (fans.numerator, fans.denominator) == (1, 1)
    assert ask("lapsed").value == 1
    assert ask("lapsed(1 month)", by="customer_type").value == 2


def test_contacts_per_customer_and_employee(crm: Crm, people: list[int], sold: Sold) -> None:
    """Those without contact are not counted, and neither are voids and corrected entries."""
    ola = crm.people.add("Ola").id
    sold(people[0], "2026-05-01 10:00", None, "call", employee_id=ola, channel="phone")
    sold(people[0], "2026-05-02 10:00", None, "visit", employee_id=ola, outlet="Main")
    sold(people[1], "2026-05-03 10:00", None, "note")
    gone = sold(people[2], "2026-05-04 10:00", None, "call", channel="phone")
    crm.interactions.void(gone, "wrong number")
    ask = crm.metrics.value
    assert ask("interactions_per_customer", "2026-05").value == Fraction(3, 2)
    assert ask("interactions_per_customer(call)", "2026-05").value == 1
    per_employee = ask("interactions_per_employee", "2026-05", by="employee")
    assert per_employee.value == 2
    assert [(each.group, each.numerator) for each in per_employee.groups] == [("Ola", 2), (None, 0)]
    assert groups(ask("interactions_per_customer", "2026-05", by="channel")) == {"phone": 1, None: 1}


def test_overdue_contacts_follow_the_cadence_of_the_type(crm: Crm, people: list[int], sold: Sold) -> None:
    """Only wholesale customers have one; the others are never overdue."""
    for who in people:
        sold(who, "2026-05-01 10:00", "1.00")
    overdue = crm.metrics.value("overdue_contacts", by="level")
    assert (overdue.value, groups(overdue)) == (1, {"high-touch": 1})
    assert crm.metrics.value("overdue_contacts", "2026-05-20").value == 0


def test_reachable_share_and_completeness(crm: Crm) -> None:
    """Marketing needs consent and an address; every data point counts once for each customer."""
    mail = ContactPoint(kind="phone", value="+48 600 100 200")
    anna = crm.customers.save(CustomerDraft(name="Anna", contact_points=(mail,))).id
    crm.customers.save(CustomerDraft(name="Bo", fields={"favourite_bread": "rye"}))
    gone = crm.customers.save(CustomerDraft(name="Celina"))
    crm.customers.archive(gone.id)
    ask = crm.metrics.value
    assert ask("reachable_share").value == Fraction(1, 2)
    assert ask("reachable_share(offers, phone)").value == 0
    crm.consent.grant(anna, "offers", "phone")
    assert ask("reachable_share(offers, phone)").value == Fraction(1, 2)
    filled = ask("data_completeness", by="data_point")
    assert (filled.numerator, filled.denominator) == (4, 12)
    assert {each.group: each.numerator for each in filled.groups} == {
        "name": 2, "phone": 1, "email": 0, "address": 0, "favourite_bread": 1, "birthday": 0,
    }  # fmt: skip
    assert ask("data_completeness(phone)").value == Fraction(1, 2)
    assert groups(ask("customers", by="favourite_bread")) == {"rye": 1, None: 1}


def test_nothing_on_record_is_no_share_and_no_error(crm: Crm) -> None:
    """Shares and averages of nobody are None, counts are 0."""
    for metric in crm.metrics.list():
        if metric.name != "overdue_contacts":
            value = crm.metrics.value(metric.name)
            assert value.is_empty
            assert value.value == (
                None if metric.unit in ("share", "number") or "average" in metric.name else 0
            )


def test_foreign_amounts_count_at_the_rate_of_their_day(crm: Crm, people: list[int], sold: Sold) -> None:
    """From the local day of the rate on; yen have no decimals."""
    sold(people[0], "2026-05-10 23:59", "10.00", currency="EUR")
    sold(people[0], "2026-05-11 00:00", "10.00", currency="EUR")
    sold(people[0], "2026-05-12 00:00", "10.00", currency="JPY")  # 1000 yen
    sold(people[1], "2026-05-12 00:00", "1.00")
    with pytest.raises(MissingRate, match=r"EUR on 2026-05-10.*\n.*crm rates set EUR RATE --on 2026-05-10"):
        crm.metrics.value("revenue", "2026-05")
    crm.rates.set("EUR", "4.25", on=day("2026-01-01"))
    crm.rates.set("EUR", "4.5", on=day("2026-05-11"))
    with pytest.raises(MissingRate, match="JPY on 2026-05-12"):
        crm.metrics.value("average_order_value", "2026-05", by="day")
    crm.rates.set("JPY", "0.025515", on=day("2026-05-12"))
    by_day = groups(crm.metrics.value("revenue", "2026-05", by="day"))
    assert by_day == {"2026-05-10": 4250, "2026-05-11": 4500, "2026-05-12": 2552 + 100}
    assert crm.metrics.value("active", "2026-05").value == 2


def test_segments_conditions_and_visibility_narrow_who_counts(
    crm: Crm, people: list[int], sold: Sold
) -> None:
    """An employee who sees only their own customers gets their numbers only."""
    ola = crm.people.add("Ola", role="keeper").id
    crm.customers.update(people[1], CustomerDraft(owner_id=ola))
    for who in (0, 0, 1, 3):
        sold(people[who], "2026-05-01 10:00", "10.00")
    ask = crm.metrics.value
    assert ask("revenue", "2026-05", segment="fans").value == 2000
    assert ask("revenue", "2026-05", where="is_organization").value == 1000
    assert groups(ask("revenue", "2026-05", by="customer_type")) == {"private": 3000, "wholesale": 1000}
    theirs = crm.acting_as("Ola").metrics.value
    assert theirs("revenue", "2026-05").value == 1000
    assert theirs("customers").value == 1
    assert theirs("retention", "2026-06", where="count(purchase) > 0").denominator == 1
    with pytest.raises(NotFound, match='segment "fens"'):
        ask("revenue", segment="fens")
    with pytest.raises(Invalid, match="together"):
        ask("revenue", segment="fans", where="is_organization")


def test_what_customers_were_groups_as_of_then(crm: Crm, people: list[int], sold: Sold) -> None:
    """A later change of the lifecycle or of a field leaves the past as it was."""
    sold(people[0], "2026-05-01 10:00", "10.00")
    crm.customers.update(people[0], CustomerDraft(lifecycle="lead", fields={"favourite_bread": "rye"}))
    before = crm.clock.now()
    crm.clock.sleep(86_400)
    crm.customers.update(people[0], CustomerDraft(lifecycle="customer", fields={"favourite_bread": "wheat"}))
    ask = crm.metrics.value
    assert groups(ask("revenue", "2026-05", by="lifecycle", as_of=before)) == {"lead": 1000}
    assert groups(ask("revenue", "2026-05", by="lifecycle")) == {"customer": 1000}
    assert groups(ask("active", "2026-05", by="favourite_bread", as_of=before)) == {"rye": 1}
    assert groups(ask("active", "2026-05", by="favourite_bread")) == {"wheat": 1}


def test_customers_archived_later_were_customers_then(crm: Crm, people: list[int]) -> None:
    """The number of customers at a moment leaves out those archived by then, and those who came later."""
    before = crm.clock.now()
    crm.clock.sleep(86_400)
    crm.customers.archive(people[0])
    crm.customers.save(CustomerDraft(name="Dorota"))
    assert crm.metrics.value("customers", as_of=before).value == 4
    assert crm.metrics.value("customers").value == 4
    assert crm.metrics.value("customers", as_of=at("2026-01-01 12:00")).value == 0


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("revenu", {}, 'Did you mean "revenue"?'),
        ("revenue(purchase)", {}, "does not take"),
        ("retention(soon)", {}, "length of time"),
        ("revenue", {"by": "outlets"}, 'Did you mean "outlet"?'),
        ("customers", {"by": "outlet"}, "cannot be grouped by outlet"),
        ("revenue", {"period": "2027"}, "has not begun"),
        ("revenue", {"as_of": 4 * 10**15}, "has not come yet"),
        ("reachable_share", {"as_of": 0}, "not on record"),
    ],
)
def test_a_question_that_makes_no_sense_is_explained(
    crm: Crm, name: str, options: dict[str, Any], message: str
) -> None:
    """With the nearest name, or what would make sense."""
    with pytest.raises((Invalid, NotFound)) as caught:
        crm.metrics.value(name, **options)
    assert message in str(caught.value)
