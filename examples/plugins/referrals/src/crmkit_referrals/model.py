"""The values of the referrals plugin."""

from __future__ import annotations

from attrs import field, frozen, validators


@frozen(kw_only=True)
class Recommended:
    """The payload of `referrals.recommended`: to whom, and in which words."""

    friend: str = ""
    text: str = ""


@frozen
class Standing:
    """How often a customer recommended the business, the points they have for it, and how many customers
    they brought. `points` are those of recommendations and rewards together."""

    customer_id: int
    recommendations: int
    points: int
    friends: int = 0


@frozen
class Link:
    """Who brought whom, and since when that is known (microseconds UTC). `reward` is in points."""

    referrer_id: int
    referred_id: int
    at: int
    reward: int = 0


@frozen(kw_only=True)
class Reward:
    """What the action `referrals.reward` is given: the points for whoever brought the customer."""

    points: int = field(validator=(validators.instance_of(int), validators.in_(range(1, 1_000_001))))
