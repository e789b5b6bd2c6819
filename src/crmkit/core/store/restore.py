"""`crm db restore`: a backup takes the place of a database that is missing or empty, or is to be replaced."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from attrs import frozen

from crmkit.core.errors import Conflict, NotFound, SchemaError, StoreError, TryAgain
from crmkit.core.store.backup import Progress, copy_sqlite, run_client, sync
from crmkit.core.store.engine import Store
from crmkit.core.store.schema import (
    PluginMigrations,
    core_migrations,
    revisions_of,
    schema_state,
    table_names,
)

_SQLITE_MAGIC: Final = b"SQLite format 3\0"
_DUMP_MAGIC: Final = b"PGDMP"
_SET_ASIDE: Final = "before_restore"


@frozen
class RestoreReport:
    """The revisions that the restored database has, by owner, and what became of the one that was
    replaced."""

    versions: Mapping[str, str]
    replaced: str | None


def restore(
    source: Path,
    target: Store,
    plugins: Sequence[PluginMigrations] = (),
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> RestoreReport:
    """Put the backup `source` in the place of `target`, which nobody may have open.

    `target` must be missing or empty; with `force` what is there is set aside: as `NAME.before-restore` on
    SQLite, as the schema `before_restore` on PostgreSQL. `SchemaError` when the backup is newer than this
    program or not of crmkit, `Conflict` when the target is not empty, `TryAgain` when somebody has it open.
    """
    if not source.is_file():
        raise NotFound(f"There is no backup {source}", hint="Check the name.")
    _require_kind(source, target)
    if target.path is None:
        return _restore_dump(source, target, plugins, force=force)
    return _restore_file(source, target.path, target, plugins, force=force, progress=progress)


def _require_kind(source: Path, target: Store) -> None:
    with source.open("rb") as file:
        head = file.read(len(_SQLITE_MAGIC))
    if head == _SQLITE_MAGIC and target.is_sqlite:
        return
    if head.startswith(_DUMP_MAGIC) and not target.is_sqlite:
        return
    kinds = {True: "a PostgreSQL archive", False: "neither an SQLite file nor a PostgreSQL archive"}
    what = "an SQLite file" if head == _SQLITE_MAGIC else kinds[head.startswith(_DUMP_MAGIC)]
    raise StoreError(
        f"{source} is {what}, and cannot be restored to {'SQLite' if target.is_sqlite else 'PostgreSQL'}",
        hint="Restore it to a database of its own kind, then move the data: crm db copy",
    )


def _restore_file(
    source: Path,
    path: Path,
    target: Store,
    plugins: Sequence[PluginMigrations],
    *,
    force: bool,
    progress: Progress | None,
) -> RestoreReport:
    if path.exists() and not force:
        _require_empty(target)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        copy_sqlite(source, partial, progress)
        # Looking at the copy leaves the backup itself as it is, to the byte.
        versions = _versions_of_file(partial, source, plugins)
        sync(partial)
        target.close()
        aside = _set_file_aside(path)
        partial.replace(path)
        sync(path.parent)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()
    return RestoreReport(versions, str(aside) if aside else None)


def _versions_of_file(copy: Path, source: Path, plugins: Sequence[PluginMigrations]) -> Mapping[str, str]:
    backup = Store.open(copy)
    try:
        state = schema_state(backup, plugins)
    finally:
        backup.close()
    if state.empty or state.foreign:
        raise SchemaError(f"{source} holds nothing of crmkit", hint="Choose a backup made by crm db backup.")
    state.require_known()
    return state.versions


def _require_empty(target: Store) -> None:
    with target.reading() as connection:
        if table_names(connection):
            raise Conflict(
                "The database that is to be restored is not empty",
                hint="Set what is there aside and restore all the same: --force",
            )


def _set_file_aside(path: Path) -> Path | None:
    """Rename the file that is there, closed by everybody and with nothing left in its log."""
    if not path.exists():
        return None
    with closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as connection:
        try:
            # SQLite leaves WAL only when no other connection is open, in any program.
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
        except sqlite3.OperationalError:
            mode = "busy"
        except sqlite3.DatabaseError:
            mode = "damaged"  # a damaged file is what one restores over
    if mode in ("wal", "busy"):
        raise TryAgain(
            f"{path} is open in another program", hint="Stop it (crm worker, for one), then restore."
        )
    aside = _free_name(path)
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return aside


def _free_name(path: Path) -> Path:
    names = [
        path.with_name(f"{path.name}.before-restore{number}")
        for number in ("", *(f"-{n}" for n in range(2, 100)))
    ]
    return next(name for name in names if not name.exists())


def _restore_dump(
    source: Path, target: Store, plugins: Sequence[PluginMigrations], *, force: bool
) -> RestoreReport:
    versions = dict(_versions_of_dump(source, plugins))
    with target.reading() as connection:
        full = bool(table_names(connection))
    if full and not force:
        _require_empty(target)
    aside = _set_schema_aside(target) if full else None
    try:
        options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        run_client("pg_restore", [*options, str(source)], target.url)
    except StoreError:
        if aside:
            _put_schema_back(target, aside)
        raise
    with target.writing() as connection:
        # The planner knows nothing of rows that came by a dump.
        connection.exec_driver_sql("ANALYZE")
    return RestoreReport(versions, aside)


def _versions_of_dump(source: Path, plugins: Sequence[PluginMigrations]) -> Iterable[tuple[str, str]]:
    """The revisions inside an archive, read without restoring it."""
    parts = [core_migrations(sa.MetaData()), *plugins]
    contents = run_client("pg_restore", ["--list", str(source)], None)
    found = []
    for part in parts:
        if f"TABLE DATA public {part.version_table} " not in contents:
            continue
        text = run_client(
            "pg_restore", ["--data-only", f"--table={part.version_table}", "--file=-", str(source)], None
        )
        have = _copied_value(text)
        if have not in [step.revision for step in revisions_of(part)]:
            raise SchemaError(
                f"{source} has a newer schema than this program knows: {part.name} {have}; nothing "
                "was restored",
                hint=(
                    "Install the version that made it: pip install --upgrade crmkit and the "
                    "plugin named here."
                ),
            )
        found.append((part.name, have))
    if not found or found[0][0] != parts[0].name:
        raise SchemaError(f"{source} holds nothing of crmkit", hint="Choose a backup made by crm db backup.")
    return found


def _copied_value(text: str) -> str:
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("COPY "):
            return next(lines, "")
    return ""


def _set_schema_aside(target: Store) -> str:
    with target.writing() as connection:
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        taken = set(sa.inspect(connection).get_schema_names())
        names = [_SET_ASIDE, *(f"{_SET_ASIDE}_{number}" for number in range(2, 100))]
        aside = next(name for name in names if name not in taken)
        connection.exec_driver_sql(f'ALTER SCHEMA "{schema}" RENAME TO {aside}')
        connection.exec_driver_sql(f'CREATE SCHEMA "{schema}"')
    return f"schema {aside}"


def _put_schema_back(target: Store, aside: str) -> None:
    name = aside.removeprefix("schema ")
    with target.writing() as connection:
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')
        connection.exec_driver_sql(f'ALTER SCHEMA {name} RENAME TO "{schema}"')
