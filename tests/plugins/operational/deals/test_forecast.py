"""The forecast, and what changed since: the same as told by the change log, however deals were moved."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmkit import Crm, CrmError, CustomerDraft
from crmkit.core.clock import FakeClock
from crmkit.plugin import Period, today_of
from crmkit.plugins.operational.api import SalesDesk
from crmkit.plugins.operational.deals.forecast import slices_now, slices_of
from crmkit.plugins.operational.deals.past import DealAt, deals_at, deals_now

TOML = """
[plugins.operational.quotas.Ewa]
quarter = 1000
[plugins.operational.quotas.Sales]
year = 12000
"""
QUARTER = Period(date(2026, 1, 1), date(2026, 4, 1), "this quarter", "month", 3)
STAGES = ("new", "qualified", "proposal", "negotiation", "won", "lost")
CLOSES = (None, date(2026, 2, 1), date(2026, 5, 1))


@pytest.fixture
def crm_toml() -> str:
    """An employee and a team with quotas."""
    return TOML


def _replayed(crm: Crm, until: int) -> dict[int, DealAt]:
    """Deals as the change log alone tells them."""
    change = crm.tables.change
    query = (
        sa.select(change).where(change.c.entity == "record:deal", change.c.at <= until).order_by(change.c.seq)
    )
    deals: dict[int, DealAt] = {}
    names = {"owner": "owner_id"}
    known = {each.name for each in DealAt.__attrs_attrs__}
    with crm.reading() as execute:
        for row in execute(query):
            new: Any = json.loads(row.new) if row.new else None
            if row.action == "created":
                deals[row.entity_id] = DealAt(id=row.entity_id)
            given_ = new if row.action == "created" else {row.field: new}
            named = {names.get(name, name): value for name, value in given_.items()}
            own: dict[str, Any] = {name: value for name, value in named.items() if name in known}
            deals[row.entity_id] = evolve(deals[row.entity_id], **own)
    return deals


def _act(crm: Crm, choice: tuple[int, int, int]) -> None:
    what, which, value = choice
    deals = crm.records.list("deal", archived=True, limit=100).records
    try:
        if what == 0 or not deals:
            fields = {"name": "Ovens", "value": f"{value}", "close_on": CLOSES[which % 3]}
            crm.records.add("deal", 1, {k: v for k, v in fields.items() if v}, owner=1 + which % 2)
            return
        deal = deals[which % len(deals)]
        {
            1: lambda: crm.records.update("deal", deal.id, {"value": f"{value}"}),
            2: lambda: crm.service(SalesDesk).move(
                deal.id, STAGES[value % 6], fields={"lost_reason": "price"} if value % 6 == 5 else None
            ),
            3: lambda: crm.records.update("deal", deal.id, {"close_on": CLOSES[value % 3]}),
            4: lambda: (crm.records.restore if deal.archived_at else crm.records.archive)("deal", deal.id),
            5: lambda: crm.records.update(
                "deal", deal.id, {"commitment": "commit", "probability": value % 101}
            ),
        }[what]()
    except CrmError:  # not every move can be made
        pass


_ACTS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 9), st.integers(0, 999)), min_size=1, max_size=25
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=_ACTS, after=_ACTS, period=st.sampled_from([None, QUARTER]))
def test_forecast_equals_what_the_change_log_says(
    crm: Crm, before: Any, after: Any, period: Period | None
) -> None:
    """Now and as of a moment, row by row and in sums; and the steps between add up.

    Examples follow upon one another in one business.
    """
    clock = crm.clock
    assert isinstance(clock, FakeClock)
    if not crm.people.list():
        crm.people.add("Ewa")
        crm.people.add("Jan")
        crm.customers.save(CustomerDraft(name="Anna"))
    for act in before:
        _act(crm, act)
        clock.advance(hours=5)
    then = clock.now()
    with crm.reading() as execute:
        snapshot = deals_now(crm, execute)
    told = crm.service(SalesDesk).forecast(period)
    clock.advance(hours=1)
    for act in after:
        _act(crm, act)
        clock.advance(hours=5)
    with crm.reading() as execute:
        assert deals_at(crm, execute, then) == snapshot == _replayed(crm, then)
        day = today_of(crm)
        by_rows = slices_of(_replayed(crm, clock.now()).values(), period, day)
        by_sums = slices_now(crm, execute, period, day, "quarter")
        assert {each.key: each for each in by_rows} == {each.key: each for each in by_sums}
    desk = crm.service(SalesDesk)
    as_then = desk.forecast(period, as_of=then)
    assert (as_then.total, as_then.unplaced) == (told.total, told.unplaced)
    found = desk.waterfall(then, period)
    assert found.before.minor + sum(each.value.minor for each in found.steps) == found.after.minor
    assert (found.before, found.after) == (told.total.pipeline, desk.forecast(period).total.pipeline)


@pytest.fixture
def desk(crm_both: Crm) -> SalesDesk:
    """Two who sell to Anna, one of them in a team."""
    crm_both.people.add_team("Sales")
    crm_both.people.add("Ewa", teams=["Sales"])
    crm_both.people.add("Jan")
    crm_both.customers.save(CustomerDraft(name="Anna"))
    return crm_both.service(SalesDesk)


def _deal(desk: SalesDesk, value: str, owner: str, closes: str = "2026-02-01", **more: Any) -> int:
    fields = {"close_on": closes, **more.pop("fields", {})}
    return desk.add("Anna", "Ovens", value, owner=owner, fields=fields, **more).id


def test_the_three_ways_to_forecast(desk: SalesDesk) -> None:
    """By stages, by what owners commit to, and, with too little history, by stages again."""
    _deal(desk, "100", "Ewa", fields={"commitment": "commit"})
    _deal(desk, "200", "Ewa", stage="proposal", fields={"commitment": "best case"})
    _deal(desk, "400", "Jan", stage="proposal")
    _deal(desk, "999", "Jan", closes="2026-08-01")
    desk.win(_deal(desk, "50", "Ewa"))
    total = desk.forecast(QUARTER).total
    amounts = [total.won, total.commit, total.best_case, total.by_stage, total.by_history, total.pipeline]
    assert [each.minor for each in amounts] == [5_000, 15_000, 35_000, 36_000, 36_000, 70_000]


def test_open_deals_of_no_period_are_counted(desk: SalesDesk) -> None:
    """A deal whose closing day is missing or was missed is in no quarter to come, and is not passed over in
    silence; of a quarter that is over it says nothing."""
    desk.add("Anna", "Some day", "5")
    _deal(desk, "100", "Jan", closes="2025-12-01", fields={"opened_on": "2025-11-01"})
    _deal(desk, "100", "Jan", closes="2026-08-01")
    desk.win(desk.add("Anna", "Done", "5").id)
    assert desk.forecast(QUARTER).unplaced == 2
    assert (desk.forecast().unplaced, desk.forecast(QUARTER.previous()).unplaced) == (0, 0)


def test_a_forecast_by_employee_team_and_quarter(desk: SalesDesk) -> None:
    """Quotas stand beside whose they are; a quarter has a fourth of a year's."""
    desk.win(_deal(desk, "250", "Ewa"))
    _deal(desk, "100", "Jan", closes="2026-05-01")
    desk.add("Anna", "Some day", "5")
    by = {each.group: each for each in desk.forecast(QUARTER, by="employee").lines}
    assert [*by] == ["Ewa"]
    assert str(by["Ewa"].quota).startswith("1000.00")
    assert by["Ewa"].reached == Fraction(1, 4)
    (team,) = desk.forecast(QUARTER, by="team").lines
    assert (team.group, team.quota and team.quota.minor) == ("Sales", 300_000)
    assert [each.group for each in desk.forecast(by="quarter").lines] == ["2026-Q1", "2026-Q2", None]


def test_who_has_a_quota_and_who_has_none(desk: SalesDesk) -> None:
    """Somebody with a quota stands there without a deal; in all, what others won reaches no quota."""
    desk.win(_deal(desk, "250", "Jan"))
    found = desk.forecast(QUARTER, by="employee")
    assert {each.group: each.reached for each in found.lines} == {"Ewa": 0, "Jan": None}
    assert found.total.won.minor == 25_000
    assert found.total.reached == 0
    assert desk.forecast(QUARTER).total.reached == 0
    desk.win(_deal(desk, "300", "Ewa"))
    found = desk.forecast(QUARTER, by="team")
    assert found.total.quota == found.lines[0].quota
    assert found.total.reached == found.lines[0].reached == Fraction(1, 10)


def test_history_counts_by_stage_and_age(desk: SalesDesk, crm_both: Crm, clock: FakeClock) -> None:
    """Of twenty deals that had reached `proposal` fifteen were won: that is the share of the next one."""
    for place in range(20):
        deal = _deal(desk, "10", "Ewa", stage="proposal")
        clock.advance(minutes=1)
        desk.win(deal) if place < 15 else desk.lose(deal, "price")
    before = desk.forecast(QUARTER).total.by_history.minor
    _deal(desk, "100", "Ewa", stage="proposal")
    assert desk.forecast(QUARTER).total.by_history.minor - before == 7_500
    assert crm_both.metrics.value("win_rate", "this month").value == 0.75


def test_what_changed_is_told_step_by_step(desk: SalesDesk, crm_both: Crm, clock: FakeClock) -> None:
    """New, won, lost, in and out of the period, more and less: and it adds up."""
    won, lost, out, up, down, archived = (_deal(desk, "100", "Ewa") for _ in range(6))
    into = _deal(desk, "100", "Ewa", closes="2026-08-01")
    then = clock.now()
    clock.advance(days=1)
    desk.win(won)
    desk.lose(lost, "timing")
    crm_both.records.update("deal", out, {"close_on": "2026-08-01"})
    crm_both.records.update("deal", into, {"close_on": "2026-03-01"})
    crm_both.records.update("deal", up, {"value": "130"})
    crm_both.records.update("deal", down, {"value": "90"})
    crm_both.records.archive("deal", archived)
    _deal(desk, "77", "Jan")
    found = desk.waterfall(then, QUARTER)
    assert [(each.name, each.deals, each.value.minor // 100) for each in found.steps] == [
        ("new", 1, 77), ("moved in", 1, 100), ("value up", 1, 30), ("value down", 1, -10),
        ("moved out", 1, -100), ("won", 1, -100), ("lost", 1, -100), ("archived", 1, -100),
    ]  # fmt: skip
    assert (found.before.minor, found.after.minor) == (60_000, 39_700)
