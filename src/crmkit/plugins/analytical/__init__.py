"""The analytical plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from crmkit import Crm, Customer
from crmkit.plugin import (
    Check,
    Job,
    Metric,
    PluginTables,
    Section,
    Trait,
    hookimpl,
    plugin_metadata,
)
from crmkit.plugins.analytical.lifetime import jobs as value_jobs
from crmkit.plugins.analytical.lifetime import tables as value_tables
from crmkit.plugins.analytical.lifetime.words import words as value_words
from crmkit.plugins.analytical.profile import in_numbers
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
def crmkit_register_jobs() -> Iterable[Job]:
    """What the worker does."""
    return value_jobs.jobs()


@hookimpl
def crmkit_register_checks() -> Iterable[Check]:
    """What the doctor asks."""
    return value_jobs.checks()


@hookimpl
def crmkit_extend_profile(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """The customer in numbers."""
    return in_numbers(customers, crm)
