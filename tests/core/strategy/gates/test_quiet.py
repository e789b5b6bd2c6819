"""Hours in which marketing waits, by the customer's own clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from zoneinfo import ZoneInfo

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.instants import format_instant, parse_instant
from crmkit.core.model.strategy import PENDING
from crmkit.core.strategy.gates.quiet import quiet_until
from tests.core.strategy.gates.reaching import add, at, contact, entered, judged, local

Open = Callable[..., Crm]
NIGHT = '[limits]\nquiet_hours = "21:00-08:00"\n'
WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("21:00-08:00", "2026-05-04 20:59", None),
        ("21:00-08:00", "2026-05-04 21:00", "2026-05-05 08:00"),
        ("21:00-08:00", "2026-05-05 07:59", "2026-05-05 08:00"),
        ("21:00-08:00", "2026-05-05 08:00", None),
        ("12:00-13:00", "2026-05-05 12:30", "2026-05-05 13:00"),
        ("12:00-13:00", "2026-05-05 13:00", None),
        # On 29 March clocks go from 02:00 to 03:00: there is no half past two.
        ("22:00-02:30", "2026-03-29 01:59", "2026-03-29 03:00"),
        ("22:00-02:30", "2026-03-29 03:00", None),
        ("02:15-02:45", "2026-03-29 03:00", None),
        ("00:00-02:00", "2026-03-29 01:00", "2026-03-29 03:00"),
        # On 25 October they show two to three twice: the night is over at the first half past two.
        ("22:00-02:30", "2026-10-25T02:15+02:00", "2026-10-25 02:30"),
        ("22:00-02:30", "2026-10-25T02:30+02:00", None),
        ("22:00-02:30", "2026-10-25T02:15+01:00", None),
    ],
)
def test_until_when_it_is_quiet(hours: str, now: str, until: str | None) -> None:
    """Each night once, also when the clocks are changed."""
    begins, ends = map(time.fromisoformat, hours.split("-"))
    found = quiet_until(parse_instant(now, WARSAW, 0), (begins, ends), WARSAW)
    assert found == (None if until is None else parse_instant(until, WARSAW, 0))


def test_by_the_customer_s_own_clock(shop: Open, clock: FakeClock) -> None:
    """In the evening it is night already in Tokyo, and noon in New York. Orders do not wait."""
    crm = shop(NIGHT)
    anna, bea = add(crm, "Anna"), add(crm, "Bea", zone="Asia/Tokyo")
    celina = add(crm, "Celina", zone="America/New_York")
    clock.set(at(crm, "2026-05-04 18:00"))
    contacts = [contact(anna), contact(bea), contact(celina), contact(bea, "orders")]
    assert judged(crm, *contacts) == [
        ("act", None), ("held", "quiet hours, until 2026-05-05 08:00 in Asia/Tokyo"), ("act", None),
        ("act", None),
    ]  # fmt: skip
    until = contacts[1].until
    assert until is not None
    assert format_instant(until, ZoneInfo("Asia/Tokyo")) == "2026-05-05 08:00"
    assert contacts[1].address == "bea@example.org"


def test_a_zone_that_is_not_known_here(shop: Open, clock: FakeClock) -> None:
    """The business's own stands in for it."""
    crm = shop(NIGHT)
    anna = add(crm, "Anna")
    with crm.transaction() as tx:
        tx.execute(crm.tables.customer.update().values(timezone="Mars/Olympus"))
    clock.set(at(crm, "2026-05-04 23:00"))
    wanted = contact(anna)
    judged(crm, wanted)
    assert local(crm, wanted.until) == "2026-05-05 08:00"


def test_what_waits_counts_when_it_will_be_made(shop: Open, clock: FakeClock) -> None:
    """By eight in the morning the week of the last one is over; of two that wait one has to give way."""
    crm = shop(NIGHT + 'marketing = "1 per 7 days"\n')
    anna, bea = add(crm, "Anna"), add(crm, "Bea")
    entered(crm, anna, "2026-04-28 08:00")
    entered(crm, bea, "2026-05-05 09:00", state=PENDING)
    clock.set(at(crm, "2026-05-04 22:00"))
    found = judged(crm, contact(anna), contact(anna, "news"), contact(bea))
    assert [state for state, _ in found] == ["held", "dropped", "dropped"]
