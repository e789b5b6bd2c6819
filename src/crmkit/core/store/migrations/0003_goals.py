"""The course of goals.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "goal_course",
        sa.Column("id", KEY, nullable=False),
        sa.Column("goal", TEXT, nullable=False),
        sa.Column("asked", TEXT, nullable=False),
        sa.Column("starts_on", TEXT, nullable=False),
        sa.Column("ends_on", TEXT, nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_goal_course"),
        sa.UniqueConstraint("goal", "asked", "starts_on", name="uq_goal_course_goal_asked_starts_on"),
    )
