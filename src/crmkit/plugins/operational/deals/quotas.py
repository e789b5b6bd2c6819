"""What employees and teams are to win."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from crmkit import Ambiguous, Money, NotFound

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Period
    from crmkit.plugins.operational.settings import Settings


def quotas_of(
    crm: Crm, settings: Settings, by: str | None, period: Period | None
) -> tuple[str, dict[str, Money]]:
    """What is to be won in a period, by name, and whether the names are of an `employee` or a `team`.

    Those of teams when asked by team, or where no employee has one; none where the period has no length.
    """
    if not settings.quotas or period is None or period.start is None or by in ("pipeline", "quarter"):
        return "employee", {}
    people, teams = a_year(crm, settings)
    kind = "team" if by == "team" or (by is None and not people) else "employee"
    own = crm.config.crs.currency
    yearly = teams if kind == "team" else people
    return kind, {name: Money.of(_part(amount, period, crm), own) for name, amount in yearly.items()}


def sum_of(quotas: Iterable[Money], currency: str) -> Money | None:
    """All of them together; None where there is none."""
    minors = [each.minor for each in quotas]
    return Money(sum(minors), currency) if minors else None


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
