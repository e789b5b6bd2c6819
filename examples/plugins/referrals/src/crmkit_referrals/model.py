"""The values of the referrals plugin."""

from __future__ import annotations

from attrs import frozen


@frozen(kw_only=True)
class Recommended:
    """The payload of `referrals.recommended`: to whom, and in which words."""

    friend: str = ""
    text: str = ""


@frozen
class Standing:
    """How often a customer recommended the business, and the points they have for it."""

    customer_id: int
    recommendations: int
    points: int
