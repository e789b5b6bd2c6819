"""What a business can set under `[plugins.analytical]`."""

from __future__ import annotations

from attrs import field, frozen

from crmkit.plugins.analytical.report.settings import ReportSettings


@frozen(kw_only=True)
class AnalyticalSettings:
    """The settings of the analytical plugin."""

    report: ReportSettings = field(
        factory=ReportSettings, metadata={"doc": "When a report is written by itself, and who hears of it."}
    )
