"""The business's own buyers as histories."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from crmkit import Money
from crmkit.plugin import local_date
from crmkit.plugins.analytical.lifetime.histories import Histories
from crmkit.plugins.analytical.lifetime.purchase_log import UNITS, PurchaseLog
from crmkit.plugins.analytical.lifetime.statement import earliest, purchase_days, summary
from crmkit.plugins.analytical.reading import answer

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import MetricQuestion


@frozen(kw_only=True, eq=False)
class Buyers:
    """Whoever bought by the instant `as_of`: `ids` are customers, one for each row of `histories`."""

    as_of: int
    day: date
    ids: npt.NDArray[np.int64]
    histories: Histories


def read_buyers(
    crm: Crm, *, where: str | None = None, as_of: int | date | None = None, unit: str = "week"
) -> Buyers:
    """Everybody the acting person sees who bought, as known and in force at `as_of` (now, when None).

    Raises `MissingRate` for an amount in a currency without a rate, `PredicateError`.
    """
    question = crm.metrics.question(where=where, as_of=as_of)
    day = local_date(question.as_of, question.tz)
    first = _first(crm, question)
    rows = [] if first is None else answer(crm, summary(question, first))
    columns = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(len(rows), 5)
    columns = columns[np.argsort(columns[:, 0])]
    length = UNITS[unit]
    frequency = columns[:, 3] - 1.0
    spent = np.maximum(columns[:, 4], 0) / (minor_units(question.currency) * np.maximum(frequency, 1.0))
    histories = Histories(
        frequency=frequency,
        recency=(columns[:, 2] - columns[:, 1]) / length,
        age=(day.toordinal() - columns[:, 1]) / length,
        monetary=spent * (frequency > 0),
    )
    return Buyers(as_of=question.as_of, day=day, ids=columns[:, 0], histories=histories)


def read_log(crm: Crm, *, where: str | None = None, as_of: int | date | None = None) -> PurchaseLog | None:
    """Each day on which each of them bought; None where nobody has. Customers are counted from 0."""
    question = crm.metrics.question(where=where, as_of=as_of)
    first = _first(crm, question)
    rows: Any = [] if first is None else answer(crm, purchase_days(question, first))
    if not rows:
        return None
    columns = np.array([tuple(row) for row in rows], dtype=np.int64)
    _, customers = np.unique(columns[:, 0], return_inverse=True)
    return PurchaseLog(
        customers=customers.astype(np.int64),
        days=columns[:, 1],
        amounts=columns[:, 2] / minor_units(question.currency),
    )


def minor_units(currency: str) -> int:
    """How many minor units a major one has."""
    digits = len(str(Money(0, currency)).partition(" ")[0].partition(".")[2])
    return int(10**digits)


def _first(crm: Crm, question: MetricQuestion) -> int | None:
    (row,) = answer(crm, earliest(question))
    first: int | None = row.first
    return None if first is None or first > question.as_of else first
