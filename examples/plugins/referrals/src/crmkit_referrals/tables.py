"""The tables of the referrals plugin."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.plugin import (
    Instant,
    Tables,
    customer_column,
    key_column,
    on_conflict,
    owned,
    plugin_metadata,
)

POINTS = "referrals_points"
LINK = "referrals_link"


def build(tables: Tables) -> sa.MetaData:
    """The plugin's MetaData, referring to the core's `tables`."""
    metadata = plugin_metadata()
    _points(metadata, tables)
    _link(metadata, tables)
    return metadata


def _points(metadata: sa.MetaData, tables: Tables) -> None:
    """One row for each customer who recommended the business, counted from the log.

    When two customers turn out to be one person, their points add up; when a customer is erased, the row
    goes with them.
    """
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


def _link(metadata: sa.MetaData, tables: Tables) -> None:
    """Who brought whom; nobody is brought twice.

    When the one who was brought is erased, the row stays without them: the reward for it is somebody else's.
    Whoever turns out to have brought themselves did not.
    """
    sa.Table(
        LINK,
        metadata,
        key_column(),
        customer_column("referrer_id", tables.customer, erase="delete", nullable=False, index=True),
        customer_column("referred_id", tables.customer, erase="blank", unique=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("reward", sa.BigInteger, nullable=False),
        info=owned(conflict=on_conflict(keep="survivor"), self_link="drop"),
    )
