"""What decides when something leaves the house: how quickly it may, and what a person holds back."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.core.store.ownership import impersonal
from crmkit.core.store.tables.columns import Instant, Text, key_column


def send_rate_table(metadata: sa.MetaData) -> None:
    """How far each rate is used up: when its bucket would be full again. Without a row it is full."""
    sa.Table(
        "send_rate",
        metadata,
        sa.Column("channel", Text, primary_key=True),
        sa.Column("key", Text, primary_key=True),
        sa.Column("at", Instant, nullable=False),
        info=impersonal("how quickly messages leave"),
    )


def hold_on_table(metadata: sa.MetaData) -> None:
    """What a person has paused: `kind` is `all`, `channel` or `rule`, `name` which one."""
    sa.Table(
        "hold_on",
        metadata,
        key_column(),
        sa.Column("kind", Text, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("at", Instant, nullable=False),
        # Until then, or else until somebody lets it go on.
        sa.Column("until", Instant),
        sa.Column("actor", Text, nullable=False),
        sa.UniqueConstraint("kind", "name"),
        info=impersonal("what is paused"),
    )
