"""The analytical plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from crmkit import Crm, Customer
from crmkit.plugin import (
    Check,
    DuplicateJudge,
    Job,
    Metric,
    PluginTables,
    ReportQuestion,
    ReportSection,
    Section,
    Service,
    Trait,
    hookimpl,
    plugin_metadata,
)
from crmkit.plugins.analytical.identity.judge import splink_judge
from crmkit.plugins.analytical.identity.libraries import libraries_check
from crmkit.plugins.analytical.lifetime import jobs as value_jobs
from crmkit.plugins.analytical.lifetime import tables as value_tables
from crmkit.plugins.analytical.lifetime.words import words as value_words
from crmkit.plugins.analytical.next_action.service import NextActions
from crmkit.plugins.analytical.profile import in_numbers
from crmkit.plugins.analytical.report import jobs as report_jobs
from crmkit.plugins.analytical.rfm.words import words as rfm_words
from crmkit.plugins.analytical.settings import AnalyticalSettings


@hookimpl
def crmkit_register_strategy_words(settings: AnalyticalSettings) -> Iterable[Trait | Metric]:
    """Recency, frequency, monetary value, and their segments; lifetime value."""
    yield from rfm_words(settings.rfm)
    yield from value_words(settings.value)


@hookimpl
def crmkit_register_tables() -> PluginTables:
    """The table of fits."""
    metadata = plugin_metadata()
    value_tables.build(metadata)
    return PluginTables(metadata, Path(__file__).parent / "migrations")


@hookimpl
def crmkit_register_services() -> Iterable[Service]:
    """What would be best to do for a customer."""
    yield Service(NextActions, NextActions)


@hookimpl
def crmkit_register_judges() -> Iterable[DuplicateJudge]:
    """Who may be the same customer, learnt from the data."""
    yield splink_judge()


@hookimpl
def crmkit_register_jobs(settings: AnalyticalSettings) -> Iterable[Job]:
    """Fitting lifetime value anew, and the report."""
    yield from value_jobs.jobs()
    yield from report_jobs.jobs(settings.report)


@hookimpl
def crmkit_register_checks() -> Iterable[Check]:
    """What the doctor asks."""
    yield from value_jobs.checks()
    yield libraries_check()


@hookimpl
def crmkit_extend_profile(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """The customer in numbers."""
    return in_numbers(customers, crm)


@hookimpl
def crmkit_extend_report(question: ReportQuestion, crm: Crm) -> Iterable[ReportSection]:
    """Goals and results, customers, what rules have changed, how well customers are known."""
    from crmkit.plugins.analytical.report.gathering import sections

    return sections(crm, question)
