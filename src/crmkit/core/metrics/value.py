"""What a metric came to."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from attrs import frozen

from crmkit.core.metrics.period import Period

# Counts and money (minor units) are whole, shares and averages exact; None: there is nothing to say.
Number: TypeAlias = int | Fraction | None


@frozen(kw_only=True)
class GroupValue:
    """The metric for one group; `group` is what it is called, None for what belongs to no group."""

    group: str | None
    value: Number
    numerator: int
    denominator: int | None


@frozen(kw_only=True)
class MetricValue:
    """A metric's value in a period.

    `value` is `numerator`, or `numerator / denominator` where the metric is a quotient: exact, save that
    money is rounded to minor units (halves up), and None where the denominator is 0. `currency` is set where
    numerator and denominator are money. `as_of` is the instant by whose record it was worked out.
    """

    name: str
    unit: str
    period: Period
    as_of: int
    value: Number
    numerator: int
    denominator: int | None
    by: str | None = None
    groups: tuple[GroupValue, ...] = ()
    currency: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to count."""
        return not self.numerator and not self.denominator


def number_of(unit: str, numerator: int, denominator: int | None) -> Number:
    """The value in `unit`: the numerator, or the quotient."""
    if denominator is None:
        return numerator
    if denominator == 0:
        return None
    quotient = Fraction(numerator, denominator)
    return rounded(quotient) if unit == "money" else quotient


def rounded(quotient: Fraction) -> int:
    """The nearest whole number; halves away from zero."""
    whole = (abs(quotient.numerator) * 2 + quotient.denominator) // (2 * quotient.denominator)
    return -whole if quotient < 0 else whole
