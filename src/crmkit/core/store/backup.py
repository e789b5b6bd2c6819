"""`crm db backup`: a consistent copy while others write, made by the database's own means."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from sqlalchemy.engine import URL

from crmkit.core.errors import Conflict, Invalid, StoreError
from crmkit.core.phrase import phrase
from crmkit.core.store.engine import Store
from crmkit.core.store.ledger import Entry, Ledger, default_ledger
from crmkit.core.store.schema import schema_state, table_names

# 4,096 pages are 16 MiB: a progress bar moves, and an interrupt is heeded soon.
_PAGES: Final = 4_096
Progress = Callable[[int, int], None]


@frozen
class BackupReport:
    """Where the backup is, its size in bytes, and how many seconds it took.

    `ledger` is the file beside it that remembers who was erased.
    """

    path: Path
    size: int
    seconds: float
    ledger: Path


def backup(
    store: Store,
    target: Path,
    *,
    force: bool = False,
    progress: Progress | None = None,
    ledger: Ledger | None = None,
) -> BackupReport:
    """Write a backup to the file `target`: an SQLite file, or on PostgreSQL an archive of `pg_dump`.

    The file appears whole and checked, or not at all, with the ledger of erasures as `TARGET.erasures` beside
    it; `ledger` is the database's own (the one beside an SQLite file, when None). An existing file is
    `Conflict` unless `force`. `progress(done, total)` counts pages (SQLite only).
    """
    if target.exists() and not force:
        raise Conflict(
            phrase("{target} exists", target=target), hint="Choose another name, or overwrite it: --force"
        )
    if not target.parent.is_dir():
        raise Invalid(
            phrase("There is no folder {parent}", parent=target.parent),
            hint=phrase("Make it: mkdir -p {parent}", parent=target.parent),
        )
    if store.path is not None and target.exists() and target.samefile(store.path):
        raise Invalid(phrase("{target} is the database itself", target=target), hint="Choose another name.")
    state = schema_state(store)
    if state.empty or state.foreign:
        raise StoreError("There is no crmkit database to back up", hint="Check [crs] database in crm.toml.")
    started = time.monotonic()
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        if store.path is not None:
            copy_sqlite(store.path, partial, progress)
        else:
            _dump(store.url, partial)
        sync(partial)
        # After the copy: whoever is erased meanwhile may be in the copy, and is then in the ledger.
        beside = _keep_ledger(store, ledger or default_ledger(store), target)
        partial.replace(target)
        sync(target.parent)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
    return BackupReport(target, target.stat().st_size, time.monotonic() - started, beside.path)


def _keep_ledger(store: Store, ledger: Ledger | None, target: Path) -> Ledger:
    """Write beside the backup whom the ledger names, and whom the database's own register names."""
    beside = Ledger.beside(target)
    beside.copy_from(ledger)
    known = {uid for entry in beside.entries() for uid in entry.uids}
    if "erasure" in table_names_of(store):
        with store.reading() as connection:
            rows = connection.exec_driver_sql("SELECT uid, at FROM erasure ORDER BY id").all()
        beside.append(Entry(uids=(uid,), at=at) for uid, at in rows if uid not in known)
    return beside


def table_names_of(store: Store) -> set[str]:
    """Every table of a database."""
    with store.reading() as connection:
        return table_names(connection)


def copy_sqlite(source: Path, target: Path, progress: Progress | None = None) -> None:
    """Copy an SQLite database to a new file and check the copy.

    One transaction holds the state that is copied: without it, each commit of another program would start the
    copy anew. Writers are not held up.
    """
    with suppress(FileNotFoundError):
        target.unlink()
    try:
        with (
            closing(_connect(source)) as origin,
            closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            origin.execute("PRAGMA query_only=ON")
            origin.execute("BEGIN")
            origin.execute("SELECT count(*) FROM sqlite_master").fetchone()
            _private(target)
            origin.backup(copy, pages=_PAGES, progress=_reported(progress))
            # A backup is one file, with nothing kept beside it.
            copy.execute("PRAGMA journal_mode=DELETE")
            check_file(copy, target)
    except sqlite3.OperationalError as error:
        raise StoreError(
            phrase("The copy to {parent} failed: {error}", parent=target.parent, error=error),
            hint="Is there room on the disk?",
        ) from error
    except sqlite3.DatabaseError as error:
        raise StoreError(
            phrase("{source} is damaged: {error}", source=source, error=error),
            hint="Look at the database: crm db check",
        ) from error


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=30)


def _private(path: Path) -> None:
    path.chmod(0o600)


def _reported(progress: Progress | None) -> Any:
    if progress is None:
        return None
    return lambda _status, remaining, total: progress(total - remaining, total)


def check_file(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `StoreError` unless the file's pages, rows and keys are sound."""
    try:
        found = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        raise StoreError(
            phrase("{path} is damaged: {found}", path=path.name, found="; ".join(found)),
            hint="Look at the database: crm db check",
        )


def sync(path: Path) -> None:
    """Have the file, or the folder's entries, on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _dump(url: URL, target: Path) -> None:
    # What a restore once set aside is no part of the database.
    options = ["--format=custom", "--no-owner", "--no-privileges", "--exclude-schema=before_restore*"]
    run_client("pg_dump", [*options, f"--file={target}"], url)
    _private(target)


def run_client(program: str, arguments: list[str], url: URL | None) -> str:
    """Run one of PostgreSQL's own programs against `url`; what it printed.

    The password goes by the environment, since everybody on the machine can read command lines.
    """
    if shutil.which(program) is None:
        raise StoreError(
            phrase("{program} is not installed", program=program),
            hint="Install PostgreSQL's client programs.",
        )
    environment = dict(os.environ)
    if url is not None:
        arguments = [*arguments, f"--dbname={_conninfo(url)}"]
        environment |= _password(url)
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        words = done.stderr.strip().splitlines() or [phrase("exit status {status}", status=done.returncode)]
        raise StoreError(
            phrase("{program} failed: {word}", program=program, word=words[0]), hint="Nothing was replaced."
        )
    return done.stdout


def _conninfo(url: URL) -> str:
    from psycopg.conninfo import make_conninfo

    known: dict[str, Any] = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database}
    extra = {name: value for name, value in url.query.items() if name != "password"}
    return make_conninfo(
        "", **{name: value for name, value in {**known, **extra}.items() if value is not None}
    )


def _password(url: URL) -> Mapping[str, str]:
    password = url.password or url.query.get("password")
    return {"PGPASSWORD": str(password)} if password else {}
