"""How far mailboxes were read; tracked links, requests for them, and what preflight has found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "email_0001"
down_revision = None


def upgrade() -> None:
    _mailboxes()
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


def _mailboxes() -> None:
    op.create_table(
        "email_folder",
        key_column(),
        sa.Column("account", Text, nullable=False),
        sa.Column("folder", Text, nullable=False),
        sa.Column("uid_validity", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("last_uid", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("read_at", Instant),
        sa.Column("failed_at", Instant),
        sa.Column("error", Text),
        sa.UniqueConstraint("account", "folder"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "email_parked",
        key_column(),
        sa.Column("place", Text, nullable=False),
        sa.Column("key", Text, nullable=False),
        sa.Column("reason", Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="1"),
        sa.UniqueConstraint("place", "key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_email_parked_at", "email_parked", ["at"])
