"""Employees and teams."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.core.store.ownership import impersonal
from crmkit.core.store.tables.columns import Instant, Text, key_column

_STAFF: Final = "data about employees, not customers"


def employee_table(metadata: sa.MetaData) -> None:
    """Who works here."""
    sa.Table(
        "employee",
        metadata,
        key_column(),
        sa.Column("uid", Text, nullable=False, unique=True),
        sa.Column("name", Text, nullable=False),
        sa.Column("fold", Text, nullable=False),
        sa.Column("email", Text, unique=True),
        sa.Column("role", Text, nullable=False),
        sa.Column("active", sa.BigInteger, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        info=impersonal(_STAFF),
        sqlite_autoincrement=True,
    )


def team_table(metadata: sa.MetaData) -> None:
    """Groups of employees, possibly one beneath another."""
    sa.Table(
        "team",
        metadata,
        key_column(),
        sa.Column("name", Text, nullable=False, unique=True),
        sa.Column("parent_id", sa.BigInteger, sa.ForeignKey("team.id")),
        info=impersonal(_STAFF),
    )


def team_member_table(metadata: sa.MetaData) -> None:
    """Who is in which team, and who leads it."""
    sa.Table(
        "team_member",
        metadata,
        key_column(),
        sa.Column("team_id", sa.BigInteger, sa.ForeignKey("team.id"), nullable=False),
        sa.Column("employee_id", sa.BigInteger, sa.ForeignKey("employee.id"), nullable=False, index=True),
        sa.Column("is_lead", sa.BigInteger, nullable=False, server_default="0"),
        sa.UniqueConstraint("team_id", "employee_id"),
        info=impersonal(_STAFF),
    )


def cover_table(metadata: sa.MetaData) -> None:
    """Who stands in for whom, and who is away, from a day to a day, both included."""
    sa.Table(
        "cover",
        metadata,
        key_column(),
        sa.Column("employee_id", sa.BigInteger, sa.ForeignKey("employee.id"), nullable=False, index=True),
        sa.Column("stand_in_id", sa.BigInteger, sa.ForeignKey("employee.id"), index=True),
        sa.Column("first_day", Text, nullable=False),
        sa.Column("last_day", Text, nullable=False),
        sa.Column("is_away", sa.BigInteger, nullable=False),
        info=impersonal(_STAFF),
        sqlite_autoincrement=True,
    )
