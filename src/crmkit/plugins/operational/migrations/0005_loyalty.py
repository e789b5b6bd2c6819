"""Loyalty: the ledger of points and stamps, coupons, tiers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "operational_loyalty"
down_revision = "operational_quotes"


def upgrade() -> None:
    op.create_table(
        "operational_points_entry",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id")),
        sa.Column("card", Text, nullable=False),
        sa.Column("account", Text, nullable=False),
        sa.Column("points", sa.BigInteger, nullable=False),
        sa.Column("kind", Text, nullable=False),
        sa.Column("rule", Text),
        sa.Column("about", sa.BigInteger),
        sa.Column("because_of", Text),
        sa.Column("at", Instant, nullable=False),
        sa.Column("known_at", Instant, nullable=False),
        sa.Column("expires_at", Instant),
        sa.Column("note", Text),
        sa.Column("employee_id", sa.BigInteger, sa.ForeignKey("employee.id")),
        sa.UniqueConstraint("because_of", "account"),
        sqlite_autoincrement=True,
    )
    _index("operational_points_entry", "customer", ["customer_id", "card", "account"])
    _index("operational_points_entry", "about", ["about"])
    _index("operational_points_entry", "expires_at", ["expires_at"])
    op.create_table(
        "operational_coupon",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("code", Text, nullable=False, unique=True),
        sa.Column("reward", Text, nullable=False),
        sa.Column("issued_at", Instant, nullable=False),
        sa.Column("valid_until", Instant),
        sa.Column("redeemed_at", Instant),
        sa.Column("voided_at", Instant),
        sa.Column("because_of", Text, unique=True),
        sa.Column("employee_id", sa.BigInteger, sa.ForeignKey("employee.id")),
        sqlite_autoincrement=True,
    )
    _index("operational_coupon", "customer_id", ["customer_id"])
    op.create_table(
        "operational_tier",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False, unique=True),
        sa.Column("tier", Text),
        sa.Column("since", Instant, nullable=False),
        sqlite_autoincrement=True,
    )


def _index(table: str, name: str, columns: list[str]) -> None:
    op.create_index(f"ix_{table}_{name}", table, columns)
