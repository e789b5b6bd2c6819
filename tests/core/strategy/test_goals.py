"""Goals: where they stand, how they got there, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from crmkit import Crm
from crmkit.core.clock import FakeClock
from crmkit.core.errors import ConfigError, Invalid, NotFound
from crmkit.core.instants import parse_instant
from crmkit.core.metrics.period import Period
from crmkit.core.model.customer import ContactPoint, CustomerDraft
from crmkit.core.model.interaction import InteractionDraft
from crmkit.core.model.words import Goal
from crmkit.core.strategy.course import GoalPoint, standing_of
from crmkit.testing import open_crm, run_crm

TOML = """
currency = "PLN"
timezone = "Europe/Warsaw"

[purposes.offers]
type = "marketing"

[segments]
fans = "count(purchase) >= 2"

[goals.sales]
metric = "revenue"
target = 100
by = 2026-08-31

[goals.come-back]
metric = "repeat_rate"
segment = "fans"
target = "50%"
every = "quarter"

[goals.stay]
metric = "retention(90 days)"
target = "90%"

[goals.reach]
metric = "reachable_share(offers, phone)"
target = "80%"
"""
# For commands, which go by the computer's clock otherwise.
JUNE = 'clock = "2026-06-10 12:00"\n'


@pytest.fixture
def crm_toml() -> str:
    """A bakery with three goals."""
    return TOML


def buys(crm: Crm, customer: str, day: str, amount: int) -> None:
    """A purchase of so many groszy."""
    at = parse_instant(f"{day} 10:00", crm.kernel.tz, 0)
    crm.interactions.record_all(
        [InteractionDraft(customer=customer, type="purchase", at=at, amount=amount, history=True)]
    )


def filled(crm: Crm, clock: FakeClock) -> Crm:
    """30, 50 and 60 zlotys in March, April and May; it is 10 June 2026."""
    clock.set(parse_instant("2026-06-10 12:00", crm.kernel.tz, 0))
    crm.customers.save(
        CustomerDraft(name="Anna", contact_points=(ContactPoint(kind="email", value="anna@example.org"),))
    )
    for day, amount in (
        ("2026-03-05", 3000),
        ("2026-04-05", 5000),
        ("2026-05-05", 6000),
        ("2026-06-01", 700),
    ):
        buys(crm, "anna@example.org", day, amount)
    return crm


def test_a_goal_has_a_course(crm_both: Crm, clock: FakeClock) -> None:
    """The metric in each period that is over and in the one that lasts, the target, and what is needed."""
    standing = filled(crm_both, clock).goals.standing("sales", periods=3)
    assert [point.value for point in standing.course] == [3000, 5000, 6000, 700]
    assert [point.so_far for point in standing.course] == [False, False, False, True]
    assert standing.target == 10000
    assert standing.pace == 1500
    # June, July and August have to bring 4000 more between them.
    assert standing.needed == Fraction(4000, 3)
    assert standing.state == "on course"


def test_a_window_longer_than_the_period_is_measured_whole(crm_both: Crm, clock: FakeClock) -> None:
    """Who comes every 60 days is kept in each month, though in every other one nobody comes: the newest 90
    days that are over count, and those that end today for the month that lasts."""
    clock.set(parse_instant("2026-12-10 12:00", crm_both.kernel.tz, 0))
    point = ContactPoint(kind="email", value="anna@example.org")
    crm_both.customers.save(CustomerDraft(name="Anna", contact_points=(point,)))
    for visit in range(6):
        buys(crm_both, "anna@example.org", str(date(2026, 1, 10) + timedelta(days=60 * visit)), 100)
    assert [each.value for each in crm_both.goals.standing("stay", 4).course] == [1] * 5
    now = crm_both.goals.standing("stay", 4).course[-1]
    asked = crm_both.metrics.value("retention(90 days)")
    assert (now.numerator, now.denominator) == (asked.numerator, asked.denominator)


def test_what_was_is_kept_and_told_again(crm_both: Crm, clock: FakeClock) -> None:
    """The worker writes finished periods down; a sale that is learnt of later does not change them."""
    crm = filled(crm_both, clock)
    noted = crm.goals.note()
    assert noted > 0
    crm.interactions.record("anna@example.org", "purchase", amount=100, at=parse_instant(
        "2026-04-20 10:00", crm.kernel.tz, 0))  # fmt: skip
    assert [point.value for point in crm.goals.standing("sales", 3).course][:3] == [3000, 5000, 6000]
    assert crm.goals.note() == 1  # only today's share of those who can be reached


def test_a_number_that_has_no_past_is_collected_from_now_on(crm: Crm, clock: FakeClock) -> None:
    """Who could be reached last month is not on record; from the first look on it is."""
    filled(crm, clock)
    before = crm.goals.standing("reach")
    assert [point.value for point in before.course[:-1]] == [None] * 6
    assert before.course[-1].value is not None
    crm.goals.note()
    clock.set(parse_instant("2026-07-02 12:00", crm.kernel.tz, 0))
    assert crm.goals.standing("reach").course[-2].value == before.course[-1].value


def test_an_empty_business_has_goals_of_which_nothing_is_known(crm_both: Crm) -> None:
    """Nothing was sold: there is nothing to divide, and nobody is told off."""
    assert crm_both.goals.standing("come-back").state == "not known yet"


@pytest.mark.parametrize(
    ("values", "by", "direction", "state"),
    [
        ([10, 20, 100], None, "up", "reached"),
        ([10, 20, 30], None, "up", "on course"),
        ([30, 20, 10], None, "up", "behind"),
        ([300, 250, 90], None, "down", "reached"),
        ([300, 250, 200], date(2026, 6, 30), "down", "on course"),
        ([300, 299, 298], date(2026, 6, 30), "down", "behind"),
        ([10, 20, 30], date(2026, 3, 31), "up", "missed"),
        ([None, None, 30], None, "up", "not known yet"),
    ],
)
def test_where_a_goal_stands(values: list[int | None], by: date | None, direction: str, state: str) -> None:
    """Reached, on course, behind or missed, whichever way the number should move."""
    goal = Goal(name="g", doc="G", metric="customers", target="100", by=by, direction=direction)
    course = [
        GoalPoint(
            period=Period(date(2026, at + 1, 1), date(2026, at + 2, 1)),
            value=value,
            numerator=value or 0,
            denominator=None,
        )
        for at, value in enumerate(values)
    ]
    assert standing_of(goal, "count", "EUR", course, date(2026, 4, 10)).state == state


def test_a_goal_may_be_to_have_less(tmp_path: Path) -> None:
    """Of two goals for one number the one that wants it to fall is reached beneath its target, the other is
    not."""
    fewer = '[goals.fewer]\nmetric = "lapsed"\ntarget = 5\ndirection = "down"\n'
    with open_crm(tmp_path, fewer + '[goals.more]\nmetric = "lapsed"\ntarget = 5\n') as crm:
        crm.customers.save(CustomerDraft(name="Anna"))
        assert crm.goals.standing("fewer").state == "reached"
        assert crm.goals.standing("more").state != "reached"


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ('metric = "revenu"\ntarget = 1', "revenue"),
        ('metric = "revenue"\ntarget = "50%"', "does not fit its metric"),
        ('metric = "repeat_rate"\ntarget = 50', "does not fit its metric"),
        ('metric = "revenue"\nsegment = "fan"\ntarget = 1', "fans"),
        ('metric = "revenue"\ntarget = "much"', "not a number or a share"),
        ('metric = "revenue"\ntarget = 1\nevery = "day"', "every"),
    ],
)
def test_a_goal_that_cannot_be_is_found_by_crm_check(tmp_path: Path, goal: str, said: str) -> None:
    """The message names the goal's line, and the nearest name where there is one."""
    right = 'metric = "revenue"\ntarget = 100\nby = 2026-08-31'
    toml = TOML.replace(right, goal)
    path = tmp_path / "crm.toml"
    path.write_text(f'[crs]\nname = "Rye"\n{toml}', encoding="utf-8")
    answer = run_crm("--config", path, "check")
    assert answer.status == 5
    assert said in answer.stderr


def test_an_unknown_goal_and_too_long_a_course(crm: Crm) -> None:
    """The nearest name is suggested."""
    with pytest.raises(NotFound, match="salse"):
        crm.goals.standing("salse")
    with pytest.raises(Invalid, match="1 to 60"):
        crm.goals.standing("sales", 0)


def test_whoever_sees_some_customers_sees_their_numbers(tmp_path: Path, clock: FakeClock) -> None:
    """What was kept is of everybody, and is not shown to somebody who sees only their own customers."""
    with open_crm(
        tmp_path, TOML + '\n[roles.keeper]\npermissions = ["customers.read"]\nsees = "own"\n', clock=clock
    ) as crm:
        filled(crm, clock).goals.note()
        crm.people.add("Jan", role="keeper")
        assert {point.value for point in crm.acting_as("Jan").goals.standing("sales").course} == {0}


def test_the_command_line(tmp_path: Path, clock: FakeClock) -> None:
    """A list, a course with a sentence, and JSON with money in major units; CSV has the same in columns."""
    open_crm(tmp_path, JUNE + TOML, clock=clock).close()
    config = tmp_path / "crm.toml"
    listed = run_crm("--config", config, "goals", "list")
    assert "come-back" in listed.stdout
    assert "100.00 PLN" in listed.stdout
    assert "What for" not in listed.stdout, "it would say each name once more"
    told: Any = run_crm("--config", config, "goals", "list", "--json", env={"CRMKIT_LANGUAGE": "pl"}).json
    (sales,) = (row for row in told if row["goal"] == "sales")
    assert (sales["target"], sales["segment"]) == ("100.00", None)
    header = run_crm("--config", config, "goals", "list", "--csv").stdout.splitlines()[0]
    assert header == ",".join(sales)
    assert sales["state"] == "behind"
    shown: Any = run_crm("--config", config, "goals", "show", "sales", "--json").json
    assert (shown["target"], len(shown["course"])) == ("100.00", 7)
    said = run_crm("--config", config, "goals", "show", "sales")
    told = " ".join(said.stderr.split())
    assert re.search(r"\(\d{4}-\d\d( so far)?\); the target is 100.00 PLN by 2026-08-31", told), (
        "a value of a period that is over differs from today's, which crm metrics shows"
    )


def test_only_a_share_has_parts_and_a_whole(tmp_path: Path, clock: FakeClock) -> None:
    """Of what a purchase brings on average nobody is told that it is 3000 of 1."""
    toml = JUNE + TOML + '[goals.basket]\nmetric = "average_order_value"\ntarget = 40\n'
    with open_crm(tmp_path, toml, clock=clock) as crm:
        filled(crm, clock)
    config = tmp_path / "crm.toml"
    assert " of " not in run_crm("--config", config, "goals", "show", "basket", "--csv").stdout
    assert "1 of 1" in run_crm("--config", config, "goals", "show", "stay", "--csv").stdout


def test_a_goal_that_is_wrong_costs_the_others_nothing(tmp_path: Path, clock: FakeClock) -> None:
    """It is listed with what is wrong; the worker names it after it has noted the rest."""
    toml = TOML.replace("reachable_share(offers, phone)", "reachable_share(offers, email)")
    with open_crm(tmp_path, toml, clock=clock) as crm:
        filled(crm, clock)
        with pytest.raises(Invalid, match="reach: There is no channel"):
            crm.goals.note()
        assert crm.goals.standing("sales").latest is not None
    listed = run_crm("--config", tmp_path / "crm.toml", "goals", "list", "--json")
    assert [row["goal"] for row in listed.json] == ["come-back", "reach", "sales", "stay"]
    assert 'no channel "email"' in listed.json[1]["state"]


def test_a_target_without_a_number_is_refused_when_it_is_read(tmp_path: Path) -> None:
    """The mistake is told with its place in the file."""
    with pytest.raises(ConfigError, match="goals"):
        open_crm(tmp_path, '\n[goals.x]\nmetric = "revenue"\ntarget = "lots"\n')


def _standing(values: Sequence[int | None], *, by: str, target: str = "100", direction: str = "up") -> Any:
    """Of a count, month after month; the last month lasts."""
    goal = Goal(
        name="g", doc="", metric="customers", target=target, by=date.fromisoformat(by), direction=direction
    )
    period = Period(date(2026, 1, 1), date(2026, 2, 1), unit="month", amount=1)
    periods = [period]
    for _ in values[1:]:
        start = periods[-1].end
        end = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        periods.append(Period(start, end, unit="month", amount=1))
    course = [
        GoalPoint(
            period=each, value=value, numerator=value or 0, denominator=None, so_far=each is periods[-1]
        )
        for each, value in zip(periods, values, strict=True)
    ]
    return standing_of(goal, "count", "PLN", course, periods[-1].last)


def test_where_a_goal_will_be_on_its_day() -> None:
    """By the line of least squares and Student's t, as worked out by hand."""
    standing = _standing([12, 15, 21, 22, 0], by="2026-06-30")
    found = standing.forecast
    x, y = [0, 1, 2, 3], [12, 15, 21, 22]
    slope = sum((a - 1.5) * (b - 17.5) for a, b in zip(x, y, strict=True)) / 5
    left = sum((b - 17.5 - slope * (a - 1.5)) ** 2 for a, b in zip(x, y, strict=True))
    reach = 4.302653 * (left / 2 * (1 + 1 / 4 + 3.5**2 / 5)) ** 0.5
    assert (found.ahead, found.periods) == (2, 4)
    assert found.value == pytest.approx(17.5 + slope * 3.5)
    assert found.trend == pytest.approx(slope)
    assert (found.low, found.high) == pytest.approx((found.value - reach, found.value + reach), rel=1e-5)


def test_a_forecast_where_there_is_nothing_to_tell_from() -> None:
    """Too few periods, a day too far off, a day that has passed, and no day."""
    assert "too few periods" in _standing([10, 11, 13, 9], by="2026-12-31").forecast
    assert "too far" in _standing([10, 11, 13, 14, 9], by="2027-06-30").forecast
    assert _standing([10, 11, 13, 14, 9], by="2026-03-31").forecast is None
    gap = _standing([10, None, 14, 16, 18, 9], by="2026-06-30").forecast
    assert (gap.value, gap.low, gap.high, gap.periods) == (
        pytest.approx(20),
        pytest.approx(20),
        pytest.approx(20),
        4,
    )


def test_a_count_never_falls_below_nothing() -> None:
    """Nor does its interval."""
    found = _standing([9, 7, 3, 2, 0], by="2026-07-31", direction="down").forecast
    assert (found.value, found.low) == (0, 0)
    assert found.high > 0


def test_the_forecast_is_told(tmp_path: Path, clock: FakeClock) -> None:
    """In a sentence, in the list, and as JSON; why there is none, too."""
    open_crm(tmp_path, JUNE + TOML, clock=clock).close()
    config = tmp_path / "crm.toml"
    said = run_crm("--config", config, "goals", "show", "sales").stderr
    assert "If it goes on like the last 6 months, it will be 0.00 PLN by 2026-08-31" in said
    assert "not enough, even if it goes well: something has to change" in said
    shown = run_crm("--config", config, "goals", "show", "sales", "--json").json["forecast"]
    assert (shown["value"], shown["high"], shown["confidence"], shown["periods"]) == ("0.00", "0.00", 0.95, 6)
    assert "0.00 PLN (0.00 PLN to 0.00 PLN)" in run_crm("--config", config, "goals", "list").stdout
    few = run_crm("--config", config, "goals", "show", "sales", "--periods", "3").stderr
    assert "Too few periods are over to tell where it will be: 3, and it takes 4." in few
