"""Loyalty: points, stamp cards, tiers, rewards and coupons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crmkit.plugin import Capability, Check, Job, Service, lazily

if TYPE_CHECKING:
    from crmkit.plugin import Action, InteractionType, Metric, Trait
    from crmkit.plugins.operational.settings import Settings


def _interaction_types(_settings: Settings) -> Iterable[InteractionType]:
    from crmkit.plugins.operational.loyalty.words import interaction_types

    return interaction_types()


def _words(settings: Settings) -> Iterable[Trait | Metric | Action]:
    from crmkit.plugins.operational.loyalty.actions import loyalty_actions
    from crmkit.plugins.operational.loyalty.words import metrics, traits

    yield from traits(settings.loyalty)
    yield from metrics()
    yield from loyalty_actions()


def _services(_settings: Settings) -> Iterable[Service]:
    yield Service("crmkit.plugins.operational.loyalty.loyalty:Loyalty")
    yield Service("crmkit.plugins.operational.loyalty.coupons:Coupons")
    yield Service("crmkit.plugins.operational.loyalty.importing:PointsImport")
    yield Service("crmkit.plugins.operational.loyalty.undoing:PointsUndo", undoes="points")


def _jobs(_settings: Settings) -> Iterable[Job]:
    yield Job(
        name="points",
        every=3_600,
        run=lazily("crmkit.plugins.operational.loyalty.ledger:expire_pass"),
        doc="Takes points that have expired",
    )
    yield Job(
        name="tiers",
        every=3_600,
        run=lazily("crmkit.plugins.operational.loyalty.tiers:tier_pass"),
        doc="Tells whose tier is another now",
    )


def _checks(_settings: Settings) -> Iterable[Check]:
    yield Check(
        name="loyalty",
        doc="The rules by which points and stamps are earned can be computed",
        run=lazily("crmkit.plugins.operational.loyalty.checks:rule_findings"),
        of_settings=True,
    )
    yield Check(
        name="points",
        doc="Every movement of points sums to zero",
        run=lazily("crmkit.plugins.operational.loyalty.checks:uneven_movements"),
    )


LOYALTY = Capability(
    name="loyalty",
    interaction_words=_interaction_types,
    strategy_words=_words,
    tables=lazily("crmkit.plugins.operational.loyalty.tables:add_tables"),
    services=_services,
    jobs=_jobs,
    checks=_checks,
    after_interactions=lazily("crmkit.plugins.operational.loyalty.earning:after_interactions"),
    today=lazily("crmkit.plugins.operational.loyalty.profile:expiring_soon"),
    profile=lazily("crmkit.plugins.operational.loyalty.profile:sections"),
)
