"""`crm db restore`: a backup takes the place of a database that is missing or empty, or is to be replaced."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from attrs import evolve, frozen

from crmkit.core.clock import SystemClock
from crmkit.core.errors import Conflict, NotFound, SchemaError, StoreError, TryAgain
from crmkit.core.phrase import phrase
from crmkit.core.store.backup import Progress, copy_sqlite, run_client, sync
from crmkit.core.store.engine import Store
from crmkit.core.store.ledger import Entry, Ledger, default_ledger, ledgers_near
from crmkit.core.store.schema import (
    PluginMigrations,
    core_migrations,
    revisions_of,
    schema_state,
    table_names,
)
from crmkit.core.store.setting import LIVE_AT

_SQLITE_MAGIC: Final = b"SQLite format 3\0"
_DUMP_MAGIC: Final = b"PGDMP"
_SET_ASIDE: Final = "before_restore"
_UNCONFIRMED: Final = (
    "UPDATE effect SET state = 'unconfirmed', due_at = NULL, lease_until = NULL, settled_at = :at, "
    "reason = 'restored from a backup; nobody knows whether it was handed over since' "
    "WHERE state IN ('pending', 'claimed', 'handing_over')"
)
Upgrade = Callable[[Store], object]


@frozen
class RestoreReport:
    """The revisions that the restored database has, by owner, and what became of the one that was
    replaced.

    `erased` is how many people were erased again because they had been erased since the backup, `merged`
    the uids of those whom the backup has merged into somebody who was not erased; `known_until` is the
    instant of the last erasure that the ledger knew, None where it knew none. `unconfirmed` is how many
    effects were open when the backup was made, of which nobody knows what has become; `rehearses` that the
    business was live then, and rehearses again. `objections` is how many times somebody had objected since
    (unsubscribed, say) in the database that was replaced, and it was kept; None where it could not be asked.
    """

    versions: Mapping[str, str]
    replaced: str | None
    erased: int = 0
    merged: tuple[str, ...] = ()
    known_until: int | None = None
    unconfirmed: int = 0
    rehearses: bool = False
    objections: int | None = None


def restore(
    source: Path,
    target: Store,
    plugins: Sequence[PluginMigrations] = (),
    *,
    force: bool = False,
    progress: Progress | None = None,
    ledger: Ledger | None = None,
    without_ledger: bool = False,
    upgrade: Upgrade | None = None,
) -> RestoreReport:
    """Put the backup `source` in the place of `target`, which nobody may have open.

    Whoever was erased since the backup is erased from it before it takes that place, by the ledgers of the
    target (`ledger`; the one beside an SQLite file, when None) and of the backups in the folder of `source`.
    `StoreError` when neither target nor backup has one, unless `without_ledger`. `upgrade` brings a backup of
    an older schema up to date where somebody has to be erased from it. What people objected to since the
    backup is kept from the database that is replaced, where that can be read.

    `target` must be missing or empty; with `force` what is there is set aside: as `NAME.before-restore` on
    SQLite, as the schema `before_restore` on PostgreSQL. `SchemaError` when the backup is newer than this
    program or not of crmkit, `Conflict` when the target is not empty, `TryAgain` when somebody has it open.
    """
    if not source.is_file():
        raise NotFound(phrase("There is no backup {source}", source=source), hint="Check the name.")
    _require_kind(source, target)
    own = ledger or default_ledger(target)
    memory = _Memory(source, own, without_ledger, plugins, upgrade)
    if target.path is None:
        return _restore_dump(source, target, plugins, memory, force=force)
    return _restore_file(source, target.path, target, plugins, memory, force=force, progress=progress)


def _erased_since(source: Path, own: Ledger | None, *, without_ledger: bool) -> list[Entry]:
    """Everybody of whom any ledger at hand says that they were erased."""
    beside = Ledger.beside(source)
    if not beside.exists and (own is None or not own.exists) and not without_ledger:
        raise StoreError(
            phrase(
                "{path} is missing: without it, people who were erased since would come back",
                path=beside.path.name,
            ),
            hint="Put it beside the backup. If nobody was ever erased: --without-ledger",
        )
    entries = {e.uids: e for each in [*ledgers_near(source), beside] for e in each.entries()}
    entries |= {e.uids: e for e in own.entries()} if own else {}
    return sorted(entries.values(), key=lambda entry: entry.at)


@frozen
class _Memory:
    """Who must not come back, and how they are kept from it."""

    source: Path
    ledger: Ledger | None
    without_ledger: bool
    plugins: Sequence[PluginMigrations]
    upgrade: Upgrade | None

    @property
    def entries(self) -> list[Entry]:
        """Everybody who was erased. Raises `StoreError` where nothing at hand knows."""
        return _erased_since(self.source, self.ledger, without_ledger=self.without_ledger)

    def replay(
        self, store: Store, report: RestoreReport, replaced: AbstractContextManager[sa.Connection] | None
    ) -> RestoreReport:
        """Erase them from `store`, and have the target's ledger remember them all; keep the objections that
        only the database which is `replaced` knows."""
        from crmkit.core.privacy.replaying import replay

        report = _held_back(store, report)
        entries = self.entries
        done = replay(store, entries, SystemClock().now(), self.plugins, self.upgrade)
        if self.ledger is not None:
            known = {entry.uids for entry in self.ledger.entries()}
            self.ledger.append(entry for entry in entries if entry.uids not in known)
        last = max((entry.at for entry in entries), default=None)
        kept = self._objections(store, replaced) if replaced is not None else None
        return evolve(report, erased=done.erased, merged=done.merged, known_until=last, objections=kept)

    def _objections(self, store: Store, replaced: AbstractContextManager[sa.Connection]) -> int | None:
        from crmkit.core.privacy.carrying import carry

        try:
            with replaced as old:
                done = carry(old, store, SystemClock().now(), self.plugins, self.upgrade)
        except (StoreError, sa.exc.DatabaseError):
            return None  # damaged, of another program, or too old to have them
        return done.total if done is not None else None


def _held_back(store: Store, report: RestoreReport) -> RestoreReport:
    """Let nothing go out by itself that may have gone out since the backup was made.

    What is not settled in it is unconfirmed, and the business rehearses until a person says that it is live.
    """
    with store.writing() as connection:
        found = sa.inspect(connection)
        if "effect" not in found.get_table_names():
            return report
        if "due_at" not in {column["name"] for column in found.get_columns("effect")}:
            return report  # by an older version, of which no effect reached outside
        settled = connection.execute(sa.text(_UNCONFIRMED), {"at": SystemClock().now()}).rowcount
        was_live = connection.execute(sa.text(f"DELETE FROM setting WHERE key = '{LIVE_AT}'")).rowcount
    return evolve(report, unconfirmed=settled, rehearses=bool(was_live))


def _require_kind(source: Path, target: Store) -> None:
    with source.open("rb") as file:
        head = file.read(len(_SQLITE_MAGIC))
    if head == _SQLITE_MAGIC and target.is_sqlite:
        return
    if head.startswith(_DUMP_MAGIC) and not target.is_sqlite:
        return
    kinds = {
        True: phrase("a PostgreSQL archive"),
        False: phrase("neither an SQLite file nor a PostgreSQL archive"),
    }
    what = phrase("an SQLite file") if head == _SQLITE_MAGIC else kinds[head.startswith(_DUMP_MAGIC)]
    raise StoreError(
        phrase(
            "{source} is {what}, and cannot be restored to {database}",
            source=source,
            what=what,
            database="SQLite" if target.is_sqlite else "PostgreSQL",
        ),
        hint="Restore it to a database of its own kind, then move the data: crm db copy",
    )


def _restore_file(
    source: Path,
    path: Path,
    target: Store,
    plugins: Sequence[PluginMigrations],
    memory: _Memory,
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
        report = RestoreReport(_versions_of_file(partial, source, plugins), None)
        report = _remembered(partial, memory, report, target.reading() if path.exists() else None)
        sync(partial)
        target.close()
        aside = _set_file_aside(path)
        partial.replace(path)
        sync(path.parent)
    finally:
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                partial.with_name(partial.name + suffix).unlink()
    return evolve(report, replaced=str(aside) if aside else None)


def _remembered(
    copy: Path,
    memory: _Memory,
    report: RestoreReport,
    replaced: AbstractContextManager[sa.Connection] | None,
) -> RestoreReport:
    """Erase from the copy whoever must not come back; it is one file again afterwards."""
    store = Store.open(copy)
    try:
        report = memory.replay(store, report, replaced)
    finally:
        store.close()
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    return report


def _versions_of_file(copy: Path, source: Path, plugins: Sequence[PluginMigrations]) -> Mapping[str, str]:
    backup = Store.open(copy)
    try:
        state = schema_state(backup, plugins)
    finally:
        backup.close()
    if state.empty or state.foreign:
        raise SchemaError(
            phrase("{source} holds nothing of crmkit", source=source),
            hint="Choose a backup made by crm db backup.",
        )
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
            phrase("{path} is open in another program", path=path),
            hint="Stop it (crm worker, for one), then restore.",
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
    source: Path, target: Store, plugins: Sequence[PluginMigrations], memory: _Memory, *, force: bool
) -> RestoreReport:
    versions = dict(_versions_of_dump(source, plugins))
    _ = memory.entries  # refuses before anything is touched
    with target.reading() as connection:
        full = bool(table_names(connection))
    if full and not force:
        _require_empty(target)
    # From here until the ledger was replayed, nobody opens this database.
    mark = memory.ledger.being_replayed if memory.ledger is not None else None
    if mark is not None:
        mark.touch()
        sync(mark.parent)
    aside = _set_schema_aside(target) if full else None
    try:
        options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"]
        run_client("pg_restore", [*options, str(source)], target.url)
    except StoreError:
        if aside:
            _put_schema_back(target, aside)
        if mark is not None:
            mark.unlink()
        raise
    target.analyse()
    replaced = _within(target, aside) if aside else None
    report = memory.replay(target, RestoreReport(versions, aside), replaced)
    if mark is not None:
        mark.unlink()
    return report


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
                phrase(
                    "{source} has a newer schema than this program knows: {part} {have}; "
                    "nothing was restored",
                    source=source,
                    part=part.name,
                    have=have,
                ),
                hint=(
                    "Install the version that made it: pip install --upgrade crmkit and the "
                    "plugin named here."
                ),
            )
        found.append((part.name, have))
    if not found or found[0][0] != parts[0].name:
        raise SchemaError(
            phrase("{source} holds nothing of crmkit", source=source),
            hint="Choose a backup made by crm db backup.",
        )
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


@contextmanager
def _within(target: Store, aside: str) -> Iterator[sa.Connection]:
    """A connection that reads the schema that was set aside."""
    with target.unpooled() as connection:
        connection.exec_driver_sql(f"SET search_path TO {aside.removeprefix('schema ')}")
        yield connection


def _put_schema_back(target: Store, aside: str) -> None:
    name = aside.removeprefix("schema ")
    with target.writing() as connection:
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
        connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')
        connection.exec_driver_sql(f'ALTER SCHEMA {name} RENAME TO "{schema}"')
