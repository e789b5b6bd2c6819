"""Products, prices and the lines of quotes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crmkit.plugin import Instant, Text, key_column

revision = "operational_quotes"
down_revision = "operational_deals"


def upgrade() -> None:
    op.create_table(
        "operational_product",
        key_column(),
        sa.Column("sku", Text, nullable=False, unique=True),
        sa.Column("name", Text, nullable=False),
        sa.Column("unit", Text, nullable=False),
        sa.Column("tax_rate", Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("archived_at", Instant),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "operational_price",
        key_column(),
        sa.Column("product_id", sa.BigInteger, sa.ForeignKey("operational_product.id"), nullable=False),
        sa.Column("price_list", Text, nullable=False),
        sa.Column("currency", Text, nullable=False),
        sa.Column("from_quantity", Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("valid_from", Text, nullable=False),
        sa.Column("valid_until", Text),
        sa.UniqueConstraint("product_id", "price_list", "currency", "from_quantity", "valid_from"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "operational_quote_line",
        key_column(),
        sa.Column("customer_id", sa.BigInteger, sa.ForeignKey("customer.id"), nullable=False),
        sa.Column("quote_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("sku", Text, nullable=False),
        sa.Column("name", Text, nullable=False),
        sa.Column("unit", Text, nullable=False),
        sa.Column("quantity", Text, nullable=False),
        sa.Column("currency", Text, nullable=False),
        sa.Column("unit_price", sa.BigInteger, nullable=False),
        sa.Column("discount", Text, nullable=False),
        sa.Column("tax_rate", Text, nullable=False),
        sa.Column("net", sa.BigInteger, nullable=False),
        sa.Column("tax", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("quote_id", "position"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_operational_quote_line_customer_id", "operational_quote_line", ["customer_id"])
