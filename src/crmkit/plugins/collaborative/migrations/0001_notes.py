"""Followers, pins, mentions, and how far employees have read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "collaborative_0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "collaborative_follow",
        key_column(),
        _customer(),
        _employee(),
        sa.Column("at", Instant, nullable=False),
        sa.UniqueConstraint("customer_id", "employee_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_collaborative_follow_employee_id", "collaborative_follow", ["employee_id", "customer_id"]
    )
    op.create_table(
        "collaborative_pin",
        key_column(),
        _customer(),
        sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
        sa.Column("employee_id", sa.BigInteger, sa.ForeignKey("employee.id")),
        sa.Column("at", Instant, nullable=False),
        sa.Column("until", Instant),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_collaborative_pin_customer_id", "collaborative_pin", ["customer_id"])
    op.create_table(
        "collaborative_mention",
        key_column(),
        _customer(),
        sa.Column("seq", sa.BigInteger, nullable=False),
        _employee(),
        sa.Column("team", Text),
        sa.Column("at", Instant, nullable=False),
        sa.Column("seen_at", Instant),
        sa.UniqueConstraint("seq", "employee_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_collaborative_mention_customer_id", "collaborative_mention", ["customer_id"])
    op.create_index("ix_collaborative_mention_employee_id", "collaborative_mention", ["employee_id", "seq"])
    op.create_table(
        "collaborative_reader",
        key_column(),
        sa.Column("employee_id", sa.BigInteger, sa.ForeignKey("employee.id"), nullable=False, unique=True),
        sa.Column("read_to", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.BigInteger, nullable=False),
        sa.Column("turn", Text),
        sa.Column("tells_to", sa.BigInteger, nullable=False),
        sa.Column("told_to", sa.BigInteger, nullable=False),
        sa.Column("telling_since", Instant),
        sqlite_autoincrement=True,
    )


def _customer() -> sa.Column[int]:
    return sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False)


def _employee() -> sa.Column[int]:
    return sa.Column("employee_id", sa.BigInteger, sa.ForeignKey("employee.id"), nullable=False)
