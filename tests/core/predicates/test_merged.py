"""Random predicates over customers of whom some were merged: every engine still finds whom the reference
finds."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.predicates import Statements, parse
from tests.analysed import analyse
from tests.core.predicates.house import DAY, FIELDS, NOW, context, customer, fill, tables
from tests.core.predicates.house import change as changed
from tests.core.predicates.reference import Reference
from tests.core.predicates.strategies import RATES, predicates, worlds
from tests.core.predicates.test_agreement import EXCHANGE, PLAIN, Copy

WORDS = context(records={})
TABLES = tables(WORDS)
LATER = NOW + DAY


@pytest.fixture
def crm_toml() -> str:
    """A business with the fields of these tests."""
    return "\n".join(
        f'[fields.{each.name}]\ntype = "{each.type}"\ndecimals = {each.decimals}\n'
        if each.decimals
        else f'[fields.{each.name}]\ntype = "{each.type}"\n'
        + (f"choices = {list(each.choices)}\n" if each.choices else "")
        for each in FIELDS
    )


@pytest.fixture
def clock() -> FakeClock:
    """The day after the worlds' last news."""
    return FakeClock(LATER)


def filled(crm: Crm, world: Any) -> None:
    """Put rows into a CRM as if it had written them itself: searchable, and counting on from them."""
    with crm.transaction() as tx:
        fill(tx.connection, TABLES, world)
        if crm.kernel.store.dialect == "sqlite":
            tx.execute(sa.text("INSERT INTO customer_search (rowid, fold) SELECT id, fold FROM customer"))
            return
        for name in world:
            (key,) = TABLES.by_name[name].primary_key.columns.keys()
            sequence = f"pg_get_serial_sequence('{name}', '{key}')"
            tx.execute(sa.text(f"SELECT setval({sequence}, (SELECT max({key}) FROM {name}))"))


class Town:
    """A world in a real CRM, after twelve of its customers were merged into others."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        world = {name: rows for name, rows in worlds(Random(7)).items() if name != "deal"}
        filled(crm, world)
        # Pairs, two into one, and a chain.
        crm.merging.merge_all([(n, n + 20) for n in range(1, 9)] + [(1, 30), (2, 31)])
        crm.merging.merge(32, 33)
        crm.merging.merge(34, 32)
        self.world = {name: self._rows(name) for name in world}
        self.statements = Statements(TABLES, crm.kernel.store.dialect, EXCHANGE)
        self.copy = Copy(self.world)

    def _rows(self, name: str) -> list[dict[str, Any]]:
        with self.crm.reading() as execute:
            return [dict(row) for row in execute(sa.select(self.crm.tables.by_name[name])).mappings()]

    def found(self, predicate: Any, as_of: int, *, past: bool) -> list[int]:
        """The ids that the statement gives."""
        prepared = self.statements.prepare(predicate, past_as_of=as_of if past else None, now=as_of)
        with self.crm.kernel.reading() as connection:
            return sorted(prepared.ids(connection, as_of))


@pytest.fixture
def town(crm_both: Crm) -> Iterator[Town]:
    """The world with its merged customers, on each kind of database."""
    town = Town(crm_both)
    analyse(crm_both)
    yield town
    town.copy.connection.close()


@PLAIN
@given(text=predicates())
def test_now(town: Town, text: str) -> None:
    """What belonged to the merged counts for the survivor, and the merged themselves are not found."""
    predicate = parse(text if "deal" not in text else "count(purchase) > 3", WORDS)
    reference = Reference(WORDS, town.world, LATER, RATES)
    found = town.found(predicate, LATER, past=False)
    assert found == sorted(reference.members(predicate.tree)), text
    assert not {*range(21, 29), 30, 31, 33, 32} & set(found)


@PLAIN
@given(text=predicates(past=True), days=st.sampled_from((1, 30, 61, 100)))
def test_in_the_past(town: Town, text: str, days: int) -> None:
    """A survivor's fields and tags of then are their own, whatever the changes of the merged say."""
    predicate = parse(text if "deal" not in text else "in(regulars)", WORDS)
    then = LATER - days * DAY
    reference = Reference(WORDS, town.world, then, RATES)
    assert town.found(predicate, then, past=True) == sorted(reference.members(predicate.tree, past=True)), (
        text
    )


@PLAIN
@given(text=predicates(log_only=True))
def test_copy_of_the_log(town: Town, text: str) -> None:
    """A copy of the log made after the merge answers alike."""
    predicate = parse(text, WORDS)
    reference = Reference(WORDS, town.world, NOW, RATES)
    assert town.copy.found(predicate) == sorted(reference.members(predicate.tree)), text


def test_past_of_the_merged_is_not_the_survivors(crm_both: Crm) -> None:
    """What a field of the merged was changed from does not become what the survivor's was."""
    crm = crm_both
    rows = {
        "customer": [customer(1), customer(2)],
        "customer_field": [{"customer_id": n, "points": 5} for n in (1, 2)],
        "change": [changed(1, 2, NOW - DAY, "field", "points", 9, 5)],
    }
    filled(crm, rows)
    crm.merging.merge(1, 2)
    for text, members in (("points = 5", [1]), ("points = 9", [])):
        assert crm.predicates.members(text, as_of=NOW - 2 * DAY) == members
