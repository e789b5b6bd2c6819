"""What passes and simulations of journeys cost: statements, which are as many for ten people as for more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import sqlalchemy as sa

from crmkit import Crm, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.plugins.campaign.journeys.journeys import Journeys
from tests.plugins.campaign.journeys.conftest import DAY

Open = Callable[..., Crm]
_JOURNEY = """
who = "name != 'Nobody'"
re_enter = "after 400 days"
[[steps]]
id = "wait"
wait = "1 day"
[[steps]]
id = "which"
branch = "name = 'Anna'"
yes = "late"
no = "long"
[[steps]]
id = "late"
wait = "2 days"
next = "act"
[[steps]]
id = "long"
wait = "300 days"
[[steps]]
id = "act"
tag = "done"
"""


@contextmanager
def _counting() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def _passes(crm: Crm, clock: FakeClock) -> list[int]:
    """How many statements it takes to have all come in, and to have all move at once a day later."""
    crm.service(Journeys).start("many")
    counts = []
    for _ in range(2):
        with _counting() as seen:
            crm.strategy.run_due()
        counts.append(len(seen))
        clock.set(clock.now() + DAY)
    return counts


def test_passes(shop: Open, clock: FakeClock) -> None:
    """A pass takes as many statements for five hundred people as for ten."""
    crm = shop({"many": _JOURNEY}, people=10)
    few = _passes(crm, clock)
    crm.service(Journeys).stop("many", now=True)
    crm.customers.save_all([CustomerDraft(name=f"More {number}") for number in range(500)])
    many = _passes(crm, clock)
    assert many == few
    assert max(many) <= 40


def test_days_without_anybody(shop: Open, clock: FakeClock) -> None:
    """A simulated day on which nobody comes in or moves takes a few statements, however many wait."""
    crm = shop({"many": _JOURNEY}, people=200)
    today = date(2026, 5, 4)
    counts = []
    for days in (40, 80):
        with _counting() as seen:
            crm.strategy.simulate("journey:many", until=today + timedelta(days=days))
        counts.append(len(seen))
    assert (counts[1] - counts[0]) / 40 <= 20
