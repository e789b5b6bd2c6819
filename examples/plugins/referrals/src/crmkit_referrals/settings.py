"""What a business can set under `[plugins.referrals]`."""

from __future__ import annotations

from attrs import field, frozen, validators


@frozen(kw_only=True)
class Settings:
    """The settings of the referrals plugin."""

    points: int = field(
        default=10, validator=validators.ge(0), metadata={"doc": "Points for each recommendation."}
    )
    most_reward: int = field(
        default=1_000,
        validator=validators.ge(0),
        metadata={"doc": "The most points that rules may give one customer for those they brought."},
    )
