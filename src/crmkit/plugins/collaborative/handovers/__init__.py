"""Handovers: a promise to a customer that one hands to another, accepted, kept or broken, and measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from crmkit.plugin import (
    Action,
    Capability,
    Check,
    InteractionType,
    Job,
    Metric,
    RecordType,
    Service,
    Trait,
    lazily,
)
from crmkit.plugins.collaborative.handovers.record_type import HANDOVER, handover_interactions, handover_type
from crmkit.plugins.collaborative.handovers.words import handover_action, handover_metrics, handover_traits

if TYPE_CHECKING:
    from crmkit.plugins.collaborative.settings import Settings

_HERE: Final = "crmkit.plugins.collaborative.handovers"
_HANDOVERS: Final = f"{_HERE}.handovers:Handovers"
_MINUTE: Final = 60.0


def _record_types(_settings: Settings) -> Iterable[RecordType]:
    yield handover_type()


def _interaction_types(_settings: Settings) -> Iterable[InteractionType]:
    return handover_interactions()


def _words(_settings: Settings) -> Iterator[Trait | Metric | Action]:
    yield from handover_traits()
    yield from handover_metrics()
    yield handover_action()


def _services(settings: Settings) -> Iterable[Service]:
    yield Service(_HANDOVERS, lambda crm: lazily(_HANDOVERS)(crm, settings.handovers))


def _jobs(settings: Settings) -> Iterable[Job]:
    yield Job(
        name="handover_times",
        every=_MINUTE,
        run=lazily(f"{_HERE}.watching:watch"),
        doc="Marks promises that nobody accepted in time as dropped, and those not kept in time as broken",
    )
    if settings.handovers.tell:
        yield Job(
            name="handover_notices",
            every=_MINUTE,
            run=lazily(f"{_HERE}.notices:tell"),
            doc="Writes to those who are given a promise, and to who gave one that comes back or is broken",
        )


def _checks(_settings: Settings) -> Iterable[Check]:
    yield Check(
        name="handovers",
        doc="Open promises are with somebody who works here",
        run=lazily(f"{_HERE}.checks:findings"),
    )


HANDOVERS: Final = Capability(
    name="handovers",
    customer_words=_record_types,
    interaction_words=_interaction_types,
    strategy_words=_words,
    services=_services,
    jobs=_jobs,
    checks=_checks,
    deciding={HANDOVER: lazily(f"{_HERE}.deciding:decide")},
    today=lazily(f"{_HERE}.shown:promises_due"),
    profile=lazily(f"{_HERE}.shown:open_promises"),
    report=lazily(f"{_HERE}.report:promises_reported"),
)
