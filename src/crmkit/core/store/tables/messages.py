"""What is kept of messages on their ways in and out."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.core.store.ownership import impersonal
from crmkit.core.store.tables.columns import Instant, Text, key_column


def incoming_table(metadata: sa.MetaData) -> None:
    """Requests of other programs: the sender's number of each, so that none is taken in twice. What came is
    not kept here; `run_id` is the import that it became, and where it became none, `error` says why."""
    sa.Table(
        "incoming",
        metadata,
        key_column(),
        sa.Column("name", Text, nullable=False),
        sa.Column("message_id", Text, nullable=False),
        sa.Column("at", Instant, nullable=False, index=True),
        sa.Column("run_id", sa.BigInteger, sa.ForeignKey("import_run.id")),
        sa.Column("error", Text),
        sa.UniqueConstraint("name", "message_id"),
        info=impersonal("what this installation notes of its own work"),
    )
