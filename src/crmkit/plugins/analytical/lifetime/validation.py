"""Would the model have known? Fitted to what was bought up to a day, held against what was bought since."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
from attrs import frozen

from crmkit.plugins.analytical.lifetime.fit import Fit
from crmkit.plugins.analytical.lifetime.fitting import fit
from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers
from crmkit.plugins.analytical.lifetime.models import model_named
from crmkit.plugins.analytical.lifetime.purchase_log import UNITS, PurchaseLog

_CLASSES: Final = 7


@frozen(kw_only=True)
class FrequencyClass:
    """Customers with so many repeat purchases before the day: what they bought after it, on average."""

    label: str
    customers: int
    actual: float
    expected: float


@frozen(kw_only=True)
class Week:
    """Repeat purchases of these customers up to the end of a week, and those the model expects."""

    week: int
    ends: date
    actual: int
    expected: float


@frozen(kw_only=True)
class Validation:
    """A model fitted up to `until`, and what came of it up to `end`.

    Errors are per customer, in days with a purchase: `mae` of the absolute kind, `rmse` of the square root of
    the mean square; `bias` is by how much the total was expected too high, as a share. Without a good `fit`
    there is nothing but that.
    """

    fit: Fit
    until: date
    end: date
    classes: tuple[FrequencyClass, ...] = ()
    weeks: tuple[Week, ...] = ()
    actual: int = 0
    expected: float = 0.0
    mae: float = 0.0
    rmse: float = 0.0

    @property
    def bias(self) -> float | None:
        """By how much too many purchases were expected, as a share of the actual ones."""
        return None if not self.actual else self.expected / self.actual - 1


def validate(log: PurchaseLog, model: str, until: int, end: int, unit: str = "week") -> Validation:
    """Fit a model to what was bought up to the day `until`, and compare what it expects up to `end`.

    Only customers who had bought by `until` are looked at.
    """
    histories = log.histories(until, unit)
    made = fit(model_named(model), histories)
    days = (date.fromordinal(until), date.fromordinal(end))
    if not made.is_good:
        return Validation(fit=made, until=days[0], end=days[1])
    params = np.array(list(made.params.values()))
    buying: Any = model_named(model)
    actual = _bought_since(log, until, end)
    expected = buying.expected_purchases(params, histories, (end - until) / UNITS[unit])
    off = expected - actual
    return Validation(
        fit=made,
        until=days[0],
        end=days[1],
        classes=tuple(_classes(histories, actual, expected)),
        weeks=tuple(_weeks(log, buying, params, until, end, unit)),
        actual=int(actual.sum()),
        expected=float(expected.sum()),
        mae=float(np.abs(off).mean()),
        rmse=float(np.sqrt((off**2).mean())),
    )


def _bought_since(log: PurchaseLog, until: int, end: int) -> Numbers:
    """The days with a purchase after `until`, of each of those who had bought by then."""
    buyers = log.until(until).buyers()
    held = log.until(end).bought()
    held = held.chosen(held.days > until)
    pairs = np.unique(np.stack([held.customers, held.days]), axis=1)
    ids, counts = np.unique(pairs[0], return_counts=True)
    found = np.zeros(len(buyers))
    known = np.isin(ids, buyers)
    found[np.searchsorted(buyers, ids[known])] = counts[known]
    return found


def _classes(histories: Histories, actual: Numbers, expected: Numbers) -> list[FrequencyClass]:
    found = []
    for number in range(_CLASSES + 1):
        last = number == _CLASSES
        rows = histories.frequency >= number if last else histories.frequency == number
        if rows.any():
            found.append(
                FrequencyClass(
                    label=f"{number}+" if last else str(number),
                    customers=int(rows.sum()),
                    actual=float(actual[rows].mean()),
                    expected=float(expected[rows].mean()),
                )
            )
    return found


def _weeks(log: PurchaseLog, buying: Any, params: Numbers, until: int, end: int, unit: str) -> list[Week]:
    """Cumulative repeat purchases by week, of those who first bought by `until`."""
    buyers = log.until(until).buyers()
    bought = log.until(end).bought()
    bought = bought.chosen(np.isin(bought.customers, buyers))
    pairs = np.unique(np.stack([bought.customers, bought.days]), axis=1)
    fresh = np.diff(pairs[0], prepend=-1) != 0
    first, repeats = pairs[1][fresh], np.sort(pairs[1][~fresh])
    starts, many = np.unique(first, return_counts=True)
    found = []
    for week, day in enumerate(range(int(starts[0]) + 6, end + 1, 7), start=1):
        known = starts < day
        ages = (day - starts[known]) / UNITS[unit]
        expected = buying.expected_by(params, ages) @ many[known] if known.any() else 0.0
        actual = int(np.searchsorted(repeats, day, side="right"))
        found.append(Week(week=week, ends=date.fromordinal(day), actual=actual, expected=float(expected)))
    return found
