"""Nobody whose record is put aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from crmkit.core.customers.sets import rows_among
from crmkit.core.strategy.gates.verdict import ARCHIVED, RESTRICTED, Judged

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit.core.kernel import Kernel


def present(kernel: Kernel, connection: sa.Connection, judged: Sequence[Judged], now: int) -> None:
    """Nobody who is archived or restricted."""
    ids = sorted({each.customer_id for each in judged})
    aside = kernel.past.aside(connection, now) if kernel.past else _aside(connection, ids)
    if not aside:
        return
    for each in judged:
        is_restricted = aside.get(each.customer_id)
        if is_restricted:
            each.drop(RESTRICTED, "restricted: what is kept of them must not be used")
        elif is_restricted is not None:
            each.drop(ARCHIVED, "archived")


def _aside(connection: sa.Connection, ids: Sequence[int]) -> Mapping[int, bool]:
    """Of those who are archived or restricted, whether they are restricted."""
    select = (
        "SELECT id, restricted_at FROM customer "
        "WHERE (archived_at IS NOT NULL OR restricted_at IS NOT NULL) AND id"
    )
    return {row[0]: row[1] is not None for row in rows_among(connection, select, ids)}
