"""The column types that tables share, and how constraints are named."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# SQLite gives rowids, and AUTOINCREMENT, to columns of type INTEGER only.
Key: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Byte order on both engines: comparisons agree, and PostgreSQL can use the index for prefixes.
Text: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Instant: Final = sa.BigInteger()


def plugin_metadata() -> sa.MetaData:
    """A MetaData with the house's naming convention, without which migrations cannot name constraints."""
    return sa.MetaData(naming_convention=NAMING)


def key_column(name: str = "id") -> sa.Column[int]:
    """The integer primary key that every table with customers' data has."""
    return sa.Column(name, Key, primary_key=True)
