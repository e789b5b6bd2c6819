"""The analytical plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crmkit import Crm, Customer
from crmkit.plugin import Metric, Section, Trait, hookimpl
from crmkit.plugins.analytical.movement.words import metrics as movement_metrics
from crmkit.plugins.analytical.profile import in_numbers
from crmkit.plugins.analytical.rfm.words import words as rfm_words
from crmkit.plugins.analytical.settings import AnalyticalSettings
from crmkit.plugins.analytical.share import metrics as share_metrics


@hookimpl
def crmkit_register_strategy_words(settings: AnalyticalSettings) -> Iterable[Trait | Metric]:
    """Recency, frequency, monetary value, their segments, and what is asked of many customers."""
    yield from rfm_words(settings.rfm)
    yield from share_metrics()
    yield from movement_metrics()


@hookimpl
def crmkit_extend_profile(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """The customer in numbers."""
    return in_numbers(customers, crm)
