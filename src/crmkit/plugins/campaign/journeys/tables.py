"""The tables of journeys: which run, their versions, and the people in them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.plugin import (
    Instant,
    Tables,
    Text,
    customer_column,
    impersonal,
    key_column,
    on_conflict,
    owned,
    personal,
)

JOURNEY: Final = "campaign_journey"
VERSION: Final = "campaign_journey_version"
PERSON: Final = "campaign_journey_person"


def add_journey_tables(tables: Tables, metadata: sa.MetaData) -> None:
    """Journeys, versions and people."""
    sa.Table(
        JOURNEY,
        metadata,
        key_column(),
        sa.Column("name", Text, nullable=False, unique=True),
        sa.Column("state", Text, nullable=False),
        # Of whoever comes in; the others keep theirs.
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("started_by", Text, nullable=False),
        # Up to where the logs were looked at, and which turn of its schedule people were taken in for.
        sa.Column("seen_seq", sa.BigInteger, nullable=False),
        sa.Column("seen_change", sa.BigInteger, nullable=False),
        sa.Column("taken_in_for", Instant),
        info=impersonal("which journeys run"),
        sqlite_autoincrement=True,
    )
    sa.Table(
        VERSION,
        metadata,
        key_column(),
        sa.Column("journey", Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("digest", Text, nullable=False),
        sa.Column("content", Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.UniqueConstraint("journey", "number"),
        info=impersonal("what journeys say"),
        sqlite_autoincrement=True,
    )
    sa.Table(
        PERSON,
        metadata,
        key_column(),
        sa.Column("journey", Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        # What the ledger knows this passage by.
        sa.Column("occasion", Text, nullable=False),
        sa.Column("step", Text, nullable=False),
        # From when on what happens counts for a step that waits for it.
        sa.Column("since", Instant, nullable=False),
        sa.Column("arrived_at", Instant, nullable=False),
        sa.Column("due_at", Instant),
        sa.Column("state", Text, nullable=False),
        personal("why", Text),
        # Why nothing was done for them at this step.
        personal("left_out", Text),
        sa.Column("entered_at", Instant, nullable=False),
        sa.Column("ended_at", Instant),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.UniqueConstraint("journey", "customer_id"),
        sa.Index(f"ix_{PERSON}_due", "journey", "state", "version", "step", "due_at"),
        sa.Index(f"ix_{PERSON}_due_at", "journey", "state", "due_at"),
        sa.Index(f"ix_{PERSON}_ended_at", "journey", "ended_at"),
        info=owned(conflict=on_conflict(keep="newest:entered_at", combine={"entries": "sum"})),
        sqlite_autoincrement=True,
    )
