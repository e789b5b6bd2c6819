"""What employees and teams are to win."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from crmkit import Ambiguous, Money, NotFound

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Period
    from crmkit.plugins.operational.settings import Settings


def quota_of(
    crm: Crm, settings: Settings, by: str | None, name: str | None, period: Period | None
) -> Money | None:
    """The quota of a group in a period: of an employee or a team; without a group, that of all employees, or
    of all teams where no employee has one."""
    if not settings.quotas or period is None or period.start is None or by in ("pipeline", "quarter"):
        return None
    people, teams = a_year(crm, settings)
    if by is None:
        sums = list((people or teams).values())
    else:
        wanted = {"employee": people, "team": teams}[by].get(name or "")
        sums = [] if wanted is None else [wanted]
    return Money.of(_part(sum(sums), period, crm), crm.config.crs.currency) if sums else None


def a_year(crm: Crm, settings: Settings) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """(what employees are to win in a year, what teams are to), by name, in major units."""
    people: dict[str, Decimal] = {}
    teams: dict[str, Decimal] = {}
    known = {each.name.casefold(): each.name for each in crm.people.teams()}
    for name, quota in settings.quotas.items():
        if team := known.get(name.casefold()):
            teams[team] = quota.a_year
            continue
        try:
            people[crm.people.get(name).name] = quota.a_year
        except (NotFound, Ambiguous):  # the doctor says so
            continue
    return people, teams


def _part(amount: Decimal | int, period: Period, crm: Crm) -> Decimal:
    """The period's part of a year's amount: exact for months, quarters and years, else by days."""
    months = period.amount if period.unit == "month" else period.amount * 12 if period.unit == "year" else 0
    part = Decimal(amount) * months / 12 if months else Decimal(amount) * (period.days or 0) / 365
    digits = len(str(Money(0, crm.config.crs.currency)).partition(" ")[0].partition(".")[2])
    return part.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
