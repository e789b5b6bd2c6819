"""Where rules come from that stand in files: campaigns and journeys go through the engine as rules do."""

from __future__ import annotations

from collections.abc import Iterator

from crmkit.plugin import RuleSource, lazily
from crmkit.plugins.campaign.campaigns.tables import RECIPIENT, RUN
from crmkit.plugins.campaign.journeys.tables import JOURNEY, PERSON, VERSION


def sources() -> Iterator[RuleSource]:
    """The sources `campaign` and `journey`."""
    yield RuleSource(
        name="campaign",
        doc="Campaigns that somebody has confirmed",
        tables=(RUN, RECIPIENT),
        rules=lazily("crmkit.plugins.campaign.campaigns.source:rules"),
        advance=lazily("crmkit.plugins.campaign.campaigns.advancing:advance"),
        left_out=lazily("crmkit.plugins.campaign.campaigns.source:left_out"),
        next_at=lazily("crmkit.plugins.campaign.campaigns.advancing:next_at"),
    )
    yield RuleSource(
        name="journey",
        doc="Journeys: steps that people are led through",
        tables=(JOURNEY, VERSION, PERSON),
        rules=lazily("crmkit.plugins.campaign.journeys.source:rules"),
        advance=lazily("crmkit.plugins.campaign.journeys.source:advance"),
        left_out=lazily("crmkit.plugins.campaign.journeys.source:left_out"),
        next_at=lazily("crmkit.plugins.campaign.journeys.source:next_at"),
    )
