"""Funnels: each step after the one before, within a window."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from crmkit import Crm, CrmError, CustomerDraft, InteractionDraft
from crmkit.plugin import Duration
from crmkit.plugins.analytical.funnels.funnel import followed
from crmkit.testing import FakeClock, run_crm
from tests.plugins.analytical.conftest import DAY

Add = Callable[..., int]
WEEK = Duration(7, "day")
STEPS = ("visit", "note", "purchase")


def by_hand(days: list[tuple[str, int]], steps: tuple[str, ...], window: int) -> list[int]:
    """The days on which one customer took the steps, as the definition says."""
    taken: list[int] = []
    for place, step in enumerate(steps):
        later = [
            day
            for kind, day in days
            if kind == step
            and (not taken or (day > taken[-1] if steps[place - 1] == step else day >= taken[-1]))
            and (not taken or day <= taken[0] + window)
        ]
        if not later:
            break
        taken.append(min(later))
    return taken


def test_steps_are_taken_in_order_and_in_time(crm_both: Crm) -> None:
    """Law: the counts are those of following every customer by hand."""
    chance, start = Random(7), crm_both.clock.now() - 20 * DAY
    histories = [
        [(chance.choice(STEPS), chance.randrange(15)) for _ in range(chance.randrange(8))] for _ in range(60)
    ]
    ids = crm_both.customers.save_all([CustomerDraft(name=f"C{n}") for n in range(60)]).ids
    crm_both.interactions.record_all(
        [
            InteractionDraft(customer=int(who or 0), type=kind, at=start + day * DAY)
            for who, history in zip(ids, histories, strict=True)
            for kind, day in history
        ]
    )
    for steps in (STEPS, ("visit", "visit", "purchase"), ("purchase", "visit")):
        found = followed(crm_both, steps, WEEK)
        taken = [by_hand(history, steps, 7) for history in histories]
        counts = [sum(len(each) > place for each in taken) for place in range(len(steps))]
        assert [each.customers for each in found.steps] == counts
        assert counts[-1] > 0


def test_shares_medians_and_who_still_has_time(crm_both: Crm, add: Add, clock: FakeClock) -> None:
    """Two of three go on, in the middle of one day and three; the third came yesterday."""
    for name, seen, bought in (("A", 20, 19), ("B", 10, 7), ("C", 1, None), ("D", None, 3)):
        who = add(name)
        if seen is not None:
            crm_both.interactions.record(who, "visit", at=clock.now() - seen * DAY)
        if bought is not None:
            crm_both.interactions.record(who, "purchase", at=clock.now() - bought * DAY)
    found = followed(crm_both, ("visit", "purchase"), WEEK)
    first, second = found.steps
    assert (first.customers, second.customers, second.share, second.median) == (3, 2, 2 / 3, 2 * DAY)
    assert found.waiting == 1
    assert second.interval.low == pytest.approx(0.2077, abs=1e-4), "Wilson's own, 2 of 3"
    config = ("--config", crm_both.config.path)
    asked: tuple[Any, ...] = (*config, "analytics", "funnel", "visit", "purchase", "--as-of", "2026-01-01")
    document = run_crm(*asked, "--against", "frequency = 1", "--json").json
    assert [each["customers"] for each in document["steps"]] == [1, 0]
    assert document["against"]["difference"] == -1.0
    assert "2 of 3 customers" in run_crm(*asked).stderr
    assert "1 of 3 customers" in run_crm(*asked, "--window", "2 days").stderr
    assert "Nobody took the first step" in run_crm(*config, "analytics", "funnel", "note", "visit").stderr


def test_what_is_no_funnel(crm: Crm) -> None:
    """One step, a window without one length, a type that there is not."""
    for steps, window in (
        (("visit",), WEEK),
        (("visit", "note"), Duration(1, "month")),
        (("visit", "x"), WEEK),
    ):
        with pytest.raises(CrmError):
            followed(crm, steps, window)
