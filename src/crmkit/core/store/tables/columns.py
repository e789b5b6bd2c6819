"""The column types that tables share, and how constraints are named."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from crmkit.core.store.ownership import WHERE

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# SQLite gives rowids, and AUTOINCREMENT, to columns of type INTEGER only.
Key: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# The type of a column with text. Byte order on both engines: comparisons agree, and PostgreSQL can use the
# index for prefixes.
Text: Final = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
# The type of a column with instants: whole microseconds since 1970, in UTC.
Instant: Final = sa.BigInteger()


def plugin_metadata() -> sa.MetaData:
    """A MetaData with the house's naming convention, without which migrations cannot name constraints."""
    return sa.MetaData(naming_convention=NAMING)


def key_column(name: str = "id") -> sa.Column[int]:
    """The integer primary key that every table with customers' data has."""
    return sa.Column(name, Key, primary_key=True)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """An index of those rows for which `where` (SQL) holds, on both engines.

    An engine is told of the condition when it makes the table, because naming an engine loads all of
    SQLAlchemy's part for it, of which one is never used.
    """
    index = sa.Index(name, *columns, unique=unique, info={WHERE: where})
    sa.event.listen(index, "after_parent_attach", _tell_when_made)
    return index


def _tell_when_made(index: sa.Index, table: sa.Table) -> None:
    def tell(_table: sa.Table, connection: sa.Connection, **_: Any) -> None:
        index.dialect_options[connection.dialect.name]["where"] = sa.text(index.info[WHERE])

    sa.event.listen(table, "before_create", tell)
