"""Metrics: numbers over many customers and a period, from what was on record at an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit.core.metrics.period import Period
    from crmkit.core.metrics.service import Metrics
    from crmkit.core.metrics.value import GroupValue, MetricValue

__all__ = ("GroupValue", "MetricValue", "Metrics", "Period")


# The core's words import this package whenever a Crm opens; what computes them can wait.
def __getattr__(name: str) -> Any:
    from importlib import import_module

    homes = {"GroupValue": "value", "MetricValue": "value", "Metrics": "service", "Period": "period"}
    if name not in homes:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{homes[name]}"), name)
