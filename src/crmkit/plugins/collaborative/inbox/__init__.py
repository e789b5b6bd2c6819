"""The inbox: conversations by mail, chat and telephone, who answers them, and how soon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from crmkit.plugin import Action, Capability, Metric, RecordType, Service, Trait
from crmkit.plugins.collaborative.inbox.record_type import conversation_type

if TYPE_CHECKING:
    from crmkit import Crm, Customer, Interaction
    from crmkit.plugin import Check, Due, Job, Section, Tables, Transaction
    from crmkit.plugins.collaborative.settings import Settings


def _record_types(_settings: Settings) -> Iterable[RecordType]:
    yield conversation_type()


def _words(_settings: Settings) -> Iterator[Trait | Metric | Action]:
    from crmkit.plugins.collaborative.inbox.action import assigning_action
    from crmkit.plugins.collaborative.inbox.metrics import inbox_metrics
    from crmkit.plugins.collaborative.inbox.traits import inbox_traits

    yield from inbox_traits()
    yield from inbox_metrics()
    yield assigning_action()


def _tables(tables: Tables, metadata: Any) -> None:
    from crmkit.plugins.collaborative.inbox.tables import add_tables

    add_tables(tables, metadata)


def _services(settings: Settings) -> Iterable[Service]:
    from crmkit.plugins.collaborative.inbox.answering import Answering
    from crmkit.plugins.collaborative.inbox.conversations import Conversations
    from crmkit.plugins.collaborative.inbox.onlookers import Onlookers

    yield Service(Conversations, lambda crm: Conversations(crm, settings.inbox))
    yield Service(Answering, lambda crm: Answering(crm, Conversations(crm, settings.inbox)))
    yield Service(Onlookers, Onlookers)


def _jobs(settings: Settings) -> Iterable[Job]:
    from crmkit.plugins.collaborative.inbox.jobs import inbox_jobs

    return inbox_jobs(settings)


def _checks(settings: Settings) -> Iterable[Check]:
    from crmkit.plugins.collaborative.inbox.checks import inbox_checks

    return inbox_checks(settings)


def _follow(interactions: Sequence[Interaction], crm: Crm, tx: Transaction, settings: Settings) -> None:
    from crmkit.plugins.collaborative.inbox.following import follow

    follow(interactions, crm, tx, settings)


def _today(day: date, crm: Crm, settings: Settings) -> Iterable[Due]:
    from crmkit.plugins.collaborative.inbox.shown import conversations_due

    return conversations_due(day, crm, settings)


def _profile(customers: Sequence[Customer], crm: Crm, settings: Settings) -> Iterable[tuple[int, Section]]:
    from crmkit.plugins.collaborative.inbox.shown import open_conversations

    return open_conversations(customers, crm, settings)


INBOX = Capability(
    name="inbox",
    customer_words=_record_types,
    strategy_words=_words,
    tables=_tables,
    services=_services,
    jobs=_jobs,
    checks=_checks,
    after_interactions=_follow,
    today=_today,
    profile=_profile,
)
