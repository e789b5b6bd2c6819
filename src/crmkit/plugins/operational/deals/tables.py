"""The tables beside deals: who of a customer's people has which part in one."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.plugin import Instant, Tables, Text, customer_column, key_column, on_conflict, owned

CONTACT: Final = "operational_deal_contact"


def add_tables(tables: Tables, metadata: sa.MetaData) -> None:
    """Contact roles."""
    sa.Table(
        CONTACT,
        metadata,
        key_column(),
        sa.Column("deal_id", sa.BigInteger, nullable=False, index=True),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        sa.Column("role", Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.UniqueConstraint("deal_id", "customer_id"),
        info=owned(conflict=on_conflict(keep="survivor")),
        sqlite_autoincrement=True,
    )
