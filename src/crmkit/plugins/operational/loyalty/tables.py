"""The tables of the loyalty capability."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.plugin import (
    Instant,
    Tables,
    Text,
    customer_column,
    employee_column,
    key_column,
    on_conflict,
    owned,
    personal,
)

ENTRY: Final = "operational_points_entry"
COUPON: Final = "operational_coupon"
TIER: Final = "operational_tier"
_WHO: Final = "who did it stays on record"


def add_tables(tables: Tables, metadata: sa.MetaData) -> None:
    """The ledger of points and stamps, coupons, and the tier that each customer was last told."""
    sa.Table(
        ENTRY,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="blank"),
        # Points have no card; the stamps of a card are a currency of their own.
        sa.Column("card", Text, nullable=False),
        sa.Column("account", Text, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("rule", Text),
        sa.Column("about", sa.BigInteger),
        personal("because_of", Text),
        sa.Column("at", Instant, nullable=False),
        sa.Column("known_at", Instant, nullable=False),
        sa.Column("expires_at", Instant),
        personal("note", Text),
        employee_column("employee_id", tables.employee, handover="keep", reason=_WHO),
        sa.UniqueConstraint("because_of", "account"),
        sa.Index(f"ix_{ENTRY}_customer", "customer_id", "card", "account"),
        sa.Index(f"ix_{ENTRY}_about", "about"),
        sa.Index(f"ix_{ENTRY}_expires_at", "expires_at"),
        info=owned(),
        sqlite_autoincrement=True,
    )
    sa.Table(
        COUPON,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        personal("code", Text, nullable=False, unique=True),
        sa.Column("reward", Text, nullable=False),
        sa.Column("issued_at", Instant, nullable=False),
        sa.Column("valid_until", Instant),
        sa.Column("redeemed_at", Instant),
        sa.Column("voided_at", Instant),
        personal("because_of", Text, unique=True),
        employee_column("employee_id", tables.employee, handover="keep", reason=_WHO),
        info=owned(),
        sqlite_autoincrement=True,
    )
    sa.Table(
        TIER,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, unique=True),
        sa.Column("tier", Text),
        sa.Column("since", Instant, nullable=False),
        info=owned(conflict=on_conflict(keep="newest:since")),
        sqlite_autoincrement=True,
    )


def entries() -> sa.TableClause:
    """The ledger as statements of words see it, which are made without an opened business."""
    whole = ("id", "customer_id", "points", "about", "at", "known_at", "expires_at")
    texts = ("card", "account", "kind", "rule")
    return sa.table(
        ENTRY,
        *(sa.column(name, sa.BigInteger) for name in whole),
        *(sa.column(name, sa.Text) for name in texts),
    )
