"""The analytical plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crmkit import Crm, Customer
from crmkit.plugin import (
    BulkReader,
    Check,
    Elsewhere,
    Job,
    PrivacyPart,
    Section,
    Trait,
    Transaction,
    hookimpl,
)
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
def crmkit_register_bulk_readers() -> Iterable[BulkReader]:
    """The replica."""
    from crmkit.plugins.analytical.replica.reader import ReplicaReader

    yield BulkReader(name="replica", doc="The log as Parquet beside the database", read=ReplicaReader().read)


@hookimpl
def crmkit_register_jobs(settings: AnalyticalSettings) -> Iterable[Job]:
    """Keeping the replica up to date."""
    from crmkit.plugins.analytical.replica import watching

    return watching.jobs(settings.replica)


@hookimpl
def crmkit_register_checks() -> Iterable[Check]:
    """Whether the replica is whole."""
    from crmkit.plugins.analytical.replica import watching

    return watching.checks()


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
