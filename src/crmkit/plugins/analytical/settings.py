"""What a business can set under `[plugins.analytical]`."""

from __future__ import annotations

from attrs import field, frozen

from crmkit.plugins.analytical.replica.settings import ReplicaSettings


@frozen(kw_only=True)
class AnalyticalSettings:
    """The settings of the analytical plugin."""

    replica: ReplicaSettings = field(
        factory=ReplicaSettings,
        metadata={"doc": "The copy of the log from which answers over many customers are read."},
    )
