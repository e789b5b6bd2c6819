"""What the worker does for handovers: it notices that a time is over, and writes to those concerned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Job

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.collaborative.settings import Settings

_MINUTE: Final = 60.0


def handover_jobs(settings: Settings) -> Iterator[Job]:
    """The jobs of handovers."""
    yield Job(
        name="handover_times",
        every=_MINUTE,
        run=_watch,
        doc="Marks promises that nobody accepted in time as dropped, and those not kept in time as broken",
    )
    if settings.handovers.tell:
        yield Job(
            name="handover_notices",
            every=_MINUTE,
            run=_tell,
            doc="Writes to those who are given a promise, and to who gave one that comes back or is broken",
        )


def _watch(crm: Crm) -> bool:
    from crmkit.plugins.collaborative.handovers.watching import watch

    return watch(crm)


def _tell(crm: Crm) -> bool:
    from crmkit.plugins.collaborative.handovers.notices import tell

    return tell(crm)
