"""Deals: sales in the making, stage by stage, and what to expect of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crmkit.plugin import Capability, Service
from crmkit.plugins.operational.deals.actions import deal_actions
from crmkit.plugins.operational.deals.attention import deals_due, deals_of
from crmkit.plugins.operational.deals.checks import deal_checks
from crmkit.plugins.operational.deals.deciding import decide
from crmkit.plugins.operational.deals.desk import SalesDesk
from crmkit.plugins.operational.deals.record_type import DEAL, deal_interactions, deal_type
from crmkit.plugins.operational.deals.tables import add_tables
from crmkit.plugins.operational.deals.words import deal_metrics, deal_traits

if TYPE_CHECKING:
    from crmkit.plugin import Action, Metric, Trait
    from crmkit.plugins.operational.settings import Settings


def _strategy_words(settings: Settings) -> Iterable[Trait | Metric | Action]:
    yield from deal_traits(settings)
    yield from deal_metrics(settings)
    yield from deal_actions(settings)


def _services(settings: Settings) -> Iterable[Service]:
    yield Service(SalesDesk, lambda crm: SalesDesk(crm, settings))


DEALS = Capability(
    name="deals",
    customer_words=deal_type,
    interaction_words=deal_interactions,
    strategy_words=_strategy_words,
    tables=add_tables,
    services=_services,
    checks=deal_checks,
    deciding={DEAL: decide},
    today=deals_due,
    profile=deals_of,
)
