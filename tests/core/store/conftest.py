"""Stores of each kind, and rows to put into them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from crmkit.core.model.people import PERMISSIONS, Actor, Role
from crmkit.core.store.bulk import insert_rows, reserve
from crmkit.core.store.engine import Store
from crmkit.core.store.search_index import search_insert
from crmkit.core.store.tables import Tables, build_tables
from crmkit.core.store.unit import Transaction
from crmkit.core.store.upgrade import upgrade


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An opened, empty store of each kind."""
    store = Store.open(database)
    yield store
    store.close()


@pytest.fixture
def tables() -> Tables:
    """The core's tables without declared fields."""
    return build_tables()


@pytest.fixture
def ready(ready_database: str) -> Iterator[Store]:
    """A store of each kind with the core's schema."""
    store = Store.open(ready_database)
    yield store
    store.close()


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Iterator[Store]:
    """An SQLite store with the core's schema."""
    store = Store.open(tmp_path / "only.db")
    upgrade(store, build_tables())
    yield store
    store.close()


def unit(connection: sa.Connection, at: int = 1) -> Transaction:
    """A unit of work on `connection`, of an actor who may do everything."""
    import os

    return Transaction(connection=connection, actor=some_actor(), at=at, random=os.urandom)


def some_actor() -> Actor:
    """An actor for tests of the store, which asks nobody for permission."""
    return Actor(name="tester", role=Role(name="administrator", permissions=frozenset(PERMISSIONS)))


def add_customers(connection: sa.Connection, names: Sequence[str]) -> list[int]:
    """Insert customers with these names (their fold is the lower-cased name); their ids."""
    ids = list(reserve(connection, "customer", "id", len(names)))
    columns = [
        "id",
        "uid",
        "is_organization",
        "name",
        "given_name",
        "family_name",
        "fold",
        "lifecycle",
        "version",
    ]
    rows = [
        (key, f"u{key}", 0, name, "", name, name.lower(), "active", 1, 1, "test")
        for key, name in zip(ids, names, strict=True)
    ]
    insert_rows(connection, "customer", [*columns, "created_at", "source"], rows)
    search_insert(connection, [(key, name.lower()) for key, name in zip(ids, names, strict=True)])
    return ids


def interaction(customer: int | None, text: str = "{}", *, corrects: int | None = None) -> tuple:
    """The row of a note, for `Transaction.append_interaction`."""
    place = (None, None, None, None)
    return (customer, "note", *place, 5, 6, 6, None, None, text, 1, None, None, corrects, None, None, "t")


def change(customer: int | None, field: str = "name", new: str = '"x"') -> tuple:
    """A row for `Transaction.append_change`."""
    return ("updated", "customer", customer or 0, customer, field, None, new, "", "uid-1")
