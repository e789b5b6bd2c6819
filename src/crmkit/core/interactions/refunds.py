"""Refunds: the purchase that one gives money back for is a purchase of the same customer."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from crmkit.core.customers.sets import rows_among
from crmkit.core.errors import CrmError, Invalid, NotFound
from crmkit.core.phrase import phrase

Refund = tuple[int, int]
_Sale = tuple[str, int, int | None]
_SELECT = "SELECT seq, type, customer_id, superseded_by FROM interaction WHERE seq"


def misdirected(connection: sa.Connection, refunds: Mapping[int, Refund]) -> dict[int, CrmError]:
    """What is wrong with the `refunds`, (number of the purchase, customer) by index in the batch."""
    purchases = _with_successors(connection, {purchase for purchase, _ in refunds.values()})
    errors = {}
    for index, (purchase, customer_id) in refunds.items():
        error = _error(purchases, purchase, customer_id)
        if error is not None:
            errors[index] = error
    return errors


def _with_successors(connection: sa.Connection, numbers: Collection[int]) -> dict[int, _Sale]:
    """(type, customer, superseded by) of the interactions and of what corrected them since."""
    found: dict[int, _Sale] = {}
    while numbers:
        rows = {row[0]: (row[1], row[2], row[3]) for row in rows_among(connection, _SELECT, numbers)}
        found.update(rows)
        numbers = {by for _, _, by in rows.values() if by is not None and by not in found}
    return found


def _error(purchases: Mapping[int, _Sale], purchase: int, customer_id: int) -> CrmError | None:
    seq: int | None = purchase
    row = None
    while seq is not None and seq in purchases:
        row = purchases[seq]
        seq = row[2]
    if row is None:
        return NotFound(
            phrase("There is no purchase {purchase}", purchase=purchase),
            hint="Run: crm interactions list --type purchase",
        )
    type_, owner, _ = row
    if type_ != "purchase":
        was = phrase("has been voided") if type_ == "voided" else phrase("is a {type}", type=type_)
        return Invalid(
            phrase("A refund is for a purchase, but interaction {purchase} {was}", purchase=purchase, was=was)
        )
    if owner != customer_id:
        return Invalid(
            phrase("Purchase {purchase} is another customer's, so its refund is too", purchase=purchase),
            hint="Leave the purchase out, or reassign the purchase first: crm interactions reassign",
        )
    return None
