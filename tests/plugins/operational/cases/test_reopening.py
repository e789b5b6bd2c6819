"""A case goes on when its customer writes again."""

from __future__ import annotations

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.plugins.operational.api import Cases

TOML = """
[plugins.operational]
use = ["cases"]

[rules.again]
doc = "Whoever writes again is not heard by a closed case"
on = "message"
once = "per occasion"
reopen_case = "7 days"
"""


@pytest.fixture
def crm_toml() -> str:
    """A rule that opens cases again."""
    return TOML


def written(crm: Crm, subject: str, direction: str = "in") -> None:
    """A message of Anna's, or to her."""
    payload = {"subject": subject, "text": "It is cold again"}
    crm.interactions.record("Anna Nowak", "message", direction=direction, payload=payload)


def planned(crm: Crm) -> list[str]:
    """Make a plan and apply it; what was done, as the ledger tells it."""
    plan = crm.strategy.plan()
    if plan.acts:
        crm.strategy.apply(plan.number)
    return [each.state for each in crm.service(Cases).list(all=True)][::-1]


def test_whoever_writes_again_opens_the_case_that_they_mean(shop_both: Crm, clock: FakeClock) -> None:
    """The one named in the subject, else the last one; not by what we write, not after a week, not a merged
    one; and the plan can be taken back."""
    crm, cases = shop_both, shop_both.service(Cases)
    for subject in ("Oven", "Invoice", "Door"):
        cases.open("Anna Nowak", subject)
    crm.strategy.plan()
    cases.resolve(1)
    clock.advance(hours=1)
    cases.answer(2, "Which one?", wait=True)
    assert planned(crm) == ["resolved", "waiting", "new"]
    clock.advance(hours=1)
    written(crm, "Re: Case 1, oven")
    assert planned(crm) == ["open", "waiting", "new"]
    assert cases.get(1).clock.reopened == 1
    crm.undo.undo(f"plan:{crm.strategy.plans(1)[0].number}")
    assert cases.get(1).state == "resolved"
    written(crm, "Re: something")
    assert planned(crm) == ["resolved", "open", "new"]
    cases.merge(3, 2)
    clock.advance(days=8)
    written(crm, "Re: Case 1, oven")
    written(crm, "Re: Case 2")
    assert planned(crm) == ["resolved", "closed", "new"]
