"""The numbers by which other systems know records.

Revision ID: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "record_number",
        sa.Column("id", KEY, nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("record_table", TEXT, nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_number"),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_record_number_customer_id"),
        sa.UniqueConstraint(
            "record_table", "source", "value", name="uq_record_number_record_table_source_value"
        ),
    )
    op.create_index("ix_record_number_customer_id", "record_number", ["customer_id"])
    op.create_index("ix_record_number_record_table_record_id", "record_number", ["record_table", "record_id"])
