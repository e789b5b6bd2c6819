"""Points by customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import key_column

revision = "referrals_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "referrals_points",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False, unique=True),
        sa.Column("recommendations", sa.BigInteger, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
    )
