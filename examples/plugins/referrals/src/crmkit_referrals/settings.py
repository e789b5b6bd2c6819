"""What a business can set under `[plugins.referrals]`."""

from __future__ import annotations

from attrs import field, frozen, validators


@frozen(kw_only=True)
class Settings:
    """The settings of the referrals plugin."""

    points: int = field(
        default=10, validator=validators.ge(0), metadata={"doc": "Points for each recommendation."}
    )
