"""What `crm check` and `crm doctor` ask of campaigns and journeys."""

from __future__ import annotations

from collections.abc import Iterator

from crmkit.plugin import Check, lazily


def checks() -> Iterator[Check]:
    """The files of both can be read; every run adds up, and none waits for a person."""
    yield Check(
        name="campaigns",
        doc="The files of campaigns can be read and sent",
        run=lazily("crmkit.plugins.campaign.campaigns.findings:file_findings"),
        of_settings=True,
    )
    yield Check(
        name="campaign-runs",
        doc="No campaign is held, and each adds up",
        run=lazily("crmkit.plugins.campaign.campaigns.findings:run_findings"),
    )
    yield Check(
        name="journeys",
        doc="The files of journeys can be read, and are what runs",
        run=lazily("crmkit.plugins.campaign.journeys.doctor:findings"),
        of_settings=True,
    )
