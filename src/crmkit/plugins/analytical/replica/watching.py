"""What reads the replica, the job that keeps it up to date, and what `crm doctor` says of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from crmkit import TryAgain
from crmkit.plugin import BulkReader, Check, Finding, Job, lazily, phrase

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.analytical.replica.settings import ReplicaSettings


def reader() -> BulkReader:
    """The replica as the core asks it: one for each opened `Crm`, made at the first question."""
    made = cache(lazily("crmkit.plugins.analytical.replica.reader:ReplicaReader"))
    return BulkReader(
        name="replica",
        doc="The log as Parquet beside the database",
        read=lambda crm, question: made().read(crm, question),
    )


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
    from crmkit.plugins.analytical.replica.refreshing import refresh

    try:
        refresh(crm)
    except TryAgain:  # somebody else is at it
        return


def _look(crm: Crm) -> Iterator[Finding]:
    from crmkit.plugins.analytical.replica.folder import folder_of
    from crmkit.plugins.analytical.replica.manifest import Unreadable

    folder = folder_of(crm)
    manifest = folder.manifest()
    settings: ReplicaSettings = crm.plugins.settings("analytical").replica
    if isinstance(manifest, Unreadable):
        if settings.enabled or not manifest.missing:
            yield Finding(
                "note",
                phrase("The replica cannot be used: {reason}", reason=manifest.reason),
                phrase("Run: crm analytics refresh"),
            )
        return
    lost = [part.file for part in manifest.files if not folder.is_sound(part)]
    if lost:
        yield Finding(
            "warning",
            phrase("Missing or damaged files of the replica: {files}", files=", ".join(lost)),
            phrase("The database answers meanwhile. To mend it: crm analytics refresh --rebuild"),
        )
