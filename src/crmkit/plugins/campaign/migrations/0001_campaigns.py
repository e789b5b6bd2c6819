"""Campaigns: their runs and recipients."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "campaign_campaigns"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "campaign_run",
        key_column(),
        sa.Column("campaign", Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("rehearsed", sa.Integer, nullable=False),
        sa.Column("said", Text, nullable=False),
        sa.Column("digest", Text, nullable=False),
        sa.Column("max_audience", sa.BigInteger),
        sa.Column("confirmed_at", Instant, nullable=False),
        sa.Column("confirmed_by", Text, nullable=False),
        sa.Column("looked_at", Instant, nullable=False),
        sa.Column("looked_seq", sa.BigInteger, nullable=False),
        sa.Column("held", Text),
        sa.Column("allowed", sa.BigInteger),
        sa.Column("finished_at", Instant),
        sa.UniqueConstraint("campaign", "number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "campaign_recipient",
        key_column(),
        sa.Column("run_id", sa.BigInteger, sa.ForeignKey("campaign_run.id"), nullable=False),
        sa.Column("occasion", Text, nullable=False),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id")),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("gate", Text),
        sa.Column("reason", Text),
        sa.UniqueConstraint("run_id", "occasion", "customer_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_campaign_recipient_customer_id", "campaign_recipient", ["customer_id"])
    op.create_index("ix_campaign_recipient_run_id_due_at", "campaign_recipient", ["run_id", "due_at"])
