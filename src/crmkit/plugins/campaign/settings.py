"""What a business can set under `[plugins.campaign]`."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen


@frozen(kw_only=True)
class Settings:
    """The settings of the campaign plugin."""

    campaigns: Mapping[str, str] = field(
        factory=dict,
        metadata={"doc": "Campaigns by name, each with a line on what it is; answers to others are refused."},
    )
