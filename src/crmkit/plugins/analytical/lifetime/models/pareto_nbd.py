"""Pareto/NBD: customers buy at random at rates of their own, and leave at any time, at rates of their own.

David C. Schmittlein, Donald G. Morrison, Richard Colombo (1987), Counting Your Customers: Who Are They and
What Will They Do Next?, Management Science 33 (1), 1-24. Likelihood: Peter S. Fader, Bruce G. S. Hardie
(2005), A Note on Deriving the Pareto/NBD Model and Related Expressions.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import numpy as np
from scipy.special import gammaln, psi

from crmkit.plugins.analytical.lifetime.histories import Histories, Numbers
from crmkit.plugins.analytical.lifetime.model import log_sum

_NODES: Final = 32
_ROWS: Final = 20_000


class ParetoNbd:
    """Rates of buying are Gamma(r, α) distributed, rates of leaving Gamma(s, β)."""

    name = "pareto-nbd"
    title = "Pareto/NBD"
    names = ("r", "alpha", "s", "beta")
    fields = ("frequency", "recency", "age")
    never_leaving = MappingProxyType({"s": 1e-9, "beta": 1.0})
    source = (
        "Schmittlein, Morrison, Colombo (1987), Counting Your Customers: Who Are They and What Will They Do "
        "Next?; Fader, Hardie (2005), A Note on Deriving the Pareto/NBD Model"
    )

    def prepared(self, histories: Histories) -> Histories:
        """All rows, equal ones counted once."""
        return histories.grouped(self.fields)

    def starts(self, histories: Histories) -> tuple[tuple[float, ...], ...]:
        """See `LifetimeModel`."""
        time = histories.mean("age") / 4
        return (1.0, time, 1.0, time), (0.5, time, 0.5, 2 * time)

    def log_likelihood(self, params: Numbers, histories: Histories) -> tuple[Numbers, Numbers]:
        """See `LifetimeModel`; in pieces, so that memory stays bounded."""
        pieces = [
            _log_likelihood(params, histories.chosen(slice(at, at + _ROWS)))
            for at in range(0, len(histories), _ROWS)
        ]
        return np.concatenate([each[0] for each in pieces]), np.concatenate([p[1] for p in pieces], axis=1)

    def p_alive(self, params: Numbers, histories: Histories) -> Numbers:
        """See `PurchaseModel`."""
        if not len(histories):
            return np.zeros(0)
        pieces = [
            _stayed_or_left(params, histories.chosen(slice(at, at + _ROWS)))
            for at in range(0, len(histories), _ROWS)
        ]
        return np.concatenate([log_sum(stayed, left)[1] for stayed, left, _ in pieces])

    def expected_purchases(self, params: Numbers, histories: Histories, horizon: float) -> Numbers:
        """Equation (41) of the note: Gamma(r + x, α + T) buys until Pareto(s, β + T) leaves."""
        r, alpha, s, beta = params
        later = beta + histories.age
        rate = (r + histories.frequency) / (alpha + histories.age)
        left = _time_left(s, later, horizon)
        return np.asarray(rate * left * self.p_alive(params, histories), dtype=np.float64)

    def expected_by(self, params: Numbers, ages: Numbers) -> Numbers:
        """Equation (27) of the note."""
        r, alpha, s, beta = params
        return np.asarray(r / alpha * _time_left(s, np.full_like(ages, beta), ages), dtype=np.float64)


def _time_left(s: float, later: Numbers, horizon: Numbers | float) -> Numbers:
    """The expected time that a customer stays within the horizon: β / (s - 1) [1 - (β / (β + t))^(s - 1)]."""
    log = -np.log1p(horizon / later)
    e = s - 1
    return later * (-log if e == 0 else -np.expm1(e * log) / e)


def _log_likelihood(params: Numbers, histories: Histories) -> tuple[Numbers, Numbers]:
    r, alpha, s, beta = params
    x, age = histories.frequency, histories.age
    stayed, left, slopes = _stayed_or_left(params, histories)
    total, alive = log_sum(stayed, left)
    gone = 1 - alive
    known = histories.by_frequency(lambda x: np.stack([gammaln(r + x), psi(r + x)]))
    log_likelihood = known[0] - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + total
    gradient = np.stack(
        [
            known[1] - psi(r) + np.log(alpha) - alive * np.log(alpha + age) - gone * slopes[0],
            r / alpha - (r + x) * (alive / (alpha + age) + gone * slopes[1]),
            np.log(beta) - alive * np.log(beta + age) + gone * (1 / s - slopes[2]),
            s / beta - alive * s / (beta + age) - gone * (s + 1) * slopes[3],
        ]
    )
    return log_likelihood, gradient


def _stayed_or_left(params: Numbers, histories: Histories) -> tuple[Numbers, Numbers, tuple[Numbers, ...]]:
    """Logarithms of the two terms of the likelihood, and means for the second one's derivatives.

    The second, s ∫ (α + u)^-(r + x) (β + u)^-(s + 1) du from the last purchase to now, is the difference of
    two hypergeometric functions in the note. Taken as the integral it is a sum of positive terms: nothing
    cancels, however long the history. It is worked out over v = log(m + u), m = min(α, β), by Gauss and
    Legendre.
    """
    r, alpha, s, beta = params
    x, age = histories.frequency[:, None], histories.age[:, None]
    stayed = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    least = min(alpha, beta)
    start, length = _range(params, histories)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    v = start + length * (nodes + 1) / 2
    u = np.exp(v) - least
    log_alpha, log_beta = np.log(alpha + u), np.log(beta + u)
    logs = v - (r + x) * log_alpha - (s + 1) * log_beta
    top = logs.max(axis=1, keepdims=True)
    parts = weights * np.exp(logs - top)
    mass = parts.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        # Whoever bought just now has no time in which to have left.
        left = np.log(s) + np.log(length / 2) + top + np.log(mass)
    share = parts / mass
    means = tuple(
        (share * each).sum(axis=1) for each in (log_alpha, 1 / (alpha + u), log_beta, 1 / (beta + u))
    )
    return stayed[:, 0], left[:, 0], means


def _range(params: Numbers, histories: Histories) -> tuple[Numbers, Numbers]:
    """Where v begins, and how far it has to go: beyond, the integrand is nothing beside its beginning."""
    r, alpha, s, beta = params
    last, age = histories.recency[:, None], histories.age[:, None]
    powers = (r + histories.frequency[:, None], np.full_like(last, s + 1))
    (least, near), (most, far) = sorted(zip((alpha, beta), powers, strict=True), key=lambda each: each[0])
    start = np.log(least + last)
    length = np.log(least + age) - start
    length = np.minimum(length, np.where(near > 2, 40 / np.maximum(near - 1, 1), np.inf))
    with np.errstate(over="ignore"):
        reach = (most + last) * np.exp(60 / far) - most
    return start, np.minimum(length, np.where(far > 2, np.log(least + reach) - start, np.inf))
