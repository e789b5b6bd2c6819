"""Conversations: the interactions that they are made of, and who is looking at them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "collaborative_0002"
down_revision = "collaborative_0001"

_ENTRY = "collaborative_conversation_entry"
_VIEW = "collaborative_conversation_view"


def upgrade() -> None:
    op.create_table(
        _ENTRY,
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
        sa.Column("reference", Text),
        sqlite_autoincrement=True,
    )
    for column in ("customer_id", "conversation_id", "reference"):
        op.create_index(f"ix_{_ENTRY}_{column}", _ENTRY, [column])
    op.create_table(
        _VIEW,
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger, nullable=False),
        sa.Column("employee_id", sa.BigInteger, sa.ForeignKey("employee.id")),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("answering_at", Instant),
        sa.Column("answered_at", Instant),
        sa.UniqueConstraint("conversation_id", "employee_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(f"ix_{_VIEW}_customer_id", _VIEW, ["customer_id"])
