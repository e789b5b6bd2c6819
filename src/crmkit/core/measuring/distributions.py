"""The few distributions that the intervals and tests need, by the standard library alone.

Normal: `statistics.NormalDist` (Wichura's algorithm AS 241) and the complementary error function. Student:
the incomplete beta function by its continued fraction (DLMF 8.17.22, evaluated as by Lentz), the quantile by
Newton's steps between bounds. Chi-square with whole degrees of freedom: the finite sums 26.4.4 and 26.4.5 of
Abramowitz & Stegun. Binomial: the sum of exact probabilities.
"""

from __future__ import annotations

import math
from typing import Final

from crmkit.core.errors import Invalid
from crmkit.core.phrase import phrase

_LARGE_DF: Final = 10_000.0  # from here on the expansion in powers of 1/df is exact to 11 digits
_TINY: Final = 1e-300


def normal_upper(z: float) -> float:
    """The probability that a standard normal number is above `z`."""
    return math.erfc(z / math.sqrt(2)) / 2


def normal_quantile(tail: float) -> float:
    """The `z` above which a standard normal number lies with probability `tail` (0 < tail < 1)."""
    from statistics import NormalDist  # takes 10 ms to import

    if not 0 < tail < 1:
        raise Invalid(phrase("A probability of {tail} has no quantile", tail=tail))
    return -NormalDist().inv_cdf(tail)


def two_sided(confidence: float) -> float:
    """The number of standard errors to both sides that holds `confidence`: 1.96 for 0.95.

    Raises `Invalid` unless 0 < confidence < 1.
    """
    return normal_quantile(tail_of(confidence) / 2)


def tail_of(confidence: float) -> float:
    """What is left beside `confidence`: 0.05 for 0.95. Raises `Invalid` unless 0 < confidence < 1."""
    if not 0 < confidence < 1:
        raise Invalid(
            phrase("A confidence of {confidence} is not between 0 and 1", confidence=confidence),
            hint="Write 0.95 for 95 %.",
        )
    return 1 - confidence


def student_upper(t: float, df: float) -> float:
    """The probability that Student's t with `df` > 0 degrees of freedom (also broken ones) is above `t`."""
    if t < 0:
        return 1 - student_upper(-t, df)
    return _incomplete_beta(df / 2, 0.5, df / (df + t * t)) / 2


def student_quantile(tail: float, df: float) -> float:
    """The `t` above which Student's t with `df` degrees of freedom lies with probability `tail` (≤ 0.5)."""
    if not 0 < tail <= 0.5 or not df > 0:
        raise Invalid(
            phrase("Student's t with {df} degrees of freedom has no quantile for {tail}", df=df, tail=tail)
        )
    if tail == 0.5:
        return 0.0
    start = _expanded(normal_quantile(tail), df)
    return start if df >= _LARGE_DF else _student_root(math.log(tail), df, start)


def _expanded(z: float, df: float) -> float:
    """Student's quantile next to the normal one: Abramowitz & Stegun 26.7.5, to the third power of 1/df."""
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / df + second / df**2 + third / df**3


def _student_root(log_tail: float, df: float, start: float) -> float:
    """Newton's steps on the logarithm of the tail, halving the bounds where a step would leave them."""
    low, high, t = 0.0, math.inf, start
    scale = math.lgamma((df + 1) / 2) - math.lgamma(df / 2) - math.log(df * math.pi) / 2
    for _ in range(200):
        upper = student_upper(t, df)
        excess = math.log(upper) - log_tail if upper > 0 else -math.inf
        low, high = (t, high) if excess > 0 else (low, t)
        if upper > 0:
            density = math.exp(scale - (df + 1) / 2 * math.log1p(t * t / df))
            step = t + excess * upper / density if density > 0 else math.inf
        else:
            step = math.inf
        if not low <= step <= high or not math.isfinite(step):
            step = 2 * low + 1 if math.isinf(high) else (low + high) / 2
        if abs(step - t) <= 1e-13 * t:
            return step
        t = step
    return t


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b), to about 13 digits."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(b, a, 1 - x)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(front) * _beta_fraction(a, b, x) / a


def _beta_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, _inverted(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = _inverted(1 + term * d)
            c = 1 + term / c or _TINY
            value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def _inverted(value: float) -> float:
    return 1 / (value or _TINY)


def chi_square_upper(x: float, df: int) -> float:
    """The probability that chi-square with `df` ≥ 1 degrees of freedom is above `x` ≥ 0."""
    if df < 1 or x < 0:
        raise Invalid(phrase("Chi-square with {df} degrees of freedom is never {x}", df=df, x=x))
    half = x / 2
    if df % 2 == 0:
        term, total = math.exp(-half), 0.0
        for i in range(df // 2):
            total += term
            term *= half / (i + 1)
        return min(total, 1.0)
    term, total = math.exp(-half) * math.sqrt(half) / math.gamma(1.5), math.erfc(math.sqrt(half))
    for i in range(1, (df - 1) // 2 + 1):
        total += term
        term *= half / (i + 0.5)
    return min(total, 1.0)


def binomial_two_sided(successes: int, n: int, share: float) -> float:
    """How probable it is that a count is as improbable as `successes` of `n` or more so, at 0 < share < 1.

    The exact test by the probabilities themselves; the work grows with `n`.
    """
    yes, no = math.log(share), math.log1p(-share)
    whole = math.lgamma(n + 1)
    logs = [
        whole - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * yes + (n - k) * no for k in range(n + 1)
    ]
    limit = logs[successes] + 1e-7  # equal but for rounding is equal
    return min(1.0, math.fsum(math.exp(log) for log in logs if log <= limit))
