"""The table of tasks."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.plugin import (
    Instant,
    Tables,
    Text,
    customer_column,
    employee_column,
    key_column,
    owned,
    personal,
)

TASK = "operational_task"


def add_tables(tables: Tables, metadata: sa.MetaData) -> None:
    """Tasks."""
    sa.Table(
        TASK,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        personal("title", Text, nullable=False),
        sa.Column("due", Text, index=True),
        employee_column("employee_id", tables.employee, handover="move", until="done_at"),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("done_at", Instant),
        sa.Column("because_of", Text, unique=True),
        info=owned(),
        sqlite_autoincrement=True,
    )
