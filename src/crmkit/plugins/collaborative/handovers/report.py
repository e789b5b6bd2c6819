"""Promises in the report: how many were handed over, and how they were kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit import CrmError
from crmkit.plugin import N_, Figure, ReportSection

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion
    from crmkit.plugins.collaborative.settings import Settings

_FIGURES: Final = (
    ("handovers", N_("Handed over")),
    ("promises_kept", N_("Kept what was promised")),
    ("handovers_dropped", N_("Answered by nobody in time")),
    ("handover_acceptance_time", N_("Working hours until accepted, half of them fewer")),
)


def promises_reported(question: ReportQuestion, crm: Crm, _settings: Settings) -> Iterator[ReportSection]:
    """The section, where anything was promised. As of a past day it is left out: only today is known."""
    figures = []
    for name, label in _FIGURES:
        try:
            found = crm.metrics.value(name, question.period, where=question.where, as_of=question.as_of)
        except CrmError:
            continue
        if not found.is_empty and found.value:
            figures.append(Figure(label=label, value=_written(found)))
    if figures:
        yield ReportSection(name="promises", title="Promises", figures=figures, order=85)


def _written(found: Any) -> str:
    if found.unit == "share":
        return f"{float(found.value) * 100:.1f} %"
    return (
        f"{found.value:,}"
        if isinstance(found.value, int)
        else f"{float(found.value):,.1f}".removesuffix(".0")
    )
