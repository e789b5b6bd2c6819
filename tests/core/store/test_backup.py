"""Backups while others write, and what comes back of them."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from crmkit.core.errors import Conflict, Invalid, NotFound, SchemaError, StoreError, TryAgain
from crmkit.core.store.backup import backup
from crmkit.core.store.check import check_store
from crmkit.core.store.engine import Store
from crmkit.core.store.restore import restore
from crmkit.core.store.tables import Tables
from crmkit.testing.databases import PostgresServer
from tests.core.store.conftest import add_customers, change, interaction, unit


@pytest.fixture
def elsewhere(ready: Store, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty database of the same kind as `ready`."""
    if ready.is_sqlite:
        store = Store.open(tmp_path / "elsewhere.db")
        yield store
        store.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    address = server.create_database()
    store = Store.open(address)
    yield store
    store.close()
    server.drop_database(address)


def names(store: Store) -> list[str]:
    """The names on record."""
    with store.reading() as connection:
        return list(connection.exec_driver_sql("SELECT name FROM customer ORDER BY id").scalars())


def add(store: Store, *new: str) -> None:
    """Add customers."""
    with store.writing() as connection:
        add_customers(connection, new)


def test_a_backup_comes_back_whole(ready: Store, elsewhere: Store, tables: Tables, tmp_path: Path) -> None:
    """What was backed up is restored elsewhere, checks clean, and goes on with new numbers (D10)."""
    add(ready, "anna", "maria")
    with ready.writing() as connection:
        transaction = unit(connection)
        transaction.append_interaction(interaction(1, "{}"))
        transaction.append_change(change(1))
        transaction.flush()
    report = backup(ready, tmp_path / "b.backup")
    assert report.size == report.path.stat().st_size > 0
    assert stat.S_IMODE(report.path.stat().st_mode) == 0o600
    add(ready, "later")
    before = report.path.read_bytes()
    assert restore(report.path, elsewhere).versions == {"core": "0007"}
    assert report.path.read_bytes() == before
    assert names(elsewhere) == ["anna", "maria"]
    assert list(check_store(elsewhere, tables)) == []
    add(elsewhere, "new")
    assert names(elsewhere) == ["anna", "maria", "new"]
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def test_a_backup_while_others_write_is_one_state(
    ready: Store, elsewhere: Store, tables: Tables, tmp_path: Path
) -> None:
    """Each unit writes to both logs; a backup made meanwhile holds whole units only, and ends."""
    stop = Event()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            while not stop.is_set():
                with ready.writing() as connection:
                    transaction = unit(connection)
                    for _ in range(20):
                        transaction.append_interaction(interaction(None, '"' + "x" * 500 + '"'))
                        transaction.append_change(change(None))
                    transaction.flush()
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            failures.append(error)

    thread = Thread(target=write)
    thread.start()
    try:
        backup(ready, tmp_path / "b.backup")
    finally:
        stop.set()
        thread.join()
    assert not failures
    restore(tmp_path / "b.backup", elsewhere)
    with elsewhere.reading() as connection:
        counts = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar_one()
            for t in ("interaction", "change")
        ]
    assert counts[0] == counts[1]
    assert counts[0] % 20 == 0
    # PostgreSQL's numbers of a unit that was still open are gone, which is a note.
    assert [finding for finding in check_store(elsewhere, tables) if finding.level != "note"] == []


def test_a_backup_overwrites_nothing_unless_told(ready: Store, tmp_path: Path) -> None:
    """An existing file stays unless forced; a folder that is not there is told; nothing half-made stays."""
    target = tmp_path / "b.backup"
    target.write_text("precious")
    with pytest.raises(Conflict, match="exists"):
        backup(ready, target)
    assert target.read_text() == "precious"
    backup(ready, target, force=True)
    assert target.stat().st_size > 1000
    with pytest.raises(Invalid, match="mkdir"):
        backup(ready, tmp_path / "none" / "b")


def test_a_backup_onto_the_database_itself_is_refused(sqlite_file: Store) -> None:
    """Not even by force."""
    assert sqlite_file.path is not None
    with pytest.raises(Invalid, match="itself"):
        backup(sqlite_file, sqlite_file.path, force=True)


def test_nothing_is_backed_up_of_nothing(store: Store, tmp_path: Path) -> None:
    """A database that crmkit has not made is not backed up."""
    with pytest.raises(StoreError, match="no crmkit database"):
        backup(store, tmp_path / "b")


def test_progress_of_a_backup_reaches_the_total(sqlite_file: Store, tmp_path: Path) -> None:
    """The last progress says that all pages are done."""
    steps: list[tuple[int, int]] = []
    backup(sqlite_file, tmp_path / "b", progress=lambda done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1] > 0


def test_a_database_with_records_is_not_overwritten(ready: Store, elsewhere: Store, tmp_path: Path) -> None:
    """A restore needs an empty target; forced, it sets the old one aside whole."""
    add(ready, "anna")
    backup(ready, tmp_path / "first")
    restore(tmp_path / "first", elsewhere)
    add(elsewhere, "maria")
    with pytest.raises(Conflict, match="not empty"):
        restore(tmp_path / "first", elsewhere)
    assert names(elsewhere) == ["anna", "maria"]
    report = restore(tmp_path / "first", elsewhere, force=True)
    assert names(elsewhere) == ["anna"]
    assert report.replaced
    if elsewhere.is_sqlite:
        assert report.replaced.endswith("elsewhere.db.before-restore")
        assert names(Store.open(report.replaced)) == ["anna", "maria"]
    else:
        with elsewhere.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM before_restore.customer").scalar() == 2
    backup(elsewhere, tmp_path / "second")
    restore(tmp_path / "second", elsewhere, force=True)
    assert names(elsewhere) == ["anna"]


def test_a_newer_backup_is_refused(ready: Store, elsewhere: Store, tmp_path: Path) -> None:
    """A backup of a later version is refused before the target is touched."""
    with ready.writing() as connection:
        connection.exec_driver_sql("UPDATE crmkit_schema_version SET version_num = '9999'")
    with pytest.raises(SchemaError, match="newer"):
        schema_refuses(ready, elsewhere, tmp_path)


def schema_refuses(ready: Store, elsewhere: Store, tmp_path: Path) -> None:
    """Back up, restore elsewhere, and see that nothing is there."""
    backup(ready, tmp_path / "b")
    try:
        restore(tmp_path / "b", elsewhere)
    finally:
        if elsewhere.path is not None:
            assert not elsewhere.path.exists()


def test_what_is_no_backup_is_refused(ready: Store, tmp_path: Path) -> None:
    """A missing file, a text, an SQLite file of another program: each is told for what it is."""
    with pytest.raises(NotFound):
        restore(tmp_path / "none", ready)
    (tmp_path / "text").write_text("hello")
    with pytest.raises(StoreError, match="neither an SQLite file nor a PostgreSQL archive"):
        restore(tmp_path / "text", ready)


def test_the_file_of_another_program_is_refused(sqlite_file: Store, tmp_path: Path) -> None:
    """A sound SQLite file without crmkit's tables is not restored."""
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE t (x)")
    other.close()
    with pytest.raises(SchemaError, match="nothing of crmkit"):
        restore(tmp_path / "other.db", sqlite_file, force=True)


def test_a_damaged_backup_is_refused(sqlite_file: Store, tmp_path: Path) -> None:
    """A backup whose pages were overwritten does not replace anything."""
    add(sqlite_file, *[f"name{number}" for number in range(500)])
    backup(sqlite_file, tmp_path / "b")
    with (tmp_path / "b").open("r+b") as file:
        file.seek(4096 * 20)
        file.write(b"\xff" * 4096 * 12)
    with pytest.raises(StoreError, match=r"damaged|failed"):
        restore(tmp_path / "b", Store.open(tmp_path / "new.db"))
    assert not (tmp_path / "new.db").exists()


def test_a_database_in_use_is_not_replaced(sqlite_file: Store, tmp_path: Path) -> None:
    """Whoever has the file open would go on writing to the old one; so the restore waits for them to stop."""
    backup(sqlite_file, tmp_path / "b")
    assert sqlite_file.path is not None
    other = sqlite3.connect(sqlite_file.path)
    other.execute("SELECT count(*) FROM customer").fetchone()
    with pytest.raises(TryAgain, match="open in another program"):
        restore(tmp_path / "b", sqlite_file, force=True)
    other.close()
    restore(tmp_path / "b", sqlite_file, force=True)


@pytest.mark.postgresql
def test_the_password_is_on_no_command_line(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs that are started get the password by the environment."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "pg_dump").write_text(f'#!/bin/sh\necho "$@" "$PGPASSWORD" > {tmp_path}/seen\nexit 3\n')
    (folder / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    from sqlalchemy.engine import make_url

    from crmkit.core.store.backup import run_client

    url = make_url("postgresql://me:s3cret@db.example/shop?sslmode=require")
    with pytest.raises(StoreError, match="exit status 3"):
        run_client("pg_dump", ["--format=custom"], url)
    arguments, _, password = (tmp_path / "seen").read_text().strip().rpartition(" ")
    assert password == "s3cret"
    assert "s3cret" not in arguments
    assert "sslmode=require" in arguments
