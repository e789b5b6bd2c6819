"""Tasks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "operational_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "operational_task",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("title", Text, nullable=False),
        sa.Column("due", Text),
        sa.Column("employee_id", sa.BigInteger, sa.ForeignKey("employee.id")),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("done_at", Instant),
        sa.Column("because_of", Text, unique=True),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_operational_task_customer_id", "operational_task", ["customer_id"])
    op.create_index("ix_operational_task_due", "operational_task", ["due"])
