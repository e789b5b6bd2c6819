"""Foresight: in a simulation conditions are asked of the few whose answer may change, and hold for all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.core.clock import FakeClock
from crmkit.core.strategy.virtual import Virtual, virtual

Open = Callable[..., Crm]
_DAY = 86_400_000_000
_CONDITIONS = (
    "days_since(purchase) > 20",
    "count(purchase, last 30 days) > 0",
    "days_since(purchase) between 10 and 40",
    "days_since(purchase) > 20 and not (count(purchase, last 60 days) > 1)",
    "has_tag('regular') and sum(purchase, last 60 days) > 5",
    "has_tag('regular') and is_birthday(born)",
    "has_tag('regular') or days_since(purchase) > 70",
    "not (exists(purchase, last 1 month)) and lifecycle = 'customer'",
    "count(purchase) >= 2",
    "is_birthday(born)",
)


@pytest.fixture
def shop(bakery: Open, clock: FakeClock) -> Crm:
    """Fifty customers who bought on different days of the last quarter. It is 4 May 2026."""
    crm = bakery('[fields.born]\ntype = "date"\n')
    born = [f"1990-{5 + day // 28:02d}-{1 + day % 28:02d}" for day in range(60)]
    drafts = [
        CustomerDraft(
            name=f"N{number}", lifecycle="customer" if number % 3 else "lead", fields={"born": born[number]}
        )
        for number in range(50)
    ]
    ids = [id_ for id_ in crm.customers.save_all(drafts).ids if id_ is not None]
    for number, id_ in enumerate(ids):
        if number % 7 == 0:
            crm.customers.tag(id_, "regular")
    crm.interactions.record_all(
        [
            InteractionDraft(
                customer=id_, type="purchase", amount=300 + number, history=True,
                at=clock.now() - (number * 37 % 89 + 30 * again) * _DAY,
            )
            for number, id_ in enumerate(ids)
            for again in range(1 + number % 3)
        ]
    )  # fmt: skip
    return crm


def _asked(own: Virtual, text: str, now: int) -> tuple[list[int] | None, list[int]]:
    """(whom foresight finds, if it says anything; whom the condition itself means)."""
    predicate = own.crm.predicates.parse(text)
    assert own.kernel.foresight is not None
    chosen = own.kernel.foresight.select(predicate, now)
    plain = own.kernel.statements.prepare(predicate, now=now).ids(own.connection, now)
    found = None if chosen is None else sorted(own.connection.execute(chosen).scalars())
    return found, sorted(plain)


@pytest.mark.parametrize("text", _CONDITIONS)
def test_answers(shop: Crm, clock: FakeClock, text: str) -> None:
    """Day by day for a quarter, whoever is foreseen is whom the condition means; what only calendars decide
    is asked of everybody."""
    start, foreseen = clock.now(), 0
    with virtual(shop.kernel) as own:
        for day in range(120):
            found, plain = _asked(own, text, start + day * _DAY)
            if found is not None:
                foreseen += 1
                assert found == plain, day
    assert (foreseen > 60) == (text != "is_birthday(born)")


def test_since(shop: Crm, clock: FakeClock) -> None:
    """Whom the condition has meant ever since may be left out, and nobody else."""
    start, text, left_out = clock.now(), "days_since(purchase) > 20", 0
    with virtual(shop.kernel) as own:
        predicate, before = own.crm.predicates.parse(text), set[int]()
        for day in range(60):
            now = start + day * _DAY
            own.clock.set(now)
            chosen = own.crm.predicates.select(predicate, since=now - _DAY if day else None)
            found = set(own.connection.execute(chosen).scalars())
            whole = set(own.kernel.statements.prepare(predicate, now=now).ids(own.connection, now))
            assert found <= whole
            assert whole - found <= before
            left_out += len(whole - found)
            before = whole
    assert left_out


def test_what_has_yet_to_happen(shop: Crm, clock: FakeClock) -> None:
    """Where something is on record that is dated later, nothing is foreseen."""
    start, text = clock.now(), "days_since(purchase) > 20"
    shop.interactions.record(1, "purchase", amount=1, at=start + 1)
    with virtual(shop.kernel) as own:
        asked = [_asked(own, text, start + day * _DAY)[0] for day in range(9)]
    assert asked == [None] * 9
