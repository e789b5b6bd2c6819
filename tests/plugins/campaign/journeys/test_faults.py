"""Workers that are killed in the middle of journeys, several at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.plugins.campaign.api import Journeys
from tests.plugins.campaign.journeys.conftest import DAY, Open
from tests.plugins.campaign.journeys.killing import kill_workers
from tests.soaking import SOAK

_PEOPLE = 30
_FILE = """
who = "count(purchase) >= 1"
control_group = "20%"
outcome = "purchase"
within = "30 days"
[[steps]]
id = "hello"
tag = "hello"
[[steps]]
id = "answer"
wait_for = "call"
within = "2 days"
yes = "thanks"
no = "big"
[[steps]]
id = "big"
branch = "sum(purchase) >= 15"
no = "end"
[[steps]]
id = "ring"
tag = "ring"
next = "end"
[[steps]]
id = "thanks"
tag = "thanks"
"""
_CALLED = ["in:hello", "answer", "thanks", "out:end"]
_RICH = ["in:hello", "answer", "big", "ring", "out:end"]
_POOR = ["in:hello", "answer", "big", "out:end"]


def test_killed_while_several_work(shop: Open, clock: FakeClock, passing: Callable[[Crm], None]) -> None:
    """Four workers at once, each killed at some moment: in the end everybody has gone exactly the way that
    the file says, and nothing was done twice or left out."""
    crm = shop({"come-back": _FILE}, people=_PEOPLE)
    for id_ in range(1, _PEOPLE + 1):
        crm.interactions.record(id_, "purchase", amount=1000 if id_ % 2 else 2000)
    crm.service(Journeys).start("come-back")
    random = Random(1)
    for day in range(3):
        if day != 1 or SOAK:
            kill_workers(crm.config.path, clock.now(), random)
        passing(crm)
        if day == 0:
            for id_ in range(1, _PEOPLE + 1, 3):
                crm.interactions.record(id_, "call")
        clock.set(clock.now() + DAY)
    passing(crm)
    effects = crm.effects.list(rule="journey:come-back", limit=1000)
    acts = Counter((each.customer_id, each.step) for each in effects)
    assert set(acts.values()) == {1}
    for id_ in range(1, _PEOPLE + 1):
        way = _CALLED if id_ % 3 == 1 else _POOR if id_ % 2 else _RICH
        assert _way(crm, id_) == way
        assert sum(count for (customer, _), count in acts.items() if customer == id_) == (
            1 if way is _POOR else 2
        )


def _way(crm: Crm, customer: int) -> list[str]:
    types = ("journey.entered", "journey.step", "journey.exited")
    told = reversed(crm.interactions.timeline(customer, limit=100, types=types).interactions)
    marks = {"journey.entered": "in:", "journey.exited": "out:"}
    return [marks.get(each.type, "") + each.payload.step for each in told]
