"""BG/NBD: customers buy at random at rates of their own, and may leave after each purchase.

Peter S. Fader, Bruce G. S. Hardie, Ka Lok Lee (2005), Counting Your Customers the Easy Way: An Alternative
to the Pareto/NBD Model, Marketing Science 24 (2), 275-284.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import numpy as np
from scipy.special import betaln, gammaln, psi

from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers
from crmkit.plugins.analytical.lifetime.model import log_sum

_TERMS: Final = 20_000


class BgNbd:
    """Rates are Gamma(r, α) distributed, the chance to leave after a purchase Beta(a, b)."""

    name = "bg-nbd"
    title = "BG/NBD"
    names = ("r", "alpha", "a", "b")
    fields = ("frequency", "recency", "age")
    never_leaving = MappingProxyType({"a": 1e-9, "b": 1.0})
    source = "Fader, Hardie, Lee (2005), Counting Your Customers the Easy Way"

    def prepared(self, histories: Histories) -> Histories:
        """All rows, equal ones counted once."""
        return histories.grouped(self.fields)

    def starts(self, histories: Histories) -> tuple[tuple[float, ...], ...]:
        """See `LifetimeModel`."""
        time = histories.mean("age") / 4
        return (1.0, time, 1.0, 1.0), (0.3, time / 2, 0.5, 3.0)

    def log_likelihood(self, params: Numbers, histories: Histories) -> tuple[Numbers, Numbers]:
        """See `LifetimeModel`."""
        r, alpha, a, b = params
        x = histories.frequency
        known = histories.by_frequency(lambda x: _counted(params, x))
        log_age, log_last = np.log(alpha + histories.age), np.log(alpha + histories.recency)
        total, alive = log_sum(-(r + x) * log_age, self._left(params, histories, log_last))
        gone = 1 - alive
        # Where x = 0 nobody can have left: `gone` is 0, and its factor must not be infinite.
        last = np.where(x > 0, b + x - 1, 1.0)
        gradient = np.stack(
            [
                known[1] - alive * log_age - gone * log_last,
                r / alpha - (r + x) * (alive / (alpha + histories.age) + gone / (alpha + histories.recency)),
                known[2] + gone / a,
                known[3] - gone / last,
            ]
        )
        return known[0] + total, gradient

    def p_alive(self, params: Numbers, histories: Histories) -> Numbers:
        """See `PurchaseModel`. Whoever bought only once has had no occasion to leave: 1."""
        r, alpha, _, _ = params
        x = histories.frequency
        log_age, log_last = np.log(alpha + histories.age), np.log(alpha + histories.recency)
        return log_sum(-(r + x) * log_age, self._left(params, histories, log_last))[1]

    def expected_purchases(self, params: Numbers, histories: Histories, horizon: float) -> Numbers:
        """Equation (10) of the paper, by Euler's transformation of its hypergeometric function."""
        x, age = histories.frequency, histories.age
        return _expected(params, x, age, np.float64(horizon)) * self.p_alive(params, histories)

    def expected_by(self, params: Numbers, ages: Numbers) -> Numbers:
        """Equation (9) of the paper."""
        return _expected(params, np.zeros_like(ages), np.zeros_like(ages), ages)

    def _left(self, params: Numbers, histories: Histories, log_last: Numbers) -> Numbers:
        r, _, a, b = params
        x = histories.frequency
        chance = np.log(a) - np.log(np.where(x > 0, b + x - 1, 1.0))
        return np.where(x > 0, chance - (r + x) * log_last, -np.inf)


def _counted(params: Numbers, x: Numbers) -> Numbers:
    """What depends on the number of purchases alone: in the likelihood, and in its slopes by r, a and b."""
    r, alpha, a, b = params
    leaving = psi(a + b) - psi(a + b + x)
    return np.stack(
        [
            gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b),
            psi(r + x) - psi(r) + np.log(alpha),
            leaving,
            leaving + psi(b + x) - psi(b),
        ]
    )


def _expected(params: Numbers, x: Numbers, age: Numbers, horizon: Numbers | np.float64) -> Numbers:
    """What a customer who is still there buys.

    With z = t / (α + T + t) and c = a + b + x - 1 the paper has c / (a - 1) [1 - (1 - z)^(r + x) 2F1(r + x,
    b + x; c; z)]. By Euler the second term is (1 - z)^(a - 1) 2F1(a + b - 1 - r, a - 1; c; z), whose series
    ends quickly; a - 1 is divided out of it, so that a = 1 and c = 0 are no exceptions.
    """
    r, alpha, a, b = params
    z = np.broadcast_to(horizon / (alpha + age + horizon), x.shape)
    c, e = a + b + x - 1, a - 1
    log = np.log1p(-z)
    first = -log if e == 0 else -np.expm1(e * log) / e
    return np.asarray(c * first - np.exp(e * log) * _series(a + b - 1 - r, a, c, z), dtype=np.float64)


def _series(p: float, a: float, c: Numbers, z: Numbers) -> Numbers:
    """The sum over n ≥ 1 of (p)_n (a)_(n - 1) z^n / ((c + 1)_(n - 1) n!)."""
    term = p * z
    total = term.copy()
    for n in range(1, _TERMS):
        term = term * ((p + n) * (a + n - 1) / ((c + n) * (n + 1)) * z)
        total += term
        if np.all(np.abs(term) <= 1e-15 * np.abs(total) + 1e-300):
            break
    return np.asarray(total, dtype=np.float64)
