"""Attribution: what of each purchase is put down to which message."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm, CustomerDraft
from crmkit.plugins.campaign.results.credits import Division, parts
from crmkit.plugins.campaign.results.messages import Whose
from crmkit.plugins.campaign.results.settings import MODELS
from crmkit.testing import FakeClock
from tests.plugins.campaign.results.letters import DAY, wrote
from tests.soaking import soaking

_WINDOW, _HALF = 30 * DAY, 7 * DAY


@pytest.fixture
def crm_plugins() -> list[str]:
    """The plugins in use."""
    return ["campaign", "email"]


def weights(model: str, ages: list[int]) -> list[int]:
    """What each message before a purchase weighs, the first first, by the definition of the models."""
    n = len(ages)
    match model:
        case "first":
            return [1] + [0] * (n - 1)
        case "last":
            return [0] * (n - 1) + [1]
        case "linear":
            return [1] * n
        case "position":
            return [1] * n if n < 3 else [2 * (n - 2)] + [1] * (n - 2) + [2 * (n - 2)]
    steps = [age * 64 // _HALF for age in ages]
    return [max(1, round(65536 * 2 ** (-(step % 64) / 64)) >> (step // 64)) for step in steps]


def shares(amount: int, weighed: list[int]) -> list[int]:
    """Whole parts of an amount that sum to it: largest remainders first, then the earlier."""
    sign, size, total = (-1 if amount < 0 else 1), abs(amount), sum(weighed)
    parts = [size * each // total for each in weighed]
    order = sorted(range(len(weighed)), key=lambda at: (-(size * weighed[at] % total), at))
    for at in order[: size - sum(parts)]:
        parts[at] += 1
    return [sign * each for each in parts]


def credited(crm: Crm, model: str, where: str, origin: str | None = None) -> dict[tuple[int, int], int]:
    """(purchase, message) → credit."""
    found: dict[tuple[int, int], int] = {}
    division = Division(model=model, window=_WINDOW, half_life=_HALF)
    question = crm.metrics.question(where=where)
    rows = parts(question, Whose(origin=origin), division)
    with crm.reading() as execute:
        for row in execute(sa.select(rows)):
            found[row.seq, row.id] = row.credit
    return found


_TIMES = st.integers(0, 45 * 24)  # hours
_MESSAGES = st.lists(st.tuples(_TIMES, st.booleans()), max_size=6)
_PURCHASES = st.lists(
    st.tuples(_TIMES, st.integers(0, 100_000), st.lists(st.integers(1, 30_000), max_size=2)), max_size=3
)
_LOOSE = st.lists(st.tuples(_TIMES, st.integers(1, 5_000)), max_size=1)


@settings(
    max_examples=soaking(12, 300), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(messages=_MESSAGES, purchases=_PURCHASES, loose=_LOOSE)
def _divided(crm: Crm, start: int, names: Any, messages: Any, purchases: Any, loose: Any) -> None:
    name = f"Customer {next(names)}"
    customer = crm.customers.save(CustomerDraft(name=name)).id
    hour = DAY // 24
    touches = sorted(
        (
            at := start + hours * hour,
            wrote(
                crm,
                customer,
                at,
                occasion=f"{name} {number}",
                origin="journey:x" if other else "campaign:spring",
            ),
            other,
        )
        for number, (hours, other) in enumerate(messages)
    )
    sold: dict[int, tuple[int, int]] = {}
    expected: dict[tuple[int, int], int] = {}
    for hours, amount, refunds in purchases:
        at = start + hours * hour
        seq = crm.interactions.record(customer, "purchase", amount=amount, at=at).seq
        assert seq is not None
        for refund in refunds:
            crm.interactions.record(
                customer, "refund", amount=refund, at=start + 50 * DAY, payload={"purchase": seq}
            )
        sold[seq] = at, amount - sum(refunds)
    for hours, amount in loose:
        at = start + hours * hour
        back = crm.interactions.record(customer, "refund", amount=amount, at=at).seq
        assert back is not None
        sold[back] = at, -amount
    for model in MODELS:
        expected = {}
        for seq, (at, amount) in sold.items():
            before = [each for each in touches if at - _WINDOW <= each[0] < at]
            if before:
                divided = shares(amount, weights(model, [at - each[0] for each in before]))
                assert sum(divided) == amount
                expected.update({(seq, each[1]): part for each, part in zip(before, divided, strict=True)})
        found = credited(crm, model, f"name = '{name}'")
        assert found == expected
        sums: dict[int, int] = defaultdict(int)
        for (seq, _), part in found.items():
            sums[seq] += part
        assert sums == {seq: sold[seq][1] for seq in sums}
    ours = {each[1] for each in touches if not each[2]}
    mine = credited(crm, MODELS[-1], f"name = '{name}'", "campaign:spring")
    assert mine == {key: part for key, part in expected.items() if key[1] in ours}


def test_each_purchase_is_divided_to_the_cent(crm_both: Crm, clock: FakeClock) -> None:
    """Whatever was written and bought when, the parts of each purchase are those of the model and sum to it,
    less refunds; nothing goes to a message after it, or longer before it than the window."""
    start = clock.now()
    clock.advance(days=60)
    _divided(crm_both, start, count())


def test_what_came_back_has_no_part(crm_both: Crm, clock: FakeClock) -> None:
    """A message that did not arrive gets nothing; a purchase that was corrected counts as it stands, and its
    refund still takes back."""
    from tests.plugins.campaign.results.letters import heard

    start = clock.now()
    clock.advance(days=10)
    crm = crm_both
    anna = crm.customers.save(CustomerDraft(name="Anna")).id
    lost, read = (wrote(crm, anna, start + day * DAY) for day in (1, 2))
    heard(crm, anna, "email.bounced", lost, start + DAY, kind="hard")
    bought = crm.interactions.record(anna, "purchase", amount=1000, at=start + 3 * DAY)
    crm.interactions.record(anna, "refund", amount=300, at=start + 5 * DAY, payload={"purchase": bought.seq})
    assert bought.seq is not None
    corrected = crm.interactions.correct(bought.seq, amount=900)
    assert credited(crm, "linear", "name = 'Anna'") == {(corrected.seq, read): 600}
