"""How often rules answer somebody by the channel that they wrote by."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.plugin import InteractionDraft
from tests.core.strategy.gates.reaching import add

Open = Callable[..., Crm]
REPLY = '[rules.reply]\non = "message"\nwrite = "Thanks"\npurpose = "orders"\n'
TWICE = '[limits]\nautomatic_answers = "2 per day"\n'


def record(crm: Crm, customer: int, *, times: int = 1, channel: str = "email") -> None:
    """The customer writes so often."""
    draft = InteractionDraft(customer=customer, type="message", direction="in", channel=channel)
    crm.interactions.record_all([draft] * times)


def wrote(crm: Crm, customer: int, *, times: int = 1, channel: str = "email") -> None:
    """The customer writes, and what rules answer is entered into the ledger."""
    record(crm, customer, times=times, channel=channel)
    crm.strategy.apply(crm.strategy.plan().number)


def answered(crm: Crm) -> int:
    """How many answers of rules the ledger has."""
    with crm.reading() as execute:
        return int(execute(sa.select(sa.func.count()).select_from(crm.tables.effect)).scalar_one())


def test_two_machines_do_not_answer_each_other_for_ever(shop: Open) -> None:
    """Somebody who writes all the time is answered four times a day, unless crm.toml says otherwise."""
    crm = shop(REPLY)
    wrote(crm, add(crm, "Anna", agrees=()), times=6)
    assert answered(crm) == 4


def test_it_is_as_often_as_the_limit_allows(shop: Open, clock: FakeClock) -> None:
    """Twice in any day, in one plan or in several; what was left unanswered stays so, and what comes the day
    after is answered again. Others have a budget of their own."""
    crm = shop(TWICE + REPLY)
    anna, bea = add(crm, "Anna", agrees=()), add(crm, "Bea", agrees=())
    wrote(crm, anna)
    clock.advance(hours=1)
    wrote(crm, anna, times=2)
    assert answered(crm) == 2
    wrote(crm, bea)
    assert answered(crm) == 3
    clock.advance(days=2)
    wrote(crm, anna)
    assert answered(crm) == 4


def test_only_answers_by_the_channel_of_the_question_count(shop: Open) -> None:
    """Who calls and gets a letter is no machine that answers letters."""
    crm = shop(TWICE + REPLY)
    wrote(crm, add(crm, "Anna", agrees=()), times=4, channel="phone")
    assert answered(crm) == 4


@pytest.mark.parametrize(
    ("limit", "acts", "said"),
    [
        ("2 per day", 2, "2 automatic answers by email in 1 day are enough"),
        ("1 per 3 days", 1, "1 automatic answer by email in 3 days is enough"),
    ],
)
def test_the_plan_says_how_many_are_enough(shop: Open, limit: str, acts: int, said: str) -> None:
    """Whoever looks why there was no answer finds the limit."""
    crm = shop(f'[limits]\nautomatic_answers = "{limit}"\n' + REPLY)
    record(crm, add(crm, "Anna", agrees=()), times=3)
    plan = crm.strategy.plan()
    reasons = [each.reason for each in crm.strategy.acts(plan.number)]
    assert (plan.acts, set(reasons) - {None}) == (acts, {said})
