"""How connections read and write."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from crmkit.core.errors import StoreError
from crmkit.core.store.engine import Store
from crmkit.core.store.readers import check_readers


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else reads customers' data, in the write-ahead log neither; an older file is warned of."""
    path = tmp_path / "new.db"
    store = Store.open(path)
    with store.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x integer)")
    beside = sorted(tmp_path.iterdir())
    assert {each.name for each in beside} == {"new.db", "new.db-shm", "new.db-wal"}
    assert {each.stat().st_mode & 0o777 for each in beside} == {0o600}
    store.close()


def test_a_file_that_everybody_reads_is_warned_of(tmp_path: Path) -> None:
    """Open itself in open folders; a closed folder above protects it as well."""
    folder = tmp_path / "shop"
    folder.mkdir()
    path = folder / "crm.db"
    path.touch(0o644)
    path.chmod(0o644)
    folder.chmod(0o755)
    (finding,) = check_readers(path, folder)
    assert finding.hint.endswith("chmod o-rwx crm.db")
    folder.chmod(0o700)
    assert list(check_readers(path, folder)) == []
    folder.chmod(0o755)
    path.chmod(0o640)
    assert list(check_readers(path, folder)) == []


def test_a_failed_unit_leaves_nothing_not_even_a_table(store: Store) -> None:
    """What a unit of work did is gone when an exception leaves it, tables that it made included."""
    with pytest.raises(RuntimeError), store.writing() as connection:  # noqa: PT012
        connection.exec_driver_sql("CREATE TABLE t (x integer)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        raise RuntimeError
    with store.reading() as connection:
        assert sa.inspect(connection).get_table_names() == []


def test_a_savepoint_rolls_back_alone(store: Store) -> None:
    """A savepoint undoes its own part and nothing before it."""
    with store.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x integer)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        with pytest.raises(RuntimeError), connection.begin_nested():  # noqa: PT012
            connection.exec_driver_sql("INSERT INTO t VALUES (2)")
            raise RuntimeError
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT x FROM t").scalars().all() == [1]


def test_a_reading_connection_cannot_write(store: Store) -> None:
    """Reading never turns into writing, on neither engine."""
    with store.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x integer)")
    with pytest.raises((StoreError, sa.exc.DBAPIError)), store.reading() as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")


def test_reading_sees_one_state(store: Store) -> None:
    """A reader that has begun does not see what is committed meanwhile."""
    with store.writing() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x integer)")
    with store.reading() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
        with store.writing() as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        assert reader.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0


@pytest.mark.parametrize(("folders", "kept"), [(("/var/tmp",), "a file"), ((), "memory")])
def test_without_a_folder_for_temporary_files_questions_need_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folders: tuple[str, ...], kept: str
) -> None:
    """What a large question sets aside is in a file where there can be one, and in memory where not."""
    for name in ("SQLITE_TMPDIR", "TMPDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.access", lambda folder, _mode: folder in folders)
    store = Store.open(tmp_path / "crm.db")
    with store.reading() as connection:
        place = connection.exec_driver_sql("PRAGMA temp_store").scalar()
    store.close()
    assert ("memory" if place == 2 else "a file") == kept
