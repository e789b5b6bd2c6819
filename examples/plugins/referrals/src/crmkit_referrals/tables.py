"""The table of the referrals plugin."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.plugin import Tables, customer_column, key_column, on_conflict, owned, plugin_metadata

POINTS = "referrals_points"


def build(tables: Tables) -> sa.MetaData:
    """The plugin's MetaData, referring to the core's `tables`.

    There is one row for each customer. When two customers turn out to be one person, their points add up;
    when a customer is erased, the row goes with them.
    """
    metadata = plugin_metadata()
    sa.Table(
        POINTS,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, unique=True),
        sa.Column("recommendations", sa.BigInteger, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        info=owned(
            conflict=on_conflict(keep="survivor", combine={"recommendations": "sum", "points": "sum"})
        ),
    )
    return metadata
