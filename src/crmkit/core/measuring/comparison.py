"""Groups side by side: what was seen in each, and what that says about their differences."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Final, Literal

from attrs import field, frozen

from crmkit.core.errors import Invalid
from crmkit.core.measuring.amounts import bootstrap, relative_mean, welch
from crmkit.core.measuring.distributions import tail_of
from crmkit.core.measuring.interval import Interval
from crmkit.core.measuring.proportions import newcombe, relative
from crmkit.core.measuring.ratio import SampleRatio, sample_ratio
from crmkit.core.measuring.sample import Counted, Measured
from crmkit.core.measuring.sequential import Sizes, daily_mean, daily_share
from crmkit.core.normalise.text import quoted
from crmkit.core.phrase import phrase

CONTROL: Final = "control"
Wanted = Literal["more", "less"]


@frozen(kw_only=True)
class Arm:
    """One group. Everybody who was assigned to it belongs to it, whatever became of them.

    `share` is its planned share (0 to 1), `assigned` the customers assigned so far. `sample` holds those for
    whom the time to wait for the outcome is over. `values` are the amounts of `sample` themselves, where they
    are to be resampled. `cost` is what was spent on those in `sample`, in minor units.
    """

    name: str
    share: float
    assigned: int
    sample: Counted | Measured
    values: Sequence[float] = field(default=(), repr=False)
    cost: int = 0

    @property
    def estimate(self) -> float | None:
        """The share of successes, or the mean; None where nobody was counted."""
        if self.sample.n == 0:
            return None
        return self.sample.rate if isinstance(self.sample, Counted) else self.sample.mean


@frozen(kw_only=True)
class Difference:
    """How the group `arm` differs from the group `against`.

    `absolute` is arm − against (shares 0 to 1, amounts in their unit), `relative` arm / against − 1; None
    where there is nothing to divide. `once` holds with the comparison's confidence for one look only;
    `resampled` likewise, where amounts were given. `daily` may be looked at every day, and holds for all
    pairs of groups together. `relative_once` belongs to `relative`.
    `extra_cost` is what one more outcome (or one more unit of the amount) costs in minor units, and
    `extra_cost_daily` the same at the ends of `daily`, infinite where "no difference" is among them; both
    None where there is no gain, or nothing was spent.
    """

    arm: str
    against: str
    absolute: float | None
    once: Interval
    daily: Interval
    relative: float | None
    relative_once: Interval
    resampled: Interval | None = None
    extra_cost: float | None = None
    extra_cost_daily: Interval | None = None


@frozen(kw_only=True)
class Comparison:
    """Two or more groups, their differences pair by pair, and whether their sizes are right.

    `planned` is the number of customers in all groups at which the comparison is to be decided, `n` those
    counted so far. `control` names the group for which nothing is done, None without one. `wanted` says
    whether more or less of the outcome is better.
    """

    arms: tuple[Arm, ...]
    differences: tuple[Difference, ...]
    ratio: SampleRatio
    planned: int
    control: str | None
    confidence: float
    wanted: Wanted

    @property
    def n(self) -> int:
        """The customers counted so far, in all groups."""
        return sum(arm.sample.n for arm in self.arms)

    @property
    def is_amount(self) -> bool:
        """Whether amounts are compared, not shares."""
        return isinstance(self.arms[0].sample, Measured)

    def is_ahead(self, one: str, other: str) -> bool:
        """Whether the group `one` is better than `other`, by the interval that may be looked at daily."""
        for each in self.differences:
            if {each.arm, each.against} == {one, other}:
                gain = each.daily if (each.arm == one) == (self.wanted == "more") else -each.daily
                return gain.low > 0
        return False


def compare(
    arms: Sequence[Arm],
    *,
    planned: int,
    control: str | None = CONTROL,
    confidence: float = 0.95,
    wanted: Wanted = "more",
) -> Comparison:
    """Compare groups: each with the control group, and with each other.

    `planned` has to be chosen before looking (see `power`). With more than two groups, `daily` keeps its
    confidence over all pairs by Bonferroni's correction: all pairs, because the best is chosen by looking.
    A `control` that is not among the groups means that there is none.
    Raises `Invalid` for fewer than two groups, groups of one name, shares and amounts mixed, `planned`
    below 1, and shares that do not add up to 1.
    """
    _check(arms, planned)
    known = control if control in {arm.name for arm in arms} else None
    ordered = sorted(arms, key=lambda arm: arm.name != known)
    pairs = list(itertools.combinations(ordered, 2))
    corrected = 1 - tail_of(confidence) / len(pairs)
    return Comparison(
        arms=tuple(arms),
        differences=tuple(
            _difference(arm, against, planned, confidence, corrected, wanted) for against, arm in pairs
        ),
        ratio=sample_ratio([arm.assigned for arm in arms], [arm.share for arm in arms]),
        planned=planned,
        control=known,
        confidence=confidence,
        wanted=wanted,
    )


def _check(arms: Sequence[Arm], planned: int) -> None:
    if len(arms) < 2:
        raise Invalid("A comparison needs at least two groups")
    if len({arm.name for arm in arms}) < len(arms):
        raise Invalid(
            phrase(
                "Two groups have the same name: {names}", names=", ".join(quoted(arm.name) for arm in arms)
            )
        )
    if len({type(arm.sample) for arm in arms}) > 1:
        raise Invalid("Shares in one group cannot be compared with amounts in another")
    if planned < 1:
        raise Invalid(phrase("A comparison cannot be decided at {planned} customers", planned=planned))


def _difference(
    arm: Arm, against: Arm, planned: int, confidence: float, corrected: float, wanted: Wanted
) -> Difference:
    sizes = Sizes(max(1, round(planned * arm.share)), max(1, round(planned * against.share)))
    one, two = arm.sample, against.sample
    resampled = None
    if isinstance(one, Counted) and isinstance(two, Counted):
        once, ratio = newcombe(one, two, confidence=confidence), relative(one, two, confidence=confidence)
        daily = daily_share(one, two, sizes, confidence=corrected)
    else:
        assert isinstance(one, Measured)
        assert isinstance(two, Measured)
        once, ratio = welch(one, two, confidence=confidence), relative_mean(one, two, confidence=confidence)
        daily = daily_mean(one, two, sizes, confidence=corrected)
        if arm.values and against.values:
            resampled = bootstrap(arm.values, against.values, confidence=confidence)
    known = arm.estimate is not None and against.estimate is not None
    absolute = arm.estimate - against.estimate if known else None  # type: ignore[operator]
    each, ends = _extra_cost(arm, against, absolute, daily, wanted)
    return Difference(
        arm=arm.name,
        against=against.name,
        absolute=absolute,
        once=once,
        daily=daily,
        relative=absolute / against.estimate if absolute is not None and against.estimate else None,
        relative_once=ratio,
        resampled=resampled,
        extra_cost=each,
        extra_cost_daily=ends,
    )


def _extra_cost(
    arm: Arm, against: Arm, absolute: float | None, daily: Interval, wanted: Wanted
) -> tuple[float | None, Interval | None]:
    """What was spent more on each customer, by what each of them gained."""
    if absolute is None:
        return None, None
    spent = arm.cost / arm.sample.n - against.cost / against.sample.n
    gain, range_ = (absolute, daily) if wanted == "more" else (-absolute, -daily)
    if spent <= 0 or gain <= 0:
        return None, None
    return spent / gain, Interval(spent / range_.high, spent / range_.low if range_.low > 0 else math.inf)
