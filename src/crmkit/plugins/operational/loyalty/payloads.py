"""What is told of points, rewards, coupons and tiers."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class PointsMoved:
    """The payload of `points.awarded`, `points.spent` and `points.expired`."""

    points: int
    reason: str = ""


@frozen(kw_only=True)
class RewardRedeemed:
    """The payload of `reward.redeemed`: what was handed over, and for how many points."""

    reward: str
    label: str = ""
    points: int = 0


@frozen(kw_only=True)
class CouponMoved:
    """The payload of `coupon.issued` and `coupon.redeemed`."""

    code: str
    reward: str
    label: str = ""
    valid_until: int | None = None


@frozen(kw_only=True)
class TierChanged:
    """The payload of `loyalty.tier`: the tier, or None below the lowest; and the one before."""

    tier: str | None = None
    before: str | None = None
