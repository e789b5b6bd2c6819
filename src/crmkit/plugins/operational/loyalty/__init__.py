"""Loyalty: points, stamp cards, tiers, rewards and coupons."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from crmkit.plugin import Capability

if TYPE_CHECKING:
    from crmkit.plugin import Action, Check, InteractionType, Job, Metric, Service, Trait
    from crmkit.plugins.operational.settings import Settings

_HERE = "crmkit.plugins.operational.loyalty"


def _in(module: str, name: str) -> Callable[..., Any]:
    """A function whose module is imported when it is first called: most runs need none of them."""

    def call(*arguments: Any) -> Any:
        return getattr(import_module(f"{_HERE}.{module}"), name)(*arguments)

    return call


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
    from crmkit.plugin import Service
    from crmkit.plugins.operational.loyalty.coupons import Coupons
    from crmkit.plugins.operational.loyalty.importing import PointsImport
    from crmkit.plugins.operational.loyalty.loyalty import Loyalty
    from crmkit.plugins.operational.loyalty.undoing import KIND, PointsUndo

    yield Service(Loyalty, Loyalty)
    yield Service(Coupons, Coupons)
    yield Service(PointsImport, PointsImport)
    yield Service(PointsUndo, PointsUndo, undoes=KIND)


def _jobs(_settings: Settings) -> Iterable[Job]:
    from crmkit.plugin import Job

    yield Job(
        name="points", every=3_600, run=_in("ledger", "expire_pass"), doc="Takes points that have expired"
    )
    yield Job(name="tiers", every=3_600, run=_in("tiers", "tier_pass"), doc="Tells whose tier is another now")


def _checks(_settings: Settings) -> Iterable[Check]:
    from crmkit.plugins.operational.loyalty.checks import checks

    return checks()


LOYALTY = Capability(
    name="loyalty",
    interaction_words=_interaction_types,
    strategy_words=_words,
    tables=_in("tables", "add_tables"),
    services=_services,
    jobs=_jobs,
    checks=_checks,
    after_interactions=_in("earning", "after_interactions"),
    today=_in("profile", "expiring_soon"),
    profile=_in("profile", "sections"),
)
