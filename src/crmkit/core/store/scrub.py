"""After an erasure: what is gone from the tables goes from the database's files too.

SQLite overwrites deleted content at once (`secure_delete`), but the full-text index keeps the words until its
parts are merged, the write-ahead log keeps old pages until it is emptied, which a reader of an older state
prevents, and now and then a copy stays in the unused part of a page until the file is rewritten. On
PostgreSQL old versions of rows stay in the tables' files until these are rewritten.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from crmkit.core.errors import StoreError
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import quoted
from crmkit.core.store.engine import Store
from crmkit.core.store.remnants import Needles, has_remnants

# Readers keep the log from being emptied; they are given this long to end, then the worker goes on trying.
_PATIENCE_SECONDS: Final = 2.0


def scrub_file(path: Path, needles: Needles | None = None, *, patience: float | None = None) -> bool:
    """Rid an SQLite database's files of erased content; False while somebody still reads an older state.

    The file is rewritten where an unused part of it holds any of `needles`; when None, where it holds
    anything at all.
    """
    patience = _PATIENCE_SECONDS if patience is None else patience
    try:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=patience)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            _merge_search_index(connection)
            _drop_samples(connection)
            if not _emptied(connection):
                return False
            if has_remnants(path, needles):
                connection.execute("VACUUM")
                return _emptied(connection)
            return True
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            return False
        raise StoreError(
            phrase("Erased rows are gone, but the file could not be rewritten: {error}", error=error),
            hint="Make room, then: crm privacy scrub",
        ) from error


def _emptied(connection: sqlite3.Connection) -> bool:
    """Empty the write-ahead log into the file; False while a reader needs it."""
    found = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return tuple(found) in ((0, 0, 0), (0, -1, -1))  # the latter where there is no such log


def _merge_search_index(connection: sqlite3.Connection) -> None:
    """A word that was taken out stands twice in the index, where it was and where it is struck out."""
    connection.execute("INSERT INTO customer_search (customer_search) VALUES ('optimize')")


def _drop_samples(connection: sqlite3.Connection) -> None:
    """Some builds of SQLite keep samples of indexed values for the planner."""
    select = "SELECT name FROM sqlite_master WHERE name IN ('sqlite_stat3', 'sqlite_stat4')"
    for (name,) in connection.execute(select).fetchall():
        connection.execute(f"DELETE FROM {name}")


def file_numbers(connection: sa.Connection, tables: list[str]) -> dict[str, int]:
    """The file in which PostgreSQL keeps each table that is there; another once it was rewritten."""
    statement = sa.text("SELECT pg_relation_filenode(to_regclass(:name))")
    found = {name: connection.execute(statement, {"name": quoted(name)}).scalar() for name in tables}
    return {name: int(number) for name, number in found.items() if number is not None}


def rewrite(store: Store, tables: list[str]) -> None:
    """Rewrite tables of a PostgreSQL database, each locked meanwhile, so that no old row is left in them.

    The server's statistics hold samples of values: they are made anew, and rewritten too where this account
    may.
    """
    engine = sa.create_engine(store.url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for name in tables:
                connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {quoted(name)}")
            try:
                connection.exec_driver_sql("VACUUM FULL pg_catalog.pg_statistic")
            except sa.exc.DBAPIError:  # only the database's owner may
                connection.exec_driver_sql("VACUUM")
    finally:
        engine.dispose()
