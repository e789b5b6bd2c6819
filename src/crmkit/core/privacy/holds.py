"""Legal holds: reasons for which a customer must not be erased yet."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.errors import Conflict, Invalid, NotFound
from crmkit.core.instants import local_date
from crmkit.core.model.privacy import LegalHold
from crmkit.core.normalise import clean_text
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction


def add_hold(kernel: Kernel, tx: Transaction, customer_id: int, reason: str, until: date | None) -> LegalHold:
    """Hold a customer's data; `reason` is required."""
    said = clean_text(reason, what=phrase("reason"))
    if not said:
        raise Invalid("A hold needs a reason", hint='Such as: "tax law, invoices of 2025"')
    values = {
        "customer_id": customer_id,
        "reason": said,
        "since": tx.at,
        "until": until.isoformat() if until else None,
        "actor": tx.actor.name,
    }
    inserted = tx.execute(sa.insert(kernel.tables.legal_hold).values(**values))
    (number,) = inserted.inserted_primary_key or (0,)
    _log(kernel, tx, "created", int(number), customer_id)
    return _get(kernel, tx.connection, int(number))


def lift_hold(kernel: Kernel, tx: Transaction, actor: Actor, number: int) -> LegalHold:
    """End the hold of somebody whom `actor` sees. Raises `NotFound`, and `Conflict` when it was lifted
    before."""
    table = kernel.tables.legal_hold
    hold = _get(kernel, tx.connection, number, *kernel.seen(actor, table.c.customer_id))
    done = tx.execute(
        sa.update(table).where(table.c.id == number, table.c.lifted_at.is_(None)).values(lifted_at=tx.at)
    )
    if done.rowcount != 1:
        raise Conflict(
            phrase("Hold {number} was lifted already", number=number), hint="See: crm privacy holds --all"
        )
    _log(kernel, tx, "removed", number, hold.customer_id)
    return _get(kernel, tx.connection, number)


def holds(
    kernel: Kernel,
    connection: sa.Connection,
    *conditions: sa.ColumnElement[bool],
    customer_id: int | None = None,
    at: int | None = None,
) -> list[LegalHold]:
    """Holds for which `conditions` hold, oldest first; with `at` only those in force then."""
    table = kernel.tables.legal_hold
    query = sa.select(table).where(*conditions).order_by(table.c.id)
    if customer_id is not None:
        query = query.where(table.c.customer_id == customer_id)
    if at is not None:
        today = local_date(at, kernel.tz).isoformat()
        query = query.where(
            table.c.lifted_at.is_(None), sa.or_(table.c.until.is_(None), table.c.until >= today)
        )
    return [_hold(row) for row in connection.execute(query)]


def _get(
    kernel: Kernel, connection: sa.Connection, number: int, *conditions: sa.ColumnElement[bool]
) -> LegalHold:
    table = kernel.tables.legal_hold
    row = connection.execute(sa.select(table).where(table.c.id == number, *conditions)).first()
    if row is None:
        raise NotFound(phrase("There is no hold {number}", number=number), hint="See: crm privacy holds")
    return _hold(row)


def _log(kernel: Kernel, tx: Transaction, action: str, number: int, customer_id: int) -> None:
    table = kernel.tables.customer
    uid = tx.execute(sa.select(table.c.uid).where(table.c.id == customer_id)).scalar_one()
    tx.append_change((action, "legal_hold", number, customer_id, "", None, None, "", uid))


def _hold(row: Any) -> LegalHold:
    return LegalHold(
        id=row.id, customer_id=row.customer_id, reason=row.reason, since=row.since,
        until=date.fromisoformat(row.until) if row.until else None, lifted_at=row.lifted_at, actor=row.actor,
    )  # fmt: skip
