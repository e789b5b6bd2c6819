"""How often marketing reaches somebody at most."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.model.strategy import CLAIMED, FAILED, HANDING_OVER, PENDING, SKIPPED, UNCONFIRMED
from tests.core.strategy.gates.reaching import add, at, contact, entered, judged

Open = Callable[..., Crm]
FINE = ("act", None)
TWO = '[limits]\nmarketing = "2 per 7 days"\n'
ONE = '[limits]\nmarketing = "1 per 7 days"\n'


def test_over_all_rules_and_purposes(shop: Open) -> None:
    """One budget for each customer; orders are no marketing, and neither count nor are stopped."""
    crm = shop(TWO)
    anna, bea = add(crm, "Anna"), add(crm, "Bea")
    entered(crm, anna, "2026-05-01", purpose="orders")
    entered(crm, anna, "2026-05-02", purpose="news")
    found = judged(
        crm, contact(anna), contact(anna, "news", origin="rule:b"), contact(anna, "orders"), contact(bea)
    )
    said = "2 in 7 days are enough, the next is due on 2026-05-04"
    assert found == [FINE, ("dropped", said), FINE, FINE]


def test_a_week_later_is_another_week(shop: Open, clock: FakeClock) -> None:
    """By the calendar of the business: seven days, whether or not the clocks were changed."""
    crm = shop(ONE)
    anna = add(crm, "Anna")
    clock.set(at(crm, "2026-03-30 09:59"))
    crm.consent.grant(anna, "offers", "email", at=at(crm, "2026-03-01"))
    entered(crm, anna, "2026-03-23 10:00")
    assert judged(crm, contact(anna)) == [("dropped", "1 in 7 days is enough, the last on 2026-03-23")]
    clock.set(at(crm, "2026-03-30 10:00"))
    assert judged(crm, contact(anna)) == [FINE]


@pytest.mark.parametrize("state", [PENDING, CLAIMED, HANDING_OVER, UNCONFIRMED, "done"])
def test_what_has_or_may_have_arrived_counts(shop: Open, state: str) -> None:
    """From when it is entered until it is certain that it never will."""
    crm = shop(ONE)
    anna = add(crm, "Anna")
    entered(crm, anna, "2026-05-03", state=state)
    assert judged(crm, contact(anna))[0][0] == "dropped"


@pytest.mark.parametrize("state", [FAILED, SKIPPED])
def test_what_never_arrived_does_not_count(shop: Open, state: str) -> None:
    """It leaves its slot to others."""
    crm = shop(ONE)
    anna = add(crm, "Anna")
    entered(crm, anna, "2026-05-03", state=state)
    assert judged(crm, contact(anna)) == [FINE]


def test_what_is_due_later_counts_then(shop: Open) -> None:
    """No seven days have more than they may, those that lie ahead included."""
    crm = shop(TWO)
    anna, bea = add(crm, "Anna"), add(crm, "Bea")
    for customer_id in (anna, bea):
        entered(crm, customer_id, "2026-05-09", state=PENDING)
    entered(crm, anna, "2026-05-10", state=PENDING)
    # Bea's later one is in a week that has this contact no more.
    entered(crm, bea, "2026-05-12", state=PENDING)
    assert judged(crm, contact(anna), contact(bea)) == [
        ("dropped", "2 in 7 days are enough, the next is due on 2026-05-10"),
        FINE,
    ]


def test_what_is_overdue_counts_now(shop: Open) -> None:
    """It goes out any moment, however long ago it was due."""
    crm = shop(ONE)
    anna = add(crm, "Anna")
    entered(crm, anna, "2026-04-01", state=PENDING)
    assert judged(crm, contact(anna))[0][0] == "dropped"


def test_of_two_that_wait_the_first_goes_out(shop: Open) -> None:
    """Each asked about alone, as two workers do: one of them may, and it is the same one."""
    crm = shop(ONE)
    anna = add(crm, "Anna")
    first = entered(crm, anna, "2026-04-20", state=PENDING)
    second = entered(crm, anna, "2026-04-28", state=PENDING)
    assert judged(crm, contact(anna, effect=second))[0][0] == "dropped"
    assert judged(crm, contact(anna, effect=first)) == [FINE]
    found = judged(crm, contact(anna, effect=first), contact(anna, effect=second))
    assert [state for state, _ in found] == ["act", "dropped"]


def test_rehearsals_count_while_the_business_rehearses(shop: Open) -> None:
    """Once it is live they never were."""
    crm = shop(ONE)
    anna = add(crm, "Anna")
    entered(crm, anna, "2026-05-03", rehearsed=1)
    assert judged(crm, contact(anna))[0][0] == "dropped"
    with crm.transaction() as tx:
        tx.execute(crm.tables.setting.insert().values(key="live_at", value="1"))
    assert judged(crm, contact(anna)) == [FINE]


def test_without_limits_nothing_is_too_often(shop: Open) -> None:
    """Limits are the business's own."""
    crm = shop()
    anna = add(crm, "Anna")
    entered(crm, anna, "2026-05-03")
    assert judged(crm, contact(anna), contact(anna, "news")) == [FINE, FINE]
