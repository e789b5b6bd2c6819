"""BG/BB: in each period a customer may buy or not, and at the beginning of each may be gone.

Peter S. Fader, Bruce G. S. Hardie, Jen Shang (2010), Customer-Base Analysis in a Discrete-Time Noncontractual
Setting, Marketing Science 29 (6), 1086-1108.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, gammaln, psi

from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers

Counts: TypeAlias = npt.NDArray[np.int64]


class BgBb:
    """The chance to buy is Beta(α, β) distributed, the chance to leave Beta(γ, δ)."""

    name = "bg-bb"
    title = "BG/BB"
    names = ("alpha", "beta", "gamma", "delta")
    fields = ("frequency", "recency", "age")
    never_leaving = MappingProxyType({"gamma": 1e-9, "delta": 1.0})
    source = "Fader, Hardie, Shang (2010), Customer-Base Analysis in a Discrete-Time Noncontractual Setting"

    def prepared(self, histories: Histories) -> Histories:
        """All rows, equal ones counted once."""
        return histories.grouped(self.fields)

    def starts(self, histories: Histories) -> tuple[tuple[float, ...], ...]:  # noqa: ARG002 - no unit matters
        """See `LifetimeModel`."""
        return (1.0, 1.0, 1.0, 1.0), (1.0, 0.5, 0.5, 3.0)

    def log_likelihood(self, params: Numbers, histories: Histories) -> tuple[Numbers, Numbers]:
        """Equation (7) of the paper, with all its terms in log space."""
        x, last, n = (_whole(each) for each in (histories.frequency, histories.recency, histories.age))
        table = _Table(params, int(n.max(initial=0)) + 1)
        total, slopes = table.term(x, n - x, 0, n)
        for i in range(int((n - last).max(initial=0))):
            # Later terms are of those only whose last purchase is longer ago.
            at = np.flatnonzero(i < n - last)
            seen, until = x[at], last[at] + i
            term, slope = table.term(seen, until - seen, 1, until)
            both = np.logaddexp(total[at], term)
            slopes[:, at] += np.exp(term - both) * (slope - slopes[:, at])
            total[at] = both
        return total, slopes

    def p_alive(self, params: Numbers, histories: Histories) -> Numbers:
        """The probability to be there in the next period: equation (11) of the paper."""
        alpha, beta, gamma, delta = params
        x, n = histories.frequency, histories.age
        total, _ = self.log_likelihood(params, histories)
        log = betaln(alpha + x, beta + n - x) - betaln(alpha, beta)
        return np.asarray(np.exp(log + betaln(gamma, delta + n + 1) - betaln(gamma, delta) - total))

    def expected_purchases(self, params: Numbers, histories: Histories, horizon: float) -> Numbers:
        """Equation (13) of the paper as the sum it comes from, over the next `horizon` whole periods."""
        alpha, beta, gamma, delta = params
        x, n = histories.frequency, histories.age
        total, _ = self.log_likelihood(params, histories)
        log = betaln(alpha + x + 1, beta + n - x) - betaln(alpha, beta) - betaln(gamma, delta) - total
        found = np.zeros_like(x)
        for i in range(1, int(horizon) + 1):
            found += np.exp(log + betaln(gamma, delta + n + i))
        return found

    def expected_by(self, params: Numbers, ages: Numbers) -> Numbers:
        """The purchases expected of a new customer within each number of periods."""
        alpha, beta, gamma, delta = params
        most = int(ages.max(initial=0))
        steps = np.exp(betaln(gamma, delta + np.arange(1, most + 1)) - betaln(gamma, delta))
        reached = np.concatenate([[0.0], np.cumsum(steps)]) * alpha / (alpha + beta)
        return np.asarray(reached[ages.astype(int)], dtype=np.float64)


def _whole(numbers: Numbers) -> Counts:
    return numbers.astype(np.int64)


class _Table:
    """log Γ and its derivative at each parameter, or sum of two, plus 0, 1, 2, …: periods are whole."""

    def __init__(self, params: Numbers, most: int) -> None:
        alpha, beta, gamma, delta = params
        bases = {"a": alpha, "b": beta, "ab": alpha + beta, "g": gamma, "d": delta, "gd": gamma + delta}
        steps = np.arange(most + 2)
        self._logs = {name: gammaln(base + steps) - gammaln(base) for name, base in bases.items()}
        self._slopes = {name: psi(base + steps) - psi(base) for name, base in bases.items()}

    def term(self, bought: Counts, missed: Counts, left: int, stayed: Counts) -> tuple[Numbers, Numbers]:
        """log B(α + bought, β + missed) / B(α, β) · B(γ + left, δ + stayed) / B(γ, δ), and derivatives."""
        logs, slopes = self._logs, self._slopes
        value = logs["a"][bought] + logs["b"][missed] - logs["ab"][bought + missed]
        value += logs["g"][left] + logs["d"][stayed] - logs["gd"][left + stayed]
        chances, leaving = slopes["ab"][bought + missed], slopes["gd"][left + stayed]
        found = [
            slopes["a"][bought] - chances,
            slopes["b"][missed] - chances,
            slopes["g"][left] - leaving,
            slopes["d"][stayed] - leaving,
        ]
        return value, np.stack(found)
