"""The table of leads: what is known of whether and when they will buy."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.plugin import (
    Instant,
    Tables,
    Text,
    customer_column,
    employee_column,
    key_column,
    on_conflict,
    owned,
    personal,
)

LEAD: Final = "operational_lead"


def add_tables(tables: Tables, metadata: sa.MetaData) -> None:
    """Qualification and assignment, one row for each customer who is or was a lead."""
    sa.Table(
        LEAD,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, unique=True),
        personal("need", Text),
        personal("budget", sa.BigInteger),
        personal("authority", Text),
        personal("timeframe", Text),
        sa.Column("qualified_at", Instant),
        sa.Column("rule", Text),
        employee_column(
            "assigned_to", tables.employee, handover="keep", index=True,
            reason="It says whose turn it was; whose lead it is now, the customer's owner says",
        ),
        sa.Column("assigned_at", Instant),
        sa.Column("deal", Text),
        sa.Column("converted_at", Instant),
        sa.Column("lost_reason", Text),
        sa.Column("lost_at", Instant),
        info=owned(conflict=on_conflict(keep="survivor", combine={"*": "first_non_null"})),
        sqlite_autoincrement=True,
    )  # fmt: skip
