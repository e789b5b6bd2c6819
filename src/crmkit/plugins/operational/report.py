"""Sales and service in the report: what is in the making, and what customers wait for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from crmkit import CrmError, Money
from crmkit.plugin import Figure, ReportSection

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ReportQuestion
    from crmkit.plugins.operational.settings import Settings

# (metric, label, whether it is known of a period; else as of now only)
_NUMBERS: Final = {
    "deals": (
        ("pipeline", "Worth of the open deals, now", False),
        ("win_rate", "Closed deals that were won", True),
        ("sales_cycle", "Days to a deal, half of them fewer", True),
    ),
    "cases": (
        ("backlog", "Cases that are open, now", False),
        ("sla_kept", "Cases that were answered and solved in time", True),
        ("first_response_time", "Working hours to a first answer", True),
        ("resolution_time", "Working hours to a solution", True),
    ),
}


def section(crm: Crm, question: ReportQuestion, settings: Settings) -> Iterator[ReportSection]:
    """The section, where there is anything to sell or to solve."""
    figures = [
        each
        for capability, numbers in _NUMBERS.items()
        if capability in settings.use
        for each in _figures(crm, question, numbers)
    ]
    if figures:
        yield ReportSection(name="sales", title="Sales and service", figures=figures, order=80)


def _figures(
    crm: Crm, question: ReportQuestion, numbers: tuple[tuple[str, str, bool], ...]
) -> Iterator[Figure]:
    """What there is of these numbers. What is not known as of the report's day is left out."""
    for name, label, is_of_period in numbers:
        try:
            found = crm.metrics.value(
                name, question.period if is_of_period else None, where=question.where, as_of=question.as_of
            )
        except CrmError:
            continue
        if not found.is_empty and found.value is not None:
            yield Figure(label=label, value=_written(found))


def _written(found: Any) -> str:
    if found.unit == "money":
        return str(Money(int(found.value), found.currency))
    if found.unit == "share":
        return f"{float(found.value) * 100:.1f} %"
    return (
        f"{found.value:,}"
        if isinstance(found.value, int)
        else f"{float(found.value):,.1f}".removesuffix(".0")
    )
