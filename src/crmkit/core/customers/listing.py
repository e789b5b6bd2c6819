"""Pages of customers in the order in which they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.customers.drafts import normalised_tags
from crmkit.core.errors import Invalid
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

if TYPE_CHECKING:
    from crmkit.core.kernel import Kernel
    from crmkit.core.model.people import Actor


@frozen(kw_only=True)
class Listing:
    """Which customers are listed; None means any."""

    archived: bool = False
    tag: str | None = None
    lifecycle: str | None = None
    owner_id: int | None = None


def list_ids(
    connection: sa.Connection, kernel: Kernel, actor: Actor, wanted: Listing, after: str | None, limit: int
) -> list[int]:
    """Ids of at most `limit` customers after the cursor `after`. Raises `Invalid` for a broken cursor."""
    table = kernel.tables.customer
    query = sa.select(table.c.id).order_by(table.c.id).limit(limit)
    if after is not None:
        query = query.where(table.c.id > _position(after))
    query = query.where(*kernel.seen(actor), *conditions(kernel, wanted))
    return list(connection.execute(query).scalars())


def conditions(kernel: Kernel, wanted: Listing) -> list[sa.ColumnElement[bool]]:
    """The conditions over `tables.customer` for those who are wanted."""
    table, tags = kernel.tables.customer, kernel.tables.customer_tag
    conditions: list[sa.ColumnElement[bool]] = []
    if not wanted.archived:
        conditions.append(table.c.archived_at.is_(None))
    if wanted.tag is not None:
        tag = normalised_tags([wanted.tag])[0]
        conditions.append(table.c.id.in_(sa.select(tags.c.customer_id).where(tags.c.tag == tag)))
    if wanted.lifecycle is not None:
        conditions.append(table.c.lifecycle == wanted.lifecycle)
    if wanted.owner_id is not None:
        conditions.append(table.c.owner_id == wanted.owner_id)
    return conditions


def _position(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):
        raise Invalid(
            phrase("{cursor} is not a cursor of this list", cursor=quoted(cursor)),
            hint="Begin again without it.",
        )
    return int(cursor)
