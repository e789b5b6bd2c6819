"""The tables beside conversations: which interactions they are made of, and who is looking at them."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.plugin import Instant, Tables, Text, customer_column, employee_column, key_column, owned, personal

ENTRY: Final = "collaborative_conversation_entry"
VIEW: Final = "collaborative_conversation_view"


def add_tables(tables: Tables, metadata: sa.MetaData) -> None:
    """Entries and views. The tables of records are made after those of plugins, so these refer to a
    conversation by number, and say themselves whose they are."""
    sa.Table(
        ENTRY,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        sa.Column("conversation_id", sa.BigInteger, nullable=False, index=True),
        sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
        # By what other messages name this one: an answer to it is found by that.
        personal("reference", Text),
        sa.Index("ix_collaborative_conversation_entry_reference", "reference"),
        info=owned(),
        sqlite_autoincrement=True,
    )
    sa.Table(
        VIEW,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        sa.Column("conversation_id", sa.BigInteger, nullable=False),
        employee_column(
            "employee_id", tables.employee, handover="keep",
            reason="who looked at it and answered; nobody else did",
        ),
        # The newest entry that they have seen, and when they looked.
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("seen_at", Instant, nullable=False),
        sa.Column("answering_at", Instant),
        sa.Column("answered_at", Instant),
        sa.UniqueConstraint("conversation_id", "employee_id"),
        info=owned(),
        sqlite_autoincrement=True,
    )  # fmt: skip
