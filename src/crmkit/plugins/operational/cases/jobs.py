"""The worker's share in cases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Job, lazily

if TYPE_CHECKING:
    from crmkit.plugins.operational.settings import Settings

_MINUTE: Final = 60.0


def case_jobs(settings: Settings) -> Iterator[Job]:
    """The jobs of cases."""
    yield Job(
        name="case_clocks",
        every=_MINUTE,
        run=lazily("crmkit.plugins.operational.cases.working:watch"),
        doc="Tells which cases are overdue, and closes those that were resolved long enough ago",
    )
    if settings.cases.routing:
        yield Job(
            name="case_routing",
            every=_MINUTE,
            run=partial(lazily("crmkit.plugins.operational.cases.working:route_new"), settings=settings),
            doc="Gives new cases to queues and people",
        )
