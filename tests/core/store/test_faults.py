"""A full disk, a busy file, a damaged file, many programs at once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from crmkit.core.errors import StoreError
from crmkit.core.store.check import check_drive, check_store
from crmkit.core.store.engine import Store
from crmkit.core.store.status import store_status
from crmkit.core.store.tables import Tables
from tests.core.store.conftest import add_customers, change, interaction, unit
from tests.processes import processes


def test_a_full_disk_is_told_and_nothing_is_half_written(sqlite_file: Store, tables: Tables) -> None:
    """A full database refuses the unit as a whole, is still read, and takes writes when there is room again
    (D4)."""
    with sqlite_file.writing() as connection:
        add_customers(connection, ["anna"])
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 10}")
    with pytest.raises(StoreError, match="full; nothing was written"), sqlite_file.writing() as connection:
        add_customers(connection, [f"name{number}" * 40 for number in range(1000)])
    with sqlite_file.reading() as connection:
        assert connection.exec_driver_sql("SELECT name FROM customer").scalars().all() == ["anna"]
    with sqlite_file.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    with sqlite_file.writing() as connection:
        add_customers(connection, [f"n{number}" for number in range(100)])
    assert list(check_store(sqlite_file, tables)) == []


def _write_for(database: str, number: int, seconds: float, results: Any) -> None:
    store = Store.open(database)
    units = 0
    end = time.monotonic() + seconds
    try:
        while not units or time.monotonic() < end:
            with store.writing() as connection:
                count = connection.exec_driver_sql("SELECT value FROM setting WHERE key = 'n'").scalar_one()
                connection.exec_driver_sql(f"UPDATE setting SET value = '{int(count) + 1}' WHERE key = 'n'")
                transaction = unit(connection)
                transaction.append_interaction(interaction(None, f'"{number}"'))
                transaction.append_change(change(None))
                transaction.flush()
            units += 1
        results.put(units)
    except BaseException as error:
        results.put(repr(error))
        raise
    finally:
        store.close()


@pytest.mark.slow
def test_programs_that_write_at_once_lose_nothing(sqlite_file: Store, tables: Tables) -> None:
    """Several programs write for seconds beside readers: no error, no lost update, a bounded write-ahead log
    (D5)."""
    with sqlite_file.writing() as connection:
        connection.exec_driver_sql("INSERT INTO setting VALUES ('n', '0')")
    context = processes()
    results = context.Queue()
    path = str(sqlite_file.path)
    children = [context.Process(target=_write_for, args=(path, n, 3.0, results)) for n in range(3)]
    for child in children:
        child.start()
    while any(child.is_alive() for child in children):
        with sqlite_file.reading() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM interaction").scalar()
        time.sleep(0.01)
    for child in children:
        child.join()
    units = [results.get(timeout=5) for _ in children]
    assert all(isinstance(each, int) and each > 0 for each in units), units
    with sqlite_file.reading() as connection:
        assert connection.exec_driver_sql("SELECT value FROM setting WHERE key = 'n'").scalar() == str(
            sum(units)
        )
    assert Path(path + "-wal").stat().st_size < 64 * 2**20
    assert list(check_store(sqlite_file, tables)) == []


def _open_new(folder: str, together: Any, results: Any) -> None:
    try:
        for number in range(40):
            together.wait(30)
            store = Store.open(f"{folder}/{number}.db")
            with store.writing() as connection:
                connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS t (x integer)")
            store.close()
        results.put("fine")
    except BaseException as error:
        results.put(repr(error))
        raise


def test_programs_that_make_the_same_file_at_once_all_succeed(tmp_path: Path) -> None:
    """Switching a new file to its write-ahead log takes a lock, for which SQLite itself does not wait; nobody
    is turned away for it."""
    context = processes()
    results, together = context.Queue(), context.Barrier(4)
    children = [context.Process(target=_open_new, args=(str(tmp_path), together, results)) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [results.get(timeout=5) for _ in children] == ["fine"] * 4


def test_a_damaged_file_is_told(sqlite_file: Store, tables: Tables) -> None:
    """Overwritten pages are found by the check, or told as an error that names the way out."""
    with sqlite_file.writing() as connection:
        add_customers(connection, [f"name{number}" for number in range(500)])
    sqlite_file.close()
    assert sqlite_file.path is not None
    with sqlite_file.path.open("r+b") as file:
        file.seek(4096 * 20)
        file.write(b"\xff" * 4096 * 12)
    try:
        messages = [finding.message for finding in check_store(sqlite_file, tables)]
    except StoreError as error:
        messages = [str(error)]
    assert any("damaged" in message for message in messages)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """A text file in the place of the database is an error in plain words."""
    path = tmp_path / "crm.db"
    path.write_text("hello, this is not a database " * 100)
    with pytest.raises(StoreError, match="not an SQLite database"), Store.open(path).reading() as connection:
        connection.exec_driver_sql("SELECT 1 FROM sqlite_master")


def test_a_network_drive_is_warned_of(tmp_path: Path) -> None:
    """The mount that holds the file is found among others, also with blanks in its name."""
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/a / ext4 rw 0 0\nsrv:/x /srv/our\\040data nfs4 rw 0 0\n//w/y /srv/our cifs rw 0 0\nbroken\n"
    )
    assert list(check_drive(Path("/srv/shop/crm.db"), mounts)) == []
    (finding,) = check_drive(Path("/srv/our data/crm.db"), mounts)
    assert finding.level == "warning"
    assert "nfs4" in finding.message
    assert list(check_drive(Path("/srv/shop/crm.db"), tmp_path / "none")) == []


def test_the_status_counts_and_compares(ready: Store) -> None:
    """The status of a database gives rows, size, engine and the revision it has."""
    with ready.writing() as connection:
        add_customers(connection, ["anna", "maria"])
    status = store_status(ready)
    assert status.rows["customer"] == 2
    assert status.schema.versions == {"core": "0007"}
    assert status.size > 0
    assert status.engine.startswith(("SQLite 3", "PostgreSQL 1"))


def test_the_status_of_no_database_is_empty(tmp_path: Path) -> None:
    """Before the first upgrade the status says so and makes no file."""
    status = store_status(Store.open(tmp_path / "none.db"))
    assert status.schema.empty
    assert list(tmp_path.iterdir()) == []
