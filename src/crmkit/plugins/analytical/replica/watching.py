"""The job that keeps the replica up to date, and what `crm doctor` says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmkit import TryAgain
from crmkit.plugin import Check, Finding, Job
from crmkit.plugins.analytical.replica.folder import folder_of
from crmkit.plugins.analytical.replica.manifest import Unreadable
from crmkit.plugins.analytical.replica.refreshing import refresh
from crmkit.plugins.analytical.replica.settings import ReplicaSettings

if TYPE_CHECKING:
    from crmkit import Crm


def jobs(settings: ReplicaSettings) -> Iterator[Job]:
    """The job, where it is wanted."""
    if settings.enabled:
        yield Job(
            name="refresh_replica", every=float(settings.every), run=_keep, doc="Bring the replica up to date"
        )


def checks() -> Iterator[Check]:
    """The check."""
    yield Check(name="replica", doc="The replica is whole", run=_look)


def _keep(crm: Crm) -> None:
    try:
        refresh(crm)
    except TryAgain:  # somebody else is at it
        return


def _look(crm: Crm) -> Iterator[Finding]:
    folder = folder_of(crm)
    manifest = folder.manifest()
    settings: ReplicaSettings = crm.plugins.settings("analytical").replica
    if isinstance(manifest, Unreadable):
        if settings.enabled or not manifest.missing:
            yield Finding(
                "note", f"The replica cannot be used: {manifest.reason}", "Run: crm analytics refresh"
            )
        return
    lost = [part.file for part in manifest.files if not folder.is_sound(part)]
    if lost:
        yield Finding(
            "warning",
            f"Missing or damaged files of the replica: {', '.join(lost)}",
            "The database answers meanwhile. To mend it: crm analytics refresh --rebuild",
        )
