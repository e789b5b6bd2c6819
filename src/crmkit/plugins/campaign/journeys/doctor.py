"""What `crm check` and `crm doctor` say of journeys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit import CrmError
from crmkit.plugin import Finding, phrase
from crmkit.plugins.campaign.files import JOURNEYS, notes_in
from crmkit.plugins.campaign.journeys.checking import conditions_of
from crmkit.plugins.campaign.journeys.files import findings_of, journey_files
from crmkit.plugins.campaign.journeys.kept import running_versions
from crmkit.plugins.campaign.journeys.pinning import edited_templates

if TYPE_CHECKING:
    from crmkit import Crm


def findings(crm: Crm) -> Iterator[Finding]:
    """What is wrong with the files, and which are another than what runs."""
    files = journey_files(crm)
    for file in files.values():
        yield from findings_of(crm, file)
        yield from notes_in(file, conditions_of, crm)
    try:
        with crm.reading() as execute:
            running = running_versions(crm, execute)
    except CrmError:  # the database lacks the tables yet, and crm check says so itself
        return
    for name, (digest, graph) in running.items():
        if name not in files:
            yield Finding(
                "warning",
                phrase("{folder}/{name}.toml is gone, and its journey runs", folder=JOURNEYS, name=name),
                phrase("To have nobody come in any more: crm journeys stop {name}", name=name),
            )
        elif files[name].digest != digest:
            yield Finding(
                "warning",
                phrase(
                    "{folder}/{name}.toml has changed since its journey was started",
                    folder=JOURNEYS,
                    name=name,
                ),
                phrase("For whoever comes in next: crm journeys start {name}", name=name),
            )
        elif steps := tuple(edited_templates(crm, name, graph)):
            yield Finding(
                "warning",
                phrase(
                    "Templates of {folder}/{name}.toml have changed since it was started: {steps}",
                    folder=JOURNEYS,
                    name=name,
                    steps=", ".join(steps),
                ),
                phrase(
                    "Who is in it gets them as they were. For whoever comes in next: crm journeys start "
                    "{name}",
                    name=name,
                ),
            )
