"""The forecast: what deals come to by their stages, by history, and by what their owners commit to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from attrs import evolve, frozen

from crmkit import Invalid, Money
from crmkit.plugin import day_of, phrase, today_of
from crmkit.plugins.operational.deals.history import BANDS, WinRates, band_of, win_rates
from crmkit.plugins.operational.deals.past import DealAt, deals_at
from crmkit.plugins.operational.deals.quotas import quotas_of, sum_of
from crmkit.plugins.operational.deals.reading import is_open, seen, table_of
from crmkit.plugins.operational.deals.settings import LOST, WON

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Period
    from crmkit.plugins.operational.settings import Settings

GROUPS: Final = ("employee", "team", "pipeline", "quarter")


@frozen
class Slice:
    """Deals that are alike: `value` and `weighted` (value × probability in percent) in minor units."""

    owner_id: int | None
    pipeline: str
    state: str
    commitment: str
    month: str | None
    band: int
    deals: int
    value: int
    weighted: int

    @property
    def key(self) -> tuple[Any, ...]:
        """In which way they are alike."""
        return (self.owner_id, self.pipeline, self.state, self.commitment, self.month, self.band)


@frozen(kw_only=True)
class ForecastLine:
    """What deals of one group come to.

    `won` is certain. `commit` and `best_case` are what is won with the open deals for which their owners say
    so; `by_stage` and `by_history` what is won with every open deal times its probability, or times the share
    that was won of deals of the last year like it.
    """

    group: str | None
    open: int
    pipeline: Money
    won: Money
    commit: Money
    best_case: Money
    by_stage: Money
    by_history: Money
    quota: Money | None = None
    of_quota: Money | None = None

    @property
    def reached(self) -> Fraction | None:
        """The share of the quota that is won: in all by those who have one, who won `of_quota`."""
        if not self.quota or not self.quota.minor:
            return None
        won = self.won if self.of_quota is None else self.of_quota
        return Fraction(won.minor, self.quota.minor)


@frozen(kw_only=True)
class Forecast:
    """The lines of each group, and all of it in one; as of which day, and of which period.

    `unplaced` open deals belong to no period that lasts or is to come: their closing day is missing, or is
    over and lies before this period.
    """

    lines: tuple[ForecastLine, ...]
    total: ForecastLine
    period: Period | None
    day: date
    unplaced: int = 0


def forecast(
    crm: Crm, settings: Settings, period: Period | None, by: str | None, as_of: int | None
) -> Forecast:
    """The forecast of deals that close in `period`; of all, those without a day too, when None."""
    crm.require("records.read")
    if by is not None and by not in GROUPS:
        raise Invalid(
            phrase('A forecast cannot be by "{by}"', by=by),
            hint=phrase("It can be by: {groups}.", groups=", ".join(GROUPS)),
        )
    day = today_of(crm) if as_of is None else day_of(crm, as_of)
    with crm.reading() as execute:
        if as_of is None:
            slices = slices_now(crm, execute, period, day, by)
            unplaced = _unplaced(crm, execute, period, day)
        else:
            deals = deals_at(crm, execute, as_of).values()
            slices = slices_of(deals, period, day)
            unplaced = sum(each.is_open and is_unplaced(each, period, day) for each in deals)
        rates = win_rates(crm, execute, day)
    named = _namer(crm, by)
    groups: dict[str | None, list[Slice]] = {}
    for each in slices:
        groups.setdefault(named(each), []).append(each)
    own = crm.config.crs.currency
    kind, quotas = quotas_of(crm, settings, by, period)
    for name in quotas if kind == by else ():
        # Who has a quota and no deal has a line too.
        groups.setdefault(name, [])
    lines = [
        _line(name, groups[name], rates, own, quotas.get(name) if kind == by and name is not None else None)
        for name in sorted(groups, key=lambda name: (name is None, name or ""))
    ]
    total = _line(None, slices, rates, own, sum_of(quotas.values(), own))
    if quotas:
        whose = _namer(crm, kind)
        won = sum(each.value for each in slices if each.state == WON and whose(each) in quotas)
        total = evolve(total, of_quota=Money(won, own))
    return Forecast(lines=tuple(lines) if by else (), total=total, period=period, day=day, unplaced=unplaced)


def slices_now(
    crm: Crm, execute: Callable[..., Any], period: Period | None, today: date, by: str | None
) -> Sequence[Slice]:
    """Deals as they are, put together by the database; by months only for a forecast by quarter."""
    table = table_of(crm)
    chance = sa.func.coalesce(table.c.probability, 0)
    value = sa.func.coalesce(table.c.value, 0)
    keys = {
        "owner_id": table.c.employee_id,
        "pipeline": sa.func.coalesce(table.c.pipeline, ""),
        "state": table.c.state,
        "commitment": sa.func.coalesce(table.c.commitment, ""),
        "month": sa.func.substr(table.c.close_on, 1, 7) if by == "quarter" else sa.null(),
        "band": _band(table, today),
    }
    query = seen(
        crm,
        sa.select(
            *(column.label(name) for name, column in keys.items()),
            sa.func.count().label("deals"),
            sa.func.sum(value).label("value"),
            sa.func.sum(value * chance).label("weighted"),
        )
        .where(table.c.archived_at.is_(None), table.c.state != LOST, *_within(table, period))
        .group_by(*(sa.literal_column(str(place + 1)) for place in range(len(keys)))),
    )
    # PostgreSQL's sums are decimals.
    return [Slice(*(*row[:-2], int(row.value), int(row.weighted))) for row in execute(query).all()]


def slices_of(deals: Iterable[DealAt], period: Period | None, today: date) -> Sequence[Slice]:
    """The same of single deals."""
    sums: dict[tuple[Any, ...], list[int]] = {}
    for each in deals:
        if each.archived_at is not None or each.state == LOST or not is_within(each, period):
            continue
        month = each.close_on[:7] if each.close_on else None
        key = (
            each.owner_id, each.pipeline or "", each.state, each.commitment or "", month,
            band_of(each.opened_on, today),
        )  # fmt: skip
        found = sums.setdefault(key, [0, 0, 0])
        value = each.value or 0
        found[0] += 1
        found[1] += value
        found[2] += value * (each.probability or 0)
    return [Slice(*(*key, *totals)) for key, totals in sums.items()]


def is_within(deal: DealAt, period: Period | None) -> bool:
    """Whether it closes in the period."""
    if period is None:
        return True
    if deal.close_on is None:
        return False
    start = period.start.isoformat() if period.start else ""
    return start <= deal.close_on < period.end.isoformat()


def is_unplaced(deal: DealAt, period: Period | None, today: date) -> bool:
    """Whether no period from `period` on has it. One that is over misses nothing, nor does all time."""
    if period is None or period.end <= today:
        return False
    return deal.close_on is None or deal.close_on < _began(period, today)


def _unplaced(crm: Crm, execute: Callable[..., Any], period: Period | None, today: date) -> int:
    """How many open deals are unplaced now."""
    if period is None or period.end <= today:
        return 0
    table = table_of(crm)
    nowhere = sa.or_(table.c.close_on.is_(None), table.c.close_on < _began(period, today))
    query = seen(crm, sa.select(sa.func.count()).select_from(table).where(is_open(table), nowhere))
    return int(execute(query).scalar_one())


def _began(period: Period, today: date) -> str:
    return min(period.start or date.min, today).isoformat()


def _within(table: sa.Table, period: Period | None) -> list[Any]:
    if period is None:
        return []
    bounds = [table.c.close_on < period.end.isoformat()]
    return [*bounds, table.c.close_on >= period.start.isoformat()] if period.start else bounds


def _band(table: sa.Table, today: date) -> Any:
    """The band of ages, by days that are compared as text."""
    cases = [
        (table.c.opened_on <= (today - timedelta(days=least)).isoformat(), place)
        for place, least in reversed(list(enumerate(BANDS)))
        if least
    ]
    return sa.case(*cases, else_=0)


def _line(
    name: str | None, slices: Iterable[Slice], rates: WinRates, own: str, quota: Money | None
) -> ForecastLine:
    won = count = value = commit = best = weighted = unrated = 0
    by_rate: Counter[Fraction] = Counter()
    for each in slices:
        if each.state == WON:
            won += each.value
            continue
        count += each.deals
        value += each.value
        commit += each.value if each.commitment == "commit" else 0
        best += each.value if each.commitment in ("commit", "best case") else 0
        weighted += each.weighted
        rate = rates.rate(each.pipeline, each.state, each.band)
        if rate is None:
            unrated += each.weighted
        else:
            by_rate[rate] += each.value
    history = Fraction(unrated, 100) + sum(rate * worth for rate, worth in by_rate.items())
    return ForecastLine(
        group=name,
        open=count,
        pipeline=Money(value, own),
        won=Money(won, own),
        commit=Money(won + commit, own),
        best_case=Money(won + best, own),
        by_stage=Money(won + round(Fraction(weighted, 100)), own),
        by_history=Money(won + round(history), own),
        quota=quota,
    )


def _namer(crm: Crm, by: str | None) -> Callable[[Slice], str | None]:
    if by == "quarter":
        return lambda each: _quarter(each.month)
    if by == "pipeline":
        return lambda each: each.pipeline or None
    if by in ("employee", "team"):
        names: Mapping[int, str | None] = {
            each.id: each.name if by == "employee" else (each.teams[0] if each.teams else None)
            for each in crm.people.list(left=True)
        }
        return lambda each: names.get(each.owner_id or 0)
    return lambda _: None


def _quarter(month: str | None) -> str | None:
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}" if month else None
