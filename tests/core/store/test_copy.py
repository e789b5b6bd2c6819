"""Copying everything from one database to another, row for row, in all four directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmkit.core.errors import Conflict, SchemaError
from crmkit.core.model.words import Field
from crmkit.core.store.check import check_store
from crmkit.core.store.copy import copy_store
from crmkit.core.store.engine import Store
from crmkit.core.store.schema import schema_state
from crmkit.core.store.search_index import search
from crmkit.core.store.status import is_internal
from crmkit.core.store.tables import Tables
from crmkit.core.store.upgrade import upgrade
from crmkit.testing.databases import PostgresServer
from tests.core.store.conftest import add_customers, change, interaction, unit
from tests.core.store.revisions import club, write_revision


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty database of each kind to copy to."""
    if request.param == "sqlite":
        store = Store.open(tmp_path / "target.db")
        yield store
        store.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    address = server.create_database()
    store = Store.open(address)
    yield store
    store.close()
    server.drop_database(address)


def dump(store: Store) -> dict[str, list]:
    """Every row of every table, in the order of the keys."""
    with store.reading() as connection:
        metadata = sa.MetaData()
        metadata.reflect(connection)
        return {
            table.name: sorted(
                tuple(row._mapping[name] for name in sorted(map(str, row._mapping))) for row in found
            )
            for table in metadata.sorted_tables
            if not is_internal(table.name)
            for found in [connection.execute(sa.select(table)).all()]
        }


def fill(store: Store) -> None:
    """Customers, fields, both logs, with the last numbers deleted again, and awkward texts."""
    awkward = ["anna", 'Zażółć\t\\N\n"x"', "محمد علی", "\\.", "", "O'Neil %s ? :x"]
    with store.writing() as connection:
        ids = add_customers(connection, awkward)
        transaction = unit(connection, at=2**53 + 1)
        for key in ids:
            transaction.append_interaction(interaction(key, '{"text": "' + "x\\\\" * 50 + '"}'))
            transaction.append_change(change(key))
        transaction.flush()
    with store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM interaction WHERE seq = 6")
        connection.exec_driver_sql("DELETE FROM change WHERE seq = 6")


def test_everything_arrives_row_for_row(ready: Store, target: Store, tables: Tables, tmp_path: Path) -> None:
    """Records, fields, plugins' tables and versions are the same after the copy; search finds; the chain
    holds."""
    plugin = club(tables, tmp_path / "migrations")
    fields = [Field(name="shoe", type="number", doc="", indexed=True)]
    upgrade(ready, tables, [plugin], fields)
    fill(ready)
    with ready.writing() as connection:
        connection.exec_driver_sql("INSERT INTO club_card (customer_id, number) VALUES (1, 'c1')")
        connection.exec_driver_sql("INSERT INTO customer_field (customer_id, shoe) VALUES (2, 41)")
    told: list[str] = []
    report = copy_store(
        ready, target, tables, [plugin], fields, progress=lambda name, count: told.append(name)
    )
    assert dump(target) == dump(ready)
    assert report.rows["customer"] == 6
    assert {"customer", "club_card"} <= set(told)
    assert schema_state(target, [plugin], fields).ready
    # `fill` has removed the last entry of the log, which is told of the copy as of the original.
    told_of = [f.message for f in check_store(target, tables) if f.level == "error"]
    assert [each for each in told_of if "once went up to 6" not in each] == []
    with target.reading() as connection:
        assert search(connection, "anna", 5) == [1]


def test_numbers_go_on_after_the_last_that_was_given(ready: Store, target: Store, tables: Tables) -> None:
    """A number whose row is gone at the source is not given again at the target (D9)."""
    fill(ready)
    copy_store(ready, target, tables)
    with target.writing() as connection:
        transaction = unit(connection)
        slot = transaction.append_interaction(interaction(None))
        transaction.append_change(change(None))
        transaction.flush()
        assert slot.seq == 7
        assert connection.exec_driver_sql("SELECT max(seq) FROM change").scalar() == 7
        assert add_customers(connection, ["next"]) == [7]


def test_tables_of_a_plugin_that_is_gone_are_copied(
    ready: Store, target: Store, tables: Tables, tmp_path: Path
) -> None:
    """Without the plugin's code its tables, their keys and numbers, and its version arrive; it can come
    back."""
    folder = tmp_path / "migrations"
    plugin = club(tables, folder)
    write_revision(
        folder,
        2,
        'op.create_table("club_flag", sa.Column("name", sa.String(20), primary_key=True), '
        'sa.Column("active", sa.Boolean()), sa.Column("weight", sa.Float()), sa.Column("blob", '
        "sa.LargeBinary()))",
    )
    upgrade(ready, tables, [plugin])
    fill(ready)
    flags = sa.table("club_flag", *map(sa.column, ("name", "active", "weight", "blob")))
    with ready.writing() as connection:
        connection.exec_driver_sql("INSERT INTO club_card (customer_id, number) VALUES (1, 'c1'), (2, 'c2')")
        connection.exec_driver_sql("DELETE FROM club_card WHERE customer_id = 2")
        insert = sa.text("INSERT INTO club_flag VALUES (:n, :a, :w, :b)")
        connection.execute(insert, {"n": "b", "a": True, "w": 0.1 + 0.2, "b": b"\0\xff"})
        connection.execute(insert, {"n": "B", "a": None, "w": None, "b": None})
    copy_store(ready, target, tables)
    assert schema_state(target, [plugin]).ready
    with target.writing() as connection:
        rows = connection.execute(sa.select(flags).order_by(flags.c.weight)).all()
        kept = next(row for row in rows if row.name == "b")
        assert (bool(kept.active), kept.weight, bytes(kept.blob)) == (True, 0.1 + 0.2, b"\0\xff")
        with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
            connection.exec_driver_sql("INSERT INTO club_card (customer_id, number) VALUES (1, 'again')")
        connection.exec_driver_sql("INSERT INTO club_card (customer_id, number) VALUES (3, 'c3')")
        assert connection.exec_driver_sql("SELECT max(id) FROM club_card").scalar_one() > 2


def test_a_target_with_records_is_refused(ready: Store, target: Store, tables: Tables) -> None:
    """Copying never mixes two databases; what is there stays."""
    fill(ready)
    upgrade(target, tables)
    with target.writing() as connection:
        add_customers(connection, ["mine"])
    with pytest.raises(Conflict, match="not empty"):
        copy_store(ready, target, tables)
    with target.reading() as connection:
        assert connection.exec_driver_sql("SELECT name FROM customer").scalars().all() == ["mine"]


def test_a_source_that_is_not_up_to_date_is_refused(
    ready: Store, target: Store, tables: Tables, tmp_path: Path
) -> None:
    """An older source is upgraded first, so that what leaves is what arrives."""
    with pytest.raises(SchemaError, match="crm db upgrade"):
        copy_store(ready, target, tables, [club(tables, tmp_path / "migrations")])


def test_memory_does_not_grow_with_the_rows(
    sqlite_file: Store,
    tables: Tables,
    tmp_path: Path,
    peak_memory: Callable[[Callable[[], object]], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four times the rows take no more memory: they stream."""
    monkeypatch.setattr("crmkit.core.store.copy._BATCH", 400)

    def peak(name: str) -> int:
        destination = Store.open(tmp_path / name)
        used = peak_memory(lambda: copy_store(sqlite_file, destination, tables))
        destination.close()
        return used

    def grow(count: int) -> None:
        with sqlite_file.writing() as connection:
            transaction = unit(connection)
            transaction.append_interactions([interaction(None, "x" * 200) for _ in range(count)])
            transaction.flush()

    grow(10)
    peak("warm")
    grow(800)  # two batches: the next one is read while the last is still there
    first = peak("some")
    grow(2_400)
    assert peak("more") < first * 1.3
