"""Retention: what is over its time is blanked, and silent customers are proposed."""

from __future__ import annotations

import json

import sqlalchemy as sa

from crmkit import CustomerDraft, InteractionDraft
from crmkit.core.clock import FakeClock
from crmkit.core.crm import Crm
from crmkit.core.worker import Worker
from tests.core.privacy.conftest import MARK, OTHER, columns_with, plant

_DAY = 86_400


def test_periods_are_kept_by_the_worker(crm_both: Crm, clock: FakeClock) -> None:
    """An enquiry is blanked after two years and a tasting after one; others stay, and the log says how many
    were blanked and of which type."""
    crm = crm_both
    id_ = plant(crm)
    assert [(each.key, each.count) for each in crm.privacy.retention()] == [
        ("enquiry", 0), ("tasting", 0), ("customers", 0),
    ]  # fmt: skip
    clock.advance(400 * _DAY)
    assert {each.key: each.count for each in crm.privacy.retention()}["tasting"] == 1
    Worker(crm.kernel).once()
    with crm.reading() as run:
        table = crm.tables.interaction
        rows = {row.type: row for row in run(sa.select(table))}
    assert (rows["tasting"].customer_id, json.loads(rows["tasting"].payload)) == (None, {})
    assert MARK not in str(rows["tasting"].source_ref)
    assert rows["enquiry"].customer_id == id_
    with crm.reading() as run:
        change = crm.tables.change
        entry = run(sa.select(change).where(change.c.source == "retention")).one()
    assert (entry.action, entry.entity, entry.field, entry.new) == ("erased", "interaction", "tasting", "1")


def test_silent_customers_are_proposed_and_held_ones_stay(crm_both: Crm, clock: FakeClock) -> None:
    """Who was not heard of for ten years is proposed and erased on a yes; who has a hold, or was heard of,
    stays."""
    crm = crm_both
    silent, heard, held = (
        crm.customers.save(CustomerDraft(name=f"{mark} Silent")).id for mark in (MARK, OTHER, "held")
    )
    crm.interactions.record_all([InteractionDraft(customer=silent, type="note", payload={"text": MARK})])
    crm.privacy.hold(held, "court case")
    clock.advance(11 * 365 * _DAY)
    crm.interactions.record(heard, "note", payload={"text": "hello"})
    due = next(each for each in crm.privacy.retention() if each.key == "customers")
    assert (due.customer_ids, due.held) == ((silent,), (held,))
    receipt = crm.privacy.apply_retention()
    assert (receipt.erased, receipt.left) == (1, ())
    assert columns_with(crm, MARK) == set()
    assert {each.id for each in crm.customers.list()[0]} == {heard, held}
