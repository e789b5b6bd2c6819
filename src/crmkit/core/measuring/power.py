"""How much can be seen with how many customers, before anything begins.

The usual large-sample formulas: J. L. Fleiss, A. Tytun and H. K. Ury, "A simple approximation for
calculating sample sizes for comparing independent proportions", Biometrics 36 (1980) 343–346, without
continuity correction, and for amounts the normal approximation with two variances. Both are too hopeful
where fewer than about ten outcomes are expected in a group.

`daily` says that the comparison will be judged by the interval that may be looked at every day, at its
tightest. It needs about twice the customers of a single look at the end; in return a large difference ends
the comparison early, so the numbers are on the safe side.
"""

from __future__ import annotations

import math

from crmkit.core.errors import Invalid
from crmkit.core.measuring.distributions import normal_quantile, two_sided
from crmkit.core.measuring.sequential import Sizes, daily_z
from crmkit.core.phrase import phrase


def detectable_share(
    base: float, sizes: Sizes, *, power: float = 0.8, confidence: float = 0.95, daily: bool = True
) -> float | None:
    """The smallest rise of a share that would be seen with probability `power`, absolute (0.02: two points).

    `base` is the share of the outcome without doing anything, 0 to 1; to ask for a fall, give 1 − base.
    None where even a rise to 1 would be missed. Raises `Invalid` for impossible numbers.
    """
    _check(base, power)
    if sizes.information == 0 or _missing(base, 1 - base, sizes, power, confidence, daily=daily) > 0:
        return None
    low, high = 0.0, 1 - base
    for _ in range(60):
        middle = (low + high) / 2
        if _missing(base, middle, sizes, power, confidence, daily=daily) > 0:
            low = middle
        else:
            high = middle
    return high


def needed_share(
    base: float,
    rise: float,
    *,
    control: float = 0.5,
    power: float = 0.8,
    confidence: float = 0.95,
    daily: bool = True,
) -> Sizes:
    """How many customers it takes to see a share rise from `base` by `rise` (absolute) with that `power`.

    `control` is the control group's part of all, 0 to 1. Raises `Invalid` for impossible numbers.
    """
    _check(base, power)
    if not 0 < rise <= 1 - base or not 0 < control < 1:
        raise Invalid(
            phrase(
                "A rise from {base} by {rise} with a control group of {control} is never seen",
                base=base,
                rise=rise,
                control=control,
            )
        )
    # Both errors shrink with the square root of the number, so one trial size tells all.
    error = _error(base, rise, 1 - control, control, power, _z(confidence, daily=daily))
    return _split((error / rise) ** 2, control)


def _check(base: float, power: float) -> None:
    if not 0 <= base < 1:
        raise Invalid(phrase("A share of {base} cannot rise", base=base), hint="Write 0.05 for 5 %.")
    if not 0 < power < 1:
        raise Invalid(
            phrase("A power of {power} is not between 0 and 1", power=power), hint="Write 0.8 for 80 %."
        )


def _z(confidence: float, *, daily: bool) -> float:
    if not daily:
        return two_sided(confidence)
    end = Sizes(1, 1)
    return daily_z(end, end, confidence=confidence)


def _missing(
    base: float, rise: float, sizes: Sizes, power: float, confidence: float, *, daily: bool
) -> float:
    """How much larger than `rise` the errors at both ends are together; 0 at the smallest detectable rise."""
    return _error(base, rise, sizes.treated, sizes.control, power, _z(confidence, daily=daily)) - rise


def _error(base: float, rise: float, treated: float, control: float, power: float, z: float) -> float:
    after = base + rise
    both = (treated * after + control * base) / (treated + control)
    without_effect = math.sqrt(both * (1 - both) * (1 / treated + 1 / control))
    with_effect = math.sqrt(max(0.0, after * (1 - after)) / treated + base * (1 - base) / control)
    return z * without_effect + normal_quantile(1 - power) * with_effect


def _split(total: float, control: float) -> Sizes:
    return Sizes(math.ceil(total * (1 - control)), math.ceil(total * control))
