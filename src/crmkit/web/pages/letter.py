"""The message whose link somebody follows: what a token stands for, and all that a page may say about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from attrs import frozen

if TYPE_CHECKING:
    from crmkit.core.crm import Crm

UNSUBSCRIBE: Final = "unsubscribe"
PREFERENCES: Final = "preferences"
CONFIRM: Final = "confirm"
_NOBODYS: Final = 0


@frozen(kw_only=True)
class Letter:
    """A message that was sent: to which customer, as what, where (normalised) and when (microseconds UTC).

    `locale` is the customer's. They are whoever they were merged into since. What was only rehearsed went
    to a file: whoever follows its link is one of the house, who may look, and whose clicks change nothing.
    """

    effect: int
    customer_id: int
    channel: str
    purpose: str
    address: str
    sent_at: int
    locale: str | None
    is_rehearsed: bool

    @property
    def ref(self) -> str:
        """`effect:12`."""
        return f"effect:{self.effect}"


def letter_of(crm: Crm, kind: str, token: str) -> Letter | None:
    """The message that a token of `kind` is from. None for a token that is none, and for that of somebody who
    was erased: both take the same way, and as long."""
    effect, _ = crm.tokens.effect_of(kind, token) or (_NOBODYS, b"")
    table, customer = crm.tables.effect, crm.tables.customer
    select = (
        sa.select(
            table.c.customer_id, table.c.channel, table.c.purpose, table.c.recipient, table.c.contact_at,
            table.c.created_at, table.c.rehearsed, customer.c.locale,
        )
        .join(customer, customer.c.id == table.c.customer_id)
        .where(table.c.id == effect)
    )  # fmt: skip
    with crm.reading() as execute:
        row = execute(select).first()
    if row is None or row.channel is None or row.purpose is None:
        return None
    return Letter(
        effect=effect, customer_id=row.customer_id, channel=row.channel, purpose=row.purpose,
        address=row.recipient or "", sent_at=row.contact_at or row.created_at, locale=row.locale,
        is_rehearsed=bool(row.rehearsed),
    )  # fmt: skip
