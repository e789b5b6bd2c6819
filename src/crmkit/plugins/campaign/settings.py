"""What a business can set under `[plugins.campaign]`."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from crmkit.plugins.campaign.results.settings import AttributionSettings


@frozen(kw_only=True)
class Settings:
    """The settings of the campaign plugin."""

    campaigns: Mapping[str, str] = field(
        factory=dict,
        metadata={"doc": "Campaigns by name, each with a line on what it is; answers to others are refused."},
    )
    attribution: AttributionSettings = field(
        factory=AttributionSettings,
        metadata={"doc": "Among which messages the amount of a purchase is divided, and how."},
    )
