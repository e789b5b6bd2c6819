"""What the models of lifetime value have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers


class LifetimeModel(Protocol):
    """A model with positive parameters, fitted by maximum likelihood over their logarithms.

    `names` are its parameters, `fields` the columns of `Histories` that it reads, `never_leaving` those
    parameters with which nobody ever leaves (none where leaving is no part of it), `source` says who
    published it.
    """

    name: str
    title: str
    names: tuple[str, ...]
    fields: tuple[str, ...]
    never_leaving: Mapping[str, float]
    source: str

    def prepared(self, histories: Histories) -> Histories:
        """The rows that the model can be fitted to."""
        ...

    def starts(self, histories: Histories) -> tuple[tuple[float, ...], ...]:
        """Where fitting may begin."""
        ...

    def log_likelihood(self, params: Numbers, histories: Histories) -> tuple[Numbers, Numbers]:
        """The log likelihood of each row, and its derivatives: shapes (n,) and (parameters, n)."""
        ...


class PurchaseModel(LifetimeModel, Protocol):
    """A model of buying and leaving."""

    def p_alive(self, params: Numbers, histories: Histories) -> Numbers:
        """The probability, per row, that the customer will ever buy again."""
        ...

    def expected_purchases(self, params: Numbers, histories: Histories, horizon: float) -> Numbers:
        """The purchases expected of each row's customer within `horizon` units of time from now."""
        ...

    def expected_by(self, params: Numbers, ages: Numbers) -> Numbers:
        """The repeat purchases expected of a new customer within each of `ages`."""
        ...


def log_sum(first: Numbers, second: Numbers) -> tuple[Numbers, Numbers]:
    """log(e^first + e^second), and the share of the first in the sum."""
    total = np.logaddexp(first, second)
    return total, np.exp(first - total)
