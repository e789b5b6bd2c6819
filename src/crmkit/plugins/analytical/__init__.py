"""The analytical plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crmkit import Crm, Customer
from crmkit.plugin import (
    DuplicateJudge,
    Job,
    ReportQuestion,
    ReportSection,
    Section,
    Service,
    Trait,
    hookimpl,
)
from crmkit.plugins.analytical.identity.judge import splink_judge
from crmkit.plugins.analytical.next_action.service import NextActions
from crmkit.plugins.analytical.profile import in_numbers
from crmkit.plugins.analytical.purchases import frequency, monetary, recency
from crmkit.plugins.analytical.settings import AnalyticalSettings


@hookimpl
def crmkit_register_strategy_words() -> Iterable[Trait]:
    """Recency, frequency, monetary value."""
    yield Trait(name="recency", type="number", doc="Days since the last purchase", select=recency)
    yield Trait(name="frequency", type="number", doc="Number of purchases", select=frequency, missing=0)
    yield Trait(name="monetary", type="money", doc="Sum of all purchases", select=monetary, missing=0)


@hookimpl
def crmkit_extend_profile(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """The customer in numbers."""
    return in_numbers(customers, crm)


@hookimpl
def crmkit_register_services() -> Iterable[Service]:
    """What would be best to do for a customer."""
    yield Service(NextActions, NextActions)


@hookimpl
def crmkit_register_judges() -> Iterable[DuplicateJudge]:
    """Who may be the same customer, learnt from the data."""
    yield splink_judge()


@hookimpl
def crmkit_extend_report(question: ReportQuestion, crm: Crm) -> Iterable[ReportSection]:
    """Goals and results, customers, what rules have changed, how well customers are known."""
    from crmkit.plugins.analytical.report.gathering import sections

    return sections(crm, question)


@hookimpl
def crmkit_register_jobs(settings: AnalyticalSettings) -> Iterable[Job]:
    """The report, as often as the settings say."""
    if settings.report.every is not None:
        yield Job(name="report", every=3_600.0, run=_write_report, doc="Writes the report that is due")


def _write_report(crm: Crm) -> None:
    from crmkit.plugins.analytical.report.job import write_due

    write_due(crm)
