"""The statements: their shape, their reuse, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit.core.errors import NotFound
from crmkit.core.model.money import Money
from crmkit.core.predicates import (
    Clause,
    PredicateError,
    Statements,
    compile_where,
    condition,
    explain,
    parse,
)
from crmkit.core.predicates.sql.rates import Exchange, Rate, exchange, unrated
from crmkit.core.store.engine import database_url
from crmkit.testing.databases import PostgresServer
from tests.core.predicates.house import (
    DAY,
    DEALS,
    NOW,
    TZ,
    context,
    create,
    customer,
    fill,
    interaction,
    tables,
)

WORDS = context()
TABLES = tables(WORDS)
ROWS: dict[str, list[dict[str, Any]]] = {
    "customer": [customer(1, name="Zażółć"), customer(2, is_organization=1), customer(3)],
    "customer_field": [
        {"customer_id": 1, "points": 5, "credit": 1250, "birthday": "2000-02-29", "remark": "50% [off]*"}
    ],
    "interaction": [
        interaction(1, 1, "purchase", NOW - DAY, amount=1000, currency="PLN"),
        interaction(2, 1, "purchase", NOW - 2 * DAY, amount=1000, currency="EUR"),
        interaction(3, 3, "purchase", NOW - 40 * DAY, amount=500),
    ],
    "contact_point": [
        {
            "customer_id": 1,
            "kind": "address",
            "label": "",
            "value": "",
            "normalised": "1",
            "is_primary": 1,
            "city": "Łódź",
        },
        {
            "customer_id": 1,
            "kind": "email",
            "label": "",
            "value": "",
            "normalised": "z@example.org",
            "is_primary": 1,
            "city": None,
        },
    ],
}


@pytest.fixture
def connection(database: str) -> Iterator[sa.Connection]:
    """A business with three customers, on each kind of database."""
    engine = sa.create_engine(database_url(database))
    with engine.begin() as connection:
        create(connection, TABLES)
        DEALS.create_all(connection)
        fill(connection, TABLES, ROWS)
        yield connection
    engine.dispose()


def found(connection: sa.Connection, text: str, **options: Any) -> list[int]:
    """The ids of the customers."""
    statements = Statements(TABLES, connection.dialect.name, **options)
    return sorted(statements.prepare(parse(text, WORDS), now=NOW).ids(connection, NOW))


SHAPES = (
    "count(purchase, last 90 days) >= 6 and sum(purchase) > 10 and points > 3",
    "count(purchase) = 0 and count(visit, last 30 days) > 0 and has_tag('vip') and city = 'Łódź'",
    "count(purchase) > 1 or count(visit) > 1 or not exists(call where channel = 'phone')",
    "was_in(regulars, 60 days ago) and days_since(purchase) > 30",
    "count(purchase where item = 'rye', last 90 days) > 0 and any(works_at, count(purchase) > 1)",
    "exists(deal where stage = 'open') and consent('offers', 'email') and clv(1 year) > 5",
)


@pytest.mark.parametrize("text", SHAPES)
def test_no_correlated_subquery(tmp_path: Path, text: str) -> None:
    """No part of a statement runs once per customer, now or in the past, for all or for one."""
    engine = sa.create_engine(f"sqlite:///{tmp_path}/x.db")
    with engine.begin() as connection:
        create(connection, TABLES)
        DEALS.create_all(connection)
        for past in (
            (None, NOW) if "deal" not in text and "any" not in text and "city" not in text else (None,)
        ):
            for one in (False, True):
                prepared = Statements(TABLES, "sqlite").prepare(
                    parse(text, WORDS), past_as_of=past, one=one, now=NOW
                )
                plan = connection.execute(
                    sa.text(f"EXPLAIN QUERY PLAN {_written(prepared.select, connection)}"),
                )
                steps = [row[-1] for row in plan]
                assert not [each for each in steps if "CORRELATED" in each], steps
                if past is None and not one and "item" not in text:
                    assert not [each for each in steps if each == "SCAN interaction"], steps
    engine.dispose()


@pytest.fixture(scope="module")
def town(postgres: PostgresServer) -> Iterator[sa.Connection]:
    """A thousand customers with forty interactions each on PostgreSQL, enough for its planner to choose."""
    address = postgres.create_database()
    engine = sa.create_engine(database_url(address))
    with engine.connect() as connection:
        create(connection, TABLES)
        DEALS.create_all(connection)
        _series(connection, "customer", 1_000, customer(0), {"id": "n", "uid": "'u' || n"})
        _series(connection, "customer_field", 1_000, {"points": 5}, {"customer_id": "n"})
        row = interaction(0, 0, "", NOW, amount=700, payload={"lines": [{"product": "rye", "quantity": "1"}]})
        numbers = {
            "seq": "n",
            "customer_id": "1 + n % 1000",
            "type": "CASE WHEN n % 4 = 0 THEN 'visit' ELSE 'purchase' END",
            "occurred_at": f"{NOW} - n * {DAY // 80}",
            "known_at": f"{NOW} - n * {DAY // 80}",
        }
        _series(connection, "interaction", 40_000, row, numbers)
        connection.execute(sa.text("SET max_parallel_workers_per_gather = 0"))
        connection.execute(sa.text("ANALYZE"))
        yield connection
        connection.rollback()
    engine.dispose()
    postgres.drop_database(address)


def _series(
    connection: sa.Connection, table: str, count: int, row: dict[str, Any], numbers: dict[str, str]
) -> None:
    """`count` rows that differ by their number `n`, as `numbers` says."""
    fixed = {name: value for name, value in row.items() if name not in numbers and value is not None}
    names = ", ".join(f'"{name}"' for name in (*numbers, *fixed))
    values = ", ".join((*numbers.values(), *(f":{name}" for name in fixed)))
    statement = f"INSERT INTO {table} ({names}) SELECT {values} FROM generate_series(1, {count}::bigint) AS n"
    connection.execute(sa.text(statement), fixed)


@pytest.mark.postgresql
@pytest.mark.parametrize("text", SHAPES)
@pytest.mark.parametrize("past", [False, True], ids=["now", "past"])
def test_no_loop_over_customers_on_postgresql(town: sa.Connection, text: str, past: bool) -> None:
    """PostgreSQL reads the log as often as the statement names it, not once per customer."""
    if past and any(word in text for word in ("deal", "any(", "city")):
        pytest.skip("has no past")
    prepared = Statements(TABLES, "postgresql").prepare(
        parse(text, WORDS), past_as_of=NOW - DAY if past else None, now=NOW
    )
    select = prepared.select.params(prepared.values(NOW - DAY if past else NOW))
    compiled = select.compile(town, compile_kwargs={"render_postcompile": True})
    explained = town.exec_driver_sql(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {compiled}", compiled.params
    ).scalar_one()
    steps = list(_steps(explained[0]["Plan"]))
    again = [
        each for each in steps if each["Actual Loops"] > 1 and each.get("Relation Name") == "interaction"
    ]
    assert not again, again
    assert not [
        each for each in steps if each.get("Parent Relationship") == "SubPlan" and each["Actual Loops"] > 1
    ]


def _steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan and all plans within it."""
    yield {name: value for name, value in plan.items() if name != "Plans"}
    for each in plan.get("Plans", ()):
        yield from _steps(each)


def _written(select: sa.Select[Any], connection: sa.Connection) -> str:
    compiled = select.compile(connection, compile_kwargs={"render_postcompile": True})
    return str(compiled).replace("?", "1")


def test_reuse(connection: sa.Connection) -> None:
    """A statement is made once, and answers for any moment."""
    statements = Statements(TABLES, connection.dialect.name)
    predicate = parse("count(purchase, last 30 days) > 0", WORDS)
    prepared = statements.prepare(predicate, now=NOW)
    assert statements.prepare(parse("count(purchase,last 30 days)>0", WORDS), now=NOW + 1) is prepared
    assert list(prepared.ids(connection, NOW)) == [1]
    assert list(prepared.ids(connection, NOW - 20 * DAY)) == [3]


def test_built_into_a_list(connection: sa.Connection) -> None:
    """A predicate becomes part of another statement over the same tables."""
    dialect = connection.dialect.name
    predicate = parse("not is_organization and count(purchase) > 0", WORDS)
    person = TABLES.customer
    listed = sa.select(person.c.name).where(condition(predicate, TABLES, dialect, now=NOW), person.c.id < 3)
    assert connection.execute(listed).scalars().all() == ["Zażółć"]
    chosen = compile_where(predicate, TABLES, dialect, now=NOW).subquery()
    assert connection.execute(sa.select(sa.func.count()).select_from(chosen)).scalar() == 2


def test_contact_words(connection: sa.Connection) -> None:
    """City and e-mail look at any contact point; a customer without one is neither in nor out of a city."""
    assert found(connection, "city = 'Łódź'") == [1]
    assert found(connection, "city != 'Łódź'") == []
    assert found(connection, "city is null") == [2, 3]
    assert found(connection, "email contains 'EXAMPLE'") == [1]
    assert found(connection, "name starts with 'zazol'") == [1]
    assert found(connection, "remark contains '% [O' and remark contains ']*'") == [1]


def test_normalised(connection: sa.Connection) -> None:
    """An e-mail address is compared in the form in which it is kept."""
    words = context(normalisers={"email": str.lower})
    prepared = Statements(TABLES, connection.dialect.name).prepare(parse("email = 'Z@Example.org'", words))
    assert list(prepared.ids(connection, NOW)) == [1]


def test_explain(connection: sa.Connection) -> None:
    """Each clause has its own answer and the values it asked about, for members and for others."""
    statements = Statements(TABLES, connection.dialect.name)
    predicate = parse(
        "(count(purchase) >= 2 or credit > 100) and not birthday < 2000-01-01 and points = 6", WORDS
    )
    top = explain(statements, predicate, connection, 1, now=NOW)
    assert top.truth is False
    either, negated, points = top.clauses
    assert either.clauses[0] == Clause("count(purchase) >= 2", True, (("count(purchase)", 2),))
    assert either.clauses[1] == Clause("credit > 100", False, (("credit", Money(1250, "PLN")),))
    assert (negated.truth, negated.clauses[0].values) == (True, (("birthday", date(2000, 2, 29)),))
    assert points == Clause("points = 6", False, (("points", 5),))
    other = explain(statements, predicate, connection, 2, now=NOW)
    assert (other.truth, other.clauses[0].clauses[0].truth) == (None, False)
    with pytest.raises(NotFound):
        explain(statements, predicate, connection, 99, now=NOW)


def test_explain_segments(connection: sa.Connection) -> None:
    """A segment is explained by what it says, with the values of then where it looks back."""
    statements = Statements(TABLES, connection.dialect.name)
    top = explain(statements, parse("in(slipping) and exists(visit)", WORDS), connection, 1, now=NOW)
    was, since = top.clauses[0].clauses[0].clauses
    assert was.clauses[0].values == (("count(purchase, last 90 days)", 0),)
    assert since.values == (("days_since(purchase)", 1),)
    assert top.clauses[1] == Clause("exists(visit)", False, (("exists(visit)", False),))


def test_other_currencies(connection: sa.Connection) -> None:
    """Amounts in another currency count at the rate of the day; without one an error names it."""
    names = ["EUR"]
    with pytest.raises(PredicateError, match="EUR"):
        found(connection, "sum(purchase) > 1", exchange=exchange("PLN", TZ, names, []))
    rates = [Rate("EUR", date(2025, 1, 1), Decimal("4.25")), Rate("EUR", date(2025, 2, 28), Decimal(9))]
    dated = exchange("PLN", TZ, names, rates)
    assert found(connection, "sum(purchase) = 52.5", exchange=dated) == [1]
    assert found(connection, "count(purchase where amount > 40) = 1", exchange=dated) == [1]
    assert found(connection, "count(purchase) = 2", exchange=Exchange("PLN", frozenset(names))) == [1]
    assert connection.execute(unrated(TABLES, dated)).all() == []
    late = exchange("PLN", TZ, names, rates[1:])
    assert connection.execute(unrated(TABLES, late)).all() == [("EUR", NOW - 2 * DAY)]


def test_division_and_magnitude(connection: sa.Connection) -> None:
    """Division is exact, by zero unknown; the largest numbers do not overflow."""
    assert found(connection, "points / 2 = 2.5") == [1]
    assert found(connection, "points / 0 > 0 or not points / 0 > 0") == []
    huge = " * ".join(["999999999999999999"] * 12)
    assert found(connection, f"points * {huge.rpartition(' * ')[0]} > 0") == [1]


@pytest.mark.parametrize(
    ("text", "word"), [("city = 'x'", "city"), ("exists(deal)", "deal"), ("interests = 'tea'", "interests")]
)
def test_without_a_past(text: str, word: str) -> None:
    """What has no past is refused by name when asked as of the past."""
    with pytest.raises(PredicateError, match=f"What {word} was in the past"):
        Statements(TABLES, "sqlite").prepare(parse(text, WORDS), past_as_of=NOW - DAY)


@pytest.mark.parametrize(
    "text", ["points > 1", "has_tag('vip')", "count(purchase where item = 'rye') > 1", "name = 'x'"]
)
def test_outside_the_log(text: str) -> None:
    """A copy of the log without personal data answers only for words of the log."""
    with pytest.raises(PredicateError, match="not part of the copy of the log"):
        Statements(TABLES, "duckdb").prepare(parse(text, WORDS))


def test_no_text_in_statements(connection: sa.Connection) -> None:
    """What a person writes is a parameter, never part of the statement."""
    evil = "x'' or 1=1; drop table customer; --"
    text = f"name = '{evil}' or remark contains '{evil}' or has_tag('{evil}')"
    text += f" or count(gift where a = '{evil}') > 0"
    prepared = Statements(TABLES, connection.dialect.name).prepare(parse(text, WORDS))
    assert "drop" not in str(prepared.select.compile(connection.engine))
    assert list(prepared.ids(connection, NOW)) == []
