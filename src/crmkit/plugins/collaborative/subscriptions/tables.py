"""The tables of subscriptions: how far each has come, and what is on its way."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.plugin import Instant, Tables, Text, customer_column, impersonal, key_column, owned, personal

SUBSCRIPTION: Final = "collaborative_subscription"
DELIVERY: Final = "collaborative_delivery"
WAITING: Final = "waiting"
DELIVERED: Final = "delivered"
PARKED: Final = "parked"


def add_tables(tables: Tables, metadata: sa.MetaData) -> None:
    """Subscriptions and deliveries. Of somebody erased only the notice of that is still delivered: it has no
    customer, and their uid in its body."""
    sa.Table(
        SUBSCRIPTION,
        metadata,
        key_column(),
        sa.Column("name", Text, nullable=False, unique=True),
        sa.Column("cursor", Text, nullable=False),
        sa.Column("paused_at", Instant),
        sa.Column("delivered_at", Instant),
        info=impersonal("where a program is in the log"),
        sqlite_autoincrement=True,
    )
    sa.Table(
        DELIVERY,
        metadata,
        key_column(),
        sa.Column("subscription_id", sa.BigInteger, sa.ForeignKey(f"{SUBSCRIPTION}.id"), nullable=False),
        customer_column("customer_id", tables.customer, erase="delete", index=True),
        sa.Column("event", Text, nullable=False),
        sa.Column("name", Text, nullable=False),
        personal("body", Text, nullable=False, blank=""),
        sa.Column("state", Text, nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("queued_at", Instant, nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("settled_at", Instant),
        sa.Column("reason", Text, nullable=False),
        sa.Index(f"uq_{DELIVERY}_event", "subscription_id", "event", unique=True),
        sa.Index(f"ix_{DELIVERY}_state", "subscription_id", "state", "customer_id", "id"),
        info=owned(),
        sqlite_autoincrement=True,
    )
