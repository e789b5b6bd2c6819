"""Random predicates over random rows: every engine finds the customers that the plain reading finds."""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from crmkit.core.bulk.touching import compiled
from crmkit.core.predicates import Statements, parse
from crmkit.core.predicates.sql.rates import Rate, exchange
from crmkit.core.store.engine import database_url
from tests.core.predicates.house import DAY, DEALS, NOW, TZ, context, create, empty, fill, tables
from tests.core.predicates.reference import Reference
from tests.core.predicates.strategies import FOREIGN, RATES, predicates, worlds

# More of them for a long run: CRMKIT_EXAMPLES=1000 pytest tests/core/predicates
EXAMPLES = int(os.environ.get("CRMKIT_EXAMPLES", "30"))
PLAIN = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    # The text of a failing predicate is short enough; shrinking asks the databases a thousand times.
    phases=(Phase.explicit, Phase.generate),
)
WORDS = context()
TABLES = tables(WORDS)
EXCHANGE = exchange("PLN", TZ, FOREIGN, [Rate(*each) for each in RATES])
LOG = ("customer", "interaction")


class House:
    """A database that is filled anew for each world, once."""

    def __init__(self, address: str) -> None:
        self.engine = sa.create_engine(database_url(address))
        self.dialect = self.engine.dialect.name
        self.statements = Statements(TABLES, self.dialect, EXCHANGE)
        self.world: dict[str, Any] = {}
        self.seed = -1
        with self.engine.begin() as connection:
            create(connection, TABLES)
            DEALS.create_all(connection)

    def filled(self, seed: int) -> Reference:
        """The rows of the world, in the database and in the reference."""
        if seed != self.seed:
            self.world, self.seed = worlds(Random(seed)), seed
            with self.engine.begin() as connection:
                connection.execute(
                    sa.text("PRAGMA foreign_keys=OFF" if self.dialect == "sqlite" else "SELECT 1")
                )
                empty(connection, TABLES)
                fill(connection, TABLES, self.world)
        return Reference(WORDS, self.world, NOW, RATES)

    def found(self, predicate: Any, as_of: int, *, past: bool = False) -> list[int]:
        """The ids that the statement gives."""
        prepared = self.statements.prepare(predicate, past_as_of=as_of if past else None, now=as_of)
        with self.engine.connect() as connection:
            return list(prepared.ids(connection, as_of))


@pytest.fixture
def house(database: str) -> Iterator[House]:
    """An empty house on each kind of database."""
    house = House(database)
    yield house
    house.engine.dispose()


@PLAIN
@given(text=predicates(), seed=st.integers(0, 3))
def test_now(house: House, text: str, seed: int) -> None:
    """As of now, a predicate finds whom the reference finds, each once."""
    reference = house.filled(seed)
    predicate = parse(text, WORDS)
    found = house.found(predicate, NOW)
    assert sorted(found) == sorted(reference.members(predicate.tree)), text


@PLAIN
@given(text=predicates(past=True), seed=st.integers(0, 3), days=st.sampled_from((1, 30, 61, 100)))
def test_in_the_past(house: House, text: str, seed: int, days: int) -> None:
    """As of the past, by what was known then: late news, corrections and changed fields do not count yet."""
    reference = house.filled(seed)
    reference.now = NOW - days * DAY
    text = text if "deal" not in text else "in(regulars)"
    predicate = parse(text, WORDS)
    found = house.found(predicate, reference.now, past=True)
    assert sorted(found) == sorted(reference.members(predicate.tree, past=True)), text


@PLAIN
@given(text=predicates(), seed=st.integers(0, 1), who=st.integers(1, 40))
def test_one_customer(house: House, text: str, seed: int, who: int) -> None:
    """The statement with a bound id says of one customer what the bulk statement says."""
    reference = house.filled(seed)
    predicate = parse(text, WORDS)
    prepared = house.statements.prepare(predicate, one=True, now=NOW)
    with house.engine.connect() as connection:
        holds = prepared.holds(connection, NOW, who)
    assert holds == (reference.truth(predicate.tree, who, NOW, False) is True), text


class Copy:
    """A copy of the log of one world in DuckDB."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.connection = duckdb.connect()
        for name in LOG:
            table = TABLES.by_name[name]
            columns = [column.name for column in table.columns]
            kinds = ", ".join(
                f'"{c.name}" {"BIGINT" if isinstance(c.type, sa.Integer) else "VARCHAR"}'
                for c in table.columns
            )
            self.connection.execute(f"CREATE TABLE {name} ({kinds})")
            marks = ", ".join("?" for _ in columns)
            rows = [[row[column] for column in columns] for row in self.world[name]]
            self.connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)

    def found(self, predicate: Any) -> list[int]:
        """The ids that the statement gives there."""
        prepared = Statements(TABLES, "duckdb", EXCHANGE).prepare(predicate)
        statement, parameters, _ = compiled(prepared.select, prepared.values(NOW))
        return sorted(row[0] for row in self.connection.execute(statement, parameters).fetchall())


@pytest.fixture(scope="module")
def copies() -> Iterator[list[Copy]]:
    """Copies of the log of two worlds."""
    found = [Copy(worlds(Random(seed))) for seed in range(2)]
    yield found
    for each in found:
        each.connection.close()


@settings(parent=PLAIN, max_examples=2 * EXAMPLES)
@given(text=predicates(log_only=True), seed=st.integers(0, 1))
@example(text="0 < 0", seed=0)
def test_copy_of_the_log(copies: list[Copy], text: str, seed: int) -> None:
    """Words of the log mean the same in DuckDB."""
    copy = copies[seed]
    predicate = parse(text, WORDS)
    reference = Reference(WORDS, copy.world, NOW, RATES)
    assert copy.found(predicate) == sorted(reference.members(predicate.tree)), text
