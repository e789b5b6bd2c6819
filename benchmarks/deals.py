"""A large pipeline: its board, list and forecast, and leads that are given out, against SQL by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from benchmarks.harness import Bench, Result, Scale, cpu_seconds, in_turn, seconds
from benchmarks.rig import by_name, opened
from crmkit import Crm, CustomerDraft
from crmkit.plugins.operational.api import Leads, SalesDesk

_STAGES = (("new", 10), ("qualified", 25), ("proposal", 50), ("negotiation", 75))
_TEAM = 10
_RULES = """
[plugins.operational.leads]
assign.all = { to = "Sales" }
"""
_BOARD = (
    "SELECT state, count(*), sum(value) FROM operational_deal WHERE {open} AND pipeline = 'sales' GROUP BY 1"
)
_LARGEST = (
    "SELECT d.id, d.title, d.value, c.name FROM (SELECT id, title, value, customer_id FROM operational_deal "
    "WHERE {open} AND state = '{stage}' ORDER BY value DESC, id LIMIT 5) d JOIN customer c "
    "ON c.id = d.customer_id"
)
_LIST = "SELECT * FROM operational_deal WHERE archived_at IS NULL ORDER BY close_on, id LIMIT 51"
# By stages and ages too: to these the shares that were won of deals like them are applied.
_FORECAST = """
SELECT {by}, pipeline, state, CASE WHEN opened_on <= date('now', '-180 days') THEN 4
    WHEN opened_on <= date('now', '-90 days') THEN 3 WHEN opened_on <= date('now', '-60 days') THEN 2
    WHEN opened_on <= date('now', '-30 days') THEN 1 ELSE 0 END AS age,
  count(*), sum(value), sum(value * probability), sum(value) FILTER (WHERE commitment = 'commit'),
  sum(value) FILTER (WHERE commitment IN ('commit', 'best case'))
FROM operational_deal WHERE archived_at IS NULL AND state <> 'lost' GROUP BY 1, 2, 3, 4
"""
_QUARTER = "substr(close_on, 1, 4) || '-Q' || (substr(close_on, 6, 2) + 2) / 3"
_OPEN = "archived_at IS NULL AND state NOT IN ('won', 'lost')"


def deals(work: Path, scale: Scale) -> Iterator[Result]:
    """100,000 open deals of 20,000 customers, and 10,000 leads for a team of ten."""
    many, leads = scale.of(100_000), scale.of(10_000)
    opened(work / "shop", plugins=["operational"]).close()
    path = work / "shop" / "crm.toml"
    path.write_text(path.read_text(encoding="utf-8") + _RULES, encoding="utf-8")
    with Crm.open(path) as crm, closing(sqlite3.connect(work / "shop" / "crm.db")) as connection:
        _fill(crm, many)
        desk = crm.service(SalesDesk)

        def by_hand(*statements: str) -> Callable[[], object]:
            asked = [each.format(open=_OPEN, stage="{stage}") for each in statements]
            return lambda: [connection.execute(each).fetchall() for each in asked]

        largest = [_LARGEST.replace("{stage}", stage) for stage, _ in _STAGES]

        def listed() -> object:
            return crm.records.list("deal", order="close_on", limit=50)

        def listed_by_hand() -> object:
            return [_with_values(row) for row in by_name(connection.execute(_LIST))]

        cases: tuple[tuple[str, Callable[[], object], Callable[[], object]], ...] = (
            ("board", desk.board, by_hand(_BOARD, *largest)),
            ("list, soonest first", listed, listed_by_hand),
            (
                "forecast by employee",
                lambda: desk.forecast(by="employee"),
                by_hand(_FORECAST.replace("{by}", "employee_id")),
            ),
            (
                "forecast by quarter",
                lambda: desk.forecast(by="quarter"),
                by_hand(_FORECAST.replace("{by}", _QUARTER)),
            ),
        )
        for name, ours, raw in cases:
            pair = in_turn(ours, raw, max(scale.rounds, 21), cpu_seconds)
            yield Result(
                name=f"{name} of {many:,} open deals", ours=pair.ours * 1e3, raw=pair.raw * 1e3,
                unit="ms of CPU", goal="≤ 2 × by hand",
            )  # fmt: skip
        crm.customers.save_all([CustomerDraft(name=f"Lead {n}", lifecycle="lead") for n in range(leads)])
        service = crm.service(Leads)
        count, looked = _counted(service.choose)
        yield _routed(f"choose for {leads:,} leads", count, looked)
        count, took = _counted(service.assign)
        yield _routed(f"assign {leads:,} leads", count, took)


def _with_values(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the list with its amount and its days as such, as a page shows them."""
    row["value"] = Decimal(row["value"]).scaleb(-2)
    for name in ("close_on", "opened_on"):
        row[name] = date.fromisoformat(row[name])
    return row


def _routed(name: str, statements: int, took: float) -> Result:
    note = f"{statements} statements"
    return Result(name=name, ours=took * 1e3, raw=None, unit="ms", goal="a handful of statements", note=note)


def _counted(call: Callable[[], object]) -> tuple[int, float]:
    """(how many statements it takes, how many seconds)."""
    asked: list[str] = []

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        took = seconds(call)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return len(asked), took


def _fill(crm: Crm, many: int) -> None:
    """Deals by a fixed seed, put in by hand; the customers and the team are the desk's own."""
    random = Random(8)
    crm.people.add_team("Sales")
    for number in range(_TEAM):
        crm.people.add(f"Agent {number}", teams=["Sales"])
    shops = [CustomerDraft(name=f"Shop {n}") for n in range(max(many // 5, 1))]
    people = crm.customers.save_all(shops).ids
    table = crm.tables.records["deal"]
    rows = []
    for number in range(many):
        stage, chance = random.choice(_STAGES)
        rows.append(
            {
                "customer_id": random.choice(people), "state": stage, "title": f"Deal {number}",
                "fold": f"deal {number}",
                "name": f"Deal {number}", "value": random.randrange(10_000, 5_000_000),
                "close_on": f"2027-{random.randrange(1, 13):02}-{random.randrange(1, 29):02}",
                "pipeline": "sales", "probability": chance, "commitment": "pipeline",
                "employee_id": random.randrange(1, _TEAM + 1), "opened_on": "2026-01-01",
                "stage_since": crm.clock.now(), "version": 1, "created_at": 1, "updated_at": 1,
            }
        )  # fmt: skip
    with crm.transaction() as tx:
        tx.execute(sa.insert(table), rows)


BENCHES = (Bench(name="deals", run=deals),)
