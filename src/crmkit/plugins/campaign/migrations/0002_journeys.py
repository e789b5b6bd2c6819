"""Journeys: which run, their versions, and the people in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "campaign_journeys"
down_revision = "campaign_campaigns"


def upgrade() -> None:
    op.create_table(
        "campaign_journey",
        key_column(),
        sa.Column("name", Text, nullable=False, unique=True),
        sa.Column("state", Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("started_by", Text, nullable=False),
        sa.Column("seen_seq", sa.BigInteger, nullable=False),
        sa.Column("seen_change", sa.BigInteger, nullable=False),
        sa.Column("taken_in_for", Instant),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "campaign_journey_version",
        key_column(),
        sa.Column("journey", Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("digest", Text, nullable=False),
        sa.Column("content", Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.UniqueConstraint("journey", "number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "campaign_journey_person",
        key_column(),
        sa.Column("journey", Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("occasion", Text, nullable=False),
        sa.Column("step", Text, nullable=False),
        sa.Column("since", Instant, nullable=False),
        sa.Column("arrived_at", Instant, nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("state", Text, nullable=False),
        sa.Column("why", Text),
        sa.Column("left_out", Text),
        sa.Column("entered_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.UniqueConstraint("journey", "customer_id"),
        sqlite_autoincrement=True,
    )
    _index("customer_id", ["customer_id"])
    _index("due", ["journey", "state", "version", "step", "due_at"])
    _index("due_at", ["journey", "state", "due_at"])


def _index(name: str, columns: list[str]) -> None:
    op.create_index(f"ix_campaign_journey_person_{name}", "campaign_journey_person", columns)
