"""Reading from the replica: the same answers as the database's, or the database and why."""

from __future__ import annotations

from datetime import date
from functools import partial
from math import inf
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from crmkit import Crm, CustomerDraft, InteractionDraft
from crmkit.plugin import known_and_current
from crmkit.plugins.analytical.reading import answer
from crmkit.plugins.analytical.replica.refreshing import refresh
from crmkit.testing import FakeClock, run_crm
from tests.analysed import analyse
from tests.plugins.analytical.replica.replicas import where_read

DAY = 86_400_000_000
PREDICATES = (
    "count(purchase) >= 3",
    "sum(purchase) / count(purchase) > 40",
    "count(purchase, last 30 days) >= 1 and count(visit, last 90 days) > 1",
    "days_since(purchase) > 30 and days_since(visit) < 20",
    "days_since(purchase) between 10 and 60",
    "first(purchase) < 2025-06-01",
    "last(purchase) >= 2025-12-01 and not exists(refund)",
    "avg(purchase where outlet = 'Main') > 50",
    "max(purchase, this year) > 10 or min(purchase) < 2",
    "count(purchase where outlet contains 'łó') > 0",
    "sum(purchase where currency = 'PLN') > 0",
    "sum(purchase) - sum(refund) > 100",
    "count(purchase where channel in ('web', 'in_person') and amount > 20) > 1",
    "count(purchase) * 2 > count(visit) and exists(purchase, last 200 days)",
    "was_in(loyal, 60 days ago)",
)
METRICS = (
    ("revenue", "last 365 days", "month"),
    ("revenue", "last 365 days", "outlet"),
    ("revenue", "2025", "week"),
    ("average_order_value", "last 90 days", None),
    ("active", "last 90 days", "day"),
    ("new", "last 365 days", "year"),
    ("repeat_rate", "last 365 days", None),
    ("retention", "last 90 days", None),
    ("churn", "last 90 days", None),
    ("interactions_per_customer", "last 90 days", "type"),
)


@pytest.fixture
def crm_toml() -> str:
    """A time zone with days of 23 and 25 hours, and a segment."""
    return (
        'timezone = "Europe/Warsaw"\n[segments]\nloyal = "count(purchase, last 90 days) >= 2"\n'
        'twice = "count(purchase) = 2"\n'
        '[roles.baker]\npermissions = ["customers.read"]\nsees = "own"\n'
    )


@pytest.fixture
def people(crm_both: Crm, clock: FakeClock) -> list[int]:
    """Customers with a year behind them: corrections, voids, another currency, a merge, an erasure."""
    random = Random(4)
    ids = [crm_both.customers.save(CustomerDraft(name=f"Customer {n}")).id for n in range(40)]
    crm_both.rates.set("PLN", "0.2345", on=date(2024, 1, 1))
    crm_both.rates.set("PLN", "0.2401", on=date(2025, 7, 1))
    report = crm_both.interactions.record_all(_draft(random, ids, clock.now()) for _ in range(500))
    for seq in random.sample(range(1, 500), 20):
        crm_both.interactions.correct(seq, outlet="Main")
    for seq in random.sample(range(501, 520), 5):
        crm_both.interactions.void(seq, "typed twice")
    assert report.recorded == 500
    crm_both.merging.merge(ids[0], ids[1])
    crm_both.privacy.erase(ids[2])
    analyse(crm_both)
    return ids


def _draft(random: Random, ids: list[int], now: int) -> InteractionDraft:
    type_ = random.choice(("purchase", "purchase", "visit", "refund"))
    return InteractionDraft(
        customer=random.choice(ids),
        type=type_,
        at=now - random.randrange(400 * DAY),
        amount=random.randrange(1, 20_000) if type_ != "visit" else None,
        currency="PLN" if type_ == "purchase" and random.random() < 0.1 else None,
        outlet=random.choice(("Main", "Łódź", None)),
        channel=random.choice(("web", "in_person", None)),
        history=random.random() < 0.9,
    )


def asked(crm: Crm, now: int) -> dict[str, Any]:
    """Every question by what it asks: the answer, where it was read, and why there."""
    found: dict[str, Any] = {}
    for text in PREDICATES:
        for as_of in (None, now - 45 * DAY):
            ask = partial(crm.predicates.members, text, as_of)
            found[f"{text} as of {as_of}"] = where_read(crm, ask)
    found["loyal"] = where_read(crm, lambda: crm.segments.count("loyal"))
    for name, period, by in METRICS:
        for as_of in (None, now - 45 * DAY):
            if as_of is None or period != "2025":
                value = partial(crm.metrics.value, name, period, by=by, as_of=as_of, where="exists(visit)")
                found[f"{name} by {by} in {period} as of {as_of}"] = where_read(crm, value)
    table = crm.tables.interaction
    own = (
        sa.select(table.c.type, sa.func.count().label("count"), sa.func.sum(table.c.amount).label("total"))
        .where(known_and_current(crm.tables, now))
        .group_by(table.c.type)
        .order_by(table.c.type)
    )
    found["a plugin's own"] = where_read(crm, lambda: [(r.type, r.count, r.total) for r in answer(crm, own)])
    return found


def test_answers_are_the_databases(crm_both: Crm, people: list[int], clock: FakeClock) -> None:
    """Conditions, metrics and statements over the log alone are read from the replica where it is fresh, now
    and as of the past, with the database's answers to the last digit."""
    now = clock.now()
    before = asked(crm_both, now)
    assert {where for _, where, _ in before.values()} == {"database"}
    refresh(crm_both)
    after = asked(crm_both, now)
    assert {question: why for question, (_, where, why) in after.items() if where != "replica"} == {}
    assert {key: value[0] for key, value in after.items()} == {key: value[0] for key, value in before.items()}
    assert sum(1 for found, _, _ in after.values() if found) > len(after) // 2


def test_the_database_answers_what_the_replica_cannot(crm: Crm, clock: FakeClock) -> None:
    """What is not in the log, what came since, whom only some may see: the database answers, and says why."""
    anna = crm.customers.save(CustomerDraft(name="Anna Nowak")).id
    crm.interactions.record(anna, "purchase", amount=500)
    refresh(crm)
    bought = partial(crm.predicates.count, "exists(purchase)")
    assert where_read(crm, bought)[:2] == (1, "replica")
    for condition, lacks in (
        ("lifecycle = 'customer'", "lifecycle of customer"),
        ("has_tag('vip')", "has_tag"),
        ("exists(purchase where payload.order = 'x')", "order"),
    ):
        _, where, why = where_read(crm, partial(crm.predicates.count, condition))
        assert (where, lacks in why) == ("database", True), why
    text = sa.select(sa.func.count()).where(sa.text("customer_id = 1")).select_from(crm.tables.interaction)
    assert where_read(crm, lambda: answer(crm, text))[1] == "database"
    payloads = sa.select(crm.tables.interaction.c.payload)
    assert "payload of interaction" in where_read(crm, lambda: answer(crm, payloads))[2]
    with crm.transaction():
        crm.interactions.record(anna, "purchase", amount=500)
        assert where_read(crm, partial(crm.metrics.value, "revenue"))[1] in ("database", "replica")
    count, where, why = where_read(crm, bought)
    assert (count, where, why) == (1, "database", "replica: 1 interaction came since (crm analytics refresh)")
    refresh(crm)
    crm.people.add("Ola Lis", "ola@rye.example", role="baker")
    ola = crm.acting_as("ola@rye.example")
    count, where, why = where_read(crm, partial(ola.predicates.count, "exists(purchase)"))
    assert (count, where) == (0, "database")
    assert "owner_id of customer" in why


def test_the_command_says_where(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--json` and `-v` say where an answer was read; the refresh's receipt says what was done."""
    # On a busy machine `-v` would say as well which plugin keeps it waiting.
    monkeypatch.setattr("crmkit.core.plugins.slow.SLOW", inf)
    anna = crm.customers.save(CustomerDraft(name="Anna Nowak")).id
    crm.interactions.record_all(InteractionDraft(customer=anna, type="purchase", amount=n) for n in (1, 2))
    config = ("--config", crm.config.path)
    assert "2 interactions" in run_crm(*config, "analytics", "refresh").stderr
    answer = run_crm(*config, "segments", "count", "twice", "--json").json
    assert (answer["count"], answer["read_from"], answer["read_why"]) == (1, "replica", None)
    crm.interactions.record(anna, "purchase", amount=500)
    answer = run_crm(*config, "metrics", "show", "revenue", "--json").json
    assert answer["read_from"] == "database"
    assert "1 interaction came since" in answer["read_why"]
    assert "1 interaction came since" in run_crm(*config, "segments", "count", "twice", "-v").stderr
    receipt = run_crm(*config, "analytics", "refresh", "--json").json
    assert (receipt["rows"], receipt["added"], receipt["parts"], receipt["rebuilt"]) == (3, 1, 1, False)
    assert run_crm(*config, "segments", "count", "twice", "-v").stderr == "Read from the replica\n"
