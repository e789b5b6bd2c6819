"""What fitting the models of lifetime value came to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "analytical_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "analytical_fit",
        key_column(),
        sa.Column("at", Instant, nullable=False),
        sa.Column("as_of", Instant, nullable=False),
        sa.Column("model", Text, nullable=False),
        sa.Column("unit", Text, nullable=False),
        sa.Column("status", Text, nullable=False),
        sa.Column("reason", Text, nullable=False),
        sa.Column("customers", sa.BigInteger, nullable=False),
        sa.Column("params", Text, nullable=False),
        sa.Column("standard_errors", Text, nullable=False),
        sa.Column("log_likelihood", sa.Double),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_analytical_fit_model", "analytical_fit", ["model", "as_of"])
