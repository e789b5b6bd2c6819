"""What a business can set under `[plugins.analytical]`."""

from __future__ import annotations

from attrs import field, frozen

from crmkit.plugins.analytical.lifetime.settings import ValueSettings
from crmkit.plugins.analytical.replica.settings import ReplicaSettings
from crmkit.plugins.analytical.report.settings import ReportSettings
from crmkit.plugins.analytical.rfm.settings import RfmSettings


@frozen(kw_only=True)
class AnalyticalSettings:
    """The settings of the analytical plugin."""

    replica: ReplicaSettings = field(
        factory=ReplicaSettings,
        metadata={"doc": "The copy of the log from which answers over many customers are read."},
    )
    rfm: RfmSettings = field(
        factory=RfmSettings,
        metadata={"doc": "Scores for recency, frequency and monetary value, and what their segments are."},
    )
    value: ValueSettings = field(
        factory=ValueSettings,
        metadata={"doc": "Lifetime value: by which model, with what margin, how far ahead."},
    )
    report: ReportSettings = field(
        factory=ReportSettings, metadata={"doc": "When a report is written by itself, and who hears of it."}
    )
