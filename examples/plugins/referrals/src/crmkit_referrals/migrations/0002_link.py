"""Who brought whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, key_column

revision = "referrals_0002"
down_revision = "referrals_0001"


def upgrade() -> None:
    op.create_table(
        "referrals_link",
        key_column(),
        sa.Column("referrer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False, index=True),
        sa.Column("referred_id", sa.BigInteger, sa.ForeignKey("customer.id"), unique=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("reward", sa.BigInteger, nullable=False),
    )
