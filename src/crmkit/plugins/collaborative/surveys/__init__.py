"""Surveys: what customers say when they are asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Action, Capability, Check, Job, Metric, Route, Service, Trait, lazily
from crmkit.plugins.collaborative.surveys.tables import add_tables
from crmkit.plugins.collaborative.surveys.words import SURVEY, interaction_types, record_types

if TYPE_CHECKING:
    from crmkit import Crm
    from crmkit.plugin import ProposedAct, Refusal
    from crmkit.plugins.collaborative.settings import Settings

_HOUR: Final = 3_600.0
_HERE: Final = "crmkit.plugins.collaborative.surveys"
_SERVICE: Final = f"{_HERE}.surveys:Surveys"
_PATH: Final = "/survey/{token}"


def _strategy_words(_settings: Settings) -> Iterator[Trait | Metric | Action]:
    from crmkit.plugins.collaborative.surveys.strategy_words import (
        survey_action,
        survey_metrics,
        survey_traits,
    )

    yield survey_action()
    yield from survey_traits()
    yield from survey_metrics()


def _services(_settings: Settings) -> Iterator[Service]:
    yield Service(_SERVICE, lazily(_SERVICE))


def _jobs(_settings: Settings) -> Iterator[Job]:
    yield Job(
        name="expire_surveys", every=_HOUR, run=lambda crm: lazily(_SERVICE)(crm).expire(),
        doc="Note which surveys nobody answered in time",
    )  # fmt: skip


def _checks(_settings: Settings) -> Iterator[Check]:
    yield Check(
        name="surveys", doc="The files of surveys can be read and sent", of_settings=True,
        run=lazily(f"{_HERE}.checks:findings"),
    )  # fmt: skip


def _routes(_settings: Settings) -> Iterator[Route]:
    look, answered = lazily(f"{_HERE}.pages:look"), lazily(f"{_HERE}.pages:answered")
    yield Route(method="GET", path=_PATH, handle=look, doc="A survey's questions", link=SURVEY)
    yield Route(method="POST", path=_PATH, handle=answered, doc="Answer it", per_minute=30)


def _review(proposals: Sequence[ProposedAct], crm: Crm, settings: Settings) -> Iterable[Refusal]:
    if not any(each.action == "survey.send" for each in proposals):
        return ()
    from crmkit.plugins.collaborative.surveys.cooldown import review

    return review(proposals, crm, settings)


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
    report=lazily(f"{_HERE}.report:section"),
)
