"""What other programs are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "collaborative_0004"
down_revision = "collaborative_0003"

_DELIVERY = "collaborative_delivery"


def upgrade() -> None:
    op.create_table(
        "collaborative_subscription",
        key_column(),
        sa.Column("name", Text, nullable=False, unique=True),
        sa.Column("cursor", Text, nullable=False),
        sa.Column("paused_at", Instant),
        sa.Column("delivered_at", Instant),
        sqlite_autoincrement=True,
    )
    op.create_table(
        _DELIVERY,
        key_column(),
        sa.Column(
            "subscription_id", sa.BigInteger, sa.ForeignKey("collaborative_subscription.id"), nullable=False
        ),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id")),
        sa.Column("event", Text, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("body", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("attempts", sa.BigInteger, nullable=False),
        sa.Column("queued_at", Instant, nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("settled_at", Instant),
        sa.Column("reason", Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index(f"ix_{_DELIVERY}_customer_id", _DELIVERY, ["customer_id"])
    op.create_index(f"uq_{_DELIVERY}_event", _DELIVERY, ["subscription_id", "event"], unique=True)
    op.create_index(f"ix_{_DELIVERY}_state", _DELIVERY, ["subscription_id", "state", "customer_id", "id"])
