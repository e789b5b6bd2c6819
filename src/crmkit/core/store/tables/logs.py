"""The two logs: interactions and changes."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.core.store.ownership import customer_column, owned, personal
from crmkit.core.store.tables.columns import Instant, Text, key_column, partial_index


def interaction_table(metadata: sa.MetaData) -> None:
    """The log of every contact: entries are added, and superseded by later ones."""
    sa.Table(
        "interaction",
        metadata,
        key_column("seq"),
        customer_column("customer_id", metadata.tables["customer"], erase="blank"),
        sa.Column("type", Text, nullable=False),
        sa.Column("channel", Text),
        sa.Column("direction", Text),
        sa.Column("employee_id", sa.BigInteger, sa.ForeignKey("employee.id")),
        sa.Column("outlet", Text),
        sa.Column("occurred_at", Instant, nullable=False),
        sa.Column("recorded_at", Instant, nullable=False),
        sa.Column("known_at", Instant, nullable=False),
        sa.Column("amount", sa.BigInteger),
        sa.Column("currency", Text),
        personal("payload", Text, nullable=False, blank="{}"),
        sa.Column("payload_version", sa.BigInteger, nullable=False),
        sa.Column("source", Text),
        personal("source_ref", Text),
        sa.Column("corrects", sa.BigInteger),
        sa.Column("superseded_by", sa.BigInteger),
        sa.Column("identity_id", sa.BigInteger),
        sa.Column("contact_point_id", sa.BigInteger),
        sa.Column("actor", Text, nullable=False),
        # Covers aggregates as of now and as of the past. Whole: SQLite takes no partial index for covering.
        sa.Index(
            "ix_interaction_type_customer_time_amount",
            "type",
            "customer_id",
            "occurred_at",
            "amount",
            "known_at",
            "superseded_by",
        ),
        # Amounts in other currencies are few, and found without reading the rest.
        sa.Index("ix_interaction_currency", "currency"),
        sa.Index("ix_interaction_customer_time", "customer_id", "occurred_at"),
        # Corrections are few: as-of statements find through them what was still in force.
        partial_index("ix_interaction_corrects", "corrects", "known_at", where="corrects IS NOT NULL"),
        partial_index(
            "uq_interaction_source_ref", "source", "source_ref", unique=True, where="source_ref IS NOT NULL"
        ),
        info=owned(),
        sqlite_autoincrement=True,
    )


def change_table(metadata: sa.MetaData) -> None:
    """The log of every change, chained so that altering an entry shows."""
    sa.Table(
        "change",
        metadata,
        key_column("seq"),
        sa.Column("at", Instant, nullable=False),
        sa.Column("actor", Text, nullable=False),
        sa.Column("action", Text, nullable=False),
        sa.Column("entity", Text, nullable=False),
        sa.Column("entity_id", sa.BigInteger, nullable=False),
        customer_column("customer_id", metadata.tables["customer"], erase="blank"),
        sa.Column("field", Text, nullable=False),
        personal("old", Text),
        personal("new", Text),
        sa.Column("source", Text, nullable=False),
        sa.Column("origin", Text, nullable=False),
        personal("salt", Text),
        sa.Column("digest", Text, nullable=False),
        sa.Column("hash", Text, nullable=False),
        sa.Index("ix_change_customer", "customer_id", "seq"),
        info=owned(),
        sqlite_autoincrement=True,
    )
