"""Rows that a plugin kept in a table of its own become records: all of them, once, with their numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from crmkit.core.model.words import Adopted, Field, RecordType
from crmkit.core.store.bulk import reserve
from crmkit.core.store.engine import Store
from crmkit.core.store.tables import build_tables
from crmkit.core.store.upgrade import upgrade
from tests.core.store.conftest import add_customers

FORMER = "acme_note_before"
COLUMNS = {
    "id": "id",
    "customer_id": "customer_id",
    "created_at": "made",
    "text": "words",
}


def note(columns: dict[str, str] = COLUMNS) -> RecordType:
    """A record type whose rows were in a table of the plugin's own."""
    return RecordType(
        name="note",
        doc="A note",
        table="acme_note",
        owner="acme",
        states=("open", "done"),
        fields=(Field(name="text", type="text", doc="What it says"),),
        adopts=Adopted(table=FORMER, columns=columns),
    )


@pytest.fixture
def store(ready_database: str) -> Iterator[Store]:
    """A database with two notes of a customer; a third was deleted."""
    store = Store.open(ready_database)
    with store.altering() as connection:
        add_customers(connection, ["Anna"])
        key = "INTEGER PRIMARY KEY AUTOINCREMENT" if store.is_sqlite else "BIGSERIAL PRIMARY KEY"
        connection.exec_driver_sql(
            f"CREATE TABLE {FORMER} (id {key}, customer_id BIGINT NOT NULL, made BIGINT NOT NULL, words TEXT)"
        )
        for words in ("Call", "Write", "Gone"):
            connection.execute(
                sa.text(f"INSERT INTO {FORMER} (customer_id, made, words) VALUES (1, 7, :words)"),
                {"words": words},
            )
        connection.exec_driver_sql(f"DELETE FROM {FORMER} WHERE words = 'Gone'")
    yield store
    store.close()


def upgraded(store: Store, type_: RecordType, *, dry_run: bool = False) -> tuple[str, ...]:
    """What an upgrade says of the records."""
    return upgrade(store, build_tables(records=[type_]), records=[type_], dry_run=dry_run).records


def test_rows_become_records(store: Store) -> None:
    """Every row is a record under its number, the former table goes, and no number is given out again."""
    said = ('"note" was added', f'"note": 2 rows of {FORMER} became records')
    assert upgraded(store, note(), dry_run=True) == said
    assert upgraded(store, note()) == said
    assert upgraded(store, note()) == ()
    with store.altering() as connection:
        assert FORMER not in sa.inspect(connection).get_table_names()
        columns = "id, customer_id, state, version, created_at, updated_at, text"
        rows = connection.exec_driver_sql(f"SELECT {columns} FROM acme_note ORDER BY id").all()
        assert [tuple(row) for row in rows] == [
            (1, 1, "open", 1, 7, 7, "Call"),
            (2, 1, "open", 1, 7, 7, "Write"),
        ]
        assert list(reserve(connection, "acme_note", "id", 1)) == [4]


def test_what_does_not_fit_stays(store: Store) -> None:
    """A rule that the rows break undoes all of it: the former table is as it was."""
    with pytest.raises(Exception, match=r"(?i)not.null"):
        upgraded(store, note({**COLUMNS, "customer_id": "NULL"}))
    with store.reading() as connection:
        names = sa.inspect(connection).get_table_names()
        assert FORMER in names
        assert "acme_note" not in names


def test_without_rows_of_before(ready_database: str) -> None:
    """Where there never was such a table, the type is simply new."""
    store = Store.open(ready_database)
    try:
        assert upgraded(store, note()) == ('"note" was added',)
    finally:
        store.close()
