"""Notes: who is mentioned, who follows whom, what is pinned, and what is new for each of us."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from crmkit.plugin import Capability, Check, Due, Job, Section, Service

if TYPE_CHECKING:
    import sqlalchemy as sa

    from crmkit import Crm, Customer, Interaction
    from crmkit.plugin import Tables, Transaction
    from crmkit.plugins.collaborative.settings import Settings

# What does the work is imported by whoever does it: a start does not pay for what it does not use.


def _tables(tables: Tables, metadata: sa.MetaData) -> None:
    from crmkit.plugins.collaborative.notes.tables import add_tables

    add_tables(tables, metadata)


def _services(_settings: Settings) -> Iterable[Service]:
    from crmkit.plugins.collaborative.notes.feed import Feed
    from crmkit.plugins.collaborative.notes.following import Following
    from crmkit.plugins.collaborative.notes.pins import Pins

    for each in (Feed, Following, Pins):
        yield Service(each, each)


def _jobs(settings: Settings) -> Iterable[Job]:
    if settings.notes.digest is None:
        return ()
    from crmkit.plugins.collaborative.notes.digest import digest_jobs

    return digest_jobs(settings)


def _checks(settings: Settings) -> Iterable[Check]:
    if settings.notes.digest is None and not settings.notes.leave_out:
        return ()
    from crmkit.plugins.collaborative.notes.checks import note_checks

    return note_checks(settings)


def _after_interactions(
    interactions: Sequence[Interaction], crm: Crm, tx: Transaction, settings: Settings
) -> None:
    from crmkit.plugins.collaborative.notes.hearing import after_interactions

    after_interactions(interactions, crm, tx, settings)


def _remarks(interactions: Sequence[Interaction], crm: Crm, settings: Settings) -> Iterator[tuple[int, str]]:
    from crmkit.plugins.collaborative.notes.hearing import remarks

    return remarks(interactions, crm, settings)


def _today(day: date, crm: Crm, settings: Settings) -> Iterator[Due]:
    from crmkit.plugins.collaborative.notes.shown import mentions

    return mentions(day, crm, settings)


def _profile(customers: Sequence[Customer], crm: Crm, settings: Settings) -> Iterable[tuple[int, Section]]:
    from crmkit.plugins.collaborative.notes.shown import pinned

    return pinned(customers, crm, settings)


NOTES = Capability(
    name="notes",
    tables=_tables,
    services=_services,
    jobs=_jobs,
    checks=_checks,
    after_interactions=_after_interactions,
    remarks=_remarks,
    today=_today,
    profile=_profile,
)
