"""The full-text index over customers' folded names: FTS5 on SQLite, a GIN index on PostgreSQL.

Both are given the same folded words (letters and ASCII digits, single spaces) and find the same customers. On
SQLite the index is kept by whoever writes customers, in the same transaction; on PostgreSQL the server keeps
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from crmkit.core.store.bulk import driver_many, driver_rows

_INSERT: Final = "INSERT INTO customer_search (rowid, fold) VALUES (?, ?)"
# FTS5 finds the words to take out by the text it is told, so this must be the text that was put in.
_DELETE: Final = "INSERT INTO customer_search (customer_search, rowid, fold) VALUES ('delete', ?, ?)"
_FIND_SQLITE: Final = "SELECT rowid FROM customer_search WHERE customer_search MATCH ? ORDER BY rowid LIMIT ?"
_FIND_POSTGRESQL: Final = (
    "SELECT id FROM customer WHERE to_tsvector('simple', fold) @@ "
    "to_tsquery('simple', %s) ORDER BY id LIMIT %s"
)
_CREATE: Final = {
    "sqlite": (
        "CREATE VIRTUAL TABLE customer_search USING fts5("
        "fold, content='customer', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
    ),
    "postgresql": "CREATE INDEX ix_customer_search ON customer USING gin (to_tsvector('simple', fold))",
}
Indexed = tuple[int, str]


def create_search(connection: sa.Connection) -> None:
    """Make the index of a database that has none yet."""
    connection.exec_driver_sql(_CREATE[connection.dialect.name])


def search_insert(connection: sa.Connection, rows: Sequence[Indexed]) -> None:
    """Index customers: (id, fold)."""
    _run(connection, _INSERT, rows)


def search_delete(connection: sa.Connection, rows: Sequence[Indexed]) -> None:
    """Take customers out of the index: (id, the fold that was indexed). A changed fold is deleted, then
    inserted."""
    _run(connection, _DELETE, rows)


def _run(connection: sa.Connection, statement: str, rows: Sequence[Indexed]) -> None:
    if rows and connection.dialect.name == "sqlite":
        if len(rows) == 1:
            driver_rows(connection, statement, rows[0])
        else:
            driver_many(connection, statement, rows)


def search(connection: sa.Connection, folded_text: str, limit: int) -> list[int]:
    """Ids of at most `limit` customers that have every word of `folded_text`.

    First those that have the words as they are, then those with words that begin so; oldest first. Text
    without a word finds nobody.
    """
    words = folded_text.split()
    if not words or limit < 1:
        return []
    exact = _found(connection, words, "", limit)
    if len(exact) == limit:
        return exact
    known = set(exact)
    begun = [found for found in _found(connection, words, "*", limit) if found not in known]
    return (exact + begun)[:limit]


def _found(connection: sa.Connection, words: Sequence[str], star: str, limit: int) -> list[int]:
    if connection.dialect.name == "sqlite":
        query = " ".join('"' + word.replace('"', '""') + '"' + star for word in words)
        return list(connection.exec_driver_sql(_FIND_SQLITE, (query, limit)).scalars())
    suffix = ":*" if star else ""
    query = " & ".join("'" + word.replace("\\", "\\\\").replace("'", "''") + "'" + suffix for word in words)
    return list(connection.exec_driver_sql(_FIND_POSTGRESQL, (query, limit)).scalars())


def rebuild_search(connection: sa.Connection) -> None:
    """Make the index anew from the customers."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO customer_search (customer_search) VALUES ('rebuild')")


def search_agrees(connection: sa.Connection) -> bool:
    """Whether the index holds what the customers say. Needs a connection that may write, though nothing
    is."""
    if connection.dialect.name != "sqlite":
        return True
    try:
        connection.exec_driver_sql(
            "INSERT INTO customer_search (customer_search, rank) VALUES ('integrity-check', 1)"
        )
    except sa.exc.DatabaseError:
        return False
    return True
