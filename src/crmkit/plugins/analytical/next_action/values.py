"""What is measured of an action, and where it stands among the others."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

Basis = Literal["measured", "priority", "harm"]


@frozen(kw_only=True)
class Uplift:
    """What a rule has changed, by its control group, so far.

    `absolute` is the difference from those left alone: of the shares that came to the `outcome` within the
    time `within` (0 to 1) or, where `is_amount`, of what each customer brought, in minor units of `currency`.
    `low` and `high` are the ends of its interval, which may be looked at any day; infinite where nothing is
    known. `relative` is the difference divided by the share (or amount) of those left alone, None without
    one. `customers` were counted. `wanted` says whether more of it is better, or less.
    """

    outcome: str
    within: str
    absolute: float
    relative: float | None
    low: float
    high: float
    customers: int
    wanted: Literal["more", "less"] = "more"
    is_amount: bool = False
    currency: str = ""

    @property
    def least(self) -> float:
        """The least gain that the interval leaves: what the ranking goes by."""
        return self.low if self.wanted == "more" else -self.high

    @property
    def most(self) -> float:
        """The greatest gain that the interval leaves."""
        return self.high if self.wanted == "more" else -self.low


@frozen(kw_only=True)
class NextAction:
    """One action of a rule for a customer, and why it stands where it does.

    `place` counts from 1, the best; None where it is not to be done now: a gate leaves it out (`state`,
    `reason`), or it does harm. `basis` is `measured` where the interval of `uplift` tells that it works,
    `harm` where it tells the contrary, else `priority`: the rule's. `why` says all of it in a sentence.
    `until` is when it would go out where that is not at once (microseconds UTC). `command` makes a plan with
    it.
    """

    customer_id: int
    place: int | None
    rule: str
    step: str
    action: str
    says: str
    state: str
    basis: Basis
    priority: int
    why: str
    command: str
    uplift: Uplift | None = None
    reason: str | None = None
    until: int | None = None
