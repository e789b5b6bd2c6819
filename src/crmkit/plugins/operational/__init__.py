"""The operational plugin: every hook it implements, answered by the capabilities in use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from crmkit.plugin import (
    PluginTables,
    hookimpl,
    plugin_metadata,
)
from crmkit.plugins.operational.capabilities import CAPABILITIES, in_use
from crmkit.plugins.operational.settings import Settings

if TYPE_CHECKING:
    from crmkit import Change, Crm, Customer, Interaction
    from crmkit.plugin import (
        Action,
        Check,
        Due,
        Field,
        InteractionType,
        Job,
        Metric,
        Record,
        RecordDraft,
        RecordType,
        Refusal,
        Replace,
        ReportQuestion,
        ReportSection,
        Route,
        Section,
        Service,
        Tables,
        Trait,
        Transaction,
    )


@hookimpl
def crmkit_register_customer_words(settings: Settings) -> Iterable[Field | RecordType]:
    """Fields of customers, and the kinds of records."""
    for each in in_use(settings):
        yield from each.customer_words(settings)


@hookimpl
def crmkit_register_interaction_words(settings: Settings) -> Iterable[InteractionType]:
    """What happened to records."""
    for each in in_use(settings):
        yield from each.interaction_words(settings)


@hookimpl
def crmkit_register_strategy_words(settings: Settings) -> Iterable[Trait | Metric | Action]:
    """What the strategy can ask and do."""
    for each in in_use(settings):
        yield from each.strategy_words(settings)


@hookimpl
def crmkit_register_tables(tables: Tables) -> PluginTables:
    """The tables of every capability: what was kept stays while one is not in use."""
    metadata = plugin_metadata()
    for each in CAPABILITIES:
        each.tables(tables, metadata)
    return PluginTables(metadata, Path(__file__).parent / "migrations", fresh=True)


@hookimpl
def crmkit_register_services(settings: Settings) -> Iterable[Service]:
    """What programs ask for by class."""
    for each in in_use(settings):
        yield from each.services(settings)


@hookimpl
def crmkit_register_jobs(settings: Settings) -> Iterable[Job]:
    """What the worker does."""
    for each in in_use(settings):
        yield from each.jobs(settings)


@hookimpl
def crmkit_register_checks(settings: Settings) -> Iterable[Check]:
    """What the doctor asks."""
    for each in in_use(settings):
        yield from each.checks(settings)


@hookimpl
def crmkit_register_routes(settings: Settings) -> Iterable[Route]:
    """Pages that customers reach."""
    for each in in_use(settings):
        yield from each.routes(settings)


@hookimpl
def crmkit_before_records_saved(
    record_type: str,
    drafts: Sequence[RecordDraft],
    records: Mapping[int, Record],
    crm: Crm,
    tx: Transaction,
    settings: Settings,
) -> Iterable[Replace | Refusal]:
    """What must always hold of records, whoever saves them."""
    for each in in_use(settings):
        if record_type in each.deciding:
            yield from each.deciding[record_type](drafts, records, crm, tx, settings)


@hookimpl
def crmkit_after_interactions_recorded(
    interactions: Sequence[Interaction], crm: Crm, tx: Transaction, settings: Settings
) -> None:
    """What follows from what happened."""
    for each in in_use(settings):
        each.after_interactions(interactions, crm, tx, settings)


@hookimpl
def crmkit_after_customers_changed(
    changes: Sequence[Change], crm: Crm, tx: Transaction, settings: Settings
) -> None:
    """What follows from what was changed."""
    for each in in_use(settings):
        each.after_changes(changes, crm, tx, settings)


@hookimpl
def crmkit_extend_today(day: date, crm: Crm, settings: Settings) -> Iterable[Due]:
    """What is due."""
    for each in in_use(settings):
        yield from each.today(day, crm, settings)


@hookimpl
def crmkit_extend_profile(
    customers: Sequence[Customer], crm: Crm, settings: Settings
) -> Iterable[tuple[int, Section]]:
    """What a customer's page shows of all that."""
    for each in in_use(settings):
        yield from each.profile(customers, crm, settings)


@hookimpl
def crmkit_extend_report(question: ReportQuestion, crm: Crm, settings: Settings) -> Iterable[ReportSection]:
    """Deals and cases in numbers."""
    from crmkit.plugins.operational.report import section

    return section(crm, question, settings)
