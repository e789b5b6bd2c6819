"""How far mailboxes were read, and messages that could not be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "email_0001"
down_revision = None


def upgrade() -> None:
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
