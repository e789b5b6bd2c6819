"""An empty database gets its tables at once: exactly what the migrations make one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from attrs import evolve

from crmkit.core.errors import SchemaError
from crmkit.core.opening import assemble, migrations_of
from crmkit.core.store.engine import Store
from crmkit.core.store.migrate import replay
from crmkit.core.store.schema import PluginMigrations, core_migrations, schema_state, table_names
from crmkit.core.store.tables import Tables, plugin_metadata
from crmkit.core.store.upgrade import upgrade
from crmkit.testing.business import write_business
from crmkit.testing.structure import structure
from tests.core.store.revisions import club, write_revision

BUNDLED = ("analytical", "campaign", "collaborative", "email", "operational")
Another = Callable[[], Store]


@pytest.fixture
def another(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Another]:
    """A function that opens an empty store of the same kind as `database`."""
    opened: list[Store] = []
    made: list[str] = []

    def make() -> Store:
        address = str(tmp_path / f"other{len(opened)}.db")
        if "://" in database:
            address = request.getfixturevalue("postgres").create_database()
            made.append(address)
        opened.append(Store.open(address))
        return opened[-1]

    yield make
    for store in opened:
        store.close()
    for address in made:
        request.getfixturevalue("postgres").drop_database(address)


@pytest.fixture
def bundled(tmp_path: Path) -> list[PluginMigrations]:
    """What the five plugins of crmkit give to the schema."""
    kernel = assemble(write_business(tmp_path / "all", plugins=BUNDLED), strict=True)
    kernel.store.close()
    return list(migrations_of(kernel.loaded))


def _rows(store: Store) -> dict[str, object]:
    """The rows of every table but the keys of this database alone."""
    with store.reading() as connection:
        names = sorted(name for name in table_names(connection) if not name.startswith("customer_search"))
        return {
            name: sorted(map(tuple, connection.exec_driver_sql(f'SELECT * FROM "{name}"')), key=repr)
            for name in names
            if name != "setting"
        } | {"setting": set(connection.exec_driver_sql("SELECT key FROM setting").scalars())}


def test_an_empty_database_becomes_what_the_migrations_make(
    store: Store, another: Another, tables: Tables, bundled: list[PluginMigrations]
) -> None:
    """Core and all plugins together: every column, key, index, trigger, sequence and row is the same."""
    assert all(part.fresh for part in bundled)
    fresh = upgrade(store, tables, bundled)
    replayed = another()
    parts = [core_migrations(tables.customer.metadata), *bundled]
    assert tuple(replay(replayed, parts)) == fresh.steps
    assert upgrade(replayed, tables, bundled).nothing
    assert structure(store) == structure(replayed)
    assert _rows(store) == _rows(replayed)
    assert schema_state(store, bundled).ready


def test_a_plugin_that_does_not_say_so_has_its_revisions_run(
    store: Store, tables: Tables, tmp_path: Path
) -> None:
    """What else a revision does, such as adding a row, is done; only one that says it does nothing else is
    not run."""
    folder = tmp_path / "migrations"
    plugin = club(tables, folder)
    write_revision(folder, 2, "op.execute(\"INSERT INTO setting (key, value) VALUES ('club', '1')\")")
    with_core = upgrade(store, tables, [plugin])
    assert [step.owner for step in with_core.steps][-2:] == ["club", "club"]
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT value FROM setting WHERE key = 'club'").scalar() == "1"


def test_a_plugin_added_later_has_its_revisions_run(ready: Store, tables: Tables, tmp_path: Path) -> None:
    """Where there are rows, a revision may have something to do with them."""
    folder = tmp_path / "migrations"
    plugin = evolve(club(tables, folder), fresh=True)
    write_revision(folder, 2, "op.execute(\"INSERT INTO setting (key, value) VALUES ('club', '1')\")")
    upgrade(ready, tables, [plugin])
    with ready.reading() as connection:
        assert connection.exec_driver_sql("SELECT value FROM setting WHERE key = 'club'").scalar() == "1"


def test_tables_wait_for_those_that_they_refer_to(store: Store, tables: Tables, tmp_path: Path) -> None:
    """A plugin that refers to the tables of one whose revisions are run comes after it."""
    first = club(tables, tmp_path / "migrations")
    metadata = plugin_metadata()
    card = first.metadata.tables["club_card"]
    sa.Table(
        "bar_tab",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("card", sa.ForeignKey(card.c.id)),
    )
    write_revision(
        tmp_path / "bar",
        1,
        'op.create_table("bar_tab", sa.Column("id", sa.Integer(), primary_key=True),\n'
        '    sa.Column("card", sa.Integer(), sa.ForeignKey("club_card.id")))',
    )
    second = PluginMigrations("bar", "bar_", metadata, tmp_path / "bar", fresh=True)
    done = upgrade(store, tables, [first, second])
    assert [step.owner for step in done.steps if step.owner != "core"] == ["club", "bar"]
    assert schema_state(store, [first, second]).ready


def test_tables_that_cannot_be_made_leave_the_database_empty(
    store: Store, tables: Tables, tmp_path: Path
) -> None:
    """The core's tables and those of plugins are made together or not at all."""
    plugin = evolve(club(tables, tmp_path / "migrations"), fresh=True)
    sa.Table("team", plugin.metadata, sa.Column("id", sa.Integer, primary_key=True))
    with pytest.raises(SchemaError, match='tables of "club" could not be made'):
        upgrade(store, tables, [plugin])
    assert schema_state(store, [plugin]).empty
    with store.reading() as connection:
        assert not table_names(connection)


def test_a_difference_is_seen(tmp_path: Path) -> None:
    """The comparison sees a default, a name, an order, a missing index."""
    whole = (
        "CREATE TABLE a (x INTEGER DEFAULT 1, y TEXT, CONSTRAINT uq_a UNIQUE (y)); CREATE INDEX i ON a (x)"
    )
    others = (
        ("DEFAULT 1", "DEFAULT 2"),
        ("uq_a", "uq_b"),
        ("x INTEGER DEFAULT 1, y TEXT", "y TEXT, x INTEGER DEFAULT 1"),
        ("; CREATE INDEX i ON a (x)", ""),
        ("CREATE INDEX", "CREATE UNIQUE INDEX"),
    )
    seen = []
    for place, text in enumerate([whole, *(whole.replace(old, new) for old, new in others)]):
        with sqlite3.connect(tmp_path / f"{place}.db") as connection:
            connection.executescript(text)
        store = Store.open(tmp_path / f"{place}.db")
        seen.append(tuple(structure(store)))
        store.close()
    assert len(set(seen)) == len(seen)
