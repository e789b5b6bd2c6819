"""What `crm check` and `crm doctor` say of campaigns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit import CrmError
from crmkit.plugin import Finding, phrase, recorded_reason
from crmkit.plugins.campaign.campaigns.counting import counts_of
from crmkit.plugins.campaign.campaigns.file import CampaignFile, campaign_files, conditions_of, faults_of
from crmkit.plugins.campaign.campaigns.model import HELD
from crmkit.plugins.campaign.campaigns.reasons import REASONS
from crmkit.plugins.campaign.campaigns.runs import newest_runs
from crmkit.plugins.campaign.files import CAMPAIGNS, Fault, findings_in, notes_in

if TYPE_CHECKING:
    from crmkit import Crm


def file_findings(crm: Crm) -> Iterator[Finding]:
    """What is wrong with each file, with its line; and which is another than is being sent."""
    files = campaign_files(crm)
    for name, file in files.items():

        def faults(value: CampaignFile, name: str = name) -> Iterator[Fault]:
            return faults_of(crm, name, value)

        yield from findings_in(file, faults, crm)
        yield from notes_in(file, conditions_of, crm)
    try:
        with crm.reading() as execute:
            runs = newest_runs(crm, execute)
    except CrmError:  # the database lacks the tables yet, and crm check says so itself
        return
    for name, run in runs.items():
        if run.is_open and (name not in files or files[name].digest != run.digest):
            yield Finding(
                "warning",
                phrase(
                    "{folder}/{name}.toml is another than was confirmed, run {number} goes on as it was",
                    folder=CAMPAIGNS,
                    name=name,
                    number=run.number,
                ),
                phrase(
                    "To send what it says now: crm campaigns cancel {name}, then crm campaigns send {name}",
                    name=name,
                ),
            )


def run_findings(crm: Crm) -> Iterator[Finding]:
    """Which runs do not add up, and which wait for a person."""
    with crm.reading() as execute:
        runs = newest_runs(crm, execute)
        for name, run in runs.items():
            counts = counts_of(crm, execute, run)
            parts = (
                counts.sent
                + counts.failed
                + counts.unconfirmed
                + counts.skipped
                + counts.withheld
                + counts.waiting
            )
            if parts != counts.audience:
                yield Finding(
                    "error",
                    phrase(
                        'The campaign "{name}": {parts:,} of {audience:,} add up',
                        name=name,
                        parts=parts,
                        audience=counts.audience,
                    ),
                )
    for name, run in runs.items():
        if run.state == HELD:
            yield Finding(
                "warning",
                phrase(
                    'The campaign "{name}" is held: {held}',
                    name=name,
                    held=recorded_reason(run.held or "", REASONS),
                ),
                phrase("See: crm campaigns show {name}", name=name),
            )
