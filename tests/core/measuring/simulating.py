"""Quick draws for experiments that are made up."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from random import Random


def binomial(n: int, share: float, chance: Random) -> Callable[[], int]:
    """A way to draw how many of `n` succeed: a look-up in the cumulated probabilities."""
    yes, no = math.log(share), math.log1p(-share)
    logs = [_log_ways(n, k) + k * yes + (n - k) * no for k in range(n)]
    table = list(accumulate(math.exp(log) for log in logs))  # what is above all of these is n
    return lambda: bisect_right(table, chance.random())


def _log_ways(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def at_most(share: float, errors: float, experiments: int) -> float:
    """`share` and that many standard errors of a share seen in so many experiments."""
    return share + errors * math.sqrt(share * (1 - share) / experiments)
