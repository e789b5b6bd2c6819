"""Lookups and extracts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "enrichment_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "enrichment_lookup",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False, unique=True),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("due_at", Instant, nullable=False, index=True),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("problem", Text, nullable=False),
    )
    op.create_table(
        "enrichment_extract",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False, index=True),
        sa.Column("file", sa.String(64), nullable=False, unique=True),
    )
