"""The analytical plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crmkit.plugin import (
    PluginTables,
    Service,
    hookimpl,
    plugin_metadata,
)
from crmkit.plugins.analytical.identity.judge import splink_judge
from crmkit.plugins.analytical.identity.libraries import libraries_check
from crmkit.plugins.analytical.lifetime import jobs as value_jobs
from crmkit.plugins.analytical.lifetime import tables as value_tables
from crmkit.plugins.analytical.lifetime.words import words as value_words
from crmkit.plugins.analytical.movement.words import metrics as movement_metrics
from crmkit.plugins.analytical.profile import in_numbers
from crmkit.plugins.analytical.replica import watching
from crmkit.plugins.analytical.report import jobs as report_jobs
from crmkit.plugins.analytical.rfm.words import words as rfm_words
from crmkit.plugins.analytical.settings import AnalyticalSettings
from crmkit.plugins.analytical.share import metrics as share_metrics

if TYPE_CHECKING:
    from crmkit import Crm, Customer
    from crmkit.plugin import (
        BulkReader,
        Check,
        DuplicateJudge,
        Elsewhere,
        Job,
        Metric,
        PrivacyPart,
        ReportQuestion,
        ReportSection,
        Section,
        Trait,
        Transaction,
    )


@hookimpl
def crmkit_register_strategy_words(settings: AnalyticalSettings) -> Iterable[Trait | Metric]:
    """Recency, frequency, monetary value and their segments; lifetime value; what is asked of many."""
    yield from rfm_words(settings.rfm)
    yield from value_words(settings.value)
    yield from share_metrics()
    yield from movement_metrics()


@hookimpl
def crmkit_register_tables() -> PluginTables:
    """The table of fits."""
    metadata = plugin_metadata()
    value_tables.build(metadata)
    return PluginTables(metadata, Path(__file__).parent / "migrations", fresh=True)


@hookimpl
def crmkit_register_services() -> Iterable[Service]:
    """What would be best to do for a customer."""
    yield Service("crmkit.plugins.analytical.next_action.service:NextActions")


@hookimpl
def crmkit_register_bulk_readers() -> Iterable[BulkReader]:
    """The replica."""
    yield watching.reader()


@hookimpl
def crmkit_register_judges() -> Iterable[DuplicateJudge]:
    """Who may be the same customer, learnt from the data."""
    yield splink_judge()


@hookimpl
def crmkit_register_jobs(settings: AnalyticalSettings) -> Iterable[Job]:
    """Keeping the replica up to date, fitting lifetime value anew, the report."""
    yield from watching.jobs(settings.replica)
    yield from value_jobs.jobs()
    yield from report_jobs.jobs(settings.report)


@hookimpl
def crmkit_register_checks() -> Iterable[Check]:
    """What the doctor asks."""
    yield from watching.checks()
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


@hookimpl
def crmkit_before_customers_erased(
    customers: Sequence[Customer], crm: Crm, tx: Transaction
) -> Iterable[Elsewhere]:
    """The files of the replica with rows of theirs."""
    from crmkit.plugins.analytical.replica.erasing import to_erase

    return to_erase(customers, crm, tx)


@hookimpl
def crmkit_extend_privacy_export(
    customers: Sequence[Customer], crm: Crm
) -> Iterable[tuple[int, PrivacyPart]]:
    """That the replica has rows of theirs."""
    from crmkit.plugins.analytical.replica.erasing import part_of

    return part_of(customers, crm)
