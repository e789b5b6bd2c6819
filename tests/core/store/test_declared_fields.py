"""Declared fields as columns: added, renamed, changed where the data allow it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit.core.errors import Conflict, Invalid, SchemaError
from crmkit.core.model.words import Field
from crmkit.core.store.engine import Store
from crmkit.core.store.schema import schema_state
from crmkit.core.store.tables import Tables
from crmkit.core.store.upgrade import upgrade
from tests.core.store.conftest import add_customers


def declare(store: Store, tables: Tables, *fields: Field) -> tuple[str, ...]:
    """Upgrade to these fields; what was done."""
    return upgrade(store, tables, (), fields).fields


def text(name: str = "shoe", **options: Any) -> Field:
    """A field of text, or of what `options` say."""
    return Field(**{"name": name, "type": "text", "doc": "", **options})


def fill(store: Store, column: str, *values: Any) -> None:
    """Give new customers these values."""
    with store.writing() as connection:
        for key, value in zip(
            add_customers(connection, [f"n{v}" for v in range(len(values))]), values, strict=True
        ):
            statement = sa.text(f"INSERT INTO customer_field (customer_id, {column}) VALUES (:c, :v)")
            connection.execute(statement, {"c": key, "v": value})


def values(store: Store, column: str) -> list[Any]:
    """The values of a column, in order of customers."""
    with store.reading() as connection:
        return list(connection.exec_driver_sql(f"SELECT {column} FROM customer_field ORDER BY id").scalars())


def field_indexes(connection: sa.Connection) -> set[str | None]:
    """The indexes of declared fields, by name."""
    indexes = sa.inspect(connection).get_indexes("customer_field")
    return {index["name"] for index in indexes} - {"uq_customer_field_customer_id"}


def test_a_declared_field_becomes_a_column(ready: Store, tables: Tables) -> None:
    """Each type gets its column, and the database is refused until it has."""
    fields = [
        text(type_.replace("-", "_"), type=type_) for type_ in ("text", "number", "date", "multi-choice")
    ]
    state = schema_state(ready, (), fields)
    assert state.fields == ("text", "number", "date", "multi_choice")
    with pytest.raises(SchemaError, match="crm db upgrade"):
        state.require_ready()
    declare(ready, tables, *fields)
    assert schema_state(ready, (), fields).ready
    with ready.reading() as connection:
        columns = {column["name"] for column in sa.inspect(connection).get_columns("customer_field")}
    assert columns == {"id", "customer_id", "text", "number", "date"}


def test_declaring_twice_changes_nothing(ready: Store, tables: Tables) -> None:
    """The second upgrade to the same fields finds nothing to do."""
    field = text("club.level", unique=True, indexed=True)
    assert declare(ready, tables, field)
    assert declare(ready, tables, field) == ()


def test_a_field_is_renamed_with_its_values(ready: Store, tables: Tables) -> None:
    """`was` renames the column, and indexes follow; a stale `was` does nothing."""
    declare(ready, tables, text(unique=True, indexed=True))
    fill(ready, "shoe", "a", "b")
    renamed = text("foot", was="shoe", unique=True, indexed=True)
    assert declare(ready, tables, renamed)[0] == '"shoe" was renamed to "foot"'
    assert values(ready, "foot") == ["a", "b"]
    assert declare(ready, tables, renamed) == ()
    with pytest.raises(sa.exc.IntegrityError):
        fill(ready, "foot", "z", "z")


def test_a_renamed_multi_choice_keeps_its_values(ready: Store, tables: Tables) -> None:
    """The child rows of a multi-choice field are renamed too."""
    declare(ready, tables, text(type="multi-choice", choices=("x",)))
    with ready.writing() as connection:
        (key,) = add_customers(connection, ["a"])
        insert = sa.text("INSERT INTO customer_choice (customer_id, field, value) VALUES (:k, 'shoe', 'x')")
        connection.execute(insert, {"k": key})
    declare(ready, tables, text("foot", was="shoe", type="multi-choice", choices=("x",)))
    with ready.reading() as connection:
        assert connection.exec_driver_sql("SELECT field FROM customer_choice").scalars().all() == ["foot"]


def test_renaming_onto_a_declared_field_is_refused(ready: Store, tables: Tables) -> None:
    """`was` must not name a field that is still declared."""
    declare(ready, tables, text())
    with pytest.raises(Invalid, match='"shoe" is declared as well'):
        declare(ready, tables, text(), text("foot", was="shoe"))


def test_a_removed_field_keeps_its_values_and_its_contract(ready: Store, tables: Tables) -> None:
    """Values stay until a purge, still known as personal; declared again, the field has them back."""
    declare(ready, tables, text())
    fill(ready, "shoe", "a")
    assert declare(ready, tables) == ('"shoe" is no longer declared; its values stay',)
    assert values(ready, "shoe") == ["a"]
    with ready.reading() as connection:
        statement = "SELECT contract FROM ownership WHERE table_name = 'customer_field'"
        assert "shoe" in json.loads(connection.exec_driver_sql(statement).scalar_one())["personal"]
    assert declare(ready, tables, text()) == ('"shoe" is declared again, with the values it had',)


def test_a_field_that_is_not_personal_is_not_in_the_contract(ready: Store, tables: Tables) -> None:
    """`personal = false` reaches the contract on record, also when it is changed later."""
    statement = "SELECT contract FROM ownership WHERE table_name = 'customer_field'"
    for personal in (False, True, False):
        declare(ready, tables, text(personal=personal))
        with ready.reading() as connection:
            kept = json.loads(connection.exec_driver_sql(statement).scalar_one())["personal"]
        assert ("shoe" in kept) is personal


def test_a_change_of_type_is_refused_with_count_and_example(ready: Store, tables: Tables) -> None:
    """A type that the values cannot have is refused; the message counts and shows them, nothing is
    changed."""
    declare(ready, tables, text())
    fill(ready, "shoe", "forty", "41", None)
    with pytest.raises(
        Conflict, match='text with 2 values, for example "41", "forty"; it cannot become number'
    ):
        declare(ready, tables, text(type="number"))
    assert values(ready, "shoe") == ["forty", "41", None]
    assert schema_state(ready, (), [text()]).ready


def test_a_change_of_type_without_values_is_done(ready: Store, tables: Tables) -> None:
    """Where nothing is on record any type may follow, with indexes as declared."""
    declare(ready, tables, text(indexed=True, unique=True))
    declare(ready, tables, text(type="number", indexed=True))
    fill(ready, "shoe", 41, 41)
    assert values(ready, "shoe") == [41, 41]


def test_text_becomes_choice_if_all_values_are_choices(ready: Store, tables: Tables) -> None:
    """Values outside of the choices are counted and listed; with all listed the change is done, and back."""
    declare(ready, tables, text())
    fill(ready, "shoe", "red", "red", "blue", "geen")
    with pytest.raises(Conflict, match=r'has 1 value on record .*"geen" \(1\)'):
        declare(ready, tables, text(type="choice", choices=("red", "blue")))
    declare(ready, tables, text(type="choice", choices=("red", "blue", "geen")))
    assert declare(ready, tables, text()) == ('"shoe" became text (it was choice)',)


def test_a_choice_in_use_cannot_go(ready: Store, tables: Tables) -> None:
    """Removing a choice that customers have is refused; removing an unused one is not; adding needs no
    upgrade."""
    declare(ready, tables, text(type="choice", choices=("red", "blue", "green")))
    fill(ready, "shoe", "red")
    assert schema_state(ready, (), [text(type="choice", choices=("red", "blue", "green", "new"))]).ready
    assert not schema_state(ready, (), [text(type="choice", choices=("red",))]).ready
    with pytest.raises(Conflict, match="not among its choices"):
        declare(ready, tables, text(type="choice", choices=("blue", "green")))
    declare(ready, tables, text(type="choice", choices=("red",)))


def test_decimals_grow_by_rescaling(ready: Store, tables: Tables) -> None:
    """More decimals keep the numbers' meaning; fewer are refused where digits would be lost."""
    declare(ready, tables, text(type="number", decimals=1))
    fill(ready, "shoe", 415, 420)
    declare(ready, tables, text(type="number", decimals=3))
    assert values(ready, "shoe") == [41500, 42000]
    with pytest.raises(Conflict, match=r"1 number on record .* for example 41\.500"):
        declare(ready, tables, text(type="number"))
    assert values(ready, "shoe") == [41500, 42000]
    declare(ready, tables, text(type="number", decimals=1))
    assert values(ready, "shoe") == [415, 420]


def test_decimals_that_overflow_are_refused(ready: Store, tables: Tables) -> None:
    """Numbers too big to be rescaled are named before any is touched."""
    declare(ready, tables, text(type="number"))
    fill(ready, "shoe", 7, 2**62)
    with pytest.raises(Conflict, match=str(2**62)):
        declare(ready, tables, text(type="number", decimals=2))
    assert values(ready, "shoe") == [7, 2**62]


def test_unique_lists_duplicates(ready: Store, tables: Tables) -> None:
    """A field with duplicates cannot become unique; they are listed with customers."""
    declare(ready, tables, text())
    fill(ready, "shoe", "a", "a", "b", None, None)
    with pytest.raises(Conflict, match=r'1 values occur more than once: "a" \(2 times, customers 1 and 2\)'):
        declare(ready, tables, text(unique=True))


def test_unique_may_be_taken_back(ready: Store, tables: Tables) -> None:
    """Without `unique` and `indexed` the indexes go."""
    declare(ready, tables, text(unique=True, indexed=True))
    declare(ready, tables, text())
    fill(ready, "shoe", "a", "a")
    with ready.reading() as connection:
        assert field_indexes(connection) == set()


def test_names_longer_than_postgresql_allows_have_indexes(ready: Store, tables: Tables) -> None:
    """Two long names that begin alike get different indexes."""
    long = "a" * 55
    declare(ready, tables, text(long + "b", indexed=True), text(long + "c", indexed=True))
    with ready.reading() as connection:
        assert len(field_indexes(connection)) == 2


def test_a_dry_run_checks_the_data_too(ready: Store, tables: Tables) -> None:
    """A dry run refuses what the upgrade would refuse, says what it would do, and changes nothing."""
    declare(ready, tables, text())
    fill(ready, "shoe", "a")
    with pytest.raises(Conflict):
        upgrade(ready, tables, (), [text(type="number")], dry_run=True)
    planned = upgrade(ready, tables, (), [text("foot", was="shoe", unique=True)], dry_run=True).fields
    assert planned == ('"shoe" was renamed to "foot"', '"foot" is unique')
    assert schema_state(ready, (), [text()]).ready
