"""`crm db check`: is what the database holds whole, in order, and unaltered?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from crmkit.core.jobs import Finding
from crmkit.core.phrase import nphrase, phrase
from crmkit.core.store.engine import Store
from crmkit.core.store.search_index import search_agrees
from crmkit.core.store.tables import Tables
from crmkit.core.store.verifying import numbers_given, verify

_SHOWN: Final = 20
_OLDEST_SQLITE: Final = (3, 35, 0)
_NETWORK: Final = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "ceph", "glusterfs")


def check_store(store: Store, tables: Tables) -> Iterator[Finding]:
    """Everything that is wrong with a database; nothing when all is well. Reads it all, so it may take
    minutes."""
    if store.path is not None:
        yield from check_drive(store.path)
        yield from check_sqlite_version()
        with store.writing() as connection:
            if not search_agrees(connection):
                yield Finding(
                    "error", "The search index does not hold what the customers say", "crm db check --repair"
                )
    checks: tuple[Callable[[sa.Connection, Tables], Iterable[Finding]], ...] = (
        _integrity,
        _orphans,
        _numbers,
        _corrections,
        _chain,
        _observers,
    )
    for check in checks:
        with store.reading() as connection:
            yield from check(connection, tables)


def check_sqlite_version() -> Iterator[Finding]:
    """Judge the SQLite library that Python was linked with."""
    import sqlite3

    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        yield Finding(
            "error",
            phrase(
                "SQLite {sqlite_version} is too old; crmkit needs 3.35", sqlite_version=sqlite3.sqlite_version
            ),
            "Use a Python that brings a newer SQLite, or PostgreSQL.",
        )


def check_drive(path: Path, mounts: Path = Path("/proc/mounts")) -> Iterator[Finding]:
    """Warn of an SQLite file on a network drive, whose locks cannot be relied on. Knows Linux only."""
    kind = _file_system(path.resolve(), mounts)
    if kind in _NETWORK:
        yield Finding(
            "warning",
            phrase(
                "{path} is on a network drive ({kind}); SQLite's locks do not hold there, and the file can "
                "be damaged",
                path=path,
                kind=kind,
            ),
            "Keep the file on a local disk, or move to PostgreSQL: crm db copy.",
        )


def _file_system(path: Path, mounts: Path) -> str:
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    for line in lines:
        _, place, type_, *_ = [*line.split(" "), "", "", ""]
        place = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), place)
        if path.is_relative_to(place or "//") and len(place) >= len(best):
            best, kind = place, type_
    return kind


def _integrity(connection: sa.Connection, _tables: Tables) -> Iterator[Finding]:
    if connection.dialect.name != "sqlite":
        return
    problems = connection.exec_driver_sql(f"PRAGMA integrity_check({_SHOWN})").scalars().all()
    for problem in problems:
        if problem != "ok":
            yield Finding(
                "error",
                phrase("The file is damaged: {problem}", problem=problem),
                "Restore the last backup: crm db restore FILE",
            )
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_SHOWN)
    for table, row, parent, _ in broken:
        yield Finding(
            "error",
            phrase(
                "Row {row} of {table} refers to a row of {parent} that is not there",
                row=row,
                table=table,
                parent=parent,
            ),
        )


def _orphans(connection: sa.Connection, tables: Tables) -> Iterator[Finding]:
    """Fields without their customer, and the like; PostgreSQL enforces keys, a restored dump may not have
    them."""
    if connection.dialect.name == "sqlite":
        return
    statement = (
        "SELECT conname, conrelid::regclass FROM pg_constraint WHERE contype = 'f' AND NOT convalidated"
    )
    for name, table in connection.exec_driver_sql(statement):
        yield Finding(
            "error",
            phrase("The foreign key {name} of {table} is not enforced", name=name, table=table),
            f"VALIDATE CONSTRAINT {name}",
        )
    found = set(sa.inspect(connection).get_table_names())
    for name in sorted(set(tables.by_name) - found):
        yield Finding(
            "error",
            phrase("The table {name} is missing", name=name),
            "Restore the last backup: crm db restore FILE",
        )


def _numbers(connection: sa.Connection, _tables: Tables) -> Iterator[Finding]:
    """Rolled back units leave gaps on PostgreSQL; on SQLite numbers are given out without any."""
    for table in ("interaction", "change"):
        highest, count = connection.exec_driver_sql(
            f"SELECT coalesce(max(seq), 0), count(*) FROM {table}"
        ).one()
        if highest != count and connection.dialect.name == "sqlite":
            yield Finding(
                "warning",
                nphrase(
                    "The log {table} has {count} entry but numbers up to {highest}: some are gone",
                    "The log {table} has {count} entries but numbers up to {highest}: some are gone",
                    count,
                    table=table,
                    highest=highest,
                ),
            )
        given = numbers_given(connection, table)
        # What verifying says of the change log itself.
        if given > highest and connection.dialect.name == "sqlite" and table != "change":
            yield Finding(
                "warning",
                phrase(
                    "The log {table} once went up to {given}; its last entry is {highest} now",
                    table=table,
                    given=given,
                    highest=highest,
                ),
            )
        if given < highest:
            yield Finding(
                "error",
                phrase(
                    "Numbers of {table} would be used twice: next is {next}, {highest} exists",
                    table=table,
                    next=given + 1,
                    highest=highest,
                ),
            )


def _corrections(connection: sa.Connection, _tables: Tables) -> Iterator[Finding]:
    statement = (
        "SELECT later.seq, later.corrects FROM interaction AS later LEFT JOIN interaction AS original "
        "ON original.seq = later.corrects WHERE later.corrects IS NOT NULL "
        "AND (original.seq IS NULL OR original.superseded_by <> later.seq OR original.superseded_by IS NULL)"
    )
    for seq, corrects in connection.exec_driver_sql(statement).fetchmany(_SHOWN):
        yield Finding(
            "error",
            phrase(
                "Interaction {seq} corrects {corrects}, which does not say so", seq=seq, corrects=corrects
            ),
        )


def _chain(connection: sa.Connection, _tables: Tables) -> Iterator[Finding]:
    """An entry that was altered breaks its digest, one removed or moved the hash of its successor."""
    yield from verify(connection).findings


def _observers(connection: sa.Connection, tables: Tables) -> Iterator[Finding]:
    observer = tables.observer
    for row in connection.execute(sa.select(observer)):
        log = "interaction" if "interaction" in row.hook else "change"
        behind = connection.exec_driver_sql(
            f"SELECT count(*) FROM {log} WHERE seq > {int(row.position)}"
        ).scalar_one()
        if row.quarantined_at is not None:
            yield Finding(
                "warning",
                phrase(
                    '"{plugin}" is stopped after {failures}, with {behind}: {error}',
                    plugin=row.plugin,
                    failures=nphrase("{count} failure", "{count} failures", row.failures),
                    behind=nphrase("{count} entry to see yet", "{count} entries to see yet", behind),
                    error=row.error,
                ),
                f"crm plugins resume {row.plugin}",
            )
        elif behind:
            yield Finding(
                "note",
                nphrase(
                    '"{plugin}" has {count} entry of {log} to see yet',
                    '"{plugin}" has {count} entries of {log} to see yet',
                    behind,
                    plugin=row.plugin,
                    log=log,
                ),
                "crm worker --once",
            )
