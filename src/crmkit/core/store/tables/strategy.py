"""What is kept of segments and materialised traits."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.core.store.ownership import customer_column, on_conflict, owned, personal
from crmkit.core.store.tables.columns import Instant, Text, key_column, partial_index


def segment_stay_table(metadata: sa.MetaData) -> None:
    """Who was in which segment from when to when."""
    sa.Table(
        "segment_stay",
        metadata,
        key_column(),
        sa.Column("segment", Text, nullable=False),
        customer_column("customer_id", metadata.tables["customer"], erase="delete", nullable=False),
        sa.Column("entered_at", Instant, nullable=False),
        sa.Column("left_at", Instant),
        # Nobody is in a segment twice at a time.
        partial_index("uq_segment_stay_open", "segment", "customer_id", unique=True, where="left_at IS NULL"),
        sa.Index("ix_segment_stay_segment_entered_at", "segment", "entered_at"),
        sa.Index("ix_segment_stay_customer_id", "customer_id"),
        info=owned(conflict=on_conflict(keep="survivor", combine={"entered_at": "min"})),
    )


def trait_value_table(metadata: sa.MetaData) -> None:
    """Traits that are worked out ahead, each with its instant."""
    sa.Table(
        "trait_value",
        metadata,
        key_column(),
        customer_column("customer_id", metadata.tables["customer"], erase="delete", nullable=False),
        sa.Column("trait", Text, nullable=False),
        # Numbers in millionths, money in minor units, instants in microseconds, truth as 0 and 1.
        personal("number", sa.BigInteger),
        personal("text", Text),
        sa.Column("computed_at", Instant, nullable=False),
        sa.UniqueConstraint("trait", "customer_id"),
        sa.Index("ix_trait_value_customer_id", "customer_id"),
        info=owned(conflict=on_conflict(keep="newest:computed_at")),
    )
