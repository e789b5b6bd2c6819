"""The tables of shared work: who follows whom, what is pinned, who is mentioned, what was read."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from crmkit.plugin import (
    Instant,
    Tables,
    Text,
    customer_column,
    employee_column,
    impersonal,
    key_column,
    on_conflict,
    owned,
)

FOLLOW: Final = "collaborative_follow"
PIN: Final = "collaborative_pin"
MENTION: Final = "collaborative_mention"
READER: Final = "collaborative_reader"


def add_tables(tables: Tables, metadata: sa.MetaData) -> None:
    """Followers, pins, mentions, and each employee's place in their feed."""
    sa.Table(
        FOLLOW,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False),
        _employee(tables, "whom one follows is one's own choice"),
        sa.Column("at", Instant, nullable=False),
        sa.UniqueConstraint("customer_id", "employee_id"),
        sa.Index(f"ix_{FOLLOW}_employee_id", "employee_id", "customer_id"),
        info=owned(conflict=on_conflict(keep="survivor")),
        sqlite_autoincrement=True,
    )
    sa.Table(
        PIN,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
        employee_column(
            "employee_id", tables.employee, handover="keep", reason="who pinned it stays on record"
        ),
        sa.Column("at", Instant, nullable=False),
        sa.Column("until", Instant),
        info=owned(),
        sqlite_autoincrement=True,
    )
    sa.Table(
        MENTION,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        _employee(tables, "a mention was meant for who was mentioned"),
        # By which team's name they were mentioned, where it was not by their own.
        sa.Column("team", Text),
        sa.Column("at", Instant, nullable=False),
        sa.Column("seen_at", Instant),
        sa.UniqueConstraint("seq", "employee_id"),
        sa.Index(f"ix_{MENTION}_employee_id", "employee_id", "seq"),
        info=owned(),
        sqlite_autoincrement=True,
    )
    sa.Table(
        READER,
        metadata,
        key_column(),
        _employee(tables, "how far one has read is nobody else's", unique=True),
        sa.Column("read_to", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.BigInteger, nullable=False),
        # The last turn of the digest, up to which entry it tells, up to which one it was told, and since when
        # somebody is at it.
        sa.Column("turn", Text),
        sa.Column("tells_to", sa.BigInteger, nullable=False),
        sa.Column("told_to", sa.BigInteger, nullable=False),
        sa.Column("telling_since", Instant),
        info=impersonal("how far employees have read, nothing about customers"),
        sqlite_autoincrement=True,
    )


def _employee(tables: Tables, reason: str, *, unique: bool | None = None) -> sa.Column[int]:
    return employee_column(
        "employee_id", tables.employee, handover="keep", reason=reason, nullable=False, unique=unique
    )
