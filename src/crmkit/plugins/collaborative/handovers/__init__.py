"""Handovers: a promise to a customer that one hands to another, accepted, kept or broken, and measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from crmkit.plugin import Action, Capability, InteractionType, Metric, RecordType, Service, Trait
from crmkit.plugins.collaborative.handovers.action import handover_action
from crmkit.plugins.collaborative.handovers.checks import handover_checks
from crmkit.plugins.collaborative.handovers.jobs import handover_jobs
from crmkit.plugins.collaborative.handovers.metrics import handover_metrics
from crmkit.plugins.collaborative.handovers.record_type import HANDOVER, handover_interactions, handover_type
from crmkit.plugins.collaborative.handovers.report import promises_reported
from crmkit.plugins.collaborative.handovers.shown import open_promises, promises_due
from crmkit.plugins.collaborative.handovers.traits import handover_traits

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import Record, RecordDraft, Refusal, Replace, Transaction
    from crmkit.plugins.collaborative.settings import Settings


def _record_types(_settings: Settings) -> Iterable[RecordType]:
    yield handover_type()


def _interaction_types(_settings: Settings) -> Iterable[InteractionType]:
    return handover_interactions()


def _words(_settings: Settings) -> Iterator[Trait | Metric | Action]:
    yield from handover_traits()
    yield from handover_metrics()
    yield handover_action()


def _services(settings: Settings) -> Iterable[Service]:
    from crmkit.plugins.collaborative.handovers.handovers import Handovers

    yield Service(Handovers, lambda crm: Handovers(crm, settings.handovers))


def _decide(
    drafts: Sequence[RecordDraft],
    records: Mapping[int, Record],
    crm: Crm,
    tx: Transaction,
    settings: Any,
) -> Iterable[Replace | Refusal]:
    from crmkit.plugins.collaborative.handovers.deciding import decide

    return decide(drafts, records, crm, tx, settings)


HANDOVERS = Capability(
    name="handovers",
    customer_words=_record_types,
    interaction_words=_interaction_types,
    strategy_words=_words,
    services=_services,
    jobs=handover_jobs,
    checks=handover_checks,
    deciding={HANDOVER: _decide},
    today=promises_due,
    profile=open_promises,
    report=promises_reported,
)
