"""A purchase log into histories: one row a customer, days counted once."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers

UNITS: Final = {"day": 1.0, "week": 7.0}
_Days = npt.NDArray[np.int64]


@frozen(kw_only=True, eq=False)
class PurchaseLog:
    """Purchases and refunds, in any order.

    `customers` are whole numbers from 0, `days` day numbers (of the proleptic calendar), `amounts` what was
    paid, in major units, or None where that is not known. A negative amount is a refund.
    """

    customers: _Days
    days: _Days
    amounts: Numbers | None = None

    @property
    def last_day(self) -> int:
        """The last day on which anything happened; there must be one."""
        return int(self.days.max())

    def until(self, day: int) -> PurchaseLog:
        """What happened up to a day, that one included."""
        return self.chosen(self.days <= day)

    def chosen(self, rows: Any) -> PurchaseLog:
        """The rows that a mask or an array of indices names."""
        amounts = None if self.amounts is None else self.amounts[rows]
        return PurchaseLog(customers=self.customers[rows], days=self.days[rows], amounts=amounts)

    def bought(self) -> PurchaseLog:
        """The log without its refunds: a refund is no purchase. One of 0 is: somebody came."""
        return self if self.amounts is None else self.chosen(self.amounts >= 0)

    def buyers(self) -> _Days:
        """The customers who bought anything, in the order of the histories."""
        return np.unique(self.bought().customers)

    def histories(self, end: int, unit: str = "week") -> Histories:
        """What was observed up to the day `end`, in weeks or days; customers in the order of `buyers`.

        Purchases of one day are one. `monetary` is what the days after the first brought on average, less
        the refunds since the first day (0 where the refunds are more): how often does not count them.
        """
        log = self.until(end)
        days = _purchase_days(log.bought())
        first = np.flatnonzero(np.diff(days.customers, prepend=-1))
        count = np.diff(np.append(first, len(days.customers)))
        last = first + count - 1
        length = UNITS[unit]
        frequency = count - 1.0
        return Histories(
            frequency=frequency,
            recency=(days.days[last] - days.days[first]) / length,
            age=(end - days.days[first]) / length,
            monetary=_mean_spend(log, days, first, frequency),
        )

    def periods(self, end: int, unit: str = "week") -> Histories:
        """The same in whole periods since the first purchase, as the BG/BB model counts.

        `frequency` is the number of later periods with a purchase, `recency` the last of them, `age` how many
        have ended by the day `end`.
        """
        days = _purchase_days(self.until(end).bought())
        start = np.flatnonzero(np.diff(days.customers, prepend=-1))
        count = np.diff(np.append(start, len(days.customers)))
        length = int(UNITS[unit])
        begun = days.days[start]
        age = (end + 1 - begun) // length - 1
        number = (days.days - np.repeat(begun, count)) // length
        counted = (number > 0) & (number <= np.repeat(age, count))
        fresh = counted & (np.diff(number, prepend=-1) != 0)
        frequency = np.add.reduceat(fresh.astype(np.float64), start) if len(start) else np.zeros(0)
        recency = np.maximum.reduceat(np.where(counted, number, 0), start) if len(start) else np.zeros(0)
        found = Histories(frequency=frequency, recency=recency, age=age)
        return found.chosen(age > 0)


def _purchase_days(log: PurchaseLog) -> PurchaseLog:
    """One row for each customer and day with a purchase, in that order; amounts summed."""
    order = np.lexsort((log.days, log.customers))
    customers, days = log.customers[order], log.days[order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (customers[1:] != customers[:-1]) | (days[1:] != days[:-1])
    at = np.flatnonzero(fresh)
    amounts = None
    if log.amounts is not None:
        amounts = np.add.reduceat(log.amounts[order], at) if len(at) else np.zeros(0)
    return PurchaseLog(customers=customers[at], days=days[at], amounts=amounts)


def _mean_spend(
    log: PurchaseLog, days: PurchaseLog, first: npt.NDArray[np.intp], frequency: Numbers
) -> Numbers | None:
    if log.amounts is None or days.amounts is None:
        return None
    if not len(first):
        return np.zeros(0)
    total = np.add.reduceat(days.amounts, first) - days.amounts[first] + _refunds(log, days, first)
    return np.asarray(np.maximum(total, 0.0) / np.maximum(frequency, 1.0) * (frequency > 0))


def _refunds(log: PurchaseLog, days: PurchaseLog, first: npt.NDArray[np.intp]) -> Numbers:
    """What was given back to each buyer since the day of their first purchase; negative."""
    assert log.amounts is not None
    buyers = days.customers[first]
    back = log.chosen(log.amounts < 0)
    assert back.amounts is not None
    place = np.minimum(np.searchsorted(buyers, back.customers), len(buyers) - 1)
    counts = (buyers[place] == back.customers) & (back.days > days.days[first][place])
    given = np.bincount(place[counts], weights=back.amounts[counts], minlength=len(buyers))
    return np.asarray(given, dtype=np.float64)
