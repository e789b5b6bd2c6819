"""The tables of the e-mail plugin."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.plugin import (
    Instant,
    Tables,
    Text,
    customer_column,
    impersonal,
    key_column,
    owned,
    plugin_metadata,
)

LINK = "email_link"
HIT = "email_hit"
PREFLIGHT = "email_preflight"


def build(tables: Tables) -> sa.MetaData:
    """The plugin's MetaData, referring to the core's `tables`."""
    metadata = plugin_metadata()
    _link_table(metadata)
    _hit_table(metadata, tables)
    _preflight_table(metadata)
    return metadata


def _link_table(metadata: sa.MetaData) -> None:
    """The pages that tracked links lead to."""
    sa.Table(
        LINK,
        metadata,
        key_column(),
        sa.Column("url", Text, nullable=False),
        # SHA-256: addresses may be longer than an index takes.
        sa.Column("digest", Text, nullable=False, unique=True),
        info=impersonal("Addresses that templates have for everybody alike"),
        sqlite_autoincrement=True,
    )


def _hit_table(metadata: sa.MetaData, tables: Tables) -> None:
    """Requests for tracked links and for the image that tells of opens, until they are on the timeline, and
    after that to know a repetition."""
    sa.Table(
        HIT,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        # The number of the message's effect in the ledger.
        sa.Column("effect", sa.BigInteger, nullable=False, index=True),
        # None for the image.
        sa.Column("link_id", sa.BigInteger, sa.ForeignKey(metadata.tables[LINK].c.id)),
        sa.Column("at", Instant, nullable=False),
        # Why it was a machine's, as far as the request itself told; empty if it did not.
        sa.Column("machine", Text, nullable=False),
        sa.Column("noted_at", Instant, index=True),
        info=owned(),
        sqlite_autoincrement=True,
    )


def _preflight_table(metadata: sa.MetaData) -> None:
    """What `crm mail preflight` has found."""
    sa.Table(
        PREFLIGHT,
        metadata,
        key_column(),
        sa.Column("at", Instant, nullable=False),
        sa.Column("domain", Text, nullable=False),
        sa.Column("errors", sa.Integer, nullable=False),
        sa.Column("warnings", sa.Integer, nullable=False),
        sa.Column("unknown", sa.Integer, nullable=False),
        sa.Column("names", Text, nullable=False),
        info=impersonal("The business's own domain and settings"),
        sqlite_autoincrement=True,
    )
