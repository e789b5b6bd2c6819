"""Cases: questions, faults and complaints, by when they are to be answered, and who answers them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
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
from crmkit.plugins.operational.cases.action import case_action, reopening_action
from crmkit.plugins.operational.cases.metrics import case_metrics
from crmkit.plugins.operational.cases.record_type import CASE, case_interactions, case_type
from crmkit.plugins.operational.cases.traits import case_traits

if TYPE_CHECKING:
    from crmkit.plugins.operational.settings import Settings

_MINUTE: Final = 60.0
_CASES: Final = "crmkit.plugins.operational.cases.cases:Cases"
_ARTICLES: Final = "crmkit.plugins.operational.cases.articles:Articles"


def _record_types(settings: Settings) -> Iterable[RecordType]:
    yield case_type(settings.cases)


def _interaction_types(_settings: Settings) -> Iterable[InteractionType]:
    return case_interactions()


def _words(settings: Settings) -> Iterator[Trait | Metric | Action]:
    yield from case_traits()
    yield from case_metrics(settings.cases)
    yield case_action()
    yield reopening_action()


def _services(settings: Settings) -> Iterable[Service]:
    yield Service(_CASES, lambda crm: lazily(_CASES)(crm, settings.cases))
    yield Service(_ARTICLES, lambda crm: lazily(_ARTICLES)(crm.config.path.parent))


def _jobs(settings: Settings) -> Iterable[Job]:
    yield Job(
        name="case_clocks",
        every=_MINUTE,
        run=lazily("crmkit.plugins.operational.cases.working:watch"),
        doc="Tells which cases are overdue, and closes those that were resolved long enough ago",
    )
    if settings.cases.routing:
        yield Job(
            name="case_routing",
            every=_MINUTE,
            run=partial(lazily("crmkit.plugins.operational.cases.working:route_new"), settings=settings),
            doc="Gives new cases to queues and people",
        )


def _checks(settings: Settings) -> Iterable[Check]:
    yield Check(
        name="cases",
        doc="Promises and routing of cases name what there is",
        run=partial(lazily("crmkit.plugins.operational.cases.checks:findings"), settings=settings.cases),
    )


CASES = Capability(
    name="cases",
    customer_words=_record_types,
    interaction_words=_interaction_types,
    strategy_words=_words,
    services=_services,
    jobs=_jobs,
    checks=_checks,
    deciding={CASE: lazily("crmkit.plugins.operational.cases.deciding:decide")},
    today=lazily("crmkit.plugins.operational.cases.shown:cases_due"),
    profile=lazily("crmkit.plugins.operational.cases.shown:open_cases"),
)
