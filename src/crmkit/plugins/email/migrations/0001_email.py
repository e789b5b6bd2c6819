"""Tracked links, requests for them, and what preflight has found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "email_0001"
down_revision = None


def upgrade() -> None:
    _tracking()
    _preflight()


def _tracking() -> None:
    op.create_table(
        "email_link",
        key_column(),
        sa.Column("url", Text, nullable=False),
        sa.Column("digest", Text, nullable=False, unique=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "email_hit",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("effect", sa.BigInteger, nullable=False),
        sa.Column("link_id", sa.BigInteger, sa.ForeignKey("email_link.id")),
        sa.Column("at", Instant, nullable=False),
        sa.Column("machine", Text, nullable=False),
        sa.Column("noted_at", Instant),
        sqlite_autoincrement=True,
    )
    for column in ("customer_id", "effect", "noted_at"):
        op.create_index(f"ix_email_hit_{column}", "email_hit", [column])


def _preflight() -> None:
    op.create_table(
        "email_preflight",
        key_column(),
        sa.Column("at", Instant, nullable=False),
        sa.Column("domain", Text, nullable=False),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("warnings", sa.Integer, nullable=False),
        sa.Column("unknown", sa.Integer, nullable=False),
        sa.Column("names", Text, nullable=False),
        sqlite_autoincrement=True,
    )
