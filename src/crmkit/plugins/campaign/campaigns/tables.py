"""The tables of campaigns: each time one is sent, and to whom."""

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

RUN: Final = "campaign_run"
RECIPIENT: Final = "campaign_recipient"


def add_tables(tables: Tables, metadata: sa.MetaData) -> None:
    """Runs with what was confirmed, and their recipients with why some were left out."""
    run = sa.Table(
        RUN,
        metadata,
        key_column(),
        sa.Column("campaign", Text, nullable=False),
        # From 1 for each campaign.
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        # 1 for one that was sent while what leaves the house went to files: it never becomes real.
        sa.Column("rehearsed", sa.Integer, nullable=False),
        # What the file said, as a rule and as JSON, its templates pinned; and the file's own digest.
        sa.Column("said", Text, nullable=False),
        sa.Column("digest", Text, nullable=False),
        sa.Column("max_audience", sa.BigInteger),
        sa.Column("confirmed_at", Instant, nullable=False),
        sa.Column("confirmed_by", Text, nullable=False),
        # Up to when, and up to which interaction, somebody has looked whose turn it is.
        sa.Column("looked_at", Instant, nullable=False),
        sa.Column("looked_seq", sa.BigInteger, nullable=False),
        # Why it is held, and how many a person has let through since.
        sa.Column("held", Text),
        sa.Column("allowed", sa.BigInteger),
        sa.Column("finished_at", Instant),
        sa.UniqueConstraint("campaign", "number"),
        info=impersonal("what was to be sent, and when; to whom stands in its recipients"),
        sqlite_autoincrement=True,
    )
    sa.Table(
        RECIPIENT,
        metadata,
        key_column(),
        sa.Column("run_id", sa.BigInteger, sa.ForeignKey(run.c.id), nullable=False),
        # What it is sent for once: the run, the day of a greeting, an interaction.
        sa.Column("occasion", Text, nullable=False),
        customer_column("customer_id", tables.customer, erase="blank", index=True),
        sa.Column("due_at", Instant, nullable=False),
        # What left them out, and why.
        sa.Column("gate", Text),
        personal("reason", Text),
        sa.UniqueConstraint("run_id", "occasion", "customer_id"),
        sa.Index(f"ix_{RECIPIENT}_run_id_due_at", "run_id", "due_at"),
        info=owned(conflict=on_conflict(keep="survivor")),
        sqlite_autoincrement=True,
    )
