"""What is kept of messages on their ways in and out.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    _leaving()
    _incoming()
    _numbering()


def _numbering() -> None:
    op.create_table(
        "numbering",
        sa.Column("series", TEXT, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_numbering"),
    )


def _leaving() -> None:
    op.create_table(
        "send_rate",
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "key", name="pk_send_rate"),
    )
    op.create_table(
        "hold_on",
        sa.Column("id", KEY, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("actor", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hold_on"),
        sa.UniqueConstraint("kind", "name", name="uq_hold_on_kind_name"),
    )


def _incoming() -> None:
    op.create_table(
        "incoming",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.BigInteger()),
        sa.Column("error", TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_incoming"),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name="fk_incoming_run_id"),
        sa.UniqueConstraint("name", "message_id", name="uq_incoming_name_message_id"),
    )
    op.create_index("ix_incoming_at", "incoming", ["at"])
