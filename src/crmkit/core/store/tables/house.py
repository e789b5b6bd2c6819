"""crmkit's own bookkeeping."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.core.store.ownership import customer_column, impersonal, owned, personal
from crmkit.core.store.tables.columns import Instant, Text, key_column

_OWN: Final = "crmkit's own bookkeeping"


def setting_table(metadata: sa.MetaData) -> None:
    """Single facts about this database."""
    sa.Table(
        "setting",
        metadata,
        sa.Column("key", Text, primary_key=True),
        sa.Column("value", Text, nullable=False),
        info=impersonal(_OWN),
    )


def numbering_table(metadata: sa.MetaData) -> None:
    """The last number of each series that is counted without gaps, such as `quote/2026`."""
    sa.Table(
        "numbering",
        metadata,
        sa.Column("series", Text, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
        info=impersonal(_OWN),
    )


def plugin_table(metadata: sa.MetaData) -> None:
    """What each plugin was at its last good load."""
    sa.Table(
        "plugin",
        metadata,
        sa.Column("name", Text, primary_key=True),
        sa.Column("version", Text, nullable=False),
        sa.Column("deciders", Text, nullable=False),
        sa.Column("restricts", sa.BigInteger, nullable=False),
        sa.Column("tables", Text, nullable=False),
        sa.Column("words", Text, nullable=False),
        sa.Column("loaded_at", Instant, nullable=False),
        info=impersonal(_OWN),
    )


def observer_table(metadata: sa.MetaData) -> None:
    """How far each observer has read its log."""
    sa.Table(
        "observer",
        metadata,
        key_column(),
        sa.Column("plugin", Text, nullable=False),
        sa.Column("hook", Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.BigInteger, nullable=False),
        sa.Column("retry_at", Instant),
        sa.Column("quarantined_at", Instant),
        sa.Column("error", Text),
        sa.UniqueConstraint("plugin", "hook"),
        info=impersonal(_OWN),
    )


def exchange_rate_table(metadata: sa.MetaData) -> None:
    """Dated rates from other currencies to the business's own."""
    sa.Table(
        "exchange_rate",
        metadata,
        key_column(),
        sa.Column("currency", Text, nullable=False),
        sa.Column("base", Text, nullable=False),
        sa.Column("valid_from", Text, nullable=False),
        sa.Column("mantissa", sa.BigInteger, nullable=False),
        sa.Column("exponent", sa.BigInteger, nullable=False),
        sa.Column("source", Text, nullable=False),
        sa.UniqueConstraint("currency", "base", "valid_from"),
        info=impersonal("what currencies are worth"),
    )


def ownership_table(metadata: sa.MetaData) -> None:
    """The ownership contract of every table, also of plugins that are gone."""
    sa.Table(
        "ownership",
        metadata,
        sa.Column("table_name", Text, primary_key=True),
        sa.Column("plugin", Text, nullable=False, index=True),
        sa.Column("contract", Text, nullable=False),
        info=impersonal(_OWN),
    )


def job_table(metadata: sa.MetaData) -> None:
    """When each job is due, and who has it."""
    sa.Table(
        "job",
        metadata,
        sa.Column("name", Text, primary_key=True),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("lease_until", Instant),
        sa.Column("lease_token", Text),
        sa.Column("failures", sa.BigInteger, nullable=False),
        sa.Column("error", Text),
        sa.Column("finished_at", Instant),
        info=impersonal(_OWN),
    )


def import_run_table(metadata: sa.MetaData) -> None:
    """Imports: how far they are and what became of their rows."""
    sa.Table(
        "import_run",
        metadata,
        key_column(),
        sa.Column("kind", Text, nullable=False),
        sa.Column("file", Text, nullable=False),
        sa.Column("digest", Text, nullable=False),
        sa.Column("mapping", Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("counts", Text, nullable=False),
        sa.Column("state", Text, nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("finished_at", Instant),
        sa.Column("actor", Text, nullable=False),
        sa.Column("rejects_file", Text),
        sa.Column("undone_at", Instant),
        info=impersonal(_OWN),
        sqlite_autoincrement=True,
    )


def review_table(metadata: sa.MetaData) -> None:
    """Incoming items that a person has to decide about."""
    sa.Table(
        "review",
        metadata,
        key_column(),
        customer_column("customer_id", metadata.tables["customer"], erase="delete", index=True),
        sa.Column("kind", Text, nullable=False),
        sa.Column("source", Text, nullable=False),
        personal("item", Text, nullable=False),
        sa.Column("candidates", Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("settled_at", Instant),
        info=owned(),
    )
