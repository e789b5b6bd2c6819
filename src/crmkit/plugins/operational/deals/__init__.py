"""Deals: sales in the making, stage by stage, and what to expect of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from crmkit.plugin import Capability, Check, Service, lazily
from crmkit.plugins.operational.deals.actions import deal_actions
from crmkit.plugins.operational.deals.record_type import DEAL, deal_interactions, deal_type
from crmkit.plugins.operational.deals.tables import add_tables
from crmkit.plugins.operational.deals.words import deal_metrics, deal_traits

if TYPE_CHECKING:
    from crmkit.plugin import Action, Metric, Trait
    from crmkit.plugins.operational.settings import Settings

_DESK: Final = "crmkit.plugins.operational.deals.desk:SalesDesk"


def _strategy_words(settings: Settings) -> Iterable[Trait | Metric | Action]:
    yield from deal_traits(settings)
    yield from deal_metrics(settings)
    yield from deal_actions(settings)


def _services(settings: Settings) -> Iterable[Service]:
    yield Service(_DESK, lambda crm: lazily(_DESK)(crm, settings))


def _checks(settings: Settings) -> Iterable[Check]:
    yield Check(
        name="quotas",
        doc="Whether every quota is somebody's",
        run=partial(lazily("crmkit.plugins.operational.deals.checks:quotas"), settings=settings),
    )


DEALS = Capability(
    name="deals",
    customer_words=deal_type,
    interaction_words=deal_interactions,
    strategy_words=_strategy_words,
    tables=add_tables,
    services=_services,
    checks=_checks,
    deciding={DEAL: lazily("crmkit.plugins.operational.deals.deciding:decide")},
    today=lazily("crmkit.plugins.operational.deals.attention:deals_due"),
    profile=lazily("crmkit.plugins.operational.deals.attention:deals_of"),
)
