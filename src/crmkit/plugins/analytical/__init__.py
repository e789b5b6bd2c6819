"""The analytical plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crmkit import Crm, Customer
from crmkit.plugin import Section, Trait, hookimpl
from crmkit.plugins.analytical.profile import in_numbers
from crmkit.plugins.analytical.rfm.words import words as rfm_words
from crmkit.plugins.analytical.settings import AnalyticalSettings


@hookimpl
def crmkit_register_strategy_words(settings: AnalyticalSettings) -> Iterable[Trait]:
    """Recency, frequency, monetary value, and their segments."""
    yield from rfm_words(settings.rfm)


@hookimpl
def crmkit_extend_profile(customers: Sequence[Customer], crm: Crm) -> Iterable[tuple[int, Section]]:
    """The customer in numbers."""
    return in_numbers(customers, crm)
