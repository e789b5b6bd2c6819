"""Surveys: what customers say when they are asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from crmkit.plugin import Action, Capability, Check, Job, Metric, Service, Trait
from crmkit.plugins.collaborative.surveys.tables import add_tables
from crmkit.plugins.collaborative.surveys.words import interaction_types, record_types

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ProposedAct, Refusal, ReportQuestion, ReportSection, Route
    from crmkit.plugins.collaborative.settings import Settings

_HOUR: Final = 3_600.0


def _strategy_words(_settings: Settings) -> Iterator[Trait | Metric | Action]:
    from crmkit.plugins.collaborative.surveys.action import survey_action
    from crmkit.plugins.collaborative.surveys.metrics import survey_metrics
    from crmkit.plugins.collaborative.surveys.traits import survey_traits

    yield survey_action()
    yield from survey_traits()
    yield from survey_metrics()


def _services(_settings: Settings) -> Iterator[Service]:
    from crmkit.plugins.collaborative.surveys.surveys import Surveys

    yield Service(Surveys, Surveys)


def _jobs(_settings: Settings) -> Iterator[Job]:
    def expire(crm: Crm) -> None:
        from crmkit.plugins.collaborative.surveys.surveys import Surveys

        Surveys(crm).expire()

    yield Job(
        name="expire_surveys", every=_HOUR, run=expire, doc="Note which surveys nobody answered in time"
    )


def _checks(_settings: Settings) -> Iterator[Check]:
    from crmkit.plugins.collaborative.surveys.checks import survey_check

    yield survey_check()


def _routes(settings: Settings) -> Iterable[Route]:
    from crmkit.plugins.collaborative.surveys.pages import routes

    return routes(settings)


def _review(proposals: Sequence[ProposedAct], crm: Crm, settings: Settings) -> Iterable[Refusal]:
    if not any(each.action == "survey.send" for each in proposals):
        return ()
    from crmkit.plugins.collaborative.surveys.cooldown import review

    return review(proposals, crm, settings)


def _report(question: ReportQuestion, crm: Crm, settings: Any) -> Iterable[ReportSection]:
    from crmkit.plugins.collaborative.surveys.report import section

    return section(question, crm, settings)


SURVEYS: Final = Capability(
    name="surveys",
    customer_words=record_types,
    interaction_words=interaction_types,
    strategy_words=_strategy_words,
    tables=add_tables,
    services=_services,
    jobs=_jobs,
    checks=_checks,
    routes=_routes,
    review=_review,
    report=_report,
)
