"""The register of people's requests: what they asked, until when it is due, and what came of it."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from crmkit.core.config.faults import Faults
from crmkit.core.config.names import choose
from crmkit.core.errors import Conflict, Invalid, NotFound
from crmkit.core.instants import local_date
from crmkit.core.model.privacy import REQUEST_KINDS, PrivacyRequest
from crmkit.core.normalise import clean_text
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor
    from crmkit.core.store.unit import Transaction

OPEN, DONE, REFUSED = "open", "done", "refused"


def due_on(kernel: Kernel, kind: str, received_at: int) -> date:
    """The last day on which to answer: one month after receipt, or as `[privacy] days` says."""
    day = local_date(received_at, kernel.tz)
    days = kernel.config.privacy.days.get(kind)  # type: ignore[call-overload]
    return day + timedelta(days=days) if days else a_month_after(day)


def a_month_after(day: date) -> date:
    """The same day of the next month, its last where it has no such day."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def kind_named(kind: str) -> str:
    """The kind of request. Raises `Invalid` with the nearest one."""
    try:
        return choose(kind, REQUEST_KINDS)
    except Faults as faults:
        hint = faults.faults[0].suggestion
        raise Invalid(
            phrase("{kind} is no kind of request", kind=quoted(kind)),
            hint=phrase('Did you mean "{hint}"?', hint=hint)
            if hint
            else phrase("There are: {request_kinds}", request_kinds=", ".join(REQUEST_KINDS)),
        ) from None


def add_request(
    kernel: Kernel,
    tx: Transaction,
    customer_id: int,
    kind: str,
    *,
    received_at: int | None,
    channel: str,
    note: str,
    due: date | None,
) -> PrivacyRequest:
    """Enter a request of a customer's."""
    received = tx.at if received_at is None else received_at
    if received > tx.at:
        raise Invalid("A request cannot be received in the future", hint="Check the date and the year.")
    uid = tx.execute(
        sa.select(kernel.tables.customer.c.uid).where(kernel.tables.customer.c.id == customer_id)
    ).scalar_one()
    values: dict[str, Any] = {
        "customer_id": customer_id,
        "uid": uid,
        "kind": kind_named(kind),
        "received_at": received,
        "due_on": (due or due_on(kernel, kind, received)).isoformat(),
        "state": OPEN,
        "channel": clean_text(channel, what=phrase("channel")),
        "note": clean_text(note, lines=True, what=phrase("note")),
        "actor": tx.actor.name,
        "outcome": "",
    }
    inserted = tx.execute(sa.insert(kernel.tables.privacy_request).values(**values))
    (number,) = inserted.inserted_primary_key or (0,)
    tx.append_change(("created", "privacy_request", number, customer_id, kind, None, None, "", uid))
    return get_request(kernel, tx.connection, int(number))


def settle_request(
    kernel: Kernel, tx: Transaction, actor: Actor, number: int, *, state: str, outcome: str
) -> PrivacyRequest:
    """Close an open request of somebody whom `actor` sees. Raises `NotFound`, and `Conflict` when it was
    settled before."""
    table = kernel.tables.privacy_request
    before = get_request(kernel, tx.connection, number, *kernel.seen(actor, table.c.customer_id))
    if before.state != OPEN:
        raise Conflict(
            phrase("Request {number} is {state} already", number=number, state=before.state),
            hint="See: crm privacy requests --all",
        )
    if state == REFUSED and not outcome.strip():
        raise Invalid("A refusal needs a reason, which the person has a right to know")
    done = tx.execute(
        sa.update(table)
        .where(table.c.id == number, table.c.state == OPEN)
        .values(
            state=state, settled_at=tx.at, outcome=clean_text(outcome, lines=True, what=phrase("outcome"))
        )
    )
    if done.rowcount != 1:
        raise Conflict(phrase("Request {number} was settled by somebody else in the meantime", number=number))
    tx.append_change(
        ("changed", "privacy_request", number, before.customer_id, state, None, None, "", before.uid)
    )
    return get_request(kernel, tx.connection, number)


def requests(
    kernel: Kernel, connection: sa.Connection, *conditions: sa.ColumnElement[bool]
) -> list[PrivacyRequest]:
    """Requests for which `conditions` hold, those due first at the top."""
    table = kernel.tables.privacy_request
    query = sa.select(table).where(*conditions).order_by(table.c.due_on, table.c.id)
    return [_request(row) for row in connection.execute(query)]


def get_request(
    kernel: Kernel, connection: sa.Connection, number: int, *conditions: sa.ColumnElement[bool]
) -> PrivacyRequest:
    """The request with this number, where `conditions` hold. Raises `NotFound`."""
    found = requests(kernel, connection, kernel.tables.privacy_request.c.id == number, *conditions)
    if not found:
        raise NotFound(
            phrase("There is no request {number}", number=number), hint="See: crm privacy requests --all"
        )
    return found[0]


def open_requests(
    kernel: Kernel, connection: sa.Connection, customer_id: int, kind: str | None = None
) -> list[PrivacyRequest]:
    """What a customer asked and got no answer to yet."""
    table = kernel.tables.privacy_request
    conditions = [table.c.state == OPEN, table.c.customer_id == customer_id]
    if kind is not None:
        conditions.append(table.c.kind == kind)
    return requests(kernel, connection, *conditions)


def _request(row: Any) -> PrivacyRequest:
    return PrivacyRequest(
        id=row.id, customer_id=row.customer_id, uid=row.uid, kind=row.kind, received_at=row.received_at,
        due_on=date.fromisoformat(row.due_on), state=row.state, channel=row.channel, note=row.note,
        actor=row.actor, settled_at=row.settled_at, outcome=row.outcome,
    )  # fmt: skip
