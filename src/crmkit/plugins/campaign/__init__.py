"""The campaign plugin: every hook it implements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from crmkit.plugin import (
    InteractionType,
    PluginTables,
    Service,
    hookimpl,
    lazily,
    plugin_metadata,
)
from crmkit.plugins.campaign.campaigns.tables import add_tables
from crmkit.plugins.campaign.checks import checks
from crmkit.plugins.campaign.journeys.metrics import journey_metrics
from crmkit.plugins.campaign.journeys.tables import add_journey_tables
from crmkit.plugins.campaign.journeys.words import journey_actions, journey_traits, journey_types
from crmkit.plugins.campaign.model import Response
from crmkit.plugins.campaign.responses import RESPONSE, refuse_unknown
from crmkit.plugins.campaign.results.words import result_metrics, result_traits
from crmkit.plugins.campaign.settings import Settings
from crmkit.plugins.campaign.sources import sources

if TYPE_CHECKING:
    from crmkit import Crm, InteractionDraft
    from crmkit.plugin import (
        Action,
        Check,
        Metric,
        Refusal,
        ReportQuestion,
        ReportSection,
        RuleSource,
        Tables,
        Trait,
    )

_RESULTS: Final = "crmkit.plugins.campaign.results.service:CampaignResults"


@hookimpl
def crmkit_register_interaction_words() -> Iterable[InteractionType]:
    """An answer to a campaign, and ways through journeys."""
    yield InteractionType(
        name=RESPONSE,
        doc="The customer answered a campaign: came with its coupon, called, clicked",
        label="Campaign answered",
        payload=Response,
        summary=lambda payload: " · ".join(filter(None, (payload.campaign, payload.text))),
    )
    yield from journey_types()


@hookimpl
def crmkit_before_interactions_recorded(
    drafts: Sequence[InteractionDraft], settings: Settings
) -> Iterable[Refusal]:
    """Refuse answers to campaigns that nobody runs."""
    return refuse_unknown(drafts, settings)


@hookimpl
def crmkit_register_tables(tables: Tables) -> PluginTables:
    """Runs of campaigns and their recipients; journeys and the people in them."""
    metadata = plugin_metadata()
    add_tables(tables, metadata)
    add_journey_tables(tables, metadata)
    return PluginTables(metadata, Path(__file__).parent / "migrations", fresh=True)


@hookimpl
def crmkit_register_strategy_words(settings: Settings) -> Iterable[Action | Metric | Trait]:
    """What the strategy can ask and do."""
    yield from journey_actions()
    yield from journey_traits()
    yield from journey_metrics()
    yield from result_traits()
    yield from result_metrics(settings.attribution)


@hookimpl
def crmkit_register_services(settings: Settings) -> Iterable[Service]:
    """What programs ask for by class."""
    yield Service("crmkit.plugins.campaign.audiences.audiences:Audiences")
    yield Service("crmkit.plugins.campaign.campaigns.campaigns:Campaigns")
    yield Service("crmkit.plugins.campaign.journeys.journeys:Journeys")
    yield Service(_RESULTS, lambda crm: lazily(_RESULTS)(crm, settings.attribution))


@hookimpl
def crmkit_register_rule_sources() -> Iterable[RuleSource]:
    """What goes through the engine as rules do."""
    return sources()


@hookimpl
def crmkit_register_checks() -> Iterable[Check]:
    """What the doctor asks, and `crm check`."""
    return checks()


@hookimpl
def crmkit_extend_report(question: ReportQuestion, crm: Crm) -> Iterable[ReportSection]:
    """What came of campaigns, and who is in journeys, in the report."""
    from crmkit.plugins.campaign.journeys.report import journey_section
    from crmkit.plugins.campaign.results.report import section

    yield from section(crm, question)
    yield from journey_section(crm, question)
