"""Answers as Arrow: types that hold from the first row to the last, one state, and errors that say what."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, Invalid, StoreError


def test_types_are_certain_and_the_state_is_one(crm_both: Crm) -> None:
    """Whole numbers and texts keep their types though the first rows hold none; what is written meanwhile is
    not seen; a statement that is left half-read does not disturb the next one."""
    anna = crm_both.customers.save(CustomerDraft(name="Łucja Żak")).id
    for number in range(3):
        last = number == 2
        crm_both.interactions.record(
            anna, "purchase", amount=2**40 if last else None, outlet="Łódź" if last else None
        )
    table = crm_both.tables.interaction
    real = sa.cast(table.c.amount, sa.Double).label("real")
    asked = sa.select(table.c.seq, table.c.amount, table.c.outlet, real)
    total = sa.select(sa.func.sum(table.c.amount).label("total")).where(table.c.outlet == "Łódź")
    with crm_both.arrow() as arrow:
        left = arrow.batches(asked)
        next(left)
        left.close()
        crm_both.interactions.record(anna, "purchase", amount=1, outlet="Łódź")
        (batch,) = arrow.batches(asked.order_by(table.c.seq))
        assert [str(type_) for type_ in batch.schema.types] == ["int64", "int64", "string", "double"]
        assert batch.column(1).to_pylist() == [None, None, 2**40]
        assert batch.column(2).to_pylist() == [None, None, "Łódź"]
        assert [row["total"] for each in arrow.batches(total) for row in each.to_pylist()] == [2**40]
        assert list(arrow.batches(asked.where(sa.false()))) == []
    with crm_both.arrow() as arrow:
        assert [row["total"] for each in arrow.batches(total) for row in each.to_pylist()] == [2**40 + 1]


def test_what_cannot_be_answered(crm: Crm) -> None:
    """A column without a type is named with the way out; a statement that the database does not take says
    why."""
    with crm.arrow() as arrow:
        with pytest.raises(Invalid, match='"odd" has no type'):
            list(arrow.batches(sa.select(sa.null().label("odd"))))
        with pytest.raises(StoreError, match="no such table: nowhere"):
            list(arrow.batches(sa.select(sa.column("a", sa.Integer)).select_from(sa.table("nowhere"))))
