"""Interactions come back from a file as they were, and only once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmkit import Crm, InteractionDraft
from crmkit.core.exchange import import_customers, import_interactions

FORMATS = ("log.csv", "log.ndjson", "log.xlsx")
AT = 1_700_000_000_123_456


def fill_log(crm: Crm) -> None:
    """Interactions of many sorts: lines, refunds, currencies, corrections, with and without a source."""
    eva = crm.people.list()[0].id
    who = "shop:10042"
    lines = [
        {"product": "=bread, rye", "quantity": "1.5", "unit_price": 1250, "tax": 3},
        {"product": 'two "rolls"; soft'},
    ]
    bought = crm.interactions.record(
        who, "purchase", amount=1875, at=AT, payload={"lines": lines, "order": "0012", "text": "x\ny"},
        source="till", source_ref="T-1", outlet="North", channel="phone", direction="in", employee=eva,
    )  # fmt: skip
    crm.interactions.record(who, "purchase", amount=500, currency="EUR", at=AT + 1, payload={}, source="web")
    loose = crm.interactions.record("Early Bird", "purchase", amount=3, at=AT + 1)
    crm.interactions.record(
        who, "refund", amount=5, at=AT + 2, payload={"purchase": bought.seq, "reason": "stale"}
    )
    crm.interactions.record("Early Bird", "refund", amount=3, at=AT + 3, payload={"purchase": loose.seq})
    crm.interactions.record("shop:M-1", "feedback", at=AT + 4, payload={"rating": 5, "text": "سلام · ok"})
    wrong = crm.interactions.record("shop:M-1", "note", at=AT + 5, payload={"text": "wrong"})
    crm.interactions.correct(wrong.seq or 0, payload={"text": "right"})
    never = crm.interactions.record("shop:M-1", "call", at=AT + 6, payload={"minutes": 3})
    crm.interactions.void(never.seq or 0, "mistake")


def log_of(crm: Crm) -> list[Any]:
    """What stands in the log, without numbers and when it was recorded; each purchase by its text."""
    names = {each.id: each.name for each in crm.customers.list(1_000)[0]}
    people = {each.id: each.name for each in crm.people.list()}
    found: list[Any] = []
    cursor = None
    while True:
        page = crm.interactions.list(limit=100, cursor=cursor)
        found += page.interactions
        if (cursor := page.next_cursor) is None:
            break
    moments = {each.seq: each.occurred_at for each in found}
    return sorted(
        (
            names[each.customer_id], each.type, each.occurred_at, each.channel, each.direction,
            people.get(each.employee_id or 0), each.outlet, each.amount, each.currency,
            str(each.payload) if each.type != "refund" else
            (moments[each.payload.purchase], each.payload.reason),
        )
        for each in found
    )  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_another_crm_gets_equal_interactions(
    shop: Crm, another: Callable[[], Crm], tmp_path: Path, name: str
) -> None:
    """Every interaction is recorded elsewhere as it was, refunds with their purchases; again, nothing is."""
    fill_log(shop)
    shop.exporting.customers(tmp_path / "all.csv")
    report = shop.exporting.interactions(tmp_path / name)
    other = another()
    import_customers(other, tmp_path / "all.csv")
    imported = import_interactions(other, tmp_path / name)
    assert (imported.created, imported.rejected) == (report.rows, 0), imported.examples
    assert log_of(other) == log_of(shop)
    again = import_interactions(other, tmp_path / name, batch_size=3)
    assert (again.created, again.unchanged, again.rejected) == (0, report.rows, 0)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_crm_records_nothing(shop: Crm, tmp_path: Path, name: str) -> None:
    """Imported where it came from, nothing is recorded again, also what never had a reference."""
    fill_log(shop)
    report = shop.exporting.interactions(tmp_path / name)
    before = log_of(shop)
    imported = import_interactions(shop, tmp_path / name, batch_size=4)
    assert (imported.created, imported.unchanged, imported.rejected) == (0, report.rows, 0)
    assert log_of(shop) == before


def test_what_was_superseded_is_left_out(shop: Crm, another: Callable[[], Crm], tmp_path: Path) -> None:
    """A file with what was corrected and voided brings only what holds, and the import says so."""
    fill_log(shop)
    shop.exporting.customers(tmp_path / "all.csv")
    shop.exporting.interactions(tmp_path / "log.csv", superseded=True)
    other = another()
    import_customers(other, tmp_path / "all.csv")
    imported = import_interactions(other, tmp_path / "log.csv")
    assert imported.notes == ("3 × was corrected or voided where it comes from, and was left out",)
    assert log_of(other) == log_of(shop)


def test_a_refund_without_its_purchase_is_refused(
    shop: Crm, another: Callable[[], Crm], tmp_path: Path
) -> None:
    """A refund whose purchase nobody knows is refused with what to do, and not tied to another number."""
    fill_log(shop)
    shop.exporting.customers(tmp_path / "all.csv")
    shop.exporting.interactions(tmp_path / "log.csv", types=["refund"])
    other = another()
    import_customers(other, tmp_path / "all.csv")
    other.interactions.record_all([InteractionDraft(customer="shop:10042", type="purchase", amount=1)])
    imported = import_interactions(other, tmp_path / "log.csv")
    assert (imported.created, imported.rejected) == (0, 2)
    assert "There is no purchase T-1 of till" in imported.examples[0].reason
