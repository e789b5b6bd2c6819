"""Handing over: what is due leaves the house once, and each row says what became of it."""

from __future__ import annotations

import pytest

from crmkit.core.clock import FakeClock
from crmkit.core.effects.line import Outcome
from crmkit.core.errors import Conflict, ReadOnly
from tests.core.effects.outside import Outside

HOUR = 3_600_000_000


def test_each_answer_has_its_state(outside: Outside) -> None:
    """Done, refused for good, later, in doubt: what the courier says is what the row says."""
    done, refused, busy, doubt = outside.enter("", "refused", "busy", "doubt")
    assert outside.hand_over() == outside.hand_over().__class__(done=1, failed=1, unconfirmed=1, later=1)
    rows = [outside.row(number) for number in (done, refused, busy, doubt)]
    assert [(row.state, row.reason) for row in rows] == [
        ("done", None),
        ("failed", "no such address"),
        ("pending", "busy"),
        ("unconfirmed", "no answer"),
    ]
    assert [row.due_at is None for row in rows] == [True, True, False, True]
    assert [row.settled_at is None for row in rows] == [False, False, True, False]
    assert (rows[0].result, rows[0].recipient, rows[0].attempts) == ("to anna/../x", "anna/../x", 1)
    assert rows[0].contact_at == outside.crm.clock.now()
    assert outside.delivered() == [done]


def test_what_is_done_is_noted_with_it(outside: Outside) -> None:
    """The action writes the timeline in the unit of work that settles the row; for what arrived only."""
    done, _ = outside.enter("", "refused")
    outside.hand_over()
    notes = outside.crm.interactions.list(customer=1)
    assert [(each.payload["text"], each.source_ref) for each in notes] == [("sent to anna/../x", str(done))]
