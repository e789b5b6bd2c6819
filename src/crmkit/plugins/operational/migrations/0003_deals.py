"""Contact roles of deals, and the qualification of leads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "operational_deals"
down_revision = "operational_tasks"


def upgrade() -> None:
    op.create_table(
        "operational_deal_contact",
        key_column(),
        sa.Column("deal_id", sa.BigInteger, nullable=False),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("role", Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.UniqueConstraint("deal_id", "customer_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_operational_deal_contact_deal_id", "operational_deal_contact", ["deal_id"])
    op.create_index("ix_operational_deal_contact_customer_id", "operational_deal_contact", ["customer_id"])
    _leads()


def _leads() -> None:
    op.create_table(
        "operational_lead",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False, unique=True),
        sa.Column("need", Text),
        sa.Column("budget", sa.BigInteger),
        sa.Column("authority", Text),
        sa.Column("timeframe", Text),
        sa.Column("qualified_at", Instant),
        sa.Column("rule", Text),
        sa.Column("assigned_to", sa.BigInteger, sa.ForeignKey("employee.id")),
        sa.Column("assigned_at", Instant),
        sa.Column("deal", Text),
        sa.Column("converted_at", Instant),
        sa.Column("lost_reason", Text),
        sa.Column("lost_at", Instant),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_operational_lead_assigned_to", "operational_lead", ["assigned_to"])
