"""Surveys: answers by question."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Text, key_column

revision = "collaborative_0003"
down_revision = "collaborative_0002"


def upgrade() -> None:
    op.create_table(
        "collaborative_survey_answer",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("survey_id", sa.BigInteger, nullable=False),
        sa.Column("question", Text, nullable=False),
        sa.Column("number", sa.BigInteger),
        sa.Column("choice", Text),
        sa.Column("text", Text),
        sa.Column("folded", Text),
        sqlite_autoincrement=True,
    )
    for name in ("customer_id", "survey_id"):
        op.create_index(f"ix_collaborative_survey_answer_{name}", "collaborative_survey_answer", [name])
