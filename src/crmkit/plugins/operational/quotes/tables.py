"""The table of quotes' lines; quotes themselves are records."""

from __future__ import annotations

import sqlalchemy as sa

from crmkit.plugin import Tables, Text, customer_column, key_column, owned

LINE = "operational_quote_line"


def add_line_table(tables: Tables, metadata: sa.MetaData) -> None:
    """Lines. The tables of records are made after those of plugins, so a line refers to its quote by number,
    and says itself whose it is."""
    sa.Table(
        LINE,
        metadata,
        key_column(),
        customer_column("customer_id", tables.customer, erase="delete", nullable=False, index=True),
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
        info=owned(),
        sqlite_autoincrement=True,
    )
