"""The table of the SMS plugin."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.plugin import Instant, Tables, Text, customer_column, key_column, owned, personal, plugin_metadata

MESSAGE = "sms_message"


def build(tables: Tables) -> sa.MetaData:
    """The plugin's MetaData: each message that the gateway took, and what became of it.

    Of somebody who is erased the row stays without them: it was paid for.
    """
    metadata = plugin_metadata()
    sa.Table(
        MESSAGE,
        metadata,
        key_column(),
        sa.Column("effect", sa.BigInteger, nullable=False, unique=True),
        customer_column("customer_id", tables.customer, erase="blank", index=True),
        personal("reference", Text),
        sa.Column("at", Instant, nullable=False, index=True),
        sa.Column("parts", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        info=owned(),
    )
    return metadata
