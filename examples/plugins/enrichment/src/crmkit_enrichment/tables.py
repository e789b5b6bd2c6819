"""The tables of the enrichment plugin."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.plugin import (
    Instant,
    Tables,
    Text,
    customer_column,
    key_column,
    on_conflict,
    owned,
    plugin_metadata,
)

LOOKUP = "enrichment_lookup"
EXTRACT = "enrichment_extract"


def build(tables: Tables) -> sa.MetaData:
    """The plugin's MetaData: when each organisation is due, and in which file what the register said is.

    Of two that turn out to be one, the one asked last counts; but the files of both are theirs.
    """
    metadata = plugin_metadata()
    sa.Table(
        LOOKUP,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, unique=True),
        sa.Column("asked_at", Instant, nullable=False),
        sa.Column("due_at", Instant, nullable=False, index=True),
        sa.Column("tries", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("problem", Text, nullable=False),
        info=owned(conflict=on_conflict(keep="newest:asked_at")),
    )
    sa.Table(
        EXTRACT,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        sa.Column("file", sa.String(64), nullable=False, unique=True),
        info=owned(),
    )
    return metadata
