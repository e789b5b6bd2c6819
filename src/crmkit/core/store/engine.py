"""The engine: how crmkit talks to SQLite and PostgreSQL, and what it sets on every connection."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError

from crmkit.core.errors import ExtraMissing, TryAgain
from crmkit.core.phrase import phrase
from crmkit.core.store.bulk import driver_rows
from crmkit.core.store.outages import BUSY_SECONDS, plain

# How long a thread waits for the others of its process: longer than any unit takes, and not for ever.
TURN_SECONDS: Final = 120
_PAUSE: Final = 0.01  # seconds
_PRAGMAS: Final = (
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA cache_size=-131072",
    # Checkpoints by the 1,000 pages of the default would write the same hot pages again and again.
    "PRAGMA wal_autocheckpoint=4000",
)
_IN_MEMORY: Final = "PRAGMA temp_store=MEMORY"
# Where SQLite looks for a place for files without a name, after the folders that the environment names.
_ASIDE: Final = ("/var/tmp", "/usr/tmp", "/tmp", ".")  # noqa: S108 - SQLite's own list

# Marks a connection whose transactions are not begun by SQLAlchemy.
_BY_HAND: Final = "crmkit_by_hand"


class Store:
    """One database: connections that read, and connections that write, one unit of work at a time.

    Units that write to SQLite begin with BEGIN IMMEDIATE, so a unit never fails half-way because somebody
    else wrote in between; units that read cannot write.
    """

    def __init__(self, url: URL, reader: sa.Engine, writer: sa.Engine) -> None:
        self.url = url
        self.dialect = writer.dialect.name
        self._reader = reader
        self._writer = writer
        # Threads of one process queue here in order; SQLite's own waiting is a lottery of sleeps.
        self.turn = RLock()
        self._kept: sa.Connection | None = None

    @classmethod
    def open(cls, database: str | Path) -> Store:
        """Open `database`: a path to an SQLite file, or a `postgresql://` URL. Connects on first use."""
        url = database_url(database)
        if url.get_backend_name() == "sqlite":
            return cls(url, _sqlite_engine(url, write=False), _sqlite_engine(url, write=True))
        engine = _postgresql_engine(url)
        reader = engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
        return cls(url, reader, engine)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is an SQLite file."""
        return self.dialect == "sqlite"

    @property
    def path(self) -> Path | None:
        """The SQLite file, or None on PostgreSQL."""
        return Path(str(self.url.database)) if self.is_sqlite else None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection on which a consistent state is read and nothing can be written."""
        with translated(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def unpooled(self) -> Iterator[sa.Connection]:
        """As `reading`, on a connection that is nobody else's later: whatever was set on it ends with it.

        On PostgreSQL it may write, until whoever asked for it says that it only reads.
        """
        engine = self._reader if self.is_sqlite else self._writer
        with translated(), engine.connect() as connection:
            try:
                yield connection
            finally:
                connection.invalidate()

    def writing(self) -> AbstractContextManager[sa.Connection]:
        """A connection inside one transaction: committed at the end, rolled back when an exception leaves."""
        return _SqliteUnit(self) if self.is_sqlite else self._writing_to_server()

    @contextmanager
    def _writing_to_server(self) -> Iterator[sa.Connection]:
        with translated(), self._writer.begin() as connection:
            yield connection

    def analyse(self) -> None:
        """After much was written: have the planner of PostgreSQL know how many rows there are.

        It finds out by itself within a minute or so; until then it takes the tables for small, and questions
        over all customers can take minutes. SQLite is left alone.
        """
        if not self.is_sqlite:
            with self.writing() as connection:
                connection.exec_driver_sql("ANALYZE")

    def kept(self) -> sa.Connection:
        """The one connection that writes to SQLite: fetching it from the pool costs a fifth of a small unit.

        SQLAlchemy takes it to be in a transaction for as long as it lives, see `_SqliteUnit`.
        """
        if self._kept is None or self._kept.invalidated:
            self._kept = self._writer.connect().execution_options(**{_BY_HAND: True})
            self._kept.begin()
        return self._kept

    @contextmanager
    def altering(self) -> Iterator[sa.Connection]:
        """As `writing`, for migrations: SQLite does not enforce foreign keys meanwhile.

        Rebuilding a table drops it, and with enforcement on that deletes the rows that refer to it, silently.
        The pragma does nothing inside a transaction, so it comes before the transaction begins.
        """
        if not self.is_sqlite:
            with self.writing() as connection:
                yield connection
            return
        with translated(), self.turn, self._writer.connect() as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.execute("PRAGMA foreign_keys=ON")

    def close(self) -> None:
        """Close every connection."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        self._reader.dispose()
        self._writer.dispose()


class _SqliteUnit:
    """One unit of work on the connection that writes to SQLite.

    It begins and commits in the driver's own words: SQLAlchemy's way through pool, events and transaction
    objects costs as much as checking and storing an interaction.
    """

    __slots__ = ("_connection", "_store")

    def __init__(self, store: Store) -> None:
        self._store = store

    def __enter__(self) -> sa.Connection:
        if not self._store.turn.acquire(timeout=TURN_SECONDS):
            raise _never_ending()
        try:
            with translated():
                self._connection = self._store.kept()
                driver_rows(self._connection, "BEGIN IMMEDIATE")
        except BaseException:
            self._store.turn.release()
            raise
        return self._connection

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        try:
            with translated():
                if error is not None:
                    raise error
                driver_rows(self._connection, "COMMIT")
        except BaseException as failure:
            self._undo()
            if failure is not error:
                raise
        finally:
            self._store.turn.release()

    def _undo(self) -> None:
        driver: Any = self._connection.connection.driver_connection
        # A full disk, for one, makes SQLite roll back by itself.
        if driver.in_transaction:
            driver.execute("ROLLBACK")


def _never_ending() -> TryAgain:
    return TryAgain(
        phrase("Another thread of this program has been writing for {seconds} seconds", seconds=TURN_SECONDS),
        hint="What stands in crm.transaction() awaits nothing, and waits for no thread that writes.",
    )


def database_url(database: str | Path) -> URL:
    """The SQLAlchemy URL of an SQLite path or a `postgresql://` address."""
    text = str(database)
    if "://" not in text:
        return URL.create("sqlite", database=text)
    url = make_url(text)
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    return url


def _sqlite_engine(url: URL, *, write: bool) -> sa.Engine:
    # Every transaction here ends in a commit or a rollback of its own: the pool need not add another.
    engine = sa.create_engine(
        url,
        connect_args={"check_same_thread": False, "isolation_level": None},
        pool_reset_on_return=None,
    )
    pragmas = (*_PRAGMAS, *_own_pragmas(write=write))

    def prepare(driver_connection: Any, _record: Any) -> None:
        driver_connection.isolation_level = None
        for pragma in pragmas:
            _set(driver_connection, pragma)

    # The driver's own BEGIN would come late and leave DDL outside of the transaction.
    def begin(connection: sa.Connection) -> None:
        if not connection.get_execution_options().get(_BY_HAND):
            driver_rows(connection, "BEGIN IMMEDIATE" if write else "BEGIN")

    def make(_dialect: Any, _record: Any, _arguments: Any, _options: Any) -> None:
        if url.database and not url.database.startswith((":", "file:")):
            _make_private(Path(url.database))

    sa.event.listen(engine, "do_connect", make)
    sa.event.listen(engine, "connect", prepare)
    sa.event.listen(engine, "begin", begin)
    return engine


def _own_pragmas(*, write: bool) -> Iterator[str]:
    """What a unit of work sets aside stays in memory.

    Whoever reads sorts a third faster otherwise: SQLite then keeps rows side by side, and writes what its
    cache does not hold into a file without a name.
    """
    if not write:
        yield "PRAGMA query_only=ON"
    if write or not can_set_aside():
        yield _IN_MEMORY


def can_set_aside() -> bool:
    """Whether SQLite finds a folder for files without a name."""
    named = [os.environ[name] for name in ("SQLITE_TMPDIR", "TMPDIR") if os.environ.get(name)]
    return os.name == "nt" or any(os.access(each, os.W_OK | os.X_OK) for each in (*named, *_ASIDE))


def _set(driver_connection: Any, pragma: str) -> None:
    """Set a connection up, also while others do so: SQLite does not wait for the lock by which a new file is
    switched to its write-ahead log, whatever the time-out."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            driver_connection.execute(pragma)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)


def _make_private(path: Path) -> None:
    """Make an empty file that its owner alone can read and write; one that is there stays as it is.

    Where it cannot be made, nothing is said: SQLite says why when it opens the file.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _postgresql_engine(url: URL) -> sa.Engine:
    try:
        return sa.create_engine(url)
    except ImportError as error:
        raise ExtraMissing(
            "PostgreSQL needs the psycopg driver, which is not installed",
            hint="Install it: pip install 'crmkit[postgres]'",
        ) from error


@contextmanager
def translated() -> Iterator[None]:
    """Turn the drivers' operational errors into errors that say what to do."""
    try:
        yield
    except DatabaseError as error:
        if (said := plain(error)) is error:
            raise
        raise said from error
