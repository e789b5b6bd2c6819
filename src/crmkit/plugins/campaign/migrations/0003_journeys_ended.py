"""Journeys: who was through by some day is found at once."""

from __future__ import annotations

from alembic import op

revision = "campaign_journeys_ended"
down_revision = "campaign_journeys"


def upgrade() -> None:
    table = "campaign_journey_person"
    op.create_index(f"ix_{table}_ended_at", table, ["journey", "ended_at"])
