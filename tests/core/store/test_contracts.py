"""Ownership contracts as they are kept in the database."""

from __future__ import annotations

import json

import sqlalchemy as sa

from crmkit.core.store.contracts import load_contracts
from crmkit.core.store.engine import Store
from crmkit.core.store.ownership import contract, on_conflict, owned
from crmkit.core.store.tables import Tables
from crmkit.plugin import customer_column, key_column, plugin_metadata, via


def _keep(store: Store, metadata: sa.MetaData, *, create: bool = True) -> None:
    with store.altering() as connection:
        if create:
            metadata.create_all(connection, tables=list(metadata.tables.values()))
        for table in metadata.tables.values():
            row = {"n": table.name, "p": "gone", "c": json.dumps(contract(table))}
            connection.execute(sa.text("INSERT INTO ownership VALUES (:n, :p, :c)"), row)


def test_core_tables_come_parents_first_with_what_they_declare(ready: Store) -> None:
    """The customers' own table is first; keys, columns, unique sets and answers are those declared."""
    with ready.reading() as connection:
        contracts = load_contracts(connection)
    assert contracts.tables[0].is_root
    assert contracts.root.key == "id"
    assert contracts["interaction"].key == "seq"
    assert contracts["relationship"].customer_columns == ("customer_id", "other_id")
    assert contracts["contact_point"].clashing[0].columns == ("customer_id", "kind", "normalised")
    assert contracts["segment_stay"].clashing[0].where == "left_at IS NULL"
    assert contracts["setting"].impersonal
    assert "setting" not in [each.table for each in contracts]
    assert contracts["customer"].types["version"] == "integer"
    assert "archived_at" in contracts["customer"].nullable


def test_a_vanished_plugins_tables_are_read_too(ready: Store, tables: Tables) -> None:
    """Tables that lead to a customer by way of another come after it, with the way they go."""
    metadata = plugin_metadata()
    conflict = on_conflict(keep="survivor", combine={"*": "first_non_null", "points": "sum"})
    parent = sa.Table(
        "z_account", metadata, key_column(),
        customer_column("customer_id", tables.customer, erase="delete", unique=True),
        sa.Column("points", sa.BigInteger), sa.Column("note", sa.Text), info=owned(conflict=conflict),
    )  # fmt: skip
    sa.Table("a_entry", metadata, key_column(), via("account_id", parent, erase="delete"), info=owned())
    _keep(ready, metadata)
    with ready.reading() as connection:
        contracts = load_contracts(connection)
    names = [each.table for each in contracts]
    assert names.index("z_account") < names.index("a_entry")
    assert contracts["z_account"].combine == {"points": "sum", "note": "first_non_null"}
    assert contracts["z_account"].plugin == "gone"
    assert contracts.paths("a_entry") == [("account_id", "customer_id")]
    assert [(each.table, column) for each, column in contracts.children("z_account")] == [
        ("a_entry", "account_id")
    ]


def test_tables_that_are_not_there_are_left_out(ready: Store, tables: Tables) -> None:
    """A contract whose table was dropped stops nothing."""
    metadata = plugin_metadata()
    sa.Table(
        "z_gone", metadata, key_column(),
        customer_column("customer_id", tables.customer, erase="delete"), info=owned(),
    )  # fmt: skip
    _keep(ready, metadata, create=False)
    with ready.reading() as connection:
        assert "z_gone" not in load_contracts(connection)
