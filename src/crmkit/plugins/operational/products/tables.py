"""The tables of products and prices."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.plugin import Instant, Tables, Text, impersonal, key_column

PRODUCT = "operational_product"
PRICE = "operational_price"


def add_product_tables(_tables: Tables, metadata: sa.MetaData) -> None:
    """Products, and what they cost."""
    product = sa.Table(
        PRODUCT,
        metadata,
        key_column(),
        sa.Column("sku", Text, nullable=False, unique=True),
        sa.Column("name", Text, nullable=False),
        sa.Column("unit", Text, nullable=False),
        sa.Column("tax_rate", Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        sa.Column("archived_at", Instant),
        info=impersonal("what is sold, whoever buys it"),
        sqlite_autoincrement=True,
    )
    sa.Table(
        PRICE,
        metadata,
        key_column(),
        sa.Column("product_id", sa.BigInteger, sa.ForeignKey(product.c.id), nullable=False),
        sa.Column("price_list", Text, nullable=False),
        sa.Column("currency", Text, nullable=False),
        sa.Column("from_quantity", Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("valid_from", Text, nullable=False),
        sa.Column("valid_until", Text),
        sa.UniqueConstraint("product_id", "price_list", "currency", "from_quantity", "valid_from"),
        info=impersonal("what is asked for a product, whoever buys it"),
        sqlite_autoincrement=True,
    )
