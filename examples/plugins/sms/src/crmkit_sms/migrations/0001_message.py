"""Messages that the gateway took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "sms_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "sms_message",
        key_column(),
        sa.Column("effect", sa.BigInteger, nullable=False, unique=True),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), index=True),
        sa.Column("reference", Text),
        sa.Column("at", Instant, nullable=False, index=True),
        sa.Column("parts", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
    )
