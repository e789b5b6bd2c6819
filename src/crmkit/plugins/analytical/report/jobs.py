"""The job that writes the report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crmkit.plugin import Job

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugins.analytical.report.settings import ReportSettings


def jobs(settings: ReportSettings) -> Iterable[Job]:
    """The report, as often as the settings say."""
    if settings.every is not None:
        yield Job(name="report", every=3_600.0, run=_write, doc="Writes the report that is due")


def _write(crm: Crm) -> None:
    from crmkit.plugins.analytical.report.job import write_due

    write_due(crm)
